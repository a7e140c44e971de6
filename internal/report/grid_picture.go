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

// maxNotes is how many column titles are written out below the grid.
const maxNotes = 30

func (g grid) draw(alt string) (Picture, error) {
	const first, sum, line, gap = 330, 96, 32, 3
	rows := g.rows[:min(len(g.rows), maxRows)]
	cols := max(1, len(g.columns))
	each := min(92, max(14, (pictureWidth-2*margin-first-sum)/cols))
	shown := min(cols, (pictureWidth-2*margin-first-sum)/each)
	return drawn(alt, func(c *canvas) int {
		y := c.head(g.title, g.sub)
		headStyle := style{min(24, each*2/5+4), true}
		every := 1 // heads that would run into each other are left out
		for _, s := range g.columns {
			every = max(every, (c.width(s, headStyle)+6+each-1)/each)
		}
		for n, s := range g.columns[:min(len(g.columns), shown)] {
			if n%every == 0 {
				x := margin + first + n*each
				c.middle(image.Rect(x, y, x+each, y+40), s, headStyle, faint)
			}
		}
		y += 42
		for n, r := range rows {
			name := c.wrap(r.name, first-20, 2, style{26, false})
			h := 14 + line*max(1, len(name))
			if n%2 == 0 {
				c.fill(image.Rect(margin, y, pictureWidth-margin, y+h), band)
			}
			for k, s := range name {
				c.text(margin+8, y+7+k*line, s, style{26, false}, ink)
			}
			for k, cl := range r.cells[:min(len(r.cells), shown)] {
				if cl.col == nil {
					continue
				}
				x := margin + first + k*each
				box := image.Rect(x+gap/2, y+gap, x+each-gap/2, y+h-gap)
				c.fill(box, cl.col)
				if each >= 22 {
					c.middle(box, cl.sign, style{min(26, each-4), true}, cl.signColour())
				}
			}
			c.middle(image.Rect(pictureWidth-margin-sum, y, pictureWidth-margin, y+h), r.sum, style{25, true}, ink)
			y += h
		}
		y = c.more(y, len(g.rows)-len(rows), "dòng")
		y = c.more(y, len(g.columns)-shown, "cột") + 18
		y = c.legend(y, g.keys)
		for n, s := range g.notes[:min(len(g.notes), maxNotes)] {
			label := fmt.Sprintf("%d. ", n+1)
			indent := c.width("00. ", style{25, true})
			c.text(margin, y, label, style{25, true}, ink)
			for _, l := range c.wrap(s, pictureWidth-2*margin-indent, 2, style{25, false}) {
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
