package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// Rehearsal is a period to be played.
type Rehearsal struct {
	Setup    Setup
	From, To time.Time
	Absent   bool // nobody checks in; without this everybody does, on time
}

// Rehearsed is one message a rehearsal would have sent.
type Rehearsed struct {
	At   time.Time `json:"at"`
	To   string    `json:"to"` // the reader, in words
	Text string    `json:"text"`
}

// Playing is a rehearsal that is being shown in a test group.
type Playing struct {
	Unit  team.UnitID `json:"unit"`
	Lines []Rehearsed `json:"lines"`
	More  int         `json:"more,omitempty"` // messages beyond those shown
	Next  int         `json:"next"`
}

// mobile is somebody's own number as messages print it.
var mobile = regexp.MustCompile(`\b(0\d{3}) \d{3} \d{3}\b`)

func playingRef(a chat.Address) Ref { return Ref{"playing", a.Key()} }

// Bounds of a rehearsal in a test group.
const (
	playAhead  = 24 * time.Hour
	playFar    = 14 * 24 * time.Hour // the first shift may be that far away
	playShifts = 400
	playLines  = 60
	playLife   = time.Hour
	// An hour passes in ten seconds; a group takes 20 messages a minute and is left some for answers.
	playSpeed             = 360
	playLeast, playLonger = 4 * time.Second, 15 * time.Second
)

// playRoster shows in a test group what the coming day's shifts and open tasks would send, on a
// fast clock: "/dientap lịch", with "vắng" as if nobody checked in. It is played beside the store,
// so that nothing of it counts.
func (t *turn) playRoster(ctx context.Context, absent bool) error {
	unit := t.room.Unit
	if t.me.Level() < team.LevelHead || !t.town.Org.May(t.me, team.LevelHead, unit) {
		t.reply(messages.NotAllowed{Need: t.need(team.LevelHead)})
		return nil
	}
	if t.b.Rehearse == nil {
		return t.refused(messages.PlayRefused{Why: "off"})
	}
	setup, from, err := t.comingShifts(ctx, unit)
	if err != nil {
		return err
	}
	switch n := len(setup.Shifts); {
	case n == 0:
		return t.refused(messages.PlayRefused{Why: "none", Unit: t.unitName(unit)})
	case n > playShifts:
		return t.refused(messages.PlayRefused{Why: "many", Unit: t.unitName(unit)})
	}
	p := Playing{Unit: unit}
	if p.Lines, err = t.b.Rehearse(ctx, Rehearsal{Setup: setup, From: from, To: from.Add(playAhead), Absent: absent}); err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	for i := range p.Lines { // a test group may hold people from outside of the unit
		p.Lines[i].Text = mobile.ReplaceAllString(p.Lines[i].Text, "$1 xxx xxx")
	}
	if p.More = len(p.Lines) - playLines; p.More > 0 {
		p.Lines = p.Lines[:playLines]
	}
	p.More = max(0, p.More)
	if len(p.Lines) == 0 {
		return t.refused(messages.PlayRefused{Why: "none", Unit: t.unitName(unit)})
	}
	t.note("drill.played", playingRef(t.u.To), unit)
	t.reply(messages.PlayBegins{Unit: t.unitName(unit), From: from, To: from.Add(playAhead), Count: len(p.Lines), More: p.More, Absent: absent, Takes: p.takes()})
	t.wake("play", t.u.To.Key(), t.clock.Add(playLeast))
	return t.put(playingRef(t.u.To), p, Doc{Version: AnyVersion, TTL: playLife})
}

