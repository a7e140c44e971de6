package report

import (
	"fmt"
	"image"
)

// grid is a table of coloured signs with a name before and a sum after each row.
type grid struct {
	title, sub string
	columns    []string
	rows       []gridRow
	keys       []key
	notes      []string
}

type gridRow struct {
	name  string
	cells []key
	sum   string
}

// Widths of the name before and the sum after the cells of a row.
const (
	gridName = 330
	gridSum  = 96
)

// gridRow draws one row from y, its cells each so wide, and returns the y below it.
func (c *canvas) gridRow(y, each, shown int, r gridRow, shaded bool) int {
	const line, gap = 32, 3
	name := c.wrap(r.name, gridName-20, style{26, false})
	h := 14 + line*max(1, len(name))
	if shaded {
		c.fill(image.Rect(margin, y, pictureWidth-margin, y+h), band)
	}
	for k, s := range name {
		c.text(margin+8, y+7+k*line, s, style{26, false}, ink)
	}
	for k, cl := range r.cells[:min(len(r.cells), shown)] {
		if cl.col == nil {
			continue
		}
		x := margin + gridName + k*each
		box := image.Rect(x+gap/2, y+gap, x+each-gap/2, y+h-gap)
		c.fill(box, cl.col)
		if each >= 22 {
			c.middle(box, cl.sign, style{min(26, each-4), true}, cl.signColour())
		}
	}
	c.middle(image.Rect(pictureWidth-margin-gridSum, y, pictureWidth-margin, y+h), r.sum, style{25, true}, ink)
	return y + h
}

// maxNotes is how many column titles are written out below the grid.
const maxNotes = 30

func (g grid) draw(alt string) (Picture, error) {
	rows := g.rows[:min(len(g.rows), maxRows)]
	cols := max(1, len(g.columns))
	each := min(92, max(14, (pictureWidth-2*margin-gridName-gridSum)/cols))
	shown := min(cols, (pictureWidth-2*margin-gridName-gridSum)/each)
	return drawn(alt, func(c *canvas) int {
		y := c.head(g.title, g.sub)
		headStyle := style{min(24, each*2/5+4), true}
		every := 1 // heads that would run into each other are left out
		for _, s := range g.columns {
			every = max(every, (c.width(s, headStyle)+6+each-1)/each)
		}
		for n, s := range g.columns[:min(len(g.columns), shown)] {
			if n%every == 0 {
				x := margin + gridName + n*each
				c.middle(image.Rect(x, y, x+each, y+40), s, headStyle, faint)
			}
		}
		y += 42
		for n, r := range rows {
			y = c.gridRow(y, each, shown, r, n%2 == 0)
		}
		y = c.more(y, len(g.rows)-len(rows), "dòng")
		y = c.more(y, len(g.columns)-shown, "cột") + 18
		y = c.legend(y, g.keys)
		for n, s := range g.notes[:min(len(g.notes), maxNotes)] {
			label := fmt.Sprintf("%d. ", n+1)
			indent := c.width("00. ", style{25, true})
			c.text(margin, y, label, style{25, true}, ink)
			for _, l := range c.wrap(s, pictureWidth-2*margin-indent, style{25, false}) {
				c.text(margin+indent, y, l, style{25, false}, ink)
				y += 34
			}
			if s == "" {
				y += 34
			}
		}
		return c.more(y, len(g.notes)-maxNotes, "nhiệm vụ")
	})
}
