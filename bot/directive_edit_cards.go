package bot

import (
	"slices"
	"strconv"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/messages"
)

// editedMessage shows the changed line and no more: the whole draft is one /sua away.
func (t *turn) editedMessage(d checklist.Directive, e edit) messages.DraftChanged {
	m := messages.DraftChanged{ID: d.ID, Tasks: d.Count(), What: e.verb}
	for _, g := range d.Groups {
		if e.group && g.Number == e.ref {
			m.Group = messages.DraftGroup{Number: g.Number, Audience: g.Audience, Units: t.unitsOf(d, g.Number)}
			m.Due = g.Due
		}
		for _, task := range g.Tasks {
			if !e.group && task.ID == e.ref {
				m.Task = t.draftTask(g, task)
			}
		}
	}
	for _, g := range d.Unaddressed() {
		m.None = append(m.None, g.Number)
	}
	return m
}

// editList offers the tasks and groups of a draft, a page at a time.
func (t *turn) editList(d checklist.Directive, page int) {
	type line struct {
		ref, label, hint string
	}
	var lines []line
	for _, g := range d.Groups {
		units := strings.Join(t.unitsOf(d, g.Number), ", ")
		if units == "" {
			units = "chưa có đơn vị"
		}
		lines = append(lines, line{"g" + g.Number, "Nhóm " + g.Number + ": " + units, "/sua nhóm " + g.Number})
		for _, task := range g.Tasks {
			label := task.ID + " " + task.Title
			if task.Dropped {
				label = "(đã bỏ) " + label
			}
			lines = append(lines, line{task.ID, label, "/sua " + task.ID})
		}
	}
	size := pageSize + 2
	if c := t.caps(t.u.To); c.MaxKeys > 0 {
		size = min(size, max(1, c.MaxKeys-1))
	}
	pages := (len(lines) + size - 1) / size
	page = min(max(page, 1), pages)
	m := messages.DraftList{ID: d.ID, Title: d.Title, Page: page, Pages: pages}
	var rows [][]chat.Button
	for _, l := range lines[(page-1)*size : min(page*size, len(lines))] {
		b := t.button("edit", l.hint, "edit", d.ID, l.ref)
		b.Label = messages.Cut(50, l.label)
		rows = append(rows, []chat.Button{b})
	}
	if pages > 1 && t.caps(t.u.To).Buttons {
		rows = append(rows, []chat.Button{t.button("more", "", "edit", d.ID, "p"+strconv.Itoa(page%pages+1))})
	}
	t.reply(m, rows...)
}

// editCard shows one task or group of a draft with every change it can take.
func (t *turn) editCard(d checklist.Directive, e edit) error {
	can := func(verb, hint string) chat.Button {
		ref, words := e.ref, e.ref
		if e.group {
			ref, words = "g"+e.ref, "nhóm "+e.ref
		}
		return t.button("edit."+verb, "/sua "+words+" "+hint, "edit", d.ID, ref, verb)
	}
	if e.group {
		i := slices.IndexFunc(d.Groups, func(g checklist.Group) bool { return g.Number == e.ref })
		if i < 0 {
			return t.refuseEdit(checklist.ErrUnknownTask)
		}
		g := d.Groups[i]
		t.reply(messages.DraftGroupCard{ID: d.ID, Group: messages.DraftGroup{Number: g.Number, Audience: g.Audience, Units: t.unitsOf(d, g.Number)}, Due: g.Due, Tags: g.Tags},
			[]chat.Button{can("due", "hạn 03/02 17h"), can("add", "thêm ĐƠN-VỊ")}, []chat.Button{can("leave", "bớt ĐƠN-VỊ"), can("drop", "bỏ")})
		return t.askDraft(d)
	}
	task, g, ok := d.Task(e.ref)
	if !ok {
		return t.refuseEdit(checklist.ErrUnknownTask)
	}
	rows := [][]chat.Button{{can("due", "hạn 03/02 17h"), can("title", "tên …")}}
	var kinds []chat.Button
	for kind, hint := range map[checklist.Kind]string{checklist.Once: "một lần", checklist.Standing: "thường xuyên", checklist.Recurring: "định kỳ hằng ngày"} {
		if task.Kind != kind {
			kinds = append(kinds, can(string(kind), hint))
		}
	}
	slices.SortFunc(kinds, func(a, b chat.Button) int { return strings.Compare(a.Action, b.Action) })
	last := []chat.Button{can("drop", "bỏ"), can("proof", "cần minh chứng")}
	if task.Dropped {
		last[0] = can("keep", "lấy lại")
	}
	if task.NeedEvidence {
		last[1] = can("noproof", "không cần minh chứng")
	}
	rows = append(rows, kinds, last)
	t.reply(messages.DraftTaskCard{ID: d.ID, Task: t.draftTask(g, task), Text: messages.Cut(1200, task.Text), Cron: task.Cron, Evidence: task.Evidence}, rows...)
	return t.askDraft(d)
}
