package roster

import (
	"fmt"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

func day(s string) calendar.Date {
	var d calendar.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return d
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func span(a, b string) calendar.Span { return calendar.Span{From: day(a), To: day(b)} }

// shift makes a shift of unit u; people are at PostDuty.
func shift(start string, hours int, people ...team.MemberID) Shift {
	s := Shift{Unit: "u", Start: at(start), End: at(start).Add(time.Duration(hours) * time.Hour)}
	s.ID = ID("u", s.Start, "")
	for _, m := range people {
		s.People = append(s.People, Assignment{Post: PostDuty, Member: m})
	}
	return s
}

// line prints a shift as "09/02 19h00 An,Ba".
func line(s Shift) string {
	out := calendar.DateOf(s.Start).Short() + " " + calendar.TimeText(s.Start)
	for i, a := range s.People {
		sep := ","
		if i == 0 {
			sep = " "
		}
		out += sep + string(a.Member)
		if s.Part(a) {
			f, t := s.Hours(a)
			out += fmt.Sprintf("[%s-%s]", calendar.TimeText(f), calendar.TimeText(t))
		}
	}
	return out
}

func lines(shifts []Shift) []string {
	out := []string{}
	for _, s := range shifts {
		out = append(out, line(s))
	}
	return out
}

func people(n int) []team.MemberID {
	var out []team.MemberID
	for i := range n {
		out = append(out, team.MemberID(rune('a'+i)))
	}
	return out
}

var (
	wholeDay = Slot{Start: 7*time.Hour + 30*time.Minute, Length: 24 * time.Hour, Posts: []Post{PostDuty}}
	dayTurn  = Slot{Name: "ngày", Start: 7 * time.Hour, Length: 12 * time.Hour, Posts: []Post{PostDuty}}
	night    = Slot{Name: "đêm", Start: 19 * time.Hour, Length: 12 * time.Hour, Posts: []Post{PostDuty}}
)
