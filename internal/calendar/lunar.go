package calendar

import (
	"fmt"
	"math"
)

// The range in which the algorithm is sound.
const (
	firstYear = 1800
	lastYear  = 2199
)

// Lunar is a day of the Vietnamese lunar calendar. Year is the solar year in
// which its Tết falls; Leap marks the second of two months with the same number.
type Lunar struct {
	Year, Month, Day int
	Leap             bool
}

// Lunar gives the lunar day of a solar date.
func (d Date) Lunar() Lunar {
	jd := d.julian()
	k := int(math.Floor((float64(jd) - 2415021.076998695) / 29.530588853))
	start := newMoonDay(k + 1)
	if start > jd {
		start = newMoonDay(k)
	}
	a11, b11 := month11(d.Year), month11(d.Year)
	year := d.Year
	if a11 >= start {
		a11 = month11(d.Year - 1)
	} else {
		year++
		b11 = month11(d.Year + 1)
	}
	diff := (start - a11) / 29
	month, leap := diff+11, false
	if b11-a11 > 365 {
		if off := leapOffset(a11); diff >= off {
			month, leap = diff+10, diff == off
		}
	}
	if month > 12 {
		month -= 12
	}
	if month >= 11 && diff < 4 {
		year--
	}
	return Lunar{Year: year, Month: month, Day: jd - start + 1, Leap: leap}
}

// Solar gives the solar date of a lunar day, or ErrNoSuchDay when that year has
// no such leap month or the month is too short.
func (l Lunar) Solar() (Date, error) {
	n := MonthDays(l.Year, l.Month, l.Leap)
	if l.Day < 1 || l.Day > n {
		return Date{}, fmt.Errorf("%w: lunar %d/%d/%d", ErrNoSuchDay, l.Day, l.Month, l.Year)
	}
	start, _ := monthStart(l.Year, l.Month, l.Leap)
	return fromJulian(start + l.Day - 1), nil
}

// MonthDays is the length of a lunar month, 29 or 30; 0 when there is no such month.
func MonthDays(year, month int, leap bool) int {
	start, ok := monthStart(year, month, leap)
	if !ok {
		return 0
	}
	k := int(math.Floor(0.5 + (float64(start)-2415021.076998695)/29.530588853))
	return newMoonDay(k+1) - start
}

// LeapMonth is the number of the month that occurs twice in the lunar year, 0 when none does.
func LeapMonth(year int) int {
	for m := 1; m <= 12; m++ {
		if _, ok := monthStart(year, m, true); ok {
			return m
		}
	}
	return 0
}

// Tet is the solar date of mùng 1 Tết that opens the lunar year.
func Tet(year int) Date {
	start, _ := monthStart(year, 1, false)
	return fromJulian(start)
}

// monthStart is the Julian day a lunar month begins on.
func monthStart(year, month int, leap bool) (jd int, ok bool) {
	if month < 1 || month > 12 || year < firstYear || year > lastYear {
		return 0, false
	}
	a11, b11 := month11(year-1), month11(year)
	if month >= 11 {
		a11, b11 = month11(year), month11(year+1)
	}
	off := month - 11
	if off < 0 {
		off += 12
	}
	k := int(math.Floor(0.5 + (float64(a11)-2415021.076998695)/29.530588853))
	if b11-a11 <= 365 {
		return newMoonDay(k + off), !leap
	}
	leapOff := leapOffset(a11)
	switch {
	case leap && leapOff != off+1:
		return 0, false
	case leap || off >= leapOff:
		off++
	}
	return newMoonDay(k + off), true
}

// newMoonDay is the local day of the k-th new moon since 1900-01-01 13:51 UT,
// by the series of Meeus, "Astronomical Algorithms" (1998).
func newMoonDay(k int) int {
	const dr = math.Pi / 180
	t := float64(k) / 1236.85
	t2, t3 := t*t, t*t*t
	jd := 2415020.75933 + 29.53058868*float64(k) + 0.0001178*t2 - 0.000000155*t3
	jd += 0.00033 * math.Sin((166.56+132.87*t-0.009173*t2)*dr)
	m := 359.2242 + 29.10535608*float64(k) - 0.0000333*t2 - 0.00000347*t3
	mp := 306.0253 + 385.81691806*float64(k) + 0.0107306*t2 + 0.00001236*t3
	f := 21.2964 + 390.67050646*float64(k) - 0.0016528*t2 - 0.00000239*t3
	c := (0.1734-0.000393*t)*math.Sin(m*dr) + 0.0021*math.Sin(2*dr*m)
	c -= 0.4068*math.Sin(mp*dr) - 0.0161*math.Sin(2*dr*mp)
	c -= 0.0004 * math.Sin(3*dr*mp)
	c += 0.0104*math.Sin(2*dr*f) - 0.0051*math.Sin((m+mp)*dr)
	c -= 0.0074*math.Sin((m-mp)*dr) - 0.0004*math.Sin((2*f+m)*dr)
	c -= 0.0004*math.Sin((2*f-m)*dr) + 0.0006*math.Sin((2*f+mp)*dr)
	c += 0.0010*math.Sin((2*f-mp)*dr) + 0.0005*math.Sin((2*mp+m)*dr)
	delta := -0.000278 + 0.000265*t + 0.000262*t2
	if t < -11 {
		delta = 0.001 + 0.000839*t + 0.0002261*t2 - 0.00000845*t3 - 0.000000081*t*t3
	}
	return int(math.Floor(jd + c - delta + 0.5 + 7.0/24))
}

// sunSector is the twelfth of the ecliptic, 0 to 11, the sun stands in at the local midnight of a day.
func sunSector(jd int) int {
	const dr = math.Pi / 180
	t := (float64(jd) - 0.5 - 7.0/24 - 2451545.0) / 36525
	t2 := t * t
	m := 357.52910 + 35999.05030*t - 0.0001559*t2 - 0.00000048*t*t2
	l := 280.46645 + 36000.76983*t + 0.0003032*t2
	l += (1.914600-0.004817*t-0.000014*t2)*math.Sin(dr*m) +
		(0.019993-0.000101*t)*math.Sin(dr*2*m) + 0.000290*math.Sin(dr*3*m)
	l = math.Mod(l, 360)
	if l < 0 {
		l += 360
	}
	return int(l / 30)
}

// month11 is the first day of the lunar month that holds the winter solstice of the solar year.
func month11(year int) int {
	off := (Date{year, 12, 31}).julian() - 2415021
	k := int(math.Floor(float64(off) / 29.530588853))
	nm := newMoonDay(k)
	if sunSector(nm) >= 9 {
		nm = newMoonDay(k - 1)
	}
	return nm
}

// leapOffset is how many months after month 11 the leap month comes: it is the
// first one in which the sun enters no new sector.
func leapOffset(a11 int) int {
	k := int(math.Floor((float64(a11)-2415021.076998695)/29.530588853 + 0.5))
	last := 0
	arc := sunSector(newMoonDay(k + 1))
	i := 1
	for {
		last = arc
		i++
		arc = sunSector(newMoonDay(k + i))
		if arc == last || i >= 14 {
			return i - 1
		}
	}
}

var (
	stems    = [...]string{"Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý"}
	branches = [...]string{"Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi"}
)

// CanChi is the name of a lunar year: "Giáp Thìn" for 2024.
func CanChi(year int) string { return stems[(year+6)%10] + " " + branches[(year+8)%12] }
