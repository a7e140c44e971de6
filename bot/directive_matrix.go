package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// DirectivePrinter makes the pictures and documents of directives.
type DirectivePrinter interface {
	// MatrixPicture draws the matrix for a telephone; words say the same.
	MatrixPicture(m checklist.Matrix) (png []byte, words string, err error)
	// MatrixBook is the matrix as an .xlsx workbook.
	MatrixBook(m checklist.Matrix) ([]byte, error)
	// ClosingReport is the report on a directive as a .docx document; office is who reports.
	ClosingReport(c checklist.Closing, d checklist.Directive, office string) ([]byte, error)
}

const (
	matrixCols = 8  // columns of a part of the matrix in words: a telephone's width
	matrixRows = 25 // more units are counted, and those that are behind shown
	labelWidth = 12 // of a unit's name there
)

// directiveWithRuns reads the directive named, else the latest one, with the runs
// of the units the sender may see; false means that an answer was given.
func (t *turn) directiveWithRuns(ctx context.Context, id string) (checklist.Directive, []checklist.Run, bool, error) {
	if id == "" {
		refs, err := t.find(ctx, Range{Index: "directive/" + string(checklist.Issued), To: maxScore, Desc: true, Limit: 20})
		if err != nil {
			return checklist.Directive{}, nil, false, err
		}
		for _, ref := range refs {
			var d checklist.Directive
			if ok, err := t.read(ref, &d); err != nil {
				return d, nil, false, err
			} else if ok && slices.ContainsFunc(d.Addressed(), func(c checklist.Choice) bool { return t.sees(c.Unit) }) {
				id = d.ID
				break
			}
		}
	}
	if id == "" {
		t.reply(messages.NoDirective{})
		return checklist.Directive{}, nil, false, nil
	}
	d, runs, ok, err := t.runsOf(ctx, id)
	if err != nil {
		return d, nil, false, err
	}
	seen := slices.DeleteFunc(runs, func(r checklist.Run) bool { return !t.sees(r.Unit) })
	if !ok || len(seen) == 0 {
		t.reply(messages.NoDirective{ID: id})
		return d, nil, false, nil
	}
	return d, seen, true, nil
}

// sees reports whether the sender may see how a unit stands: its own, or one below.
func (t *turn) sees(unit team.UnitID) bool {
	return t.town.Org.May(t.me, team.LevelHead, unit)
}

// showMatrix answers /doichieu: units by tasks in words, as a picture, or as a workbook.
func showMatrix(ctx context.Context, t *turn, c call) error {
	if c.act.Code != "" {
		return t.compare(ctx, c.act.Arg(0), c.act.Arg(1))
	}
	id, rest := cutListID(c.arg)
	mode := ""
	for words, m := range map[string]string{"anh": "p", "hinh": "p", "excel": "x", "xlsx": "x", "bang": "x", "lo hong": "v"} {
		if _, ok := cutWord(rest, words); ok {
			mode = m
		}
	}
	return t.compare(ctx, id, mode)
}

func (t *turn) compare(ctx context.Context, id, mode string) error {
	if mode == "v" {
		return t.vulnTotals(ctx, id)
	}
	d, runs, ok, err := t.directiveWithRuns(ctx, id)
	if err != nil || !ok {
		return err
	}
	m := checklist.NewMatrix(d, runs, &t.town.Org, t.now)
	if mode != "" && t.b.Prints != nil {
		return t.matrixFile(m, mode)
	}
	row := []chat.Button{
		t.button("matrix.picture", "/doichieu "+d.ID+" ảnh", "dc", d.ID, "p"),
		t.button("matrix.book", "/doichieu "+d.ID+" excel", "dc", d.ID, "x"),
	}
	if t.b.Prints == nil {
		row = nil
	}
	rows := [][]chat.Button{row}
	if len(m.Laggards)+len(m.Unreceived) > 0 && d.State == checklist.Issued {
		rows = append(rows, []chat.Button{t.button("nudge", "/nhacviec "+d.ID, "nudge", d.ID)})
	}
	t.reply(t.matrixText(d, m), rows...)
	return nil
}

