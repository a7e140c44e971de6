package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/digest"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// detailRows is how many lines one page of the detail has.
const detailRows = 15

// details are the places behind a summary and the words that lead to them.
var details = []struct {
	what, hint string
	words      []string
	topics     []digest.Topic
}{
	{"units", "chitiet đơn vị", []string{"don vi", "units"}, nil},
	{"people", "chitiet người", []string{"nguoi", "quan so", "diem danh", "people"}, []digest.Topic{digest.Attendance, digest.Unreachable}},
	{"tasks", "chitiet nhiệm vụ", []string{"nhiem vu", "viec", "tasks"}, []digest.Topic{digest.Tasks}},
	{"incidents", "chitiet sự cố", []string{"su co", "incidents"}, []digest.Topic{digest.Incidents}},
	{"reports", "chitiet báo cáo", []string{"bao cao", "reports"}, []digest.Topic{digest.Reports}},
}

func (t *turn) detailButtons(unit team.UnitID) [][]chat.Button {
	row := make([]chat.Button, 0, len(details))
	for _, d := range details {
		row = append(row, t.button(d.what, d.hint, "dd", string(unit), d.what))
	}
	return [][]chat.Button{row[:3], row[3:]}
}

// showDetail answers in private what lies behind a summary: units, people, tasks,
// incidents, reports, or one unit by its name.
func showDetail(ctx context.Context, t *turn, c call) error {
	unit, what, page := t.scope(), "units", 0
	if c.act.Code != "" {
		unit, what = team.UnitID(c.act.Arg(0)), c.act.Arg(1)
		if n, err := strconv.Atoi(c.act.Arg(2)); err == nil {
			page = n
		}
	} else if arg := strings.TrimSpace(c.arg); arg != "" {
		var ok bool
		if unit, what, page, ok = t.detailAsked(unit, arg); !ok {
			t.reply(messages.Usage{What: t.label("detail.usage"), Example: "/chitiet đơn vị"})
			return nil
		}
	}
	if !t.mayLook(unit) {
		t.reply(t.notAllowed(team.LevelLeader, t.me.Unit))
		return nil
	}
	s, err := t.summary(ctx, unit, nil)
	if err != nil {
		return err
	}
	m := t.detail(s, what, page)
	msg := chat.Message{Text: t.text(m)}
	if m.Pages > 1 {
		next := (page + 1) % m.Pages
		msg.Buttons = [][]chat.Button{{t.button("more", "chitiet "+what+" "+strconv.Itoa(next+1), "dd", string(unit), what, strconv.Itoa(next))}}
	}
	return t.inPrivate(ctx, msg)
}

// detailAsked reads what was typed: a place and perhaps a page, or a unit's name.
func (t *turn) detailAsked(scope team.UnitID, arg string) (unit team.UnitID, what string, page int, ok bool) {
	words := strings.Fields(viet.Fold(arg))
	if n, err := strconv.Atoi(words[len(words)-1]); err == nil && len(words) > 1 && n > 0 {
		page, words = n-1, words[:len(words)-1]
	}
	text := strings.Join(words, " ")
	for _, d := range details {
		if slices.Contains(d.words, text) {
			return scope, d.what, page, true
		}
	}
	for _, u := range t.town.Org.Units {
		if text == viet.Fold(u.Name) || text == viet.Fold(u.Short) || text == viet.Fold(string(u.ID)) {
			return u.ID, "unit", page, true
		}
	}
	return scope, "", 0, false
}

// mayLook reports whether the sender may see what lies behind the summary of the unit.
func (t *turn) mayLook(unit team.UnitID) bool {
	return t.town.Org.May(t.me, team.LevelHead, unit)
}

func (t *turn) detail(s digest.Summary, what string, page int) messages.DigestDetail {
	m := messages.DigestDetail{What: what, Unit: t.unitName(s.Scope), At: s.At}
	var items []digest.Item
	var units []digest.UnitCount
	switch what {
	case "units":
		units = slices.Clone(s.Units)
		slices.SortStableFunc(units, func(a, b digest.UnitCount) int { return lightRank(b.Light) - lightRank(a.Light) })
	case "unit":
		items = s.Of(s.Scope)
		for _, u := range s.Units {
			if u.Unit == s.Scope {
				units = append(units, u)
			}
		}
	default:
		for _, d := range details {
			if d.what == what {
				for _, topic := range d.topics {
					items = append(items, s.Line(topic).Items...)
				}
			}
		}
	}
	m.Pages = max(1, (max(len(units), len(items))+detailRows-1)/detailRows)
	m.Page = min(max(page, 0), m.Pages-1) + 1
	for _, u := range cutPage(units, m.Page-1) {
		m.Units = append(m.Units, messages.DetailUnit{Unit: u.Name, Light: string(u.Light), Count: digestCount(u.Count)})
	}
	for _, it := range cutPage(items, m.Page-1) {
		line := digestItem(it, s)
		line.Phone = t.phoneOf(it)
		m.Items = append(m.Items, line)
	}
	return m
}

func lightRank(l digest.Light) int {
	return slices.Index([]digest.Light{digest.Green, digest.Amber, digest.Red}, l)
}

func cutPage[T any](list []T, page int) []T {
	from := min(page*detailRows, len(list))
	return list[from:min(from+detailRows, len(list))]
}

// phoneOf is the number of the person an item names, where the sender may see it.
func (t *turn) phoneOf(it digest.Item) string {
	if it.Topic != digest.Attendance && it.Topic != digest.Unreachable || t.me.Unit != it.Unit && !t.town.Org.May(t.me, team.LevelLeader, it.Unit) {
		return ""
	}
	_, id, ok := strings.Cut(it.Key, "/")
	if at := strings.LastIndexByte(id, '/'); ok && at >= 0 {
		id = id[at+1:]
	}
	m, ok := t.town.Org.Member(team.MemberID(id))
	if !ok || m.Phone == "" {
		return ""
	}
	return viet.FormatPhone(m.Phone)
}

// inPrivate answers the sender alone; a group only learns that the answer went out.
func (t *turn) inPrivate(ctx context.Context, msg chat.Message) error {
	if t.u.Kind == chat.Private {
		t.send(outbox.Item{To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Message: msg, NotAfter: t.clock.Add(replyFor), About: "trả lời"})
		return nil
	}
	d, ok, err := t.door(ctx, t.me.ID)
	if err != nil {
		return err
	}
	t.reply(messages.DetailSent{Name: t.me.Name, Sent: ok})
	if ok {
		t.send(outbox.Item{
			To: d.Addr, Kind: chat.Private, Class: outbox.Reply, Message: msg, NotAfter: t.clock.Add(time.Hour), For: string(t.me.ID), About: "trả lời",
		})
	}
	return nil
}
