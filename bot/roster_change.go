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

// Applied is the last change a person made to the roster at once, to be undone.
type Applied struct {
	At   time.Time   `json:"at"`
	File string      `json:"file"`
	Diff roster.Diff `json:"diff"`
}

func appliedRef(m team.MemberID) Ref { return Ref{"imported", string(m)} }

// undoFor is how long an import can be undone.
const undoFor = 7 * 24 * time.Hour

// maxChange bounds the shifts of one import: all of them are written in one step.
const maxChange = 5000

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
		t.reply(messages.NotAllowed{Need: t.need(team.LevelHead)})
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
	if err := t.put(appliedRef(t.me.ID), Applied{t.now, d.Name, p.diff}, Doc{TTL: undoFor, Version: AnyVersion}); err != nil {
		return err
	}
	without, err := t.tellChange(ctx, p.diff)
	if err != nil {
		return err
	}
	t.reply(messages.RosterApplied{File: d.Name, Added: len(p.diff.Added), Changed: len(p.diff.Changed), Removed: len(p.diff.Removed), Without: t.names(without)},
		[]chat.Button{t.button("undo", "hoàn tác lịch", "unimp")})
	return nil
}

// undoLast is "/hoantac": with a number it takes the answer to that task back, alone
// the sender's last import, where there is one.
func undoLast(ctx context.Context, t *turn, c call) error {
	if c.act.Code == "" && c.arg == "" && len(c.refs) == 0 && t.me.Level() >= team.LevelHead {
		if err := t.load(ctx, appliedRef(t.me.ID)); err != nil {
			return err
		}
		if len(t.docs[appliedRef(t.me.ID)].Data) > 0 {
			return undoImport(ctx, t, c)
		}
	}
	return answering("undo")(ctx, t, c)
}

// undoImport takes the sender's last import back, as long as nothing it touched
// has changed since or begun.
func undoImport(ctx context.Context, t *turn, _ call) error {
	var a Applied
	ok, err := t.get(ctx, appliedRef(t.me.ID), &a)
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.NothingToUndo{})
		return nil
	}
	back := a.Diff.Invert()
	var refs []Ref
	var now []roster.Shift
	for _, s := range touched(back) {
		refs = append(refs, watchRef(s.ID))
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	for _, r := range refs {
		var w checkin.Watch
		if ok, err := t.read(r, &w); err != nil {
			return err
		} else if ok {
			now = append(now, w.Shift)
			if !w.Shift.Start.After(t.now) {
				t.reply(messages.UndoRefused{File: a.File, Shift: t.shiftTitle(w.Shift), Begun: true})
				return nil
			}
		}
	}
	if _, ok := back.Apply(now); !ok {
		t.reply(messages.UndoRefused{File: a.File})
		return nil
	}
	if err := t.changeRoster(ctx, back); err != nil {
		return err
	}
	t.drop(appliedRef(t.me.ID))
	t.note("roster.undone", appliedRef(t.me.ID), t.me.Unit)
	if _, err := t.tellChange(ctx, back); err != nil {
		return err
	}
	t.reply(messages.Undone{File: a.File, At: a.At})
	return nil
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
	for _, s := range d.Removed {
		t.dropShift(s)
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
		t.send(outbox.Item{To: door.Addr, Kind: chat.Private, Class: outbox.Reminder, For: string(m), About: "thay đổi lịch trực",
			Message: chat.Message{Text: t.text(msg)}, NotAfter: t.clock.Add(24 * time.Hour)})
	}
	return without, t.tellUnits(ctx, d)
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
		at(p.New.Unit).Changed++
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