// comingShifts is the organisation with the shifts of the unit and those below it in the day
// that is played, and with their open tasks: from now on, or from before the first shift when it is later.
func (t *turn) comingShifts(ctx context.Context, unit team.UnitID) (Setup, time.Time, error) {
	s, err := InService(ctx, t.b.Store, t.clock)
	if err != nil {
		return s, t.clock, err
	}
	s.Shifts = slices.DeleteFunc(s.Shifts, func(sh roster.Shift) bool { return !t.town.Org.Within(sh.Unit, unit) })
	s.Work.Runs = slices.DeleteFunc(s.Work.Runs, func(r checklist.Run) bool { return !t.town.Org.Within(r.Unit, unit) })
	from, first := t.clock, time.Time{}
	for _, sh := range s.Shifts {
		if sh.Start.After(t.clock) && (first.IsZero() || sh.Start.Before(first)) {
			first = sh.Start
		}
	}
	if before := first.Add(-time.Hour); first.Sub(from) > playAhead && first.Sub(from) < playFar {
		from = before
	}
	to := from.Add(playAhead)
	s.Shifts = slices.DeleteFunc(s.Shifts, func(sh roster.Shift) bool { return !sh.Start.Before(to) || !sh.End.After(from) })
	return s, from, nil
}

// takes is how long showing it all takes.
func (p Playing) takes() time.Duration {
	d := playLeast
	for i := range p.Lines {
		d += p.pause(i)
	}
	return d
}

// pause is how long is waited after a line.
func (p Playing) pause(i int) time.Duration {
	if i+1 >= len(p.Lines) {
		return playLeast
	}
	return min(max(p.Lines[i+1].At.Sub(p.Lines[i].At)/playSpeed, playLeast), playLonger)
}

// duePlay shows the next message, or says that it was the last.
func duePlay(ctx context.Context, t *turn) error {
	to, _ := chat.ParseAddress(t.job.ID)
	ref := playingRef(to)
	var p Playing
	if ok, err := t.get(ctx, ref, &p); err != nil || !ok {
		t.wake("play", t.job.ID, time.Time{})
		return err
	}
	if p.Next >= len(p.Lines) {
		t.playSays(to, messages.PlayEnds{Unit: t.unitName(p.Unit), Count: len(p.Lines), More: p.More})
		t.drop(ref)
		return nil
	}
	l := p.Lines[p.Next]
	t.playSays(to, messages.PlayLine{At: l.At, To: l.To, Text: l.Text})
	t.wake("play", t.job.ID, t.now.Add(p.pause(p.Next)))
	p.Next++
	return t.put(ref, p, Doc{TTL: playLife})
}

func (t *turn) playSays(to chat.Address, m any) {
	t.send(outbox.Item{To: to, Kind: chat.Group, Class: outbox.Digest, Message: chat.Message{Text: t.text(m), Silent: true}, NotAfter: t.now.Add(10 * time.Minute), About: "diễn tập"})
}

// stopPlay ends what is being shown.
func (t *turn) stopPlay(ctx context.Context) error {
	var p Playing
	ref := playingRef(t.u.To)
	ok, err := t.get(ctx, ref, &p)
	if err != nil {
		return err
	}
	if !ok {
		return t.refused(messages.PlayRefused{Why: "idle"})
	}
	t.write(Doc{Ref: ref, Version: AnyVersion})
	t.wake("play", t.u.To.Key(), time.Time{})
	t.reply(messages.PlayEnds{Unit: t.unitName(p.Unit), Count: p.Next, More: len(p.Lines) - p.Next + p.More, Stopped: true})
	return nil
}

// playWords reads "lịch", "lịch vắng" and "dừng"; ok is false for what is no word about playing.
func (t *turn) playWords(ctx context.Context, folded string) (ok bool, err error) {
	what, rest, _ := strings.Cut(folded, " ")
	switch {
	case what == "lich" && (rest == "" || rest == "truc" || rest == "vang" || rest == "truc vang"):
		if t.room.Purpose != ForTest {
			return true, t.refused(messages.PlayRefused{Why: "room"})
		}
		return true, t.playRoster(ctx, strings.HasSuffix(rest, "vang"))
	case folded == "dung" && t.room.Purpose == ForTest:
		return true, t.stopPlay(ctx)
	}
	return false, nil
}
