package bot

import (
	"context"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// dayName is the shift's date as people say it, "thứ Sáu 05/02 (29 Chạp)".
func dayName(s roster.Shift) string { return calendar.DateOf(s.Start).Heading() }

// postName is the post in the words of a roster.
func postName(p roster.Post) string {
	switch p {
	case roster.PostLeader:
		return "trực lãnh đạo"
	case roster.PostDesk:
		return "trực ban"
	case roster.PostTech:
		return "trực kỹ thuật"
	}
	return ""
}

func (t *turn) shiftName(s roster.Shift) string { return nameOf(s) }

func nameOf(s roster.Shift) string {
	if s.Name != "" {
		return s.Name
	}
	return "Ca trực"
}

// shiftTitle is a shift in one line.
func (t *turn) shiftTitle(s roster.Shift) string { return titleOf(s) }

func titleOf(s roster.Shift) string {
	return nameOf(s) + " " + s.Start.In(roster.Zone).Format("15h04") + "–" + s.End.In(roster.Zone).Format("15h04") + ", " + dayName(s)
}

// people lists the persons of a shift with where they stand.
func (t *turn) people(w checkin.Watch, at time.Time) []messages.PersonLine {
	out := make([]messages.PersonLine, 0, len(w.Shift.People))
	for _, a := range w.Shift.People {
		mark := w.Marks[a.Member]
		l := messages.PersonLine{
			Name: t.memberName(a.Member), Post: postName(a.Post), Status: string(w.Status(a.Member, at, t.rule(w.Shift.Unit))),
			At: mark.At, Minutes: mark.Minutes, Note: mark.Note,
		}
		if s := w.Shift; s.Part(a) {
			from, to := s.Hours(a)
			l.Post = strings.TrimPrefix(l.Post+", "+from.In(roster.Zone).Format("15h04")+"–"+to.In(roster.Zone).Format("15h04"), ", ")
		}
		if mark.By != "" {
			l.By = t.memberName(mark.By)
		}
		if a.For != "" && l.Note == "" {
			l.Note = "trực thay đ/c " + t.memberName(a.For)
		}
		out = append(out, l)
	}
	return out
}

// phonesFor reports whether the sender may see phone numbers of the unit here:
// the unit's own people in private or in their unit's chat, the desk anywhere above it.
func (t *turn) phonesFor(unit team.UnitID) bool {
	if !t.linked {
		return false
	}
	within := t.admitted && (t.room.Unit == unit || t.room.Purpose != ForUnit)
	if t.u.Kind == chat.Group && !within {
		return false
	}
	return t.me.Unit == unit || t.town.Org.May(t.me, team.LevelLeader, unit)
}

func (t *turn) dutyLine(w checkin.Watch, at time.Time) messages.OnDutyLine {
	l := messages.OnDutyLine{
		Unit: t.unitName(w.Shift.Unit), Shift: t.shiftName(w.Shift), Start: w.Shift.Start, End: w.Shift.End,
		Day: dayName(w.Shift), People: t.people(w, at), Phones: make([]string, len(w.Shift.People)),
	}
	if t.phonesFor(w.Shift.Unit) {
		for i, a := range w.Shift.People {
			if m, ok := t.town.Org.Member(a.Member); ok && m.Phone != "" {
				l.Phones[i] = viet.FormatPhone(m.Phone)
			}
		}
	}
	return l
}

// scope is the subtree a question of this sender in this chat is about.
func (t *turn) scope() team.UnitID {
	if t.u.Kind == chat.Group && t.admitted {
		return t.room.Unit
	}
	return t.me.Unit
}

func whoIsOn(ctx context.Context, t *turn, _ call) error {
	all, err := t.watches(ctx, "watch/end", t.now, t.now.Add(longestShift))
	if err != nil {
		return err
	}
	t.reply(t.onDuty(all))
	return nil
}

func myShifts(ctx context.Context, t *turn, _ call) error {
	mine, err := t.watches(ctx, "watch/m/"+string(t.me.ID), t.now, time.Time{})
	if err != nil {
		return err
	}
	m := messages.MyShifts{Name: t.me.Name}
	for i, w := range mine {
		if i == 10 {
			break
		}
		m.Shifts = append(m.Shifts, t.dutyLine(w, t.now))
	}
	t.reply(m)
	return nil
}
