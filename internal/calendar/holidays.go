package calendar

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
)

//go:embed holidays.yaml
var builtin []byte

// Holidays is what the law fixes and what has been announced. The zero value knows nothing.
type Holidays struct {
	fixed     []fixedDay
	lunar     []lunarDayName
	announced map[int]announcement
}

// Holiday is a public holiday or a day off given for one.
type Holiday struct {
	Name   string
	Source string // the notice it was announced by; "" when the law fixes the day itself
}

// Swap is a working day off for which a Saturday is worked.
type Swap struct {
	Off    Date `yaml:"off"`
	Worked Date `yaml:"worked"`
}

type fixedDay struct {
	Date     string `yaml:"date"` // "01-02", month and day
	Name     string `yaml:"name"`
	FromYear int    `yaml:"from_year"`
}

type lunarDayName struct {
	Lunar string `yaml:"lunar"` // "3-10", month and day
	Name  string `yaml:"name"`
}

type announcement struct {
	Year         int    `yaml:"year"`
	Tet          Span   `yaml:"tet"`
	Swaps        []Swap `yaml:"swaps"`
	National     []Date `yaml:"national"`
	NationalSpan Span   `yaml:"national_span"`
	GioToMakeup  Date   `yaml:"gio_to_makeup"`
	Culture      Date   `yaml:"culture"`
	Source       string `yaml:"source"`
}

// BuiltinHolidays are the schedules this program was built with.
func BuiltinHolidays() (Holidays, error) { return ReadHolidays(builtin) }

// ReadHolidays reads a schedule file of the form of holidays.yaml beside this package.
func ReadHolidays(data []byte) (Holidays, error) {
	var f struct {
		Fixed     []fixedDay     `yaml:"fixed"`
		Lunar     []lunarDayName `yaml:"lunar"`
		Announced []announcement `yaml:"announced"`
	}
	if err := yaml.Unmarshal(data, &f); err != nil {
		return Holidays{}, fmt.Errorf("read holidays: %w", err)
	}
	h := Holidays{fixed: f.Fixed, lunar: f.Lunar, announced: map[int]announcement{}}
	for _, a := range f.Announced {
		if a.Year == 0 || a.Source == "" || a.Tet.From.IsZero() || a.Tet.To.Before(a.Tet.From) {
			return Holidays{}, fmt.Errorf("read holidays: year %d needs a Tết span and a source", a.Year)
		}
		h.announced[a.Year] = a
	}
	return h, nil
}

// Announced reports whether the schedule of the year is known, and from which
// notice. When it is not, spans and swaps of that year must not be shown: say
// "chưa có thông báo lịch nghỉ".
func (h Holidays) Announced(year int) (source string, ok bool) {
	a, ok := h.announced[year]
	return a.Source, ok
}

// Years lists the announced years, earliest first.
func (h Holidays) Years() []int {
	var out []int
	for y := range h.announced {
		out = append(out, y)
	}
	slices.Sort(out)
	return out
}

// TetSpan is the announced Tết leave of the year.
func (h Holidays) TetSpan(year int) (Span, bool) {
	a, ok := h.announced[year]
	return a.Tet, ok
}

// On is the holiday of the day: one the law fixes, or part of an announced span,
// or a day swapped off. In an unannounced year only the days fixed by law answer.
func (h Holidays) On(d Date) (Holiday, bool) {
	for _, f := range h.fixed {
		if f.Date == fmt.Sprintf("%02d-%02d", int(d.Month), d.Day) && d.Year >= f.FromYear {
			return Holiday{Name: f.Name}, true
		}
	}
	l := d.Lunar()
	for _, f := range h.lunar {
		if !l.Leap && f.Lunar == fmt.Sprintf("%d-%d", l.Month, l.Day) {
			return Holiday{Name: f.Name}, true
		}
	}
	a, ok := h.announced[d.Year]
	if !ok {
		return Holiday{}, false
	}
	return a.on(d)
}

func (a announcement) on(d Date) (Holiday, bool) {
	switch {
	case a.Tet.Holds(d):
		return Holiday{"Tết Âm lịch", a.Source}, true
	case slices.Contains(a.National, d) || a.NationalSpan.Holds(d):
		return Holiday{"Quốc khánh", a.Source}, true
	case !a.GioToMakeup.IsZero() && d == a.GioToMakeup:
		return Holiday{"Nghỉ bù Giỗ Tổ Hùng Vương", a.Source}, true
	case slices.ContainsFunc(a.Swaps, func(s Swap) bool { return s.Off == d }):
		return Holiday{"Nghỉ hoán đổi", a.Source}, true
	}
	return Holiday{}, false
}

// Workday says whether offices work on the day: weekdays without a holiday, and
// Saturdays worked for a swap. known is false when the year is not announced and
// the answer is therefore the law's bare rule.
func (h Holidays) Workday(d Date) (work, known bool) {
	a, known := h.announced[d.Year]
	if slices.ContainsFunc(a.Swaps, func(s Swap) bool { return s.Worked == d }) {
		return true, known
	}
	_, off := h.On(d)
	w := d.Weekday()
	return !off && w != 0 && w != 6, known
}
