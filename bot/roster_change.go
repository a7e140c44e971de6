package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// Applied is a change made to the roster at once, to be undone by whoever may
// change the roster of its unit. The difference itself stands beside it, since it is large.
type Applied struct {
	ID   string        `json:"id"`
	At   time.Time     `json:"at"`
	File string        `json:"file"` // or what else it came from
	Unit team.UnitID   `json:"unit"`
	By   team.MemberID `json:"by"`
}

func appliedRef(id string) Ref     { return Ref{"applied", id} }
func appliedDiffRef(id string) Ref { return Ref{"applieddiff", id} }

// undoFor is how long an import can be undone.
const undoFor = 7 * 24 * time.Hour

// maxChange bounds the shifts of one import, half as many again as a province needs
// (500 units, three shifts a day, nine days). All of them are written in one step
// of the store, or none: 13,500 hold a Redis server up for about a second.
const maxChange = 20_000

// applyImport makes the change that was shown. A roster that has changed since
// is shown again instead: a yes counts for what was seen.
func (t *turn) applyImport(ctx context.Context, id string) error {
	var d Import
	ok, err := t.get(ctx, importRef(t.me.ID), &d)
	if err != nil {
		return err
	}
	if !ok || d.ID != id {
		t.reply(messages.OldButton{})
		return nil
	}
	if !t.town.Org.May(t.me, team.LevelHead, d.Unit) {
		t.reply(t.notAllowed(team.LevelHead, t.me.Unit))
		return nil
	}
	m, ok, err := t.matchImport(d)
	if err != nil || !ok {
		return err
	}
	if !m.Ready() {
		return t.askWho(d, m)
	}
	p, err := t.preview(ctx, d, m)
	if err != nil {
		return err
	}
	if p.digest() != d.Digest {
		t.reply(messages.RosterMoved{})
		return t.showImport(ctx, d)
	}
	n := len(p.diff.Added) + len(p.diff.Changed) + len(p.diff.Removed)
	if n > maxChange {
		t.reply(messages.RosterRefused{File: d.Name, Reason: "Tệp đổi quá nhiều ca một lúc. Đề nghị chia tệp theo đơn vị rồi nạp từng tệp."})
		return nil
	}
	if err := t.changeRoster(ctx, p.diff); err != nil {
		return err
	}
	t.done()
	t.drop(importRef(t.me.ID))
	t.note("roster.imported", importRef(t.me.ID), d.Unit)
	if err := t.keepApplied(Applied{ID: d.ID, At: t.now, File: d.Name, Unit: d.Unit, By: t.me.ID}, p.diff); err != nil {
		return err
	}
	without, err := t.tellChange(ctx, p.diff)
	if err != nil {
		return err
	}
	t.reply(messages.RosterApplied{File: d.Name, Added: len(p.diff.Added), Changed: len(p.diff.Changed), Removed: len(p.diff.Removed), Without: t.names(without)},
		[]chat.Button{t.button("undo", "hoàn tác lịch", "unimp", d.ID)})
	return nil
}

// keepApplied plans what an undo needs.
func (t *turn) keepApplied(a Applied, d roster.Diff) error {
	if err := t.put(appliedDiffRef(a.ID), d, Doc{TTL: undoFor, Version: AnyVersion}); err != nil {
		return err
	}
	return t.put(appliedRef(a.ID), a, Doc{TTL: undoFor, Version: AnyVersion, Index: []Entry{{"applied", a.At.UnixMilli()}}})
}

// touched lists the shifts of a difference as they are to become; those to be removed as they are.
func touched(d roster.Diff) []roster.Shift {
	out := slices.Concat(d.Added, d.Removed)
	for _, p := range d.Changed {
		out = append(out, p.New)
	}
	return out
}