func (t *turn) matrixFile(m checklist.Matrix, mode string) error {
	words := messages.MatrixFile{ID: m.Directive, Title: m.Title, At: m.At, Percent: m.Total.Percent()}
	at := &chat.Attachment{Name: "doi-chieu-" + m.Directive + ".png", MIME: "image/png", Photo: true}
	var err error
	if mode == "p" {
		var alt string
		at.Data, alt, err = t.b.Prints.MatrixPicture(m)
		at.Fallback = chat.Escape(alt)
	} else {
		at.Name, at.MIME, at.Photo = "doi-chieu-"+m.Directive+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false
		at.Data, err = t.b.Prints.MatrixBook(m)
		at.Fallback = t.text(messages.NoUpload{What: "/doichieu " + m.Directive})
	}
	if err != nil {
		return err
	}
	t.send(outbox.Item{
		To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, NotAfter: t.clock.Add(replyFor), About: "trả lời",
		Message: chat.Message{Text: t.text(words), Attach: at},
	})
	return nil
}

// matrixText is the matrix in the width of a telephone. A long one shows the
// units that are behind and counts the others.
func (t *turn) matrixText(d checklist.Directive, m checklist.Matrix) messages.Matrix {
	out := messages.Matrix{
		ID: m.Directive, Title: m.Title, At: m.At, Percent: m.Total.Percent(), Settled: m.Total.Settled(), Owed: m.Total.Owed(), Late: m.Total.Late, Help: m.Total.Help,
		Units: len(m.Rows), Laggards: t.labels(m.Laggards), Unreceived: t.labels(m.Unreceived), Closed: d.State == checklist.Closed, SupersededBy: d.SupersededBy,
	}
	shown := m
	if len(m.Rows) > matrixRows {
		shown.Rows = nil
		for _, r := range m.Rows {
			if r.Count.Late+r.Count.Help > 0 && len(shown.Rows) < matrixRows {
				shown.Rows = append(shown.Rows, r)
			}
		}
		out.Hidden = len(m.Rows) - len(shown.Rows)
	}
	for _, part := range byGroup(shown) {
		for _, b := range part.Blocks(matrixRows, matrixCols) {
			out.Blocks = append(out.Blocks, blockText(m, b))
		}
	}
	for i, c := range m.Cols {
		if c.Count == (checklist.Progress{}) {
			continue // of a group none of whose units is shown
		}
		out.Tasks = append(out.Tasks, messages.MatrixTask{N: i + 1, ID: c.ID, Title: c.Title, Settled: c.Count.Settled(), Owed: c.Count.Owed()})
	}
	for _, v := range m.Vulns {
		out.Vulns = append(out.Vulns, messages.VulnTotalLine{Name: v.ID, NotUsed: v.NotUsed, Patched: v.Patched, Patching: v.Patching, Help: v.NeedHelp, Silent: v.Silent})
	}
	return out
}

// byGroup parts a matrix by the document's groups: each with its own tasks and the
// units it addresses, so that no line is wider than what it says.
func byGroup(m checklist.Matrix) []checklist.Matrix {
	var out []checklist.Matrix
	for from := 0; from < len(m.Cols); {
		to := from
		for to < len(m.Cols) && m.Cols[to].Group == m.Cols[from].Group {
			to++
		}
		part := checklist.Matrix{Cols: m.Cols[from:to]}
		for _, r := range m.Rows {
			r.Cells = r.Cells[from:to]
			if slices.ContainsFunc(r.Cells, func(c checklist.Cell) bool { return c != checklist.CellNone }) {
				part.Rows = append(part.Rows, r)
			}
		}
		out = append(out, part)
		from = to
	}
	return out
}

// blockText is one part in fixed columns; the tasks are numbered through the whole matrix.
func blockText(m checklist.Matrix, b checklist.Block) string {
	first := slices.IndexFunc(m.Cols, func(c checklist.Col) bool { return c.ID == b.Cols[0].ID })
	head := strings.Repeat(" ", labelWidth)
	for i := range b.Cols {
		head += padLeft(strconv.Itoa(first+i+1), 2)
	}
	lines := []string{head}
	for _, r := range b.Rows {
		line := pad(messages.Cut(labelWidth-1, r.Label), labelWidth)
		for _, c := range r.Cells {
			line += c.Mark()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s))) }

func padLeft(s string, n int) string { return strings.Repeat(" ", max(0, n-len(s))) + s }

