package report

import (
	"fmt"
	"image"
	"image/color"
	"strings"
)

// IncidentChart is how many incidents there were day by day.
type IncidentChart struct {
	Title, Sub string
	Levels     []string // labels, lowest first; at most four
	Days       []ChartDay
}

// ChartDay is one bar.
type ChartDay struct {
	Label  string
	Counts []int // per level
}

var levelColours = []color.RGBA{grey, blue, amber, red}

// IncidentPicture draws the bars.
func IncidentPicture(in IncidentChart) (Picture, error) {
	const plot, axis = 420, 70
	most, total := 1, 0
	sums := make([]int, len(in.Levels))
	for _, d := range in.Days {
		n := 0
		for k, v := range d.Counts {
			n += max(0, v)
			if k < len(sums) {
				sums[k] += max(0, v)
			}
		}
		most, total = max(most, n), total+n
	}
	alt := fmt.Sprintf("%s: %d sự cố", in.Title, total)
	var keys []key
	for n, l := range in.Levels {
		keys = append(keys, key{fmt.Sprint(sums[n]), l, levelColours[min(n, len(levelColours)-1)]})
		if sums[n] > 0 {
			alt += fmt.Sprintf(", %s %d", strings.ToLower(l), sums[n])
		}
	}
	step := 1
	for most/step > 6 {
		step++
	}
	top := (most + step - 1) / step * step
	return drawn(alt+".", func(c *canvas) int {
		y := c.head(in.Title, in.Sub) + 10
		for v := 0; v <= top; v += step {
			at := y + plot - v*plot/top
			c.line(margin+axis, at, pictureWidth-margin, at)
			label := fmt.Sprint(v)
			c.text(margin+axis-14-c.width(label, style{24, false}), at-16, label, style{24, false}, faint)
		}
		each := float64(pictureWidth-2*margin-axis) / float64(max(1, len(in.Days)))
		bar := max(2, int(each*0.7))
		for n, d := range in.Days {
			x := margin + axis + int(each*float64(n)+each*0.15)
			base := y + plot
			for k, v := range d.Counts {
				h := max(0, v) * plot / top
				c.fill(image.Rect(x, base-h, x+bar, base), levelColours[min(k, len(levelColours)-1)])
				base -= h
			}
		}
		c.days(in.Days, y+plot+8, margin+axis, each)
		return c.legend(y+plot+64, keys)
	})
}

// days writes the labels under the bars, leaving out those that would touch.
func (c *canvas) days(days []ChartDay, y, x0 int, each float64) {
	end := -1
	for n, d := range days {
		w := c.width(d.Label, style{23, false})
		x := x0 + int(each*(float64(n)+0.5)) - w/2
		if x > end && x+w <= pictureWidth {
			c.text(x, y, d.Label, style{23, false}, faint)
			end = x + w + 12
		}
	}
}
