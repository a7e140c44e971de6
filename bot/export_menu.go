package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/internal/window"
	"trucban/messages"
)

// Exports makes documents and pictures of plain values.
type Exports interface {
	// Period is the report on a span of duty as a .docx draft.
	Period(PeriodPaper) ([]byte, error)
	// Round is the report on one deadline of a report duty as a .docx draft.
	Round(issuer string, d window.Draft) ([]byte, error)
	// Table is a workbook of one sheet.
	Table(Table) ([]byte, error)
	// Picture is a PNG and the same in words.
	Picture(Picture) (png []byte, words string, err error)
}

// PeriodPaper is what the report on a span of duty is made from.
type PeriodPaper struct {
	Issuer       string
	From, To, At time.Time
	Summary      digest.Summary
	People       []digest.PersonCount // who was late or missing
	Matrices     []checklist.Matrix
	Incidents    []incident.Incident
	KindOf       func(incident.Incident) string
	LevelOf      func(incident.Level) string
	StateOf      func(incident.State) string
	UnitName     func(team.UnitID) string
}

// Table is a plain table of texts.
type Table struct {
	Name, Title string
	Lines       []string
	Heads       []string
	Rows        [][]string
	Widths      []float64
}

// exportSpan is how far back an export goes where no dates are named.
const exportSpan = 7 * 24 * time.Hour

// exports are what /xuat knows beside incidents and directives.
var exports = []struct {
	what, hint string
	words      []string
	need       team.Level
}{
	{"period", "/xuat kỳ", []string{"ky", "bao cao ky", "bao cao"}, team.LevelHead},
	{"log", "/xuat sổ trực", []string{"so truc", "so", "nhat ky"}, team.LevelHead},
	{"matrix", "/xuat ma trận", []string{"ma tran", "nhiem vu"}, team.LevelHead},
	{"roster", "/xuat lịch tuần", []string{"lich tuan", "lich", "anh lich"}, team.LevelLinked},
	{"strip", "/xuat ảnh điểm danh", []string{"anh diem danh", "diem danh"}, team.LevelHead},
	{"chart", "/xuat ảnh sự cố", []string{"anh su co", "bieu do"}, team.LevelHead},
	{"raw", "/xuat dữ liệu", []string{"du lieu", "json"}, team.LevelDesk},
}

// exportPeriod answers /xuat where it names no incident and no directive; done is
// false where it does. Everything goes to the sender's private chat.
func (t *turn) exportPeriod(ctx context.Context, c call) (done bool, err error) {
	what := c.act.Arg(0)
	days := pastDays(c.arg, t.now)
	if c.act.Code != "xp" {
		if c.act.Code != "" {
			return false, nil
		}
		what = exportWord(c.arg)
		if what == "" && !windowID.MatchString(c.arg) && (strings.TrimSpace(c.arg) != "" || t.u.ReplyTo != nil) {
			return false, nil
		}
	}
	if t.b.Exports == nil {
		t.reply(messages.PaperRefused{Why: "off"})
		return true, nil
	}
	if id := windowID.FindString(c.arg); id != "" {
		return true, t.exportRound(ctx, strings.ToUpper(id))
	}
	if what == "" {
		return true, t.exportMenu(ctx)
	}
	for _, x := range exports {
		if x.what == what && t.me.Level() < x.need {
			t.reply(t.notAllowed(x.need, t.me.Unit))
			return true, nil
		}
	}
	from, to := t.now.Add(-exportSpan), t.now
	if len(days) > 0 {
		from, to = days[0].Midnight(), days[len(days)-1].AddDays(1).Midnight()
	}
	return true, t.makeExport(ctx, what, from, to)
}

// exportWord finds what is meant, dates aside.
func exportWord(arg string) string {
	text := strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune("0123456789/-–", r) {
			return ' '
		}
		return r
	}, viet.Fold(arg)))
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.Join(strings.Fields(text), " "), " den"), " tu"))
	text = strings.TrimSuffix(text, " tu")
	for _, x := range exports {
		if slices.Contains(x.words, text) {
			return x.what
		}
	}
	return ""
}

