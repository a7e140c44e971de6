package sheet

import (
	"archive/zip"
	"encoding/xml"
	"strconv"
	"strings"
)

// numbering writes out the numbers Word shows by itself before paragraphs: without
// them the items of a dispatch would run together. A document whose numbering
// cannot be read is read without.
type numbering struct {
	lists  map[string]listOf  // by numId
	styles map[string]itemRef // paragraph styles that number
	count  map[string]*[maxDepth]int
}

// maxDepth is how deep Word's lists go.
const maxDepth = 9

// maxLabelText bounds a level's pattern, which is repeated before every item.
const maxLabelText = 40

// listOf is one list: lists of one abstract list go on counting together.
type listOf struct {
	abstract string
	levels   [maxDepth]listLevel
}

type listLevel struct {
	format string // decimal, lowerLetter, upperRoman, bullet …
	text   string // "%1.%2."
	start  int
}

// itemRef is the list and level a paragraph belongs to.
type itemRef struct {
	list  string
	level int
}

type valXML struct {
	Val string `xml:"val,attr"`
}

type levelXML struct {
	Level  string  `xml:"ilvl,attr"`
	Start  *valXML `xml:"start"`
	Format valXML  `xml:"numFmt"`
	Text   valXML  `xml:"lvlText"`
}

type numberingXML struct {
	Abstract []struct {
		ID     string     `xml:"abstractNumId,attr"`
		Levels []levelXML `xml:"lvl"`
	} `xml:"abstractNum"`
	Lists []struct {
		ID       string `xml:"numId,attr"`
		Abstract valXML `xml:"abstractNumId"`
		Override []struct {
			Level string  `xml:"ilvl,attr"`
			Start *valXML `xml:"startOverride"`
		} `xml:"lvlOverride"`
	} `xml:"num"`
}

type stylesXML struct {
	Styles []struct {
		ID   string `xml:"styleId,attr"`
		Item *struct {
			Level valXML `xml:"ilvl"`
			List  valXML `xml:"numId"`
		} `xml:"pPr>numPr"`
	} `xml:"style"`
}

func readNumbering(z *zip.Reader) numbering {
	n := numbering{lists: map[string]listOf{}, styles: map[string]itemRef{}, count: map[string]*[maxDepth]int{}}
	var doc numberingXML
	if b, err := part(z, "word/numbering.xml"); err != nil || b == nil || xml.Unmarshal(b, &doc) != nil {
		return n
	}
	levels := map[string][maxDepth]listLevel{}
	for _, a := range doc.Abstract {
		var ls [maxDepth]listLevel
		for _, l := range a.Levels {
			if i, ok := depth(l.Level); ok {
				ls[i] = listLevel{l.Format.Val, l.Text.Val[:min(len(l.Text.Val), maxLabelText)], 1}
				if l.Start != nil {
					ls[i].start, _ = strconv.Atoi(l.Start.Val)
				}
			}
		}
		levels[a.ID] = ls
	}
	for _, l := range doc.Lists {
		list := listOf{l.Abstract.Val, levels[l.Abstract.Val]}
		for _, o := range l.Override {
			if i, ok := depth(o.Level); ok && o.Start != nil { // a list that begins anew counts by itself
				list.levels[i].start, _ = strconv.Atoi(o.Start.Val)
				list.abstract += "/" + l.ID
			}
		}
		n.lists[l.ID] = list
	}
	var styles stylesXML
	if b, err := part(z, "word/styles.xml"); err == nil && b != nil && xml.Unmarshal(b, &styles) == nil {
		for _, s := range styles.Styles {
			if s.Item != nil {
				i, _ := depth(s.Item.Level.Val)
				n.styles[s.ID] = itemRef{s.Item.List.Val, i}
			}
		}
	}
	return n
}

func depth(s string) (int, bool) {
	i, err := strconv.Atoi(s)
	return i, err == nil && i >= 0 && i < maxDepth
}

// next is the label of the list's next item, "1.", "a)", "-", and "" for a paragraph of no list.
func (n numbering) next(ref itemRef) string {
	list, ok := n.lists[ref.list]
	if !ok {
		return ""
	}
	c := n.count[list.abstract]
	if c == nil {
		c = new([maxDepth]int)
		n.count[list.abstract] = c
	}
	for i := range ref.level + 1 {
		switch {
		case c[i] == 0:
			c[i] = max(list.levels[i].start, 1)
		case i == ref.level:
			c[i]++
		}
	}
	for i := ref.level + 1; i < maxDepth; i++ {
		c[i] = 0
	}
	level := list.levels[ref.level]
	switch level.format {
	case "none", "":
		return ""
	case "bullet":
		return "-"
	}
	text := level.text
	for i := range ref.level + 1 {
		text = strings.ReplaceAll(text, "%"+strconv.Itoa(i+1), ordinal(c[i], list.levels[i].format))
	}
	return text
}

// ordinal writes a number in a list's format.
func ordinal(n int, format string) string {
	switch format {
	case "lowerLetter", "upperLetter":
		s := strings.Repeat(string(rune('a'+(n-1)%26)), min((n-1)/26+1, 4)) // after z comes aa, bb
		if format == "upperLetter" {
			s = strings.ToUpper(s)
		}
		return s
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperRoman":
		return roman(n)
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	}
	return strconv.Itoa(n)
}

func roman(n int) string {
	if n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, r := range []struct {
		v int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.v; n -= r.v {
			b.WriteString(r.s)
		}
	}
	return b.String()
}
