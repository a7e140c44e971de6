package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/team"
	"trucban/internal/window"
	"trucban/messages"
)

// Faults of the board.
var (
	ErrNotTheirs = errors.New("the person may not see this unit")
	ErrNoBoard   = errors.New("there is no board to be opened")
)

// boardLife is how long a link to the board can be used.
const boardLife = 10 * time.Minute

// openBoard answers /bang in private with a link that opens the board once.
func openBoard(ctx context.Context, t *turn, _ call) error {
	url, err := t.b.Board(t.me.ID)
	if errors.Is(err, ErrNoBoard) {
		t.reply(messages.BoardLink{Name: t.me.Name})
		return nil
	}
	if err != nil {
		return fmt.Errorf("make a link to the board: %w", err)
	}
	t.note("board.link", Ref{"member", string(t.me.ID)}, t.me.Unit)
	text := t.text(messages.BoardLink{Name: t.me.Name, Ready: true, Until: t.clock.Add(boardLife)})
	return t.inPrivate(ctx, chat.Message{Text: text, Buttons: [][]chat.Button{{{Label: t.label("board"), URL: url}}}})
}

// Lang is the organisation's language as it was read last; the first one before that.
func (b *Bot) Lang() string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.town == nil {
		return messages.Languages()[0]
	}
	return b.town.Lang
}

// BoardFacts is the state of the whole tree at one moment, for the board. Who may
// see what of it is answered by See.
type BoardFacts struct {
	At         time.Time
	Town       *Town
	Facts      digest.Facts
	Watches    []checkin.Watch // that end after the day before
	Runs       []checklist.Run // not closed
	Directives map[string]checklist.Directive
	Incidents  []incident.Incident // open, and reported within a day
	Windows    []window.Window
	Lost       []LostLetter
	KindOf     func(incident.Incident) string
	LevelOf    func(incident.Level) string
	StateOf    func(incident.State) string
}

// LostLetter is a message that could not be delivered.
type LostLetter struct {
	At     time.Time
	Unit   team.UnitID
	Member team.MemberID // "" for a group
	To     string        // whom it was meant for
	About  string
	Reason string
}

// BoardFacts reads the state in a bounded number of round trips.
func (b *Bot) BoardFacts(ctx context.Context) (BoardFacts, error) {
	t, err := b.aside(ctx, "board")
	if err != nil {
		return BoardFacts{}, err
	}
	f := BoardFacts{At: t.now, Town: t.town, Directives: map[string]checklist.Directive{}, KindOf: t.kindLabel, LevelOf: b.Rules.LevelLabel, StateOf: b.Rules.StateLabel}
	c, watches, err := t.facts(ctx, "", t.now.Add(-digestDay))
	if err != nil {
		return f, err
	}
	f.Facts, f.Watches = c.Facts, watches
	for ref := range t.docs {
		switch ref.Kind {
		case "run", "incident", "window":
			if err := f.take(t, ref); err != nil {
				return f, err
			}
		}
	}
	if err := f.directives(ctx, t); err != nil {
		return f, err
	}
	return f, f.lost(ctx, t)
}

// take adds a document the summary's facts were made from.
func (f *BoardFacts) take(t *turn, ref Ref) error {
	switch ref.Kind {
	case "run":
		var r checklist.Run
		if ok, err := t.read(ref, &r); err != nil || !ok {
			return err
		}
		f.Runs = append(f.Runs, r)
	case "incident":
		var i incident.Incident
		if ok, err := t.read(ref, &i); err != nil || !ok {
			return err
		}
		f.Incidents = append(f.Incidents, i)
	case "window":
		var w window.Window
		if ok, err := t.read(ref, &w); err != nil || !ok {
			return err
		}
		f.Windows = append(f.Windows, w)
	}
	return nil
}

// directives reads the documents the open runs belong to.
func (f *BoardFacts) directives(ctx context.Context, t *turn) error {
	var refs []Ref
	for _, r := range f.Runs {
		refs = append(refs, directiveRef(r.Directive))
	}
	refs = unique(refs)
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	for _, ref := range refs {
		var d checklist.Directive
		if ok, err := t.read(ref, &d); err != nil {
			return err
		} else if ok {
			f.Directives[d.ID] = d
		}
	}
	return nil
}

// boardLost is how many undelivered messages the board lists.
const boardLost = 20

// lost reads the newest messages that were given up within a day.
func (f *BoardFacts) lost(ctx context.Context, t *turn) error {
	docs, err := t.b.Store.Find(ctx, Range{Index: indexDead, From: t.now.Add(-digestDay).UnixMilli(), To: maxScore, Desc: true, Limit: boardLost})
	if err != nil {
		return fmt.Errorf("find in %s: %w", indexDead, err)
	}
	for _, d := range docs {
		var dead deadLetter
		if err := json.Unmarshal(d.Data, &dead); err != nil {
			return fmt.Errorf("decode %s: %w", d.Ref, err)
		}
		l, err := t.lostLetter(ctx, dead)
		if err != nil {
			return err
		}
		f.Lost = append(f.Lost, l)
	}
	return nil
}

// See says what part of the tree the member may look at: the unit asked for, or
// with "" the member's own. deep is false for people who see their own unit only,
// not those below it.
func (f BoardFacts) See(id team.MemberID, unit team.UnitID) (m team.Member, top team.UnitID, deep bool, err error) {
	m, ok := f.Town.Org.Member(id)
	if !ok {
		return m, "", false, ErrNotTheirs
	}
	deep = m.Level() >= team.LevelHead
	if unit == "" {
		unit = m.Unit
	}
	if _, known := f.Town.Org.Unit(unit); !known || unit != m.Unit && !f.Town.Org.May(m, team.LevelHead, unit) {
		return m, "", false, ErrNotTheirs
	}
	return m, unit, deep, nil
}

// MemberOf is the person with that account, as chat.Account.Key names it.
func (b *Bot) MemberOf(ctx context.Context, account string) (team.MemberID, error) {
	t, err := b.aside(ctx, "board")
	if err != nil {
		return "", err
	}
	var l Link
	if ok, err := t.get(ctx, accountRef(account), &l); err != nil {
		return "", err
	} else if !ok {
		return "", ErrNotTheirs
	}
	if _, known := t.town.Org.Member(l.Member); !known {
		return "", ErrNotTheirs
	}
	return l.Member, nil
}
