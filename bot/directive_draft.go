package bot

import (
	"context"
	"strconv"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/team"
	"trucban/messages"
)

// showDraft shows the whole draft and leaves it open for changes by text.
func (t *turn) showDraft(d checklist.Directive, reading Reading) error {
	t.reply(t.draftMessage(d, reading), t.draftButtons(d))
	return t.askDraft(d)
}

// askDraft leaves the draft open: what is typed next changes it.
func (t *turn) askDraft(d checklist.Directive) error {
	dialog := Dialog{Ask: "vanban", Data: map[string]string{"draft": d.ID}}
	t.asked = &dialog
	return t.ask(dialog)
}

func (t *turn) draftButtons(d checklist.Directive) []chat.Button {
	return []chat.Button{
		t.button("issue", "ban hành", "iss", d.ID), t.button("edit", "/sua", "edit", d.ID), t.button("cancel", "hủy", "huy"),
	}
}

func (t *turn) draftTask(g checklist.Group, task checklist.Task) messages.DraftTask {
	return messages.DraftTask{ID: task.ID, Title: task.Title, Kind: string(task.Kind), Due: g.DueOf(task), Dropped: task.Dropped, Evidence: task.NeedEvidence}
}

func (t *turn) draftMessage(d checklist.Directive, reading Reading) messages.DirectiveDraft {
	m := messages.DirectiveDraft{
		ID: d.ID, Title: d.Title, Number: d.Number, Issuer: d.Issuer, Tasks: d.Count(), Past: reading.Past,
		Replaces: reading.Tie.Replaces, Extends: reading.Tie.Extends,
	}
	for _, g := range d.Groups {
		dg := messages.DraftGroup{Number: g.Number, Audience: g.Audience, Units: t.unitsOf(d, g.Number)}
		for _, task := range g.Tasks {
			dg.Tasks = append(dg.Tasks, t.draftTask(g, task))
		}
		m.Groups = append(m.Groups, dg)
	}
	for _, v := range d.Vulns {
		m.Vulns = append(m.Vulns, v.ID)
	}
	for _, a := range d.Attachments {
		m.Files = append(m.Files, a.Name)
	}
	t.draftReading(&m, reading)
	return m
}

// draftReading adds what was read beside the tasks.
func (t *turn) draftReading(m *messages.DirectiveDraft, reading Reading) {
	read := reading.Read
	for _, c := range read.Cited {
		if c.Number != "" {
			m.Cited = append(m.Cited, string(c.Number))
		} else {
			m.Cited = append(m.Cited, string(c.About))
		}
	}
	for _, c := range read.Contacts {
		phones := make([]string, 0, len(c.Phones))
		for _, p := range c.Phones {
			phones = append(phones, p.Printed)
		}
		m.Contacts = append(m.Contacts, messages.Contact{Name: string(c.Org), Phone: strings.Join(phones, ", ")})
	}
	for _, mend := range read.Mended {
		m.Mended = append(m.Mended, messages.DraftMend{Line: mend.Line, Printed: mend.Printed, Mended: mend.Mended})
	}
	for _, w := range read.Warnings {
		m.Warnings = append(m.Warnings, w.String())
	}
	for _, r := range read.ReportTimes {
		m.Reports = append(m.Reports, reportWords(string(r.Every), string(r.At), string(r.Date), r.Day))
	}
	for _, r := range reading.Reports {
		m.Reports = append(m.Reports, r.Name)
	}
}

// reportWords is a report time in words: "hằng ngày 16:00", "2027-02-08".
func reportWords(every, at, date string, day int) string {
	words := map[string]string{"day": "hằng ngày", "week": "hằng tuần", "month": "hằng tháng", "quarter": "hằng quý", "year": "hằng năm"}[every]
	if day > 0 {
		words = "trước ngày " + strconv.Itoa(day) + " " + words
	}
	if d := dayStart(date); !d.IsZero() {
		date = d.Format("02/01/2006")
	}
	return strings.Join(strings.Fields(words+" "+strings.ReplaceAll(at, ":", "h")+" "+date), " ")
}

func (t *turn) unitsOf(d checklist.Directive, group string) []string {
	var out []string
	for _, c := range d.Addressed() {
		for _, g := range c.Groups {
			if g == group {
				if u, ok := t.town.Org.Unit(c.Unit); ok {
					out = append(out, u.Label())
				}
			}
		}
	}
	if n := len(out) - maxNames; n > 0 {
		out = append(out[:maxNames], "+"+strconv.Itoa(n))
	}
	return out
}

// draftNamed reads a directive that may still be changed by the sender; false
// means that an answer was given. Without an id it is the sender's latest draft.
func (t *turn) draftNamed(ctx context.Context, id string) (checklist.Directive, bool, error) {
	var d checklist.Directive
	if id == "" && t.asked != nil {
		id = t.asked.Data["draft"]
	}
	ref := directiveRef(id)
	if id == "" {
		found, err := t.find(ctx, Range{Index: "directive/draft/" + string(t.me.ID), To: maxScore, Desc: true, Limit: 1})
		if err != nil {
			return d, false, err
		}
		if len(found) == 0 {
			t.reply(messages.NoDraft{})
			return d, false, nil
		}
		ref = found[0]
	}
	ok, err := t.get(ctx, ref, &d)
	switch {
	case err != nil:
		return d, false, err
	case !ok:
		t.reply(messages.NoDraft{ID: id})
	case !t.mayDirective(d):
		t.reply(t.notAllowed(team.LevelDesk, t.me.Unit))
		ok = false
	}
	return d, ok, nil
}

// mayDirective reports whether the sender's desk reaches every unit the directive goes to.
func (t *turn) mayDirective(d checklist.Directive) bool {
	for _, c := range d.Addressed() {
		if !t.town.Org.May(t.me, team.LevelDesk, c.Unit) {
			return false
		}
	}
	return t.me.Level() >= team.LevelDesk
}

// openDirective shows a draft again, or how an issued directive stands.
func (t *turn) openDirective(ctx context.Context, id string) error {
	d, ok, err := t.draftNamed(ctx, id)
	if err != nil || !ok {
		return err
	}
	if d.State != checklist.Draft {
		return t.compare(ctx, id, "")
	}
	var reading Reading
	if _, err := t.get(ctx, readingRef(d.ID), &reading); err != nil {
		return err
	}
	return t.showDraft(d, reading)
}
