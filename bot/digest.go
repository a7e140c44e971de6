package bot

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/robfig/cron/v3"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// lastDigest is what the previous summary of a room said, to tell what changed.
type lastDigest struct {
	At    time.Time       `json:"at"`
	Said  map[string]bool `json:"said,omitempty"` // facts already reported
	Noted []string        `json:"noted,omitempty"`
}

func digestRef(unit team.UnitID) Ref { return Ref{"digest", string(unit)} }

// NextDigest is the next moment any of the cron specs names after at, in local
// time; zero when there is none. A spec that cannot be read is an error.
func NextDigest(specs []string, at time.Time) (time.Time, error) {
	var next time.Time
	for _, s := range specs {
		sched, err := cron.ParseStandard(s)
		if err != nil {
			return time.Time{}, fmt.Errorf("digest time %q: %w", s, err)
		}
		if n := sched.Next(at.In(calendar.Zone)); next.IsZero() || n.Before(next) {
			next = n
		}
	}
	return next, nil
}

// dueDigest sends the summary to the leaders' rooms of the unit it is planned for.
func dueDigest(ctx context.Context, t *turn) error {
	unit := team.UnitID(t.job.ID)
	next, err := NextDigest(t.town.Digest, t.now)
	if err != nil {
		return err
	}
	t.wake("digest", t.job.ID, next)
	rooms, err := t.rooms(ctx, unit, ForLeaders)
	if err != nil || len(rooms) == 0 {
		return err
	}
	m, err := t.digest(ctx, unit, true)
	if err != nil {
		return err
	}
	t.note("digest.sent", digestRef(unit), unit)
	msg := chat.Message{Text: t.text(m), Buttons: t.digestButtons(unit, m.Quiet)}
	for _, r := range rooms {
		t.send(outbox.Item{To: r.Addr, Kind: r.Kind, Class: outbox.Digest, Message: msg, NotAfter: t.now.Add(2 * time.Hour), About: "báo cáo tổng hợp", Wave: "digest:" + t.cause})
	}
	return nil
}

func (t *turn) digestButtons(unit team.UnitID, quiet bool) [][]chat.Button {
	if quiet {
		return nil
	}
	return [][]chat.Button{{t.button("noted", "đã nắm", "noted", string(unit), strconv.FormatInt(t.now.UnixMilli(), 36))}}
}

// showDigest answers /baocao with the state of the sender's subtree; it does not
// count as a summary sent, so that the next automatic one still says what is new.
func showDigest(ctx context.Context, t *turn, _ call) error {
	m, err := t.digest(ctx, t.scope(), false)
	if err != nil {
		return err
	}
	m.Quiet = false
	t.reply(m)
	return nil
}

func noted(ctx context.Context, t *turn, c call) error {
	unit := team.UnitID(c.act.Arg(0))
	if unit == "" {
		unit = t.scope()
	}
	var last lastDigest
	if _, err := t.get(ctx, digestRef(unit), &last); err != nil {
		return err
	}
	last.Noted = append(last.Noted, string(t.me.ID))
	t.note("digest.noted", digestRef(unit), unit)
	t.reply(messages.Noted{Name: t.me.Name, At: t.now})
	return t.put(digestRef(unit), last, Doc{Version: AnyVersion})
}

// digest rolls up the subtree of unit at this moment.
func (t *turn) digest(ctx context.Context, unit team.UnitID, keep bool) (messages.Digest, error) {
	var last lastDigest
	if _, err := t.get(ctx, digestRef(unit), &last); err != nil {
		return messages.Digest{}, err
	}
	s := summary{t: t, unit: unit, said: map[string]bool{}, old: last, units: map[team.UnitID]*messages.UnitProgress{}}
	s.m = messages.Digest{At: t.now, Day: calendar.DateOf(t.now).Heading(), Since: last.At}
	for _, step := range []func(context.Context) error{s.shifts, s.runs, s.incidents, s.unreachable} {
		if err := step(ctx); err != nil {
			return s.m, err
		}
	}
	s.finish()
	if !keep {
		return s.m, nil
	}
	return s.m, t.put(digestRef(unit), lastDigest{At: t.now, Said: s.said}, Doc{Version: AnyVersion})
}

// summary collects one digest.
type summary struct {
	t     *turn
	unit  team.UnitID
	m     messages.Digest
	said  map[string]bool
	old   lastDigest
	units map[team.UnitID]*messages.UnitProgress
}

// fact notes something that is news unless the previous summary had it.
func (s *summary) fact(key, text string) {
	s.said[key] = true
	if !s.old.Said[key] {
		s.m.Changed = append(s.m.Changed, text)
	}
}

func (s *summary) in(u team.UnitID) bool { return s.t.town.Org.Within(u, s.unit) }

func (s *summary) progress(u team.UnitID) *messages.UnitProgress {
	p, ok := s.units[u]
	if !ok {
		name := string(u)
		if unit, known := s.t.town.Org.Unit(u); known {
			name = unit.Label()
		}
		p = &messages.UnitProgress{Unit: name}
		s.units[u] = p
	}
	return p
}

