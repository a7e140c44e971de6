package report

import "fmt"

// Lights is how units stand by topic, a light each.
type Lights struct {
	Title, Sub string
	Topics     []string // numbered in the picture, written out below it
	Green      string   // the lights in words
	Amber      string
	Red        string
	Rows       []LightRow
}

// LightRow is one unit: a light for each topic ("green", "amber" or "red", "" for none) and what is summed up behind them.
type LightRow struct {
	Name   string
	Lights []string
	Sum    string
}

// LightsPicture draws the units' lights.
func LightsPicture(in Lights) (Picture, error) {
	keys := map[string]key{"green": {"✓", in.Green, green}, "amber": {"!", in.Amber, amber}, "red": {"✗", in.Red, red}}
	g := grid{title: in.Title, sub: in.Sub, notes: in.Topics, keys: []key{keys["green"], keys["amber"], keys["red"]}}
	for n := range in.Topics {
		g.columns = append(g.columns, fmt.Sprint(n+1))
	}
	var worst []string
	for _, r := range in.Rows {
		row := gridRow{name: r.Name, sum: r.Sum}
		bad := false
		for _, l := range r.Lights {
			row.cells = append(row.cells, keys[l])
			bad = bad || l == "red"
		}
		if bad {
			worst = append(worst, r.Name)
		}
		g.rows = append(g.rows, row)
	}
	alt := in.Title + "."
	if len(worst) > 0 {
		alt = in.Title + ": " + in.Red + " – " + listed(worst) + "."
	}
	return g.draw(alt)
}