// nudgeLaggards reminds the units that are behind, and no others.
func nudgeLaggards(ctx context.Context, t *turn, c call) error {
	id, _ := cutListID(c.arg)
	if c.act.Code != "" {
		id = c.act.Arg(0)
	}
	d, runs, ok, err := t.directiveWithRuns(ctx, id)
	if err != nil || !ok {
		return err
	}
	m := messages.Nudged{ID: d.ID}
	var reached, lately []team.UnitID
	for _, r := range runs {
		next, owed, err := r.Nudge(t.stamp())
		switch {
		case errors.Is(err, checklist.ErrNudged):
			lately = append(lately, r.Unit)
			continue
		case err != nil:
			continue // nothing is owed
		}
		reached = append(reached, r.Unit)
		if next, err = t.changed(ctx, r, next); err != nil {
			return err
		}
		if err := t.sendNudge(ctx, next, owed); err != nil {
			return err
		}
	}
	m.Units, m.Lately = t.labels(reached), t.labels(lately)
	t.reply(m)
	return nil
}

func (t *turn) sendNudge(ctx context.Context, r checklist.Run, owed checklist.Owed) error {
	m := messages.TasksDue{
		To: string(checklist.ToUnit), Unit: t.unitName(r.Unit), ID: r.Directive, Title: r.Title, Over: true, By: t.me.Name,
		Open: t.taskLines(r, owed.Tasks), Vulns: t.vulnLines(r, owed.Vulns),
	}
	for _, l := range m.Open {
		if m.Due.IsZero() || l.Due.Before(m.Due) {
			m.Due = l.Due
		}
	}
	m.Receipt = owed.Receipt && len(m.Open)+len(m.Vulns) == 0
	buttons := t.tickButtons(r, owed.Tasks)
	if len(owed.Vulns) > 0 {
		buttons = append(buttons, t.vulnCardButton(r)...)
	}
	if owed.Receipt {
		buttons = append(t.receiptButtons(r), buttons...)
	}
	it := outbox.Item{Class: outbox.Reminder, About: "đôn đốc nhiệm vụ", Guard: while("run", r.ID(), checklist.MarkOpen)}
	return t.unlessUrgent(r.Urgent, func() error {
		return t.toLevel(ctx, r.Unit, string(checklist.ToUnit), it, chat.Message{Text: t.text(m), Buttons: buttons})
	})
}

// exportDirective answers /xuat VB-2027-001 with the closing report.
func exportDirective(ctx context.Context, t *turn, c call) error {
	id, _ := cutListID(c.arg)
	if c.act.Code != "" {
		id = c.act.Arg(0)
	}
	if id == "" {
		t.reply(messages.TaskHow{What: "export", Example: "/xuat VB-2027-001"})
		return nil
	}
	d, runs, ok, err := t.directiveWithRuns(ctx, id)
	if err != nil || !ok {
		return err
	}
	closing := checklist.CloseReport(d, runs, &t.town.Org, t.now)
	words := t.closingWords(closing)
	if t.b.Prints == nil {
		t.reply(words)
		return nil
	}
	data, err := t.b.Prints.ClosingReport(closing, d, t.town.Org.Name)
	if err != nil {
		return err
	}
	t.send(outbox.Item{
		To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, NotAfter: t.clock.Add(replyFor), About: "trả lời",
		Message: chat.Message{Text: t.text(words), Attach: &chat.Attachment{
			Name: "bao-cao-" + d.ID + ".docx", MIME: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Data: data,
			Fallback: t.text(messages.NoUpload{What: "/xuat " + d.ID}),
		}},
	})
	return nil
}

// closingWords is the closing report in words, clause by clause.
func (t *turn) closingWords(c checklist.Closing) messages.ClosingReport {
	m := messages.ClosingReport{ID: c.ID, Title: c.Title, Number: c.Number, Issued: c.Issued, Settled: c.Total.Settled(), Owed: c.Total.Owed(), Late: c.Total.Late, Units: len(c.Units)}
	for _, cl := range c.Clauses {
		if len(m.Clauses) == 40 {
			break
		}
		m.Clauses = append(m.Clauses, messages.MatrixTask{ID: cl.ID, Title: cl.Title, Settled: cl.Count.Settled(), Owed: cl.Count.Owed()})
	}
	for _, u := range c.Units {
		if !u.At.IsZero() {
			m.Received++
		}
	}
	return m
}
