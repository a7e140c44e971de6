package dispatch

import (
	"regexp"
	"strings"
)

// grid is a table of the text: its lines and what its columns hold.
type grid struct {
	lines  []line
	head   columns
	roster bool // names and shifts, which are no tasks
}

// columns are the places of a task table's columns; -1: there is none.
type columns struct{ no, what, lead, with, due int }

var (
	columnNo   = regexp.MustCompile(`^(?:stt|tt|so tt|so thu tu|s tt)$`)
	columnWhat = regexp.MustCompile(`noi dung|nhiem vu|cong viec|hoat dong|phan viec|dau viec`)
	columnWith = regexp.MustCompile(`phoi hop`)
	columnLead = regexp.MustCompile(`chu tri|thuc hien|phu trach|trach nhiem|duoc giao|dau moi|don vi|co quan`)
	columnDue  = regexp.MustCompile(`thoi han|thoi gian|thoi diem|tien do|hoan thanh|^han\b`)
	rosterHead = regexp.MustCompile(`ho (?:va )?ten|ca truc|ngay truc|nguoi truc|truc (?:lanh dao|ban|chinh|ngay|dem)|(?:lanh dao|can bo|chuyen vien|bao ve) truc`)
	groupNo    = regexp.MustCompile(`^(?:[ivx]+|[a-d])\.?$`)
)

// tablesIn finds the tables by the index of their first line: a row that names
// columns and the rows below it, or rows of bars or tabs without such a head.
func (rd *reader) tablesIn(lines []line) map[int]grid {
	var out map[int]grid
	for i := 0; i < len(lines); i++ {
		if len(lines[i].cells) < 2 {
			continue
		}
		t, ok := tableAt(lines[i:])
		if !ok {
			continue
		}
		if out == nil {
			out = map[int]grid{}
		}
		out[i] = t
		i += len(t.lines) - 1
	}
	return out
}

// tableAt reads the table that begins at the first line, if one does.
func tableAt(lines []line) (grid, bool) {
	t := grid{head: columnsOf(lines[0].cells)}
	t.roster = rosterHead.MatchString(lines[0].f)
	named := t.roster || t.head.no >= 0 || t.head.what >= 0 && len(lines[0].cells) > 2
	n := 1
	for n < len(lines) && (len(lines[n].cells) >= 3 || named && len(lines[n].cells) == len(lines[0].cells)) {
		n++
	}
	t.lines = lines[:n]
	barred := strings.Join(lines[0].cols, "") != "" && len(lines[0].cells) >= 4
	return t, n > 1 && (named || barred && n > 2)
}

// columnsOf reads the names of the columns. A cell that fits two columns is the
// first of them: the order of the cases is from the sure to the vague.
func columnsOf(cells []string) columns {
	c := columns{-1, -1, -1, -1, -1}
	for i, cell := range cells {
		f := fold(cell)
		if len(f) > 60 {
			return columns{-1, -1, -1, -1, -1}
		}
		switch {
		case c.no < 0 && columnNo.MatchString(f):
			c.no = i
		case c.with < 0 && columnWith.MatchString(f) && !strings.Contains(f, "chu tri"):
			c.with = i
		case c.due < 0 && columnDue.MatchString(f):
			c.due = i
		case c.what < 0 && columnWhat.MatchString(f):
			c.what = i
		case c.lead < 0 && columnLead.MatchString(f):
			c.lead = i
		}
	}
	return c
}

// tasks reports a table that says what is to be done and by whom or until when.
func (t grid) tasks() bool {
	return !t.roster && t.head.what >= 0 && (t.head.lead >= 0 || t.head.due >= 0)
}

