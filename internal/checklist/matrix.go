package checklist

import (
	"slices"
	"time"

	"trucban/internal/team"
)

// Cell is one task of one unit, as the matrix shows it.
type Cell string

// The closed set of cells. Their marks are what a reader knows them by.
const (
	CellDone    Cell = "done"    // ✅
	CellOpen    Cell = "open"    // ⏳ asked for, in time
	CellWaiting Cell = "waiting" // ⏳ its round has not opened; nothing is owed
	CellLate    Cell = "late"    // ⚠️ past its deadline
	CellHelp    Cell = "help"    // ⚠️ the unit asked for help
	CellNA      Cell = "na"      // ➖ does not apply
	CellNone    Cell = ""        // not addressed to this unit
)

// Mark is the cell's sign; all four are two columns wide on a phone, as "··" is.
func (c Cell) Mark() string {
	switch c {
	case CellDone:
		return "✅"
	case CellOpen, CellWaiting:
		return "⏳"
	case CellLate, CellHelp:
		return "⚠️"
	case CellNA:
		return "➖"
	}
	return "··"
}

// CellOf is the cell of a task at the moment.
func CellOf(t TaskState, now time.Time) Cell {
	if t.Dropped {
		return CellNone
	}
	switch t.Shown(now) {
	case StateDone:
		return CellDone
	case StateNA:
		return CellNA
	case StateOverdue:
		return CellLate
	case StateNeedHelp:
		return CellHelp
	case StateWaiting:
		return CellWaiting
	}
	return CellOpen
}

// Progress counts cells.
type Progress struct {
	Done    int `json:"done"`
	NA      int `json:"na"`
	Open    int `json:"open"`
	Late    int `json:"late"`
	Help    int `json:"help"`
	Waiting int `json:"waiting"`
}

func (p *Progress) add(c Cell) {
	switch c {
	case CellDone:
		p.Done++
	case CellNA:
		p.NA++
	case CellOpen:
		p.Open++
	case CellLate:
		p.Late++
	case CellHelp:
		p.Help++
	case CellWaiting:
		p.Waiting++
	}
}

// Plus adds two counts.
func (p Progress) Plus(q Progress) Progress {
	return Progress{
		Done: p.Done + q.Done, NA: p.NA + q.NA, Open: p.Open + q.Open,
		Late: p.Late + q.Late, Help: p.Help + q.Help, Waiting: p.Waiting + q.Waiting,
	}
}

// Settled is done and not applicable together.
func (p Progress) Settled() int { return p.Done + p.NA }

// Owed is every task asked for so far, settled or not.
func (p Progress) Owed() int { return p.Settled() + p.Open + p.Late + p.Help }

// Percent is the settled share of what was asked for so far, rounded down, so that
// 100 means all of it; 100 when nothing was asked for.
func (p Progress) Percent() int {
	if p.Owed() == 0 {
		return 100
	}
	return p.Settled() * 100 / p.Owed()
}

// Progress counts the run's tasks at the moment.
func (r Run) Progress(now time.Time) Progress {
	var p Progress
	for _, t := range r.Tasks {
		p.add(CellOf(t, now))
	}
	return p
}

// Behind lists the numbers of the tasks past their deadline.
func (r Run) Behind(now time.Time) []int {
	var out []int
	for _, t := range r.Tasks {
		if t.behind(now) {
			out = append(out, t.N)
		}
	}
	return out
}

// Lagging reports whether the unit owes something past its deadline: a task or a
// vulnerability's answer.
func (r Run) Lagging(now time.Time) bool {
	return r.Closed == nil && (len(r.Behind(now)) > 0 ||
		slices.ContainsFunc(r.Vulns, func(v VulnState) bool { return v.behind(now) }))
}

// Col is one task over all units.
type Col struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Group string   `json:"group"`
	Count Progress `json:"count"`
}

// Row is one unit over all tasks.
type Row struct {
	Unit     team.UnitID `json:"unit"`
	Name     string      `json:"name"`
	Label    string      `json:"label"` // short, for narrow tables
	Received bool        `json:"received"`
	Cells    []Cell      `json:"cells"`
	Count    Progress    `json:"count"`
}

