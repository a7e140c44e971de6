package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// call is one recognised request: what was asked, and with which words.
type call struct {
	arg string // the rest of the text, as typed
	act Action // the button, when one was pressed
}

// route is one row of the table: everything that leads to one handler and the
// level it needs. Zero level with open set works for anyone in any chat.
type route struct {
	cmd     string   // "/ondanh"
	aliases []string // further commands
	words   []string // bare words that act when they are the whole message
	code    string   // action code of its buttons
	need    team.Level
	open    bool // also in a chat nobody admitted, also for a person nobody knows
	run     func(context.Context, *turn, call) error
}

// table is the one list of what can be asked. Commands follow the menu of the
// product; bare words are those people use in duty chats.
func (b *Bot) table() []route {
	return []route{
		{cmd: "start", aliases: []string{"batdau"}, open: true, run: start},
		{cmd: "trogiup", aliases: []string{"help", "huongdan"}, words: []string{"trợ giúp"}, open: true, run: help},
		{cmd: "hotline", aliases: []string{"danhba", "lienhe", "duongdaynong"}, words: []string{"đường dây nóng"}, open: true, run: showHotline},
		{cmd: "huy", aliases: []string{"cancel", "thoi"}, words: []string{"hủy", "thôi"}, code: "huy", open: true, run: cancel},
		{cmd: "ketnoi", open: true, run: connect},
		{cmd: "maghep", aliases: []string{"ma_ghep"}, need: team.LevelDesk, run: linkCode},

		{cmd: "ondanh", aliases: []string{"diemdanh", "dd", "ok", "on", "checkin"}, code: "in", need: team.LevelLinked, run: checkIn,
			words: []string{"ổn định", "ổn", "ok", "điểm danh", "ổn danh", "có mặt"}},
		{cmd: "aitruc", aliases: []string{"ai_truc", "dangtruc"}, words: []string{"ai trực"}, need: team.LevelLinked, run: whoIsOn},
		{cmd: "lichtruc", aliases: []string{"lich", "lich_truc"}, words: []string{"lịch trực"}, need: team.LevelLinked, run: showRoster},
		{cmd: "catoi", aliases: []string{"ca", "ca_toi", "lichtoi"}, words: []string{"ca của tôi"}, need: team.LevelLinked, run: myShifts},

		{cmd: "vanban", aliases: []string{"congvan", "napvanban"}, need: team.LevelDesk, run: readDirective},
		{code: "iss", need: team.LevelDesk, run: issueDirective, words: []string{"ban hành"}},
		{cmd: "nhiemvu", aliases: []string{"viec", "nv", "checklist"}, words: []string{"nhiệm vụ"}, code: "run", need: team.LevelLinked, run: showChecklist},
		{cmd: "xong", aliases: []string{"hoanthanh"}, code: "tick", need: team.LevelLinked, run: tick},
		{code: "rcv", need: team.LevelLinked, run: receive, words: []string{"đã quán triệt"}},

		{cmd: "suco", aliases: []string{"su_co", "sc", "baosuco"}, words: []string{"có việc"}, code: "inc", need: team.LevelLinked, run: reportIncident},
		{cmd: "tiepnhan", words: []string{"tiếp nhận"}, code: "ack", need: team.LevelLinked, run: ackIncident},
		{cmd: "daxuly", words: []string{"đã xử lý"}, code: "fix", need: team.LevelLinked, run: resolveIncident},
		{cmd: "capnhat", aliases: []string{"cap_nhat"}, need: team.LevelLinked, run: updateIncident},
		{cmd: "dongsuco", aliases: []string{"dong_su_co", "ketthuc"}, code: "end", need: team.LevelHead, run: closeIncident},

		{cmd: "baocao", aliases: []string{"bc", "tonghop", "tomtat"}, need: team.LevelLinked, run: showDigest},
		{code: "noted", need: team.LevelLeader, run: noted, words: []string{"đã nắm"}},
	}
}

// routes is the table with its look-ups.
type routes struct {
	rows    []route
	byCmd   map[string]int
	byCode  map[string]int
	byWords map[string]int
}

func newRoutes(rows []route) (routes, error) {
	r := routes{rows: rows, byCmd: map[string]int{}, byCode: map[string]int{}, byWords: map[string]int{}}
	var faults []error
	add := func(m map[string]int, key string, i int) {
		if key == "" {
			return
		}
		if _, twice := m[key]; twice {
			faults = append(faults, fmt.Errorf("route %q stands twice", key))
		}
		m[key] = i
	}
	for i, row := range rows {
		add(r.byCmd, row.cmd, i)
		for _, a := range row.aliases {
			add(r.byCmd, a, i)
		}
		add(r.byCode, row.code, i)
		for _, w := range row.words {
			add(r.byWords, viet.Fold(w), i)
		}
	}
	return r, errors.Join(faults...)
}