// pastDays lists the dates named, in order; without a year the ones nearest to now are meant.
func pastDays(text string, now time.Time) []calendar.Date {
	today := calendar.DateOf(now)
	var out []calendar.Date
	for _, m := range solarDay.FindAllStringSubmatch(text, -1) {
		day, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		year := today.Year
		if m[3] != "" {
			year, _ = strconv.Atoi(m[3])
		}
		d, err := calendar.NewDate(year, time.Month(month), day)
		if err == nil && m[3] == "" && d.After(today.AddDays(30)) {
			d, err = calendar.NewDate(year-1, time.Month(month), day)
		}
		if err == nil {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, calendar.Date.Compare)
	return out
}

// exportPressed is a button of the menu.
func exportPressed(ctx context.Context, t *turn, c call) error {
	_, err := t.exportPeriod(ctx, c)
	return err
}

func (t *turn) exportMenu(ctx context.Context) error {
	var rows [][]chat.Button
	for _, x := range exports {
		if t.me.Level() >= x.need {
			rows = append(rows, []chat.Button{t.button("export."+x.what, x.hint, "xp", x.what)})
		}
	}
	return t.inPrivate(ctx, chat.Message{Text: t.text(messages.ExportMenu{Unit: t.unitName(t.me.Unit)}), Buttons: rows})
}

func (t *turn) makeExport(ctx context.Context, what string, from, to time.Time) error {
	t.note("export."+what, Ref{"member", string(t.me.ID)}, t.me.Unit)
	switch what {
	case "roster":
		return t.sendRoster(ctx)
	case "strip":
		return t.sendStrip(ctx, from, to)
	case "chart":
		return t.sendChart(ctx, from, to)
	}
	c, watches, err := t.facts(ctx, t.me.Unit, from)
	if err != nil {
		return err
	}
	watches = t.ownShifts(watches, to)
	switch what {
	case "period":
		return t.sendPeriod(ctx, c, from, to)
	case "log":
		return t.sendLog(ctx, watches, from, to)
	case "matrix":
		return t.sendMatrices(ctx)
	}
	return t.sendRaw(ctx, watches, from, to)
}

// ownShifts keeps the shifts of the sender's subtree that began before the moment, in order.
func (t *turn) ownShifts(all []checkin.Watch, before time.Time) []checkin.Watch {
	var out []checkin.Watch
	for _, w := range all {
		if t.town.Org.Within(w.Shift.Unit, t.me.Unit) && w.Shift.Start.Before(before) {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b checkin.Watch) int { return a.Shift.Start.Compare(b.Shift.Start) })
	return out
}

// sendExport sends a document to the sender's private chat; words stand for it where nothing can be uploaded.
func (t *turn) sendExport(ctx context.Context, m messages.ExportFile, a chat.Attachment) error {
	if a.Fallback == "" {
		a.Fallback = t.text(messages.NoUpload{What: "/xuat"})
	}
	return t.inPrivate(ctx, chat.Message{Text: t.text(m), Attach: &a})
}

func (t *turn) exportFile(what string, from, to time.Time) messages.ExportFile {
	return messages.ExportFile{What: what, Unit: t.unitName(t.me.Unit), From: from, To: to.Add(-time.Second)}
}

// exportName is a file name in ASCII with the day in it.
func (t *turn) exportName(what, ext string) string {
	d := calendar.DateOf(t.now)
	return fmt.Sprintf("%s-%s-%04d%02d%02d.%s", what, t.me.Unit, d.Year, int(d.Month), d.Day, ext)
}

const (
	docxMIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsxMIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pngMIME  = "image/png"
)

func (t *turn) sendPeriod(ctx context.Context, c *digest.Collector, from, to time.Time) error {
	f := c.Facts
	f.Shifts = slices.DeleteFunc(f.Shifts, func(s digest.ShiftFact) bool { return !s.Start.Before(to) })
	p := PeriodPaper{
		Issuer: t.unitName(t.me.Unit), From: from, To: to.Add(-time.Second), At: t.now, Summary: digest.Build(f, nil, t.now), People: digest.BuildPeriod(f).People,
		KindOf: t.kindLabel, LevelOf: t.b.Rules.LevelLabel, StateOf: t.b.Rules.StateLabel, UnitName: t.unitName,
	}
	var err error
	if p.Matrices, err = t.openMatrices(ctx); err != nil {
		return err
	}
	err = each(ctx, t, Range{Index: "incident/all", From: from.UnixMilli(), To: to.UnixMilli()}, func(i incident.Incident) {
		if !i.Drill && t.town.Org.Within(i.Unit, t.me.Unit) {
			p.Incidents = append(p.Incidents, i)
		}
	})
	if err != nil {
		return err
	}
	data, err := t.b.Exports.Period(p)
	if err != nil {
		return fmt.Errorf("make the period report: %w", err)
	}
	return t.sendExport(ctx, t.exportFile("period", from, to), chat.Attachment{Name: t.exportName("bao-cao", "docx"), MIME: docxMIME, Data: data})
}

// openMatrices are the matrices of the open directives over the sender's subtree.
func (t *turn) openMatrices(ctx context.Context) ([]checklist.Matrix, error) {
	runs := map[string][]checklist.Run{}
	err := each(ctx, t, Range{Index: "run/open", To: maxScore}, func(r checklist.Run) {
		if t.town.Org.Within(r.Unit, t.me.Unit) {
			runs[r.Directive] = append(runs[r.Directive], r)
		}
	})
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for id := range runs {
		refs = append(refs, directiveRef(id))
	}
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.ID, b.ID) })
	if err := t.load(ctx, refs...); err != nil {
		return nil, err
	}
	var out []checklist.Matrix
	for _, ref := range refs {
		var d checklist.Directive
		if ok, err := t.read(ref, &d); err != nil {
			return nil, err
		} else if ok {
			m := checklist.NewMatrix(d, runs[d.ID], &t.town.Org, t.now)
			m.Rows = slices.DeleteFunc(m.Rows, func(r checklist.Row) bool { return !t.town.Org.Within(r.Unit, t.me.Unit) })
			out = append(out, m)
		}
	}
	return out, nil
}

