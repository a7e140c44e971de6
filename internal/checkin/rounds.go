package checkin

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// ErrNoRound is the fault of a word from somebody of whom no rounds are asked.
var ErrNoRound = errors.New("no rounds are asked of the person")

// Early is how long before a round a word counts for it already.
func (r Rounds) Early() time.Duration { return r.Every / 4 }

// On reports whether the policy asks for rounds on the shift at all.
func (r Rounds) On(s roster.Shift) bool { return r.Every > 0 && (!r.Night || s.Night()) }

// round is one moment at which one person is asked.
type round struct {
	who team.MemberID
	at  time.Time
	to  time.Time // the next round of the person, or the end of the hours
}

// rounds lists the rounds of the shift: for each assignment every so often from its
// own start on. What would fall into the last quarter of an interval before the end
// is left out: the handover is the next sign of life.
func (w Watch) rounds(p Policy) []round {
	if !p.Rounds.On(w.Shift) {
		return nil
	}
	var out []round
	for _, a := range w.Shift.People {
		from, to := w.Shift.Hours(a)
		if joined := w.Joined[a.Member]; joined.After(from) {
			from = joined
		}
		last := to.Add(-p.Rounds.Early())
		for at := from.Add(p.Rounds.Every); at.Before(last); at = at.Add(p.Rounds.Every) {
			end := at.Add(p.Rounds.Every)
			if !end.Before(last) {
				end = to
			}
			out = append(out, round{a.Member, at, end})
		}
	}
	return out
}

func (r round) key() string {
	return "ask:" + r.at.In(roster.Zone).Format("0102-1504") + ":" + string(r.who)
}

// Asked is the person a step of a round is about; "" for other steps.
func Asked(key string) team.MemberID {
	kind, rest, _ := strings.Cut(key, ":")
	switch kind {
	case "miss":
		_, rest, _ = strings.Cut(rest, ":")
	case "ask":
	default:
		return ""
	}
	_, who, _ := strings.Cut(rest, ":")
	return team.MemberID(who)
}

// Rename puts other names to the people whom steps of rounds are about, as alias says;
// changed reports whether anybody got one.
func (w Watch) Rename(alias func(team.MemberID) team.MemberID) (next Watch, changed bool) {
	next = w.clone()
	for key, at := range w.Fired {
		who := Asked(key)
		if who == "" {
			continue
		}
		named := strings.TrimSuffix(key, string(who)) + string(alias(who))
		if named == key {
			continue
		}
		changed = true
		delete(next.Fired, key)
		next.Fired[named] = at
		if next.Said[key] {
			delete(next.Said, key)
			next.Said[named] = true
		}
	}
	return next, changed
}

// roundSteps are the steps of all rounds: each is asked, and each that was asked has
// its ladder, counted from when that really happened.
func (w Watch) roundSteps(p Policy) []step {
	var out []step
	for _, r := range w.rounds(p) {
		key := r.key()
		out = append(out, step{key: key, at: r.at, kind: AskRound, until: r.to, round: r})
		if !w.Said[key] {
			continue
		}
		for i, rung := range p.Rounds.Ladder {
			if at := w.Fired[key].Add(rung.After); at.Before(r.to) {
				out = append(out, step{key: "miss:" + strconv.Itoa(i) + strings.TrimPrefix(key, "ask"), at: at, kind: RoundMissed, level: rung.Who, until: r.to, round: r})
			}
		}
	}
	return out
}

// present reports whether the person has said to be at the post.
func (w Watch) present(m team.MemberID) bool {
	mark, ok := w.Marks[m]
	return ok && (mark.Status == OnTime || mark.Status == Late)
}

// alone reports whether nobody else who is known to be there is on at the moment.
func (w Watch) alone(m team.MemberID, at time.Time) bool {
	for _, a := range w.Shift.At(at) {
		if a.Member != m && w.present(a.Member) {
			return false
		}
	}
	return true
}

