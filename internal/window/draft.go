package window

import (
	"time"

	"trucban/internal/team"
)

// Draft is the data of the town's report on one round.
type Draft struct {
	Window  string    `json:"window"`
	Name    string    `json:"name"`
	Closes  time.Time `json:"closes"`
	At      time.Time `json:"at"`
	Asked   int       `json:"asked"`
	None    int       `json:"none"` // "không có sự cố"
	Late    int       `json:"late"`
	Filed   []Line    `json:"filed"` // with something to say, in the window's order of units
	Quiet   []Line    `json:"quiet"` // nothing to report
	Missing []Line    `json:"missing"`
	Unseen  bool      `json:"unseen,omitzero"`
}

// Line is one unit in the draft.
type Line struct {
	Unit team.UnitID   `json:"unit"`
	Name string        `json:"name"`
	By   string        `json:"by,omitzero"`
	At   time.Time     `json:"at,omitzero"`
	Late time.Duration `json:"late,omitzero"`
	Form Form          `json:"form,omitzero"`
}

// NewDraft sorts a round's reports into what has something to say, what has not, and who is missing.
func NewDraft(w Window, r Round, org *team.Org, now time.Time) Draft {
	d := Draft{Window: w.ID, Name: w.Name, Closes: r.Closes, At: now, Asked: len(r.Units), Unseen: r.Unseen}
	for _, u := range r.Units {
		line := Line{Unit: u, Name: string(u)}
		if unit, ok := org.Unit(u); ok {
			line.Name = unit.Name
		}
		rep, ok := r.Filed[u]
		if !ok {
			d.Missing = append(d.Missing, line)
			continue
		}
		line.By, line.At, line.Late, line.Form = string(rep.By), rep.At, rep.Late, rep.Form
		if m, ok := org.Member(rep.By); ok {
			line.By = m.Name
		}
		if rep.Late > 0 {
			d.Late++
		}
		if rep.None {
			d.None++
			d.Quiet = append(d.Quiet, line)
			continue
		}
		d.Filed = append(d.Filed, line)
	}
	return d
}