// sendRaw sends the stored documents of the subtree, one JSON value a line.
func (t *turn) sendRaw(ctx context.Context, watches []checkin.Watch, from, to time.Time) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	var fault error
	put := func(kind string, unit team.UnitID, v any) {
		if fault == nil && t.town.Org.Within(unit, t.me.Unit) {
			fault = enc.Encode(map[string]any{"kind": kind, "value": v})
		}
	}
	for _, w := range watches {
		put("shift", w.Shift.Unit, w)
	}
	err := each(ctx, t, Range{Index: "run/open", To: maxScore}, func(r checklist.Run) { put("run", r.Unit, r) })
	if err == nil {
		err = each(ctx, t, Range{Index: "incident/all", From: from.UnixMilli(), To: to.UnixMilli()}, func(i incident.Incident) { put("incident", i.Unit, i) })
	}
	if err == nil {
		err = each(ctx, t, Range{Index: "window/open", To: maxScore}, func(w reportWindow) { put("window", w.Owner, w.Window) })
	}
	if err != nil {
		return err
	}
	if fault != nil {
		return fmt.Errorf("write the raw data: %w", fault)
	}
	return t.sendExport(ctx, t.exportFile("raw", from, to), chat.Attachment{Name: t.exportName("du-lieu", "jsonl"), MIME: "application/jsonl", Data: b.Bytes()})
}