// word is the person's last sign of life: on a round, or the own check-in.
func (w Watch) word(m team.MemberID) time.Time {
	var last time.Time
	if mark, ok := w.Marks[m]; ok && mark.By == "" {
		last = mark.At
	}
	for _, at := range w.Rounds[m] {
		if at.After(last) {
			last = at
		}
	}
	return last
}

func (w Watch) answered(r round, p Policy) bool {
	return !w.word(r.who).Before(r.at.Add(-p.Rounds.Early()))
}

// takeRound decides a step of a round.
func (w *Watch) takeRound(st step, rest []step, now time.Time, p Policy) (Effect, bool) {
	e := Effect{Kind: st.kind, Key: st.key, Level: st.level, Missing: []team.MemberID{st.round.who}, Planned: st.at, Round: st.round.at, Until: st.until}
	if late := now.Sub(st.at); late > time.Minute {
		e.Late = late
	}
	m := st.round.who
	if !now.Before(st.until) || !w.present(m) || w.answered(st.round, p) {
		return e, false
	}
	if st.kind == AskRound {
		later := slices.ContainsFunc(rest, func(o step) bool { return o.kind == AskRound && o.round.who == m && !o.at.After(now) })
		return e, !later && (!p.Rounds.Alone || w.alone(m, st.at))
	}
	if st.level == ToPerson && w.nudged(m, p) >= p.Rounds.Nudges {
		return e, false
	}
	w.alarm(m, st.level)
	return e, true
}

// nudged counts how often the person was nudged about rounds on this shift.
func (w Watch) nudged(m team.MemberID, p Policy) int {
	n := 0
	for i, rung := range p.Rounds.Ladder {
		prefix := fmt.Sprintf("miss:%d:", i)
		for key := range w.Said {
			if rung.Who == ToPerson && strings.HasPrefix(key, prefix) && Asked(key) == m {
				n++
			}
		}
	}
	return n
}

// maxWords bounds the words of one person on one shift.
const maxWords = 100

// Report records that the person says all is well. at is the platform's own timestamp:
// a word sent while nobody listened counts for the round it was sent on. cleared lists
// who had been told of a round without an answer.
func (w Watch) Report(by team.MemberID, at time.Time, note string, p Policy) (next Watch, cleared []Level, err error) {
	on := slices.ContainsFunc(w.Shift.At(at), func(a roster.Assignment) bool { return a.Member == by })
	switch {
	case !on || !w.present(by) || !p.Rounds.On(w.Shift):
		return w, nil, ErrNoRound
	case p.Rounds.Alone && !w.alone(by, at) && len(w.Alarmed[by]) == 0 && !w.Waits(by, p):
		return w, nil, ErrNoRound
	}
	next = w.clone()
	if next.Rounds == nil {
		next.Rounds = map[team.MemberID][]time.Time{}
	}
	words := slices.Clone(next.Rounds[by])
	if len(words) >= maxWords {
		words = words[:maxWords-1]
	}
	next.Rounds[by] = append(words, at.UTC())
	cleared = next.Alarmed[by]
	delete(next.Alarmed, by)
	return next.Note(Entry{At: at, What: "round", By: by, Text: note}), cleared, nil
}

// Waits reports whether a round that was asked of the person has no answer yet.
func (w Watch) Waits(m team.MemberID, p Policy) bool {
	return slices.ContainsFunc(w.rounds(p), func(r round) bool {
		return r.who == m && w.Said[r.key()] && !w.answered(r, p)
	})
}

// NextRound is when the person will be asked next, as things stand; zero when not on this shift any more.
func (w Watch) NextRound(m team.MemberID, now time.Time, p Policy) time.Time {
	var first time.Time
	for _, r := range w.rounds(p) {
		if r.who != m || !r.at.After(now) || w.answered(r, p) || p.Rounds.Alone && !w.alone(m, r.at) {
			continue
		}
		if first.IsZero() || r.at.Before(first) {
			first = r.at
		}
	}
	return first
}
