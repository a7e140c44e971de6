package bot

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

const (
	// StaleKind is the kind of the job that sums up what was not sent in time.
	StaleKind = "stale"
	// StaleID is the job's id: there is one.
	StaleID = "desk"

	staleBatch   = 200 // messages summed up in one commit
	mostLines    = 8   // lines of a list in one message to the desk
	staleAgain   = 10 * time.Minute
	aboutStale   = "tin quá giờ"
	aboutCheck   = "tự kiểm tra"
	sealHour     = 21 // local hour of the day's seal
	sealNotAfter = 12 * time.Hour
)

// lateItem is what the store keeps of a message whose time had passed.
type lateItem struct {
	Item   outbox.Item `json:"item"`
	Millis int64       `json:"ms"`
}

// dueStale tells the desk in one message what was not sent because its time had
// passed, and takes it off the list. It looks once more a little later, for what
// went stale while it was at it.
func dueStale(ctx context.Context, t *turn) error {
	refs, err := t.find(ctx, Range{Index: "stale", To: maxScore, Limit: staleBatch})
	if err != nil || len(refs) == 0 {
		return err
	}
	m := messages.LateItems{}
	count := map[string]int{}
	for _, ref := range refs {
		var late lateItem
		if ok, err := t.read(ref, &late); err != nil {
			return err
		} else if !ok {
			continue
		}
		t.drop(ref)
		if late.Item.Class == outbox.Edit || late.Item.About == aboutStale {
			continue // a card's next state goes by itself, and this word is not reported in turn
		}
		line, err := t.lateLine(ctx, late.Item)
		if err != nil {
			return err
		}
		count[line]++
		m.Total++
		at := time.UnixMilli(late.Millis).UTC()
		if m.From.IsZero() || at.Before(m.From) {
			m.From = at
		}
		if at.After(m.To) {
			m.To = at
		}
	}
	t.wake(StaleKind, StaleID, t.now.Add(staleAgain))
	if len(refs) == staleBatch {
		t.wake(StaleKind, StaleID, t.now)
	}
	root := t.town.Org.Root()
	if m.Total == 0 || root == "" {
		return nil
	}
	m.Lines, m.More = countedLines(count)
	t.note("stale.told", Ref{StaleKind, StaleID}, root)
	return t.tellDesk(ctx, root, outbox.Missed, chat.Message{Text: t.text(m)}, aboutStale)
}

// countedLines puts the most frequent first; more is how many messages are not named.
func countedLines(count map[string]int) (lines []string, more int) {
	keys := make([]string, 0, len(count))
	for k := range count {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	for i, k := range keys {
		if i < mostLines {
			lines = append(lines, fmt.Sprintf("%d %s", count[k], k))
			continue
		}
		more += count[k]
	}
	return lines, more
}

// lateLine names the subject of a message and whom it was for; never its text.
func (t *turn) lateLine(ctx context.Context, it outbox.Item) (string, error) {
	about := t.about(it.About)
	if about == "" {
		about = "tin"
	}
	if m, ok := t.town.Org.Member(team.MemberID(it.For)); ok {
		return about + " – " + t.comrade(m.Name), nil
	}
	var room Room
	if ok, err := t.get(ctx, roomRef(it.To), &room); err != nil {
		return "", err
	} else if ok {
		return about + " – " + t.unitName(room.Unit), nil
	}
	return about, nil
}

// Unwatched is one open matter that the look through the alarm clock found.
type Unwatched struct {
	Ref
	Late time.Duration // how long its alarm is overdue; 0: it had none and was given one
}

// SelfCheck tells the desk about open matters nobody would have looked at; the
// same list is told at most once an hour, whichever replica found it.
func (b *Bot) SelfCheck(ctx context.Context, found []Unwatched) error {
	if len(found) == 0 {
		return nil
	}
	now := b.Now()
	h := fnv.New64a()
	for _, f := range found {
		_, _ = h.Write([]byte(f.String() + "|"))
	}
	return b.repeatOnce(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, fmt.Sprintf("check:%x:%s", h.Sum64(), stamp(now.Truncate(time.Hour))))
		if err != nil {
			return err
		}
		root := t.town.Org.Root()
		if root == "" {
			return nil
		}
		t.change.Seen = t.cause
		var m messages.SelfCheck
		for i, f := range found {
			if i >= mostLines {
				m.More = len(found) - mostLines
				break
			}
			name, err := t.subjectName(ctx, f.Ref)
			if err != nil {
				return err
			}
			if f.Late == 0 {
				m.Planted = append(m.Planted, name)
				continue
			}
			m.Overdue = append(m.Overdue, fmt.Sprintf("%s (muộn %d phút)", name, int(f.Late.Minutes())))
		}
		t.note("selfcheck", Ref{"check", t.cause}, root)
		if err := t.tellDesk(ctx, root, outbox.Missed, chat.Message{Text: t.text(m)}, aboutCheck); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}

// subjectName is an open matter in the words of the desk.
func (t *turn) subjectName(ctx context.Context, r Ref) (string, error) {
	if r.Kind == "watch" {
		var w checkin.Watch
		if ok, err := t.get(ctx, r, &w); err != nil {
			return "", err
		} else if ok {
			return fmt.Sprintf("%s %s, %s", jobName(r.Kind), t.unitName(w.Shift.Unit), w.Shift.Name), nil
		}
	}
	return jobName(r.Kind) + " " + r.ID, nil
}

// DoorRejected tells the desk that a platform no longer accepts the bot; at most once an hour.
func (b *Bot) DoorRejected(ctx context.Context, p chat.Name, at time.Time) error {
	return b.tellOnce(ctx, "rejected:"+string(p)+":"+stamp(at.Truncate(time.Hour)), "door.rejected", messages.DoorRejected{Door: doorName(p), At: at})
}
