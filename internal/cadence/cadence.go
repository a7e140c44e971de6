// Package cadence says at which moments something that comes again comes next:
// by cron specs, by a dated list, and outside the hours in which people sleep.
//
// It promises moments on the wall clock of roster.Zone, strictly after the one
// asked about, and that a cadence which passed Validate is never more frequent
// than MinGap. It computes only; what fires at the moment is the alarm clock's.
package cadence

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"trucban/internal/roster"
)

// MinGap is the shortest time between two moments of a valid cron spec: a
// slip such as "* 8 * * *" (every minute of an hour) is refused.
const MinGap = 10 * time.Minute

// probe is how many moments in a row Validate looks at.
const probe = 50

// Cadence is the moments of all its specs and dates together. The zero value has none.
type Cadence struct {
	// Specs are five-field cron specs or @daily and the like, on the local wall clock.
	Specs []string `json:"specs,omitempty" yaml:"cron,omitempty"`
	// Dates are single moments, for "trước 9h00 mùng 2, 4, 6".
	Dates []time.Time `json:"dates,omitempty" yaml:"dates,omitempty"`
}

// Cron is a cadence of specs.
func Cron(specs ...string) Cadence { return Cadence{Specs: specs} }

// On is a cadence of single moments, kept in order and once each.
func On(dates ...time.Time) Cadence {
	out := make([]time.Time, 0, len(dates))
	for _, d := range dates {
		out = append(out, d.UTC())
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Before(out[j]) })
	n := 0
	for i, d := range out {
		if i == 0 || !d.Equal(out[n-1]) {
			out[n] = d
			n++
		}
	}
	return Cadence{Dates: out[:n]}
}

// IsZero reports whether the cadence never comes.
func (c Cadence) IsZero() bool { return len(c.Specs) == 0 && len(c.Dates) == 0 }

// Validate lists every spec that cannot be read, never comes or comes too often.
// from is the moment from which the spacing is looked at.
func (c Cadence) Validate(from time.Time) error {
	var faults []error
	for _, spec := range c.Specs {
		if err := check(spec, from); err != nil {
			faults = append(faults, fmt.Errorf("cron spec %q: %w", spec, err))
		}
	}
	return errors.Join(faults...)
}

func check(spec string, from time.Time) error {
	s, err := parse(spec)
	if err != nil {
		return err
	}
	at := s.Next(from.In(roster.Zone))
	if at.IsZero() {
		return errors.New("this date never comes")
	}
	for range probe {
		next := s.Next(at)
		if next.IsZero() {
			return nil
		}
		if next.Sub(at) < MinGap {
			return fmt.Errorf("comes again after %s, at least %s is needed", next.Sub(at), MinGap)
		}
		at = next
	}
	return nil
}

// parse reads a spec without a zone of its own and without "@every", whose
// moments depend on when somebody began to count.
func parse(spec string) (cron.Schedule, error) {
	spec = strings.TrimSpace(spec)
	if strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=") {
		return nil, errors.New("a zone of its own is not possible, times are Vietnam's")
	}
	if strings.HasPrefix(spec, "@every") {
		return nil, errors.New("@every has no wall time, name the hours")
	}
	return cron.ParseStandard(spec)
}

// Next is the first moment after the given one, zero when there is none.
// Specs that cannot be read have no moments; Validate tells them.
func (c Cadence) Next(after time.Time) time.Time {
	var best time.Time
	take := func(t time.Time) {
		if !t.IsZero() && t.After(after) && (best.IsZero() || t.Before(best)) {
			best = t
		}
	}
	for _, spec := range c.Specs {
		if s, err := parse(spec); err == nil {
			take(s.Next(after.In(roster.Zone)))
		}
	}
	for _, d := range c.Dates {
		take(d)
	}
	if best.IsZero() {
		return best
	}
	return best.UTC()
}

// Between lists the moments in (after, until], at most limit of them, the earliest first.
func (c Cadence) Between(after, until time.Time, limit int) []time.Time {
	var out []time.Time
	for at := c.Next(after); !at.IsZero() && !at.After(until) && len(out) < limit; at = c.Next(at) {
		out = append(out, at)
	}
	return out
}
