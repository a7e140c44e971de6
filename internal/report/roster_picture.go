package report

import (
	"image"
	"strings"
)

// RosterWeek is who is on duty, one row a day.
type RosterWeek struct {
	Title, Sub string
	Shifts     []string // column heads: "Ca ngày 07h-19h"
	Days       []RosterDay
}

// RosterDay is one row of the roster picture.
type RosterDay struct {
	Label string     // "Thứ Bảy 06/02"
	Note  string     // "mùng 1 Tết"
	Today bool       // marked
	Cells [][]string // for each shift its people, the first being the chief; empty: nobody
}

// What one picture of the roster shows at most: lines of names in a cell, days.
const (
	maxLines = 8
	maxDays  = 20
)

// RosterPicture draws the week; a shift without anybody is shown as a gap.
func RosterPicture(in RosterWeek) (Picture, error) {
	const first, line, pad = 232, 36, 12
	cols := max(1, len(in.Shifts))
	colWidth := (pictureWidth - 2*margin - first) / cols
	cell, bold := style{27, false}, style{27, true}
	days := in.Days[:min(len(in.Days), maxDays)]
	return drawn(rosterAlt(in), func(c *canvas) int {
		y := c.head(in.Title, in.Sub)
		c.fill(image.Rect(margin, y, pictureWidth-margin, y+52), band)
		for n, s := range in.Shifts {
			c.middle(image.Rect(margin+first+n*colWidth, y, margin+first+(n+1)*colWidth, y+52), c.clip(s, colWidth-8, bold), bold, ink)
		}
		y += 52
		for _, d := range days {
			rows := 2
			texts := make([][]string, cols)
			for n := range cols {
				if n < len(d.Cells) {
					for _, p := range d.Cells[n] {
						texts[n] = append(texts[n], c.wrap(p, colWidth-2*pad, cell)...)
					}
				}
				if extra := len(texts[n]) - maxLines; extra > 0 {
					texts[n] = append(texts[n][:maxLines], "…")
				}
				rows = max(rows, len(texts[n]))
			}
			h := rows*line + 2*pad
			if d.Today {
				c.fill(image.Rect(margin, y, pictureWidth-margin, y+h), today)
			}
			c.text(margin+pad, y+pad, c.clip(d.Label, first-2*pad, bold), bold, ink)
			c.text(margin+pad, y+pad+line, c.clip(d.Note, first-2*pad, style{24, false}), style{24, false}, faint)
			for n := range in.Shifts {
				x := margin + first + n*colWidth
				if len(texts[n]) == 0 {
					c.fill(image.Rect(x+1, y, x+colWidth, y+h), rose)
					c.middle(image.Rect(x, y, x+colWidth, y+h), "TRỐNG", bold, red)
				}
				for k, s := range texts[n] {
					c.text(x+pad, y+pad+k*line, s, cell, ink)
				}
				c.line(x, y, x, y+h)
			}
			c.line(margin, y, pictureWidth-margin, y)
			y += h
		}
		c.line(margin, y, pictureWidth-margin, y)
		return c.more(y, len(in.Days)-len(days), "dòng")
	})
}

func rosterAlt(in RosterWeek) string {
	var b strings.Builder
	b.WriteString(in.Title)
	for _, d := range in.Days {
		b.WriteString("\n" + d.Label)
		if d.Note != "" {
			b.WriteString(" (" + d.Note + ")")
		}
		b.WriteString(":")
		for n, s := range in.Shifts {
			who := "TRỐNG"
			if n < len(d.Cells) && len(d.Cells[n]) > 0 {
				who = strings.Join(d.Cells[n], ", ")
			}
			if n > 0 {
				b.WriteString(";")
			}
			b.WriteString(" " + s + ": " + who)
		}
	}
	return b.String()
}