// rows makes paragraphs of a table: a task of each row of a task table, written
// out as the clause it stands for; of other tables only what they say, unread.
func (rd *reader) rows(t grid) []*para {
	var out []*para
	if !t.tasks() {
		code := WarnTable
		if t.roster {
			code = WarnRoster
		}
		rd.warn(Warning{Code: code, Line: t.lines[0].no})
		for _, l := range t.lines {
			out = append(out, rd.rowPara(l, l.String(), marker{style: cells}))
		}
		return out
	}
	lead := ""
	for _, l := range t.lines[1:] {
		r := t.read(l)
		switch {
		case r.what == "" || fold(r.what) == fold(t.lines[0].at(t.head.what)):
		case r.heads():
			out, lead = append(out, rd.rowPara(l, r.what, marker{style: section, printed: r.no})), ""
		default:
			if r.lead == "" {
				r.lead = lead // a merged cell is printed once
			}
			lead = r.lead
			p := rd.rowPara(l, t.clause(r), marker{style: row, printed: r.no})
			p.row = &r
			out = append(out, p)
		}
	}
	return out
}

func (rd *reader) rowPara(l line, text string, m marker) *para {
	p := &para{raw: l.String(), segs: []seg{{0, l.no}}}
	p.txt = newTxt(rd.mend(text, p.segs))
	p.mark = m
	return p
}

// tableRow is one row of a task table.
type tableRow struct{ no, what, lead, with, due string }

// heads reports a row that only names the rows below it: "II | Trong Tết".
func (r tableRow) heads() bool {
	return r.lead == "" && r.with == "" && r.due == "" && (r.no == "" || groupNo.MatchString(fold(r.no)) || newTxt(r.what).allCaps())
}

// at is one cell; "" outside the row.
func (l line) at(i int) string {
	if i < 0 || i >= len(l.cells) {
		return ""
	}
	return strings.TrimRight(l.cells[i], " .;")
}

// read takes a row apart. A row with fewer cells than its head has lost an empty
// one; its last cell is the time limit where it has digits.
func (t grid) read(l line) tableRow {
	c := t.head
	if short := len(t.lines[0].cells) - len(l.cells); short > 0 && c.due == len(t.lines[0].cells)-1 {
		if last := len(l.cells) - 1; last > c.lead && strings.ContainsAny(l.cells[last], "0123456789") {
			c.due = last
			if c.with >= c.due {
				c.with = -1
			}
		}
	}
	return tableRow{no: l.at(c.no), what: l.at(c.what), lead: l.at(c.lead), with: l.at(c.with), due: l.at(c.due)}
}

// clause writes a row as one sentence: what is to be done and, in brackets, the
// other columns under the names they have in the table.
func (t grid) clause(r tableRow) string {
	var more []string
	for _, part := range []struct {
		column int
		of     string
	}{{t.head.lead, r.lead}, {t.head.with, r.with}, {t.head.due, r.due}} {
		if part.of != "" {
			more = append(more, t.lines[0].at(part.column)+": "+part.of)
		}
	}
	if len(more) == 0 {
		return r.what
	}
	return r.what + " (" + strings.Join(more, "; ") + ")"
}

// stamps are the days of the row's time limit, each of which is a deadline unless
// it is one end of a span.
func (r tableRow) stamps(rd *reader) []stamp {
	const limit = "thời hạn: "
	return rd.stamps(newTxt(limit + r.due))
}

// annex reads the task tables behind the signature, each below the annex's title.
// What else an annex holds is named in a warning.
func (rd *reader) annex(lines []line) []*para {
	if len(lines) == 0 {
		return nil
	}
	var out []*para
	tables := rd.tablesIn(lines)
	for i := range lines {
		t, ok := tables[i]
		if !ok {
			continue
		}
		read := rd.rows(t)
		if !t.tasks() {
			continue
		}
		if len(out) == 0 {
			out = append(out, rd.rowPara(lines[0], lines[0].String(), marker{style: part}))
		}
		out = append(out, read...)
	}
	if len(out) == 0 && len(tables) == 0 {
		rd.warn(Warning{Code: WarnAnnex, Line: lines[0].no, Printed: lines[0].String()})
	}
	return out
}
