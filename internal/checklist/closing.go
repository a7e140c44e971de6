package checklist

import (
	"slices"
	"time"

	"trucban/internal/team"
)

// Closing is the data of a directive's closing report, in the document's own order of clauses.
type Closing struct {
	ID      string      `json:"id"`
	Title   string      `json:"title"`
	Number  string      `json:"number,omitzero"`
	Issuer  string      `json:"issuer,omitzero"`
	Issued  time.Time   `json:"issued"`
	At      time.Time   `json:"at"` // when the report was drawn up
	Units   []Receipt   `json:"units"`
	Clauses []Clause    `json:"clauses"`
	Vulns   []VulnTotal `json:"vulns,omitzero"`
	Total   Progress    `json:"total"`
	History []Entry     `json:"history,omitzero"` // of the directive: issued, extended, superseded
}

// Receipt is who confirmed receipt in a unit.
type Receipt struct {
	Unit team.UnitID `json:"unit"`
	Name string      `json:"name"`
	By   string      `json:"by,omitzero"` // person's name
	At   time.Time   `json:"at,omitzero"` // zero: not confirmed
}

// Clause is one task with the answers of all units it was addressed to.
type Clause struct {
	Group    string    `json:"group"`
	Audience string    `json:"audience"`
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	Kind     Kind      `json:"kind"`
	Due      time.Time `json:"due,omitzero"`
	Answers  []Answer  `json:"answers"`
	Count    Progress  `json:"count"`
}

// Answer is what one unit did about a clause.
type Answer struct {
	Unit     team.UnitID `json:"unit"`
	Name     string      `json:"name"`
	State    State       `json:"state"`
	By       string      `json:"by,omitzero"` // person's name
	At       time.Time   `json:"at,omitzero"`
	InTime   bool        `json:"in_time"` // settled by its deadline, or there is none
	Note     string      `json:"note,omitzero"`
	Reason   string      `json:"reason,omitzero"`
	Evidence []Evidence  `json:"evidence,omitzero"`
	Rounds   Rounds      `json:"rounds,omitzero"` // of standing and recurring tasks
}

// Rounds counts the rounds of a standing or recurring task; what is still open is in none of the three.
type Rounds struct {
	Asked  int `json:"asked"`
	Done   int `json:"done"`
	Missed int `json:"missed"`
	Unseen int `json:"unseen"` // ended while the bot was down
}

// CloseReport gathers what every unit did, clause by clause.
func CloseReport(d Directive, runs []Run, org *team.Org, now time.Time) Closing {
	c := Closing{
		ID: d.ID, Title: d.Title, Number: d.Number, Issuer: d.Issuer,
		Issued: d.IssuedAt(), At: now, History: d.History,
	}
	byUnit := make(map[team.UnitID]Run, len(runs))
	for _, r := range runs {
		byUnit[r.Unit] = r
	}
	var shown []Run
	for _, choice := range d.Addressed() {
		r, ok := byUnit[choice.Unit]
		if !ok {
			continue
		}
		shown = append(shown, r)
		rec := Receipt{Unit: r.Unit, Name: unitName(org, r.Unit)}
		if r.Received != nil {
			rec.By, rec.At = personName(org, r.Received.By), r.Received.At
		}
		c.Units = append(c.Units, rec)
	}
	for _, g := range d.Groups {
		for _, t := range g.Tasks {
			if !t.Dropped {
				c.clause(g, t, answers(shown, t.ID, org, now))
			}
		}
	}
	c.Vulns = VulnTotals(shown)
	return c
}

func (c *Closing) clause(g Group, t Task, found []answered) {
	cl := Clause{Group: g.Number, Audience: g.Audience, ID: t.ID, Title: t.Title, Text: t.Text, Kind: t.Kind, Due: g.DueOf(t)}
	for _, a := range found {
		cl.Answers = append(cl.Answers, a.Answer)
		cl.Count.add(a.cell)
	}
	c.Clauses = append(c.Clauses, cl)
	c.Total = c.Total.Plus(cl.Count)
}

type answered struct {
	Answer
	cell Cell
}

func answers(runs []Run, task string, org *team.Org, now time.Time) []answered {
	var out []answered
	for _, r := range runs {
		i := slices.IndexFunc(r.Tasks, func(t TaskState) bool { return t.ID == task })
		if i < 0 {
			continue
		}
		t := r.Tasks[i]
		a := Answer{
			Unit: r.Unit, Name: unitName(org, r.Unit), State: t.Shown(now), By: personName(org, t.By), At: t.At,
			InTime: t.State.settled() && (t.Due.IsZero() || !t.At.After(t.Due)),
			Note:   t.Note, Reason: t.Reason, Rounds: t.rounds(now),
		}
		for _, p := range t.Past {
			a.Evidence = append(a.Evidence, p.Evidence...)
		}
		a.Evidence = append(a.Evidence, t.Evidence...)
		out = append(out, answered{a, CellOf(t, now)})
	}
	return out
}

// rounds counts the rounds of a task that is asked for more than once.
func (t TaskState) rounds(now time.Time) Rounds {
	var n Rounds
	if t.Kind == Once {
		return n
	}
	count := func(r Round, st State) {
		switch {
		case r.Unseen:
			n.Asked++
			n.Unseen++
		case st == StateWaiting:
		case st.settled():
			n.Asked++
			n.Done++
		case st == StateOverdue:
			n.Asked++
			n.Missed++
		default:
			n.Asked++
		}
	}
	for _, p := range t.Past {
		count(p, p.State)
	}
	count(t.Round, t.Shown(now))
	return n
}

func unitName(org *team.Org, id team.UnitID) string {
	if u, ok := org.Unit(id); ok {
		return u.Name
	}
	return string(id)
}

func personName(org *team.Org, id team.MemberID) string {
	if m, ok := org.Member(id); ok {
		return m.Name
	}
	return string(id)
}