// dispatch finds the handler of an update and lets it decide.
func (b *Bot) dispatch(ctx context.Context, t *turn) error {
	switch t.u.Event {
	case chat.EventPress:
		return b.press(ctx, t)
	case chat.EventMessage:
		return b.message(ctx, t)
	case chat.EventAdded:
		t.reply(messages.GroupHello{Admitted: t.admitted, Mention: t.caps(t.u.To).Mention})
	case chat.EventRemoved:
		return removed(ctx, t)
	case chat.EventStarted:
		return start(ctx, t, call{})
	case chat.EventBlocked:
		return blocked(ctx, t)
	case chat.EventMoved:
		return moved(ctx, t)
	}
	return nil
}

func (b *Bot) press(ctx context.Context, t *turn) error {
	act, ok := DecodeAction(t.u.Action)
	i, known := b.routes.byCode[act.Code]
	if !ok || !known {
		t.reply(messages.OldButton{})
		return nil
	}
	return b.run(ctx, t, b.routes.rows[i], call{act: act})
}

func (b *Bot) message(ctx context.Context, t *turn) error {
	if row, arg, ok := b.routes.match(t.u.Text); ok {
		return b.run(ctx, t, row, call{arg: arg})
	}
	if t.asked != nil {
		return t.answer(ctx)
	}
	if done, err := t.onCard(ctx); done || err != nil {
		return err
	}
	if t.u.Kind == chat.Private || t.caps(t.u.To).Mention || strings.HasPrefix(t.u.Text, "/") && t.admitted {
		t.reply(messages.NotUnderstood{Suggest: b.routes.suggest(t.u.Text)})
	}
	return nil
}

// run checks the row's level and calls its handler.
func (b *Bot) run(ctx context.Context, t *turn, row route, c call) error {
	t.routed = row.cmd + row.code
	switch {
	case row.open:
	case t.u.Kind == chat.Group && !t.admitted:
		t.reply(messages.NotAdmitted{})
		return nil
	case t.u.From.Anonymous:
		t.reply(messages.AnonymousSender{})
		return nil
	case !t.linked:
		t.reply(messages.NotLinked{Account: t.u.From.ID})
		return nil
	case t.me.Level() < row.need:
		t.reply(messages.NotAllowed{Need: t.need(row.need)})
		return nil
	}
	return row.run(ctx, t, c)
}

// need is the level in the words of the office.
func (t *turn) need(l team.Level) string {
	key := map[team.Level]string{
		team.LevelLinked: "linked", team.LevelHead: "head", team.LevelLeader: "leader",
		team.LevelDesk: "desk", team.LevelOwner: "owner",
	}[l]
	return t.label("need." + key)
}

// match recognises a command with its argument, or bare words that are the whole message.
func (r routes) match(text string) (route, string, bool) {
	text = strings.TrimSpace(viet.Clean(text))
	if strings.HasPrefix(text, "/") {
		word, arg, _ := strings.Cut(text[1:], " ")
		if w, rest, nl := strings.Cut(word, "\n"); nl {
			word, arg = w, rest+" "+arg
		}
		word, _, _ = strings.Cut(word, "@")
		i, ok := r.byCmd[viet.Fold(word)]
		if !ok {
			return route{}, "", false
		}
		return r.rows[i], strings.TrimSpace(arg), true
	}
	if i, ok := r.byWords[bare(text)]; ok {
		return r.rows[i], "", true
	}
	return route{}, "", false
}

// bare is a whole message reduced to its words: folded, without closing marks and courtesies.
func bare(text string) string {
	s := strings.TrimRight(viet.Fold(text), " .!…,;")
	for _, courtesy := range []string{" a", " nhe", " roi"} {
		s = strings.TrimSuffix(s, courtesy)
	}
	return strings.TrimSpace(s)
}

// suggest names the command somebody may have meant; it never acts.
func (r routes) suggest(text string) string {
	word, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "/"), " ")
	if i, ok := r.byCmd[viet.Fold(word)]; ok {
		return "/" + r.rows[i].cmd
	}
	if i, ok := r.byWords[bare(viet.TelexSuggest(text))]; ok && r.rows[i].cmd != "" {
		return "/" + r.rows[i].cmd
	}
	return ""
}
