package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// habits say what part of the people and of the platforms' answers are not as they should be.
type habits struct {
	Late      float64 `default:"5" help:"Of a hundred check-ins, how many come 16 to 40 minutes late."`
	Absent    float64 `default:"1" help:"Of a hundred check-ins, how many never come."`
	Unreached float64 `default:"2" help:"Of a hundred people, how many have blocked the bot."`
	Incidents float64 `default:"1" help:"Incidents a day for each hundred groups."`
	Refused   float64 `default:"0.2" help:"Of a hundred calls, how many a platform refuses with 429 though its known limits are kept."`
	Zalo      float64 `default:"5" help:"Of a hundred groups, how many are on Zalo; the others are on Telegram."`
}

// share is a percentage as a part of one.
func share(percent float64) float64 { return percent / 100 }

// deed is something somebody writes.
type deed struct {
	at   time.Time
	from chat.Account
	to   chat.Address
	kind chat.Kind
	text func() string
}

// life is what the people of a province do in a period.
type life struct {
	setup     bot.Setup
	rand      *rand.Rand
	rooms     map[team.UnitID]chat.Address
	deeds     []deed
	incidents int // reported so far
}

func (l *life) door(m team.MemberID) bot.Door { return l.setup.Doors[m][0] }

// says plans that somebody writes: into the group, or privately when it is zero.
func (l *life) says(at time.Time, m team.MemberID, group chat.Address, text func() string) {
	d := l.door(m)
	e := deed{at: at, from: chat.Account{Platform: d.Addr.Platform, ID: d.Addr.Chat}, to: group, kind: chat.Group, text: text}
	if group.IsZero() {
		e.to, e.kind = d.Addr, chat.Private
	}
	l.deeds = append(l.deeds, e)
}

func plainly(s string) func() string { return func() string { return s } }

// minutes is some time between the two, in whole seconds as the platforms tell it.
func (l *life) minutes(from, to int) time.Duration {
	return time.Duration(from)*time.Minute + time.Duration(l.rand.IntN((to-from)*60))*time.Second
}

// living plans everything people do, in the order of time.
func living(setup bot.Setup, seed uint64, from time.Time, days int, h habits) *life {
	l := &life{setup: setup, rand: rand.New(rand.NewPCG(seed, 7)), rooms: map[team.UnitID]chat.Address{}}
	for _, r := range setup.Rooms {
		l.rooms[r.Unit] = r.Addr
	}
	l.directive(from, days)
	for _, sh := range setup.Shifts {
		l.checkIn(sh, h)
		if l.rand.Float64() < share(h.Incidents)/2 {
			l.incident(sh)
		}
	}
	slices.SortStableFunc(l.deeds, func(a, b deed) int { return cmp.Compare(a.at.UnixMilli(), b.at.UnixMilli()) })
	return l
}

func (l *life) checkIn(sh roster.Shift, h habits) {
	late := l.minutes(-20, 10)
	switch chance := l.rand.Float64(); {
	case chance < share(h.Absent):
		return
	case chance < share(h.Absent+h.Late):
		late = l.minutes(16, 40)
	}
	l.says(sh.Start.Add(late), sh.People[0].Member, l.rooms[sh.Unit], plainly("ổn định"))
}

// directive has the desk issue a ready pack on the first morning; every unit does its tasks in the days after.
func (l *life) directive(from time.Time, days int) {
	first := calendar.DateOf(from)
	span := fmt.Sprintf("/vanban mẫu tet từ %s đến %s", first.AddDays(4).Midnight().Format("02/01/2006"), first.AddDays(9).Midnight().Format("02/01/2006"))
	at := first.Midnight().Add(8 * time.Hour)
	l.says(at, "quanly", chat.Address{}, plainly(span))
	l.says(at.Add(time.Minute), "quanly", chat.Address{}, plainly("ban hành"))
	const tasks = 5
	for _, u := range l.setup.Town.Org.Units[1:] {
		head := team.MemberID("p" + string(u.ID)[1:] + "-0")
		for n := range tasks {
			l.says(at.Add(l.minutes(5, 60*24*max(1, days-1))), head, l.rooms[u.ID], plainly(fmt.Sprint("/xong ", n+1)))
		}
	}
}

// incident has the officer on duty report one; the head takes it on in nine of ten, and a leader closes it.
func (l *life) incident(sh roster.Shift) {
	kinds := []string{"trang thông tin bị đổi giao diện", "máy trạm nhiễm mã độc", "mất mạng toàn cơ quan", "tài khoản thư bị chiếm"}
	what := kinds[l.rand.IntN(len(kinds))]
	at := sh.Start.Add(l.minutes(30, 10*60))
	number := 0
	l.says(at, sh.People[0].Member, l.rooms[sh.Unit], func() string {
		l.incidents++
		number = l.incidents
		return "/suco " + what
	})
	code := func() string { return fmt.Sprintf("SC-%d-%04d", at.In(calendar.Zone).Year(), number) }
	if l.rand.Float64() < 0.9 {
		head := team.MemberID("p" + string(sh.Unit)[1:] + "-0")
		l.says(at.Add(l.minutes(1, 10)), head, l.rooms[sh.Unit], func() string { return "/tiepnhan " + code() })
	}
	l.says(at.Add(l.minutes(40, 120)), "lanhdao", l.rooms["tinh"], func() string { return "/dongsuco " + code() + " đã khắc phục" })
}

// live plays the deeds up to the end.
func (l *life) live(ctx context.Context, st *stage, to time.Time) error {
	for i, d := range l.deeds {
		if d.at.Before(st.clock.Now()) || d.at.After(to) {
			continue
		}
		if err := st.AdvanceTo(ctx, d.at); err != nil {
			return err
		}
		u := chat.Update{ID: fmt.Sprint("simulate:", i), Event: chat.EventMessage, From: d.from, To: d.to, Kind: d.kind, SentAt: d.at, Text: d.text()}
		if err := st.Handle(ctx, u); err != nil {
			return err
		}
	}
	return st.AdvanceTo(ctx, to)
}