// changeRoster plans the writes of a difference: each shift gets its watch, with
// the next reminder worked out anew.
func (t *turn) changeRoster(ctx context.Context, d roster.Diff) error {
	var refs []Ref
	for _, s := range touched(d) {
		refs = append(refs, watchRef(s.ID))
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	was := slices.Clone(d.Removed)
	for _, p := range d.Changed {
		was = append(was, p.Old)
	}
	if err := t.loadFeeds(ctx, was); err != nil {
		return err
	}
	for _, s := range d.Removed {
		if err := t.dropShift(s); err != nil {
			return err
		}
	}
	for _, s := range d.Added {
		if err := t.planShift(s); err != nil {
			return err
		}
	}
	for _, p := range d.Changed {
		if err := t.planShift(p.New); err != nil {
			return err
		}
		t.note("shift.changed", watchRef(p.New.ID), p.New.Unit)
	}
	return t.refreshCards(ctx, d)
}

// refreshCards shows the new people on the live cards that are out already.
func (t *turn) refreshCards(ctx context.Context, d roster.Diff) error {
	for _, p := range d.Changed {
		var w checkin.Watch
		ok, err := t.read(watchRef(p.New.ID), &w)
		if err != nil {
			return err
		}
		if ok && len(w.Fired) > 0 {
			if err := t.refreshCard(ctx, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxMine keeps the word about one person's changes on a phone's screen.
const maxMine = 12

// tellChange tells everybody touched what changed for them, each once and about
// themselves only, and each unit's chats that its roster changed. It returns the
// people no private message reaches.
func (t *turn) tellChange(ctx context.Context, d roster.Diff) ([]team.MemberID, error) {
	byWho := map[team.MemberID][]messages.MyChange{}
	var order []team.MemberID
	for _, e := range d.Effects(t.now) {
		if _, have := byWho[e.Member]; !have {
			order = append(order, e.Member)
		}
		byWho[e.Member] = append(byWho[e.Member], t.effectLine(e))
	}
	var refs []Ref
	for _, m := range order {
		refs = append(refs, reachRef(m))
	}
	if err := t.load(ctx, refs...); err != nil {
		return nil, err
	}
	var without []team.MemberID
	for _, m := range order {
		door, ok, err := t.door(ctx, m)
		if err != nil {
			return nil, err
		}
		if !ok {
			without = append(without, m)
			continue
		}
		msg := messages.RosterYours{Name: t.memberName(m), Lines: byWho[m]}
		if m != t.me.ID {
			msg.By = t.me.Name
		}
		if len(msg.Lines) > maxMine {
			msg.More = len(msg.Lines) - maxMine
			msg.Lines = msg.Lines[:maxMine]
		}
		if err := t.unlessUrgent(t.near(d, m), func() error {
			t.send(outbox.Item{To: door.Addr, Kind: chat.Private, Class: outbox.Reminder, For: string(m), About: "thay đổi lịch trực",
				Message: chat.Message{Text: t.text(msg)}, NotAfter: t.clock.Add(24 * time.Hour)})
			return nil
		}, touching(d, m)...); err != nil {
			return nil, err
		}
	}
	return without, t.unlessUrgent(t.near(d, ""), func() error { return t.tellUnits(ctx, d) }, touching(d, "")...)
}

// soon is how close a shift is when a change of it cannot wait for the end of quiet hours.
const soon = 24 * time.Hour

// near reports whether a difference touches a shift that begins soon, of the person or, with "", of anybody.
func (t *turn) near(d roster.Diff, m team.MemberID) bool {
	soon := t.clock.Add(soon)
	return slices.ContainsFunc(concerning(d, m), func(s roster.Shift) bool { return s.Start.Before(soon) })
}

// mostTouched bounds the shifts in whose duty logs a change of the roster is followed: an
// import of a month is no event of one shift.
const mostTouched = 10

// touching names the shifts of a small difference, of the person or, with "", of anybody.
func touching(d roster.Diff, m team.MemberID) []roster.ShiftID {
	var out []roster.ShiftID
	for _, s := range concerning(d, m) {
		if !slices.Contains(out, s.ID) {
			out = append(out, s.ID)
		}
	}
	if len(out) > mostTouched {
		return nil
	}
	return out
}

// concerning lists the shifts of a difference the person is on, before or after; with "" all of them.
func concerning(d roster.Diff, m team.MemberID) []roster.Shift {
	all := slices.Concat(d.Added, d.Removed)
	for _, p := range d.Changed {
		all = append(all, p.Old, p.New)
	}
	return slices.DeleteFunc(all, func(s roster.Shift) bool { return m != "" && !s.Has(m) })
}

func (t *turn) effectLine(e roster.Effect) messages.MyChange {
	l := messages.MyChange{Kind: string(e.Kind)}
	if e.New != nil {
		l.Shift = t.shiftTitle(*e.New) + " (" + t.unitName(e.New.Unit) + ")"
		l.Post = postOf(*e.New, e.Member)
		if h := hoursOf(*e.New, e.Member); h != "" {
			l.Shift += ", trực " + h
		}
		for _, a := range e.New.People {
			if a.Member != e.Member {
				l.With = append(l.With, "đ/c "+t.memberName(a.Member))
			}
		}
	}
	if e.Old != nil {
		l.Was = t.shiftTitle(*e.Old) + " (" + t.unitName(e.Old.Unit) + ")"
	}
	return l
}

// hoursOf is the person's hours where they are a part of the shift.
func hoursOf(s roster.Shift, m team.MemberID) string {
	var out []string
	for _, a := range s.People {
		if a.Member == m && s.Part(a) {
			from, to := s.Hours(a)
			out = append(out, from.In(roster.Zone).Format("15h04")+"–"+to.In(roster.Zone).Format("15h04"))
		}
	}
	return strings.Join(out, ", ")
}

func postOf(s roster.Shift, m team.MemberID) string {
	for _, a := range s.People {
		if a.Member == m {
			return postName(a.Post)
		}
	}
	return ""
}

// tellUnits tells the chats of each unit touched, except the one where it was done.
func (t *turn) tellUnits(ctx context.Context, d roster.Diff) error {
	counts := map[team.UnitID]*messages.RosterUnit{}
	var units []team.UnitID
	at := func(u team.UnitID) *messages.RosterUnit {
		if counts[u] == nil {
			counts[u] = &messages.RosterUnit{Unit: t.unitName(u), By: t.me.Name}
			units = append(units, u)
		}
		return counts[u]
	}
	for _, s := range d.Added {
		at(s.Unit).Added++
	}
	for _, s := range d.Removed {
		at(s.Unit).Removed++
	}
	for _, p := range d.Changed {
		if !p.Silent() {
			at(p.New.Unit).Changed++
		}
	}
	for _, u := range units {
		rooms, err := t.rooms(ctx, u, ForUnit)
		if err != nil {
			return err
		}
		for _, r := range rooms {
			if r.Addr == t.u.To {
				continue
			}
			t.send(outbox.Item{To: r.Addr, Kind: r.Kind, Class: outbox.Reminder, About: "thay đổi lịch trực",
				Message: chat.Message{Text: t.text(*counts[u])}, NotAfter: t.clock.Add(24 * time.Hour)})
		}
	}
	return nil
}

// names are the people as they are addressed.
func (t *turn) names(ids []team.MemberID) []string {
	var out []string
	for _, m := range ids {
		out = append(out, "đ/c "+t.memberName(m))
	}
	return out
}
