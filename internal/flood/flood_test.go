package flood_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/internal/flood"
)

var start = time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

// TestBurstAndPace lets a burst through, then one each period, and counts a run of refusals.
func TestBurstAndPace(t *testing.T) {
	m := flood.NewMeter(10)
	b := flood.Bucket{Key: "an", Rate: flood.Rate{Burst: 4, Every: 5 * time.Second}}
	for i, c := range []struct {
		second, refused int
		since           int
	}{
		{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}, // the burst
		{1, 1, 1}, {2, 2, 1}, {4, 3, 1}, // empty
		{5, 0, 0}, {6, 4, 1}, // one more after five seconds; the run goes on
		{16, 0, 0},              // half full: the run is over
		{16, 0, 0}, {16, 1, 16}, // and a new one begins
	} {
		v := m.Take(at(c.second), b)
		if v.Refused != c.refused || v.Refused > 0 && (v.Key != "an" || !v.Since.Equal(at(c.since))) {
			t.Fatalf("step %d at %d s: %+v, want %d refused", i, c.second, v, c.refused)
		}
	}
}

// TestBacklogIsNoFlood: what was sent at a moderate pace is let through at whatever speed it arrives.
func TestBacklogIsNoFlood(t *testing.T) {
	m := flood.NewMeter(10)
	b := flood.Bucket{Key: "an", Rate: flood.Rate{Burst: 2, Every: 30 * time.Second}}
	for i := range 500 {
		if v := m.Take(at(30*i), b); v.Refused > 0 {
			t.Fatalf("message %d of a backlog is refused", i)
		}
	}
}

// TestOneEmptyBucketTakesFromNone: what a group's bucket refuses costs its sender nothing.
func TestOneEmptyBucketTakesFromNone(t *testing.T) {
	m := flood.NewMeter(10)
	person := flood.Bucket{Key: "an", Rate: flood.Rate{Burst: 3, Every: time.Minute}}
	group := flood.Bucket{Key: "vhxh", Rate: flood.Rate{Burst: 1, Every: time.Minute}}
	m.Take(start, group)
	for range 5 {
		if v := m.Take(start, person, group); v.Key != "vhxh" {
			t.Fatalf("%+v, want the group's bucket to be empty", v)
		}
	}
	for i := range 3 {
		if v := m.Take(start, person); v.Refused > 0 {
			t.Fatalf("the person's message %d is refused", i)
		}
	}
	m.Return(person)
	if v := m.Take(start, person); v.Refused > 0 {
		t.Error("what was returned cannot be taken")
	}
}

// TestMemoryIsBounded: any number of senders needs room for so many, and a full bucket is forgotten before others.
func TestMemoryIsBounded(t *testing.T) {
	m := flood.NewMeter(100)
	rate := flood.Rate{Burst: 1, Every: time.Minute}
	loud := flood.Bucket{Key: "loud", Rate: flood.Rate{Burst: 1, Every: 24 * time.Hour}}
	m.Take(start, loud)
	for i := range 10_000 {
		m.Take(at(2*i), flood.Bucket{Key: fmt.Sprint(i), Rate: rate})
	}
	if v := m.Take(at(20_000), loud); v.Refused == 0 {
		t.Error("an empty bucket was forgotten while full ones could be")
	}
	if n := m.Len(); n > 100 {
		t.Errorf("%d buckets are remembered", n)
	}
}

// TestNeverMoreThanTheRate holds any order of moments against the definition:
// within any span no more comes through than the burst and what refills in it.
func TestNeverMoreThanTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := flood.Bucket{Key: "k", Rate: flood.Rate{Burst: rapid.IntRange(1, 6).Draw(t, "burst"), Every: time.Duration(rapid.IntRange(1, 9).Draw(t, "every")) * time.Second}}
		m := flood.NewMeter(5)
		var passed []int
		now, latest := 0, 0
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			now = max(0, now+rapid.IntRange(-5, 12).Draw(t, "step"))
			latest = max(latest, now)
			if m.Take(at(now), b).Refused == 0 {
				passed = append(passed, latest)
			}
		}
		for i := range passed {
			for j := i; j < len(passed); j++ {
				most := b.Burst + int(time.Duration(passed[j]-passed[i])*time.Second/b.Every) + 1
				if n := j - i + 1; n > most {
					t.Fatalf("%d came through in %d s, at most %d may", n, passed[j]-passed[i], most)
				}
			}
		}
	})
}
