package bot

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/roster"
	"trucban/internal/sheet"
	"trucban/internal/team"
	"trucban/messages"
)

// RosterChange is what a file would do to the roster that stands.
type RosterChange struct {
	org      *team.Org
	diff     roster.Diff
	problems []sheet.Problem
	gaps     []roster.Gap
	shifts   map[roster.ShiftID]roster.Shift
	past     int // shifts of the file that are over
	eves     []messages.EveLine
}

// CompareRoster holds a file against the shifts that stand, those of all units:
// what would be added, changed and removed, and which rules the result breaks.
// Shifts that are over stay as they were, and one that has begun is not removed.
// check says what the result is held against; its window is the file's.
func CompareRoster(org *team.Org, m sheet.Matched, standing []roster.Shift, now time.Time, check roster.Check) RosterChange {
	c := RosterChange{org: org, problems: m.Problems, shifts: map[roster.ShiftID]roster.Shift{}}
	var read, own []roster.Shift
	in := map[roster.ShiftID]bool{}
	for _, s := range m.Shifts {
		if !s.End.After(now) {
			c.past++
			continue
		}
		s.Origin = roster.OriginImport
		read = append(read, s)
		in[s.ID] = true
	}
	for _, s := range roster.Replaced(standing, m.Shifts) {
		if s.End.After(now) && (in[s.ID] || s.Start.After(now)) {
			own = append(own, s)
		}
	}
	c.diff = roster.Compare(own, read)
	after, ok := c.diff.Apply(standing)
	if !ok {
		after = standing
	}
	to := now
	for _, s := range append(after, standing...) {
		c.shifts[s.ID] = s
		if s.End.After(to) {
			to = s.End
		}
	}
	touched := map[roster.ShiftID]bool{}
	for _, s := range c.diff.Added {
		touched[s.ID] = true
	}
	for _, p := range c.diff.Changed {
		touched[p.New.ID] = true
	}
	check.From, check.To = now, to
	for _, g := range roster.Gaps(after, check) {
		if touched[g.Shift] || touched[g.Other] {
			c.gaps = append(c.gaps, g)
		}
	}
	return c
}

// preview compares the file with the roster as it is stored.
func (t *turn) preview(ctx context.Context, _ Import, m sheet.Matched) (RosterChange, error) {
	standing, err := t.standing(ctx, m.Shifts)
	if err != nil {
		return RosterChange{}, err
	}
	var refs []Ref
	for _, s := range m.Shifts {
		for _, a := range s.People {
			refs = append(refs, reachRef(a.Member))
		}
	}
	if err := t.load(ctx, refs...); err != nil {
		return RosterChange{}, err
	}
	c := CompareRoster(&t.town.Org, m, standing, t.now, t.check(t.now, t.now))
	c.eves, err = t.eveLines(ctx, c.diff.Becoming())
	return c, err
}

// reachable reports whether the person has an open private chat; the document must be loaded.
func (t *turn) reachable(m team.MemberID) bool {
	var r Reach
	if _, err := t.read(reachRef(m), &r); err != nil {
		return false
	}
	_, ok := r.Best()
	return ok
}

// standing lists the stored shifts of all units around those read, with room for the nights at the edges.
func (t *turn) standing(ctx context.Context, read []roster.Shift) ([]roster.Shift, error) {
	if len(read) == 0 {
		return nil, nil
	}
	from, to := read[0].Start, read[0].End
	for _, s := range read {
		if s.Start.Before(from) {
			from = s.Start
		}
		if s.End.After(to) {
			to = s.End
		}
	}
	all, err := t.watches(ctx, "watch/end", from.Add(-longestShift), to.Add(2*longestShift))
	if err != nil {
		return nil, err
	}
	out := make([]roster.Shift, 0, len(all))
	for _, w := range all {
		out = append(out, w.Shift)
	}
	return out, nil
}

// digest names the difference, so that a yes counts for what was shown and nothing else.
func (c RosterChange) digest() string {
	h := fnv.New64a()
	for _, s := range c.diff.Added {
		_, _ = fmt.Fprintf(h, "+%s %v\n", s.ID, s.People)
	}
	for _, p := range c.diff.Changed {
		_, _ = fmt.Fprintf(h, "~%s %v %v %v %v\n", p.New.ID, p.Old.People, p.New.People, p.New.End, p.New.Note)
	}
	for _, s := range c.diff.Removed {
		_, _ = fmt.Fprintf(h, "-%s %v\n", s.ID, s.People)
	}
	return fmt.Sprintf("%x", h.Sum64())
}

// What of a change fits on a phone; the rest is in the file beside it.
const (
	shownChanges  = 10
	shownProblems = 6
	shownGaps     = 6
)

