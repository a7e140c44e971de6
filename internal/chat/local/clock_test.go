package local

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func TestClockRuns(t *testing.T) {
	real := time.Unix(0, 0)
	c := NewClock(noon, 60, func() time.Time { return real })
	real = real.Add(time.Second)
	if got := c.Now(); !got.Equal(noon.Add(time.Minute)) {
		t.Errorf("after a second at x60 it shows %s", got)
	}
	c.SetSpeed(0)
	real = real.Add(time.Hour)
	c.SetSpeed(1)
	real = real.Add(time.Second)
	if got := c.Now(); !got.Equal(noon.Add(61 * time.Second)) {
		t.Errorf("after a pause it shows %s", got)
	}
	c.Set(noon)
	if c.Now().Before(noon.Add(time.Minute)) {
		t.Error("it went back")
	}
	c.Set(noon.Add(time.Hour))
	if got := c.Now(); !got.Equal(noon.Add(time.Hour)) {
		t.Errorf("set to an hour later it shows %s", got)
	}
}

func TestClockWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(noon, 60, time.Now)
		began := time.Now()
		if err := c.Wait(t.Context(), noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began).Round(10 * time.Millisecond); took != time.Minute {
			t.Errorf("an hour at x60 took %s", took)
		}
		c.SetSpeed(0)
		done := c.Until(t.Context(), noon.Add(2*time.Hour))
		synctest.Wait()
		select {
		case <-done:
			t.Error("woken while the clock stands still")
		default:
		}
		c.Set(noon.Add(2 * time.Hour))
		<-done
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Wait(ctx, noon.Add(3*time.Hour)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting on a clock that stands still ended with %v", err)
		}
	})
}

func TestClockSpeedIsClamped(t *testing.T) {
	c := NewClock(noon, 1, func() time.Time { return noon })
	for in, want := range map[float64]float64{-1: 0, 0: 0, 60: 60, 1e9: MaxSpeed, math.Inf(1): MaxSpeed, math.NaN(): 0} {
		if c.SetSpeed(in); c.Speed() != want {
			t.Errorf("speed %v became %v, want %v", in, c.Speed(), want)
		}
	}
	if still := NewStill(noon); still.Speed() != 0 {
		t.Error("a clock without a real one runs")
	}
}
