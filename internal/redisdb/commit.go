package redisdb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
)

// Sizes and lives of what a commit leaves behind.
const (
	// LogLength is how many events the log keeps at least.
	LogLength = 200_000

	sameLife = time.Minute    // clients repeat what they have no answer to
	seenLife = 50 * time.Hour // platforms redeliver for a day at most
)

// Commit makes the change whole, or returns bot.ErrSeen, bot.ErrLeaseLost or
// bot.ErrConflict and makes nothing of it. Changes that come at the same time go to
// Redis together, each with its own outcome.
func (db *DB) Commit(ctx context.Context, c bot.Change) error {
	log, err := db.pseudonyms(ctx, c.Log)
	if err != nil {
		return fmt.Errorf("name the people of the log: %w", err)
	}
	c.Log = log
	args, err := flatChange(c)
	if err != nil {
		return fmt.Errorf("encode the change: %w", err)
	}
	v, err := db.commits.do(ctx, args)
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	switch v.outcome {
	case "ok":
		return nil
	case "seen":
		return bot.ErrSeen
	case "lease":
		return bot.ErrLeaseLost
	case "conflict":
		return fmt.Errorf("%w: %s", bot.ErrConflict, v.ref)
	}
	return fmt.Errorf("commit: unexpected answer %q", v.outcome)
}

// verdict is what became of one change.
type verdict struct{ outcome, ref string }

// commitAll makes the changes, which flatChange flattened, one after the other.
func (db *DB) commitAll(ctx context.Context, changes [][]any) ([]verdict, error) {
	p := db.keys.prefix
	r, err := db.run(ctx, db.scripts.commit, []string{db.keys.seq(), p + "due", p + "due:lease", db.keys.log()},
		append([]any{db.logLength, span(seenLife), span(sameLife)}, joined(changes)...)...)
	if err != nil {
		return nil, err
	}
	flat := r.list(0)
	if len(flat) != 2*len(changes) {
		return nil, fmt.Errorf("%d answers to %d changes", len(flat)/2, len(changes))
	}
	out := make([]verdict, len(changes))
	for i := range out {
		out[i] = verdict{toString(flat[2*i]), toString(flat[2*i+1])}
	}
	return out, nil
}

// joined is the number of calls and the arguments of all of them.
func joined(calls [][]any) []any {
	args := append(make([]any, 0, 1+len(calls)*len(calls[0])), len(calls))
	for _, c := range calls {
		args = append(args, c...)
	}
	return args
}

// flatChange flattens the change into the arguments lua/commit.lua names.
func flatChange(c bot.Change) ([]any, error) {
	settle, token := "", ""
	if c.Settle != nil {
		settle, token = c.Settle.Key(), c.Settle.Token
	}
	args := make([]any, 1, 9+7*len(c.Docs)+2*len(c.Due)+15*len(c.Out)+len(c.Log))
	args = append(args, c.Seen, c.Same, settle, token, len(c.Out), len(c.Docs))
	for _, d := range c.Docs {
		index, err := flatIndex(d.Index)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", d.Ref, err)
		}
		args = append(args, d.String(), d.Version, bit(d.Data != nil), []byte(d.Data), flatMarks(d.Marks), index, span(d.TTL))
	}
	args = append(args, len(c.Due))
	for _, j := range c.Due {
		args = append(args, j.Key(), millis(j.At))
	}
	for _, it := range c.Out {
		flat, err := flatItem(it)
		if err != nil {
			return nil, err
		}
		args = append(args, flat...)
	}
	args = append(args, len(c.Log))
	for _, e := range c.Log {
		e.At = e.At.UTC()
		b, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", e.What, err)
		}
		args = append(args, b)
	}
	args[0] = len(args) - 1
	return args, nil
}

func flatItem(it outbox.Item) ([]any, error) {
	if err := it.Check(); err != nil {
		return nil, err
	}
	rank := slices.Index(outbox.Classes, it.Class)
	message, err := json.Marshal(it.Message)
	if err != nil {
		return nil, fmt.Errorf("item %q: %w", it.ID, err)
	}
	guard, mark, card := "", "", ""
	if it.Guard != nil {
		guard, mark = bot.Ref{Kind: it.Guard.Kind, ID: it.Guard.ID}.String(), it.Guard.Mark
	}
	if it.Card != "" {
		card = cardKey(it.Card, it.To)
	}
	until := ""
	if !it.NotAfter.IsZero() {
		until = strconv.FormatInt(millis(it.NotAfter), 10)
	}
	bare := it
	bare.Message = chat.Message{}
	meta, err := json.Marshal(bare)
	if err != nil {
		return nil, fmt.Errorf("item %q: %w", it.ID, err)
	}
	return []any{
		it.ID, string(it.To.Platform), it.To.Chat, it.To.Thread, rank, set(it.Edit), set(it.Fresh),
		card, until, guard, mark, it.Wave, it.For, meta, message,
	}, nil
}

func cardKey(card string, to chat.Address) string { return card + "@" + to.Key() }

// set is "1" or nothing.
func set(b bool) string {
	if b {
		return "1"
	}
	return ""
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// flatMarks is "\na\nb\n", so that a script finds a whole mark by plain search.
func flatMarks(marks []string) string {
	if len(marks) == 0 {
		return ""
	}
	return "\n" + strings.Join(marks, "\n") + "\n"
}

func splitMarks(s string) []string {
	s = strings.Trim(s, "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func flatIndex(entries []bot.Entry) (string, error) {
	var b strings.Builder
	for _, e := range entries {
		if e.Index == "" || strings.ContainsAny(e.Index, "\t\n") {
			return "", fmt.Errorf("index %q is empty or holds a line break", e.Index)
		}
		b.WriteString(e.Index)
		b.WriteByte('\t')
		b.WriteString(strconv.FormatInt(e.Score, 10))
		b.WriteByte('\n')
	}
	return b.String(), nil
}