// Preview is the change in words; more than fits on a phone is counted.
func (c RosterChange) Preview(file, unit string) messages.RosterPreview {
	p := messages.RosterPreview{
		File: file, Unit: unit, Added: len(c.diff.Added), Changed: len(c.diff.Changed), Removed: len(c.diff.Removed), Same: c.diff.Same, Past: c.past,
	}
	lines := c.lines()
	p.More = max(0, len(lines)-shownChanges)
	p.Lines = lines[:len(lines)-p.More]
	for _, f := range c.problems {
		if len(p.Problems) == shownProblems {
			p.MoreProblems++
			continue
		}
		p.Problems = append(p.Problems, messages.RosterProblem{Place: f.Place(), Text: f.Text, Fault: f.Level == sheet.Fault && !strings.Contains(f.Text, "không nạp")})
	}
	p.Eves = c.eves[:min(len(c.eves), shownGaps)]
	p.MoreEves = len(c.eves) - len(p.Eves)
	for _, g := range c.gaps {
		if len(p.Gaps) == shownGaps {
			p.MoreGaps++
			continue
		}
		p.Gaps = append(p.Gaps, gapLine(c.org, c.shifts, g))
	}
	return p
}

func (c RosterChange) message(t *turn, d Import) messages.RosterPreview {
	return c.Preview(d.Name, t.unitName(d.Unit))
}

// lines are the changes, one each.
func (c RosterChange) lines() []messages.RosterChange {
	out := make([]messages.RosterChange, 0, len(c.diff.Added)+len(c.diff.Changed)+len(c.diff.Removed))
	for _, s := range c.diff.Removed {
		out = append(out, messages.RosterChange{What: "removed", Shift: shiftLine(c.org, s), People: peopleText(c.org, s)})
	}
	for _, p := range c.diff.Changed {
		if p.Silent() {
			continue
		}
		out = append(out, messages.RosterChange{What: "changed", Shift: shiftLine(c.org, p.New), People: peopleText(c.org, p.New), Was: peopleText(c.org, p.Old)})
	}
	for _, s := range c.diff.Added {
		out = append(out, messages.RosterChange{What: "added", Shift: shiftLine(c.org, s), People: peopleText(c.org, s)})
	}
	return out
}

// shiftLine is a shift with its unit in one line.
func shiftLine(org *team.Org, s roster.Shift) string {
	unit := string(s.Unit)
	if u, ok := org.Unit(s.Unit); ok {
		unit = u.Label()
	}
	return unit + ", " + titleOf(s)
}

// peopleText lists who is on a shift, by post; hours stand with those on for a part.
func peopleText(org *team.Org, s roster.Shift) string {
	var out []string
	for _, a := range s.People {
		name := string(a.Member)
		if m, ok := org.Member(a.Member); ok {
			name = "đ/c " + m.Name
		}
		if p := postName(a.Post); p != "" {
			name += " (" + p + ")"
		}
		if s.Part(a) {
			from, to := s.Hours(a)
			name += " " + from.In(roster.Zone).Format("15h04") + "–" + to.In(roster.Zone).Format("15h04")
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// gapLine is a gap with names instead of ids.
func gapLine(org *team.Org, shifts map[roster.ShiftID]roster.Shift, g roster.Gap) messages.GapLine {
	l := messages.GapLine{Kind: string(g.Kind), Post: postName(g.Post), From: g.From, To: g.To}
	if u, ok := org.Unit(g.Unit); ok {
		l.Unit = u.Label()
	}
	if s, ok := shifts[g.Shift]; ok {
		l.Shift = titleOf(s)
	}
	if s, ok := shifts[g.Other]; ok {
		l.Other = shiftLine(org, s)
	}
	if g.Member != "" {
		l.Name = string(g.Member)
		if m, ok := org.Member(g.Member); ok {
			l.Name = m.Name
		}
	}
	return l
}

// listing is the whole change as a workbook, where the message cannot hold it.
func (c RosterChange) listing(t *turn, d Import) *chat.Attachment {
	lines := c.lines()
	if len(lines) <= shownChanges && len(c.problems) <= shownProblems && len(c.gaps) <= shownGaps {
		return nil
	}
	words := map[string]string{"added": "thêm", "changed": "đổi", "removed": "bỏ"}
	tab := sheet.Table{Name: "Thay đổi", Title: "Kiểm tra tệp " + d.Name, Heads: []string{"Loại", "Ca hoặc ô", "Nội dung", "Trước đó"}, Widths: []float64{14, 48, 60, 48}}
	for _, p := range c.problems {
		tab.Rows = append(tab.Rows, []string{"lưu ý", p.Place(), p.Text, ""})
	}
	for _, g := range c.gaps {
		l := gapLine(c.org, c.shifts, g)
		tab.Rows = append(tab.Rows, []string{"cần xem", l.Unit + ", " + l.Shift, chat.Plain(t.text(messages.GapText{GapLine: l})), ""})
	}
	for _, l := range lines {
		tab.Rows = append(tab.Rows, []string{words[l.What], l.Shift, l.People, l.Was})
	}
	data, err := sheet.WriteTable(tab)
	if err != nil {
		t.b.Log.Error().Err(err).Str("cause", t.cause).Msg("list of changes not written")
		return nil
	}
	return &chat.Attachment{Name: "thay-doi-lich.xlsx", MIME: mimeXLSX, Data: data}
}
