package bot

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// The daily list of people who cannot be reached is one job of the organisation.
const (
	peopleKind  = "people"
	aboutPeople = "người chưa liên lạc được"
	// periodAhead is how many days before a run of days off the list names it, and
	// periodLeast how many days off make one.
	periodAhead, periodLeast = 3, 3
	reportWorth              = 12 * time.Hour
)

var peopleRef = Ref{peopleKind, "day"}

// peopleDay is when the list was told last.
type peopleDay struct {
	At time.Time `json:"at"`
}

// PlanPeople puts the daily list on the clock at the time the policy names, or
// takes it off where there is none, and the night's forgetting beside it; done again it changes nothing.
func (b *Bot) PlanPeople(ctx context.Context) error {
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "people:plan")
		if err != nil {
			return err
		}
		if err := t.planPeople(ctx); err != nil {
			return err
		}
		if err := t.planRetain(ctx); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}

// planPeople sets the next daily list; its document is an open one while there is one.
func (t *turn) planPeople(ctx context.Context) error {
	var d peopleDay
	if _, err := t.get(ctx, peopleRef, &d); err != nil {
		return err
	}
	next, doc := t.town.People.NextReport(t.now), Doc{}
	if !next.IsZero() {
		doc.Index = []Entry{{Index: "open"}}
	}
	t.wake(peopleRef.Kind, peopleRef.ID, next)
	return t.put(peopleRef, d, doc)
}

// duePeople tells each head about the own unit and the desk about all of its units,
// one message each, and only where there is somebody to tell of.
func duePeople(ctx context.Context, t *turn) error {
	if err := t.planPeople(ctx); err != nil {
		return err
	}
	if err := t.put(peopleRef, peopleDay{At: t.now}, Doc{Index: []Entry{{Index: "open"}}}); err != nil {
		return err
	}
	if err := t.loadReach(ctx, t.town.Org.Units); err != nil {
		return err
	}
	if err := t.loadAudience(ctx); err != nil {
		return err
	}
	period, _ := t.periodAhead()
	letters := newLetters[team.Unit]()
	for _, u := range t.town.Org.Units {
		m, _, err := t.matrixOf(u.Name, []team.Unit{u})
		if err != nil {
			return err
		}
		if len(m.Units) > 0 {
			heads, err := t.headsOf(ctx, u.ID, nil)
			if err != nil {
				return err
			}
			letters.add(u, heads)
		}
		desk, err := t.desk(ctx, u.ID)
		if err != nil {
			return err
		}
		letters.add(u, desk)
	}
	return t.gently(func() error { return t.sendPeople(letters, period) })
}

// sendPeople sends each chat the matrix of its units.
func (t *turn) sendPeople(letters letters[team.Unit], period calendar.Span) error {
	return letters.each(func(to outbox.Item, units []team.Unit) error {
		m, _, err := t.matrixOf(t.commonName(units), units)
		if err != nil || len(m.Units) == 0 {
			return err
		}
		to.Class, to.NotAfter, to.About = outbox.Digest, t.now.Add(reportWorth), aboutPeople
		to.Message = chat.Message{Text: t.text(messages.PeopleReport{PeopleMatrix: m, From: period.From.Midnight(), To: period.To.Midnight(), Period: !period.From.IsZero()})}
		t.send(to)
		return nil
	})
}

// loadAudience reads in one round trip what says where heads and the desk are told.
func (t *turn) loadAudience(ctx context.Context) error {
	refs := make([]Ref, 0, len(t.town.Org.Units))
	for _, u := range t.town.Org.Units {
		refs = append(refs, roomsRef(u.ID))
	}
	for _, m := range t.town.Org.Members {
		if m.Has(team.RoleHead) || m.Has(team.RoleDesk) || m.Has(team.RoleOwner) {
			refs = append(refs, reachRef(m.ID))
		}
	}
	return t.load(ctx, refs...)
}

// periodAhead is the run of days off that begins within the next days, where the
// holidays of the year are known.
func (t *turn) periodAhead() (calendar.Span, bool) {
	today := calendar.DateOf(t.now)
	for n := 1; n <= periodAhead; n++ {
		from := today.AddDays(n)
		if work, _ := t.b.Holidays.Workday(from.AddDays(-1)); !work {
			continue // it has begun already
		}
		to := from
		for work, known := t.b.Holidays.Workday(to); !work && known; work, known = t.b.Holidays.Workday(to) {
			to = to.AddDays(1)
		}
		if to = to.AddDays(-1); !to.Before(from.AddDays(periodLeast - 1)) {
			return calendar.Span{From: from, To: to}, true
		}
	}
	return calendar.Span{}, false
}

// commonName is the name of the nearest unit that holds all of them.
func (t *turn) commonName(units []team.Unit) string {
	top := units[0].ID
	for range t.town.Org.Units {
		if !slices.ContainsFunc(units, func(u team.Unit) bool { return !t.town.Org.Within(u.ID, top) }) {
			break
		}
		u, _ := t.town.Org.Unit(top)
		top = u.Parent
	}
	if top == "" {
		return t.town.Org.Name
	}
	return t.unitName(top)
}

// headsOf lists where the heads of the unit are told in private, except some people.
func (t *turn) headsOf(ctx context.Context, unit team.UnitID, but []team.MemberID) ([]outbox.Item, error) {
	var out []outbox.Item
	for _, h := range t.town.Org.With(unit, team.RoleHead) {
		if slices.Contains(but, h.ID) {
			continue
		}
		d, ok, err := t.door(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, outbox.Item{To: d.Addr, Kind: chat.Private, For: string(h.ID)})
		}
	}
	return out, nil
}

// letters gathers what goes to each chat, so that a chat gets one message.
type letters[T any] struct {
	to    map[chat.Address]outbox.Item
	lines map[chat.Address][]T
}

func newLetters[T any]() letters[T] {
	return letters[T]{map[chat.Address]outbox.Item{}, map[chat.Address][]T{}}
}

// add puts a line into the letter of every chat of the list that has it not from the list before.
func (l letters[T]) add(line T, to []outbox.Item) {
	for _, it := range to {
		l.to[it.To] = it
		l.lines[it.To] = append(l.lines[it.To], line)
	}
}

// each hands out the letters in the order of their addresses.
func (l letters[T]) each(f func(to outbox.Item, lines []T) error) error {
	for _, a := range slices.SortedFunc(maps.Keys(l.to), func(a, b chat.Address) int { return cmp.Compare(a.Key(), b.Key()) }) {
		if err := f(l.to[a], l.lines[a]); err != nil {
			return err
		}
	}
	return nil
}