// digestDay is how far back an ended shift still counts in a summary.
const digestDay = 24 * time.Hour

func (s *summary) shifts(ctx context.Context) error {
	t := s.t
	all, err := t.watches(ctx, "watch/end", t.now.Add(-digestDay), t.now.Add(longestShift))
	if err != nil {
		return err
	}
	for _, w := range all {
		if !s.in(w.Shift.Unit) || w.Shift.Start.After(t.now) {
			continue
		}
		for _, m := range w.People() {
			s.person(w, m)
		}
	}
	return nil
}

func (s *summary) person(w checkin.Watch, id team.MemberID) {
	t, p := s.t, s.progress(w.Shift.Unit)
	name, key := t.memberName(id), string(w.Shift.ID)+"/"+string(id)
	p.Total++
	s.m.Expected++
	mark := w.Marks[id]
	switch w.Status(id, t.now, t.town.Checkin) {
	case checkin.OnTime:
		p.OnTime++
		s.m.OnTime++
	case checkin.Late:
		p.Late++
		s.m.Late = append(s.m.Late, fmt.Sprintf("%s %d phút", name, mark.Minutes))
		s.fact(key+"/late", fmt.Sprintf("%s điểm danh muộn %d phút", name, mark.Minutes))
	case checkin.Absent, checkin.Missing:
		p.Missed++
		s.m.Missed = append(s.m.Missed, name)
		s.fact(key+"/missed", fmt.Sprintf("%s (%s) chưa điểm danh %s", name, p.Unit, t.shiftName(w.Shift)))
	case checkin.Expected:
		s.m.Waiting++
	}
}

func (s *summary) runs(ctx context.Context) error {
	refs, err := s.t.find(ctx, Range{Index: "run/open", To: maxScore})
	if err != nil {
		return err
	}
	for _, ref := range refs {
		var r checklist.Run
		if ok, err := s.t.read(ref, &r); err != nil {
			return err
		} else if !ok || !s.in(r.Unit) {
			continue
		}
		p := s.progress(r.Unit)
		done, total := progress(r)
		p.Done += done
		p.Tasks += total
		s.m.Done += done
		s.m.Tasks += total
		if done == total {
			s.fact("run/"+r.ID(), fmt.Sprintf("%s xong %s", p.Unit, r.Directive))
		}
		for _, task := range r.Tasks {
			if task.Shown(s.t.now) == checklist.StateOverdue {
				s.fact("late/"+r.ID()+"/"+task.ID, fmt.Sprintf("%s quá hạn việc %d", p.Unit, task.N))
			}
		}
	}
	return nil
}

func (s *summary) incidents(ctx context.Context) error {
	refs, err := s.t.find(ctx, Range{Index: "incident/open", To: maxScore})
	if err != nil {
		return err
	}
	for _, ref := range refs {
		var i incident.Incident
		if ok, err := s.t.read(ref, &i); err != nil {
			return err
		} else if !ok || !s.in(i.Unit) || i.Drill {
			continue
		}
		o := messages.OpenIncident{ID: string(i.ID), Kind: s.t.kindLabel(i), Unit: s.t.unitName(i.Unit), State: stateWord(i), Age: s.t.now.Sub(i.ReportedAt)}
		if i.AckedBy != "" {
			o.Owner = s.t.memberName(i.AckedBy)
		}
		s.m.Incidents = append(s.m.Incidents, o)
		s.fact("incident/"+string(i.ID)+"/"+o.State, fmt.Sprintf("%s %s", i.ID, o.Kind))
	}
	return nil
}

// unreachable lists the people of shifts that begin within a day who have neither
// a private chat nor a chat of their unit.
func (s *summary) unreachable(ctx context.Context) error {
	t := s.t
	soon, err := t.watches(ctx, "watch/end", t.now, t.now.Add(longestShift))
	if err != nil {
		return err
	}
	seen := map[team.MemberID]bool{}
	for _, w := range soon {
		if !s.in(w.Shift.Unit) || w.Shift.Start.After(t.now.Add(digestDay)) {
			continue
		}
		rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
		if err != nil {
			return err
		}
		for _, m := range w.Pending() {
			_, ok, err := t.door(ctx, m)
			if err != nil {
				return err
			}
			if !ok && len(rooms) == 0 && !seen[m] {
				seen[m] = true
				s.m.Unreachable = append(s.m.Unreachable, t.memberName(m))
			}
		}
	}
	return nil
}

// finish puts the units in the order of the tree and names the laggards.
func (s *summary) finish() {
	for _, u := range s.t.town.Org.Units {
		p, ok := s.units[u.ID]
		if !ok {
			continue
		}
		s.m.Units = append(s.m.Units, *p)
		if p.Tasks > 0 && p.Done*2 < p.Tasks {
			s.m.Behind = append(s.m.Behind, fmt.Sprintf("%s %d/%d", p.Unit, p.Done, p.Tasks))
		}
	}
	s.m.Quiet = len(s.m.Changed) == 0 && len(s.m.Missed) == 0 && len(s.m.Incidents) == 0 && len(s.m.Unreachable) == 0 && len(s.m.Behind) == 0
}
