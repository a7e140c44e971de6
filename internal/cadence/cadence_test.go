package cadence_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/internal/cadence"
	"trucban/internal/roster"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("02/01/2006 15:04", s, roster.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

func TestNextIsOnTheLocalClock(t *testing.T) {
	c := cadence.Cadence{Specs: []string{"0 15 * * *", "30 7 * * 1"}, Dates: []time.Time{at(t, "07/02/2027 09:00")}}
	now := at(t, "06/02/2027 10:00") // a Saturday
	for _, want := range []string{"06/02/2027 15:00", "07/02/2027 09:00", "07/02/2027 15:00", "08/02/2027 07:30"} {
		now = c.Next(now)
		if got := now.In(roster.Zone).Format("02/01/2006 15:04"); got != want {
			t.Errorf("next %s, want %s", got, want)
		}
	}
	if got := c.Between(at(t, "06/02/2027 10:00"), at(t, "08/02/2027 07:30"), 3); len(got) != 3 {
		t.Errorf("between: %v", got)
	}
	if at := (cadence.Cadence{}).Next(now); !at.IsZero() {
		t.Errorf("nothing comes at %s", at)
	}
}

func TestValidate(t *testing.T) {
	now := at(t, "01/02/2027 00:00")
	for spec, part := range map[string]string{
		"* 8 * * *":               "comes again after 1m0s",
		"*/5 * * * *":             "comes again after 5m0s",
		"0 8 30 2 *":              "never comes",
		"@every 1h":               "name the hours",
		"CRON_TZ=UTC 0 8 * * *":   "times are Vietnam's",
		"TZ=Asia/Tokyo 0 8 * * *": "times are Vietnam's",
		"0 25 * * *":              "above maximum",
		"x":                       "expected exactly 5 fields",
		"0 8 * * * 2027":          "expected exactly 5 fields",
	} {
		if err := cadence.Cron(spec).Validate(now); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v", spec, err)
		}
	}
	for _, spec := range []string{"0 8 * * *", "0 */4 * * *", "@daily", "30 7 1 * *", "0 9 29 2 *", "*/10 * * * *"} {
		if err := cadence.Cron(spec).Validate(now); err != nil {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func TestOnKeepsOrderAndDropsDoubles(t *testing.T) {
	a, b := at(t, "02/02/2027 09:00"), at(t, "04/02/2027 09:00")
	c := cadence.On(b, a, b)
	if len(c.Dates) != 2 || !c.Dates[0].Equal(a) || !c.Dates[1].Equal(b) {
		t.Errorf("dates: %v", c.Dates)
	}
}

func TestQuiet(t *testing.T) {
	night := cadence.Quiet{From: 21*60 + 30, To: 6*60 + 30}
	noon := cadence.Quiet{From: 11*60 + 30, To: 13*60 + 30}
	for _, c := range []struct {
		q                cadence.Quiet
		t, after, before string
	}{
		{night, "01/02/2027 21:29", "01/02/2027 21:29", "01/02/2027 21:29"},
		{night, "01/02/2027 21:30", "02/02/2027 06:30", "01/02/2027 21:29"},
		{night, "02/02/2027 00:00", "02/02/2027 06:30", "01/02/2027 21:29"},
		{night, "02/02/2027 06:30", "02/02/2027 06:30", "02/02/2027 06:30"},
		{noon, "02/02/2027 12:00", "02/02/2027 13:30", "02/02/2027 11:29"},
		{noon, "02/02/2027 00:00", "02/02/2027 00:00", "02/02/2027 00:00"},
		{cadence.Quiet{}, "02/02/2027 00:00", "02/02/2027 00:00", "02/02/2027 00:00"},
	} {
		if got := c.q.After(at(t, c.t)); !got.Equal(at(t, c.after)) {
			t.Errorf("%s after: %s", c.t, got.In(roster.Zone))
		}
		if got := c.q.Before(at(t, c.t)); !got.Equal(at(t, c.before)) {
			t.Errorf("%s before: %s", c.t, got.In(roster.Zone))
		}
	}
	for d, want := range map[time.Duration]string{
		time.Hour: "02/02/2027 07:00", 2 * time.Hour: "02/02/2027 08:00", 16 * time.Hour: "03/02/2027 07:00",
		-2 * time.Hour: "01/02/2027 19:00", -16 * time.Hour: "01/02/2027 21:29", 0: "01/02/2027 21:00",
	} {
		from := at(t, "01/02/2027 21:00")
		if d == -16*time.Hour {
			from = at(t, "02/02/2027 16:00")
		}
		if got := night.Add(from, d); !got.Equal(at(t, want)) {
			t.Errorf("add %s: %s, want %s", d, got.In(roster.Zone), want)
		}
	}
}

// Steps in order stay in order, and nothing is put into quiet time.
func TestQuietAddKeepsOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		q := cadence.Quiet{From: rapid.IntRange(0, 1439).Draw(rt, "from"), To: rapid.IntRange(0, 1439).Draw(rt, "to")}
		base := at(t, "01/02/2027 00:00").Add(time.Duration(rapid.IntRange(0, 2880).Draw(rt, "base")) * time.Minute)
		a := time.Duration(rapid.IntRange(-3000, 3000).Draw(rt, "a")) * time.Minute
		b := a + time.Duration(rapid.IntRange(0, 3000).Draw(rt, "b"))*time.Minute
		x, y := q.Add(base, a), q.Add(base, b)
		if y.Before(x) {
			rt.Fatalf("%s before %s", y, x)
		}
		if q.Holds(x) || q.Holds(y) {
			rt.Fatalf("in quiet time: %s, %s", x, y)
		}
		if a >= 0 && x.Before(base.Add(a)) {
			rt.Fatalf("%s is earlier than %s", x, base.Add(a))
		}
	})
}