// Matrix is units by tasks.
type Matrix struct {
	Directive  string        `json:"directive"`
	Title      string        `json:"title"`
	Number     string        `json:"number,omitzero"`
	At         time.Time     `json:"at"`
	Cols       []Col         `json:"cols"`
	Rows       []Row         `json:"rows"`
	Total      Progress      `json:"total"`
	Laggards   []team.UnitID `json:"laggards,omitzero"`   // most tasks past their deadline first
	Unreceived []team.UnitID `json:"unreceived,omitzero"` // receipt not confirmed
	Vulns      []VulnTotal   `json:"vulns,omitzero"`
}

// NewMatrix builds the matrix in the order of the document's clauses and the
// directive's units. Runs of units that were left out since are not shown.
func NewMatrix(d Directive, runs []Run, org *team.Org, now time.Time) Matrix {
	m := Matrix{Directive: d.ID, Title: d.Title, Number: d.Number, At: now}
	col := map[string]int{}
	for _, g := range d.Groups {
		for _, t := range g.Tasks {
			if !t.Dropped {
				col[t.ID] = len(m.Cols)
				m.Cols = append(m.Cols, Col{ID: t.ID, Title: t.Title, Group: g.Number})
			}
		}
	}
	byUnit := make(map[team.UnitID]int, len(runs))
	for i, r := range runs {
		byUnit[r.Unit] = i
	}
	var shown []Run
	for _, c := range d.Addressed() {
		if i, ok := byUnit[c.Unit]; ok {
			m.row(runs[i], col, org, now)
			shown = append(shown, runs[i])
		}
	}
	m.laggards(shown, now)
	m.Vulns = VulnTotals(shown)
	return m
}

func (m *Matrix) row(r Run, col map[string]int, org *team.Org, now time.Time) {
	row := Row{Unit: r.Unit, Name: string(r.Unit), Label: string(r.Unit), Received: r.Received != nil, Cells: make([]Cell, len(m.Cols))}
	if u, ok := org.Unit(r.Unit); ok {
		row.Name, row.Label = u.Name, u.Label()
	}
	for _, t := range r.Tasks {
		i, ok := col[t.ID]
		if !ok {
			continue
		}
		c := CellOf(t, now)
		row.Cells[i] = c
		row.Count.add(c)
		m.Cols[i].Count.add(c)
	}
	m.Total = m.Total.Plus(row.Count)
	if !row.Received {
		m.Unreceived = append(m.Unreceived, r.Unit)
	}
	m.Rows = append(m.Rows, row)
}

func (m *Matrix) laggards(runs []Run, now time.Time) {
	type lag struct {
		unit team.UnitID
		late int
	}
	var lags []lag
	for i, r := range runs {
		if r.Lagging(now) {
			lags = append(lags, lag{r.Unit, m.Rows[i].Count.Late})
		}
	}
	slices.SortStableFunc(lags, func(a, b lag) int { return b.late - a.late })
	for _, l := range lags {
		m.Laggards = append(m.Laggards, l.unit)
	}
}

// Block is the part of a matrix that fits one message.
type Block struct {
	Cols  []Col
	Rows  []Row // with the cells of Cols only
	First int   // index of the first row in the matrix
	Part  int   // 1..Parts
	Parts int
}

// Blocks cuts the matrix into parts of at most rows x cols cells, the columns of
// the same units following each other, for narrow screens and message limits.
func (m Matrix) Blocks(rows, cols int) []Block {
	rows, cols = max(rows, 1), max(cols, 1)
	var out []Block
	for r := 0; r < len(m.Rows); r += rows {
		for c := 0; c < len(m.Cols); c += cols {
			end := min(c+cols, len(m.Cols))
			b := Block{Cols: m.Cols[c:end], First: r}
			for _, row := range m.Rows[r:min(r+rows, len(m.Rows))] {
				row.Cells = row.Cells[c:end]
				b.Rows = append(b.Rows, row)
			}
			out = append(out, b)
		}
	}
	for i := range out {
		out[i].Part, out[i].Parts = i+1, len(out)
	}
	return out
}
