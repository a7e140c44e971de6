package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"trucban/internal/chat"
	"trucban/internal/team"
	"trucban/messages"
)

// call is one recognised request: what was asked, and with which words.
type call struct {
	arg  string   // the rest of the text, as typed
	refs []string // the numbers named, when the argument is nothing else: "xong 2, 3"
	act  Action   // the button, when one was pressed
}

// route is one row of the table: everything that leads to one handler and the
// level it needs. Zero level with open set works for anyone in any chat.
type route struct {
	cmd     string   // "/ondanh"
	aliases []string // further commands
	words   []string // bare words that act when they are the whole message
	takes   Takes    // what may follow when it is typed without a slash
	code    string   // action code of its buttons
	need    team.Level
	open    bool // also in a chat nobody admitted, also for a person nobody knows
	tests   bool // also in a test group
	urgent  bool // counted apart from all else, so that a flood does not drown it
	run     func(context.Context, *turn, call) error
}

// table is the one list of what can be asked. Commands follow the menu of the
// product; bare words are those people use in duty chats.
func (b *Bot) table() []route {
	rows := []route{
		{cmd: "start", aliases: []string{"batdau"}, open: true, run: start},
		{cmd: "trogiup", aliases: []string{"help", "huongdan"}, words: []string{"trợ giúp"}, open: true, run: help},
		{cmd: "huy", aliases: []string{"cancel", "thoi"}, words: []string{"hủy", "thôi"}, code: "huy", open: true, run: cancel},
		{cmd: "ketnoi", open: true, run: connect},
		{cmd: "maghep", aliases: []string{"ma_ghep"}, need: team.LevelDesk, run: linkCode},

		{cmd: "caidat", need: team.LevelOwner, run: configure},
		{cmd: "suckhoe", aliases: []string{"suc_khoe"}, need: team.LevelDesk, run: health},

		{cmd: "ondanh", takes: TakesNote, aliases: []string{"diemdanh", "dd", "ok", "on", "checkin"}, code: "in", urgent: true, need: team.LevelLinked, run: checkIn,
			words: []string{"ổn định", "ổn", "báo ổn", "điểm danh", "ổn danh", "có mặt"}},
		{cmd: "aitruc", aliases: []string{"ai_truc", "dangtruc"}, words: []string{"ai trực"}, need: team.LevelLinked, run: whoIsOn},
		{cmd: "lichtruc", takes: TakesText, aliases: []string{"lich", "lich_truc"}, words: []string{"lịch trực"}, code: "lt", need: team.LevelLinked, run: showRoster},
		{cmd: "catoi", aliases: []string{"ca", "ca_toi", "lichtoi"}, words: []string{"ca của tôi"}, need: team.LevelLinked, run: myShifts},
	}
	return slices.Concat(rows, leaderRoutes(), directiveRoutes(), incidentRoutes(), hotlineRoutes(), rosterRoutes(), checkInRoutes(), peopleRoutes())
}

// key names a row: its command, or the code of its buttons where it has none.
func (r route) key() string {
	if r.cmd != "" {
		return r.cmd
	}
	return r.code
}

// routes is the table with its look-ups.
type routes struct {
	rows   []route
	byKey  map[string]int
	byCode map[string]int
	words  Vocabulary
}

func newRoutes(rows []route) (routes, error) {
	r := routes{rows: rows, byKey: map[string]int{}, byCode: map[string]int{}}
	var faults []error
	forms := make([]TextForm, 0, len(rows))
	for i, row := range rows {
		form := TextForm{Key: row.key(), Words: row.words, Takes: row.takes}
		if row.cmd != "" {
			form.Commands = append([]string{row.cmd}, row.aliases...)
		}
		forms = append(forms, form)
		r.byKey[form.Key] = i
		if row.code == "" {
			continue
		}
		if _, twice := r.byCode[row.code]; twice {
			faults = append(faults, fmt.Errorf("action code %q stands twice", row.code))
		}
		r.byCode[row.code] = i
	}
	var err error
	r.words, err = NewVocabulary(forms)
	return r, errors.Join(append(faults, err)...)
}

// read recognises what was typed; ok is false when no row is meant.
func (r routes) read(text string) (row route, w Words, ok bool) {
	w = ParseText(r.words, text)
	i, ok := r.byKey[w.Key]
	if !ok {
		return route{}, w, false
	}
	return r.rows[i], w, true
}

// suggestion is the command somebody may have meant; it is offered, never acted on.
func (r routes) suggestion(w Words) string {
	if i, ok := r.byKey[w.Suggest]; ok && r.rows[i].cmd != "" {
		return "/" + r.rows[i].cmd
	}
	return ""
}

// dispatch finds the handler of an update and lets it decide.
func (b *Bot) dispatch(ctx context.Context, t *turn) error {
	switch t.u.Event {
	case chat.EventPress:
		return b.press(ctx, t)
	case chat.EventMessage:
		return b.message(ctx, t)
	case chat.EventAdded:
		return added(ctx, t)
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
	if err := t.noteDoor(ctx); err != nil {
		return err
	}
	if t.u.Contact != nil && t.u.Kind == chat.Private {
		return t.contactShared(ctx)
	}
	if len(t.u.Text) > MaxWords {
		t.reply(messages.TooLong{Most: MaxWords >> 10})
		return nil
	}
	row, w, ok := b.routes.read(t.u.Text)
	if ok && t.talk(row, w) {
		return nil
	}
	if ok {
		return b.run(ctx, t, row, call{arg: w.Arg, refs: w.Refs})
	}
	if t.asked != nil {
		return t.answer(ctx)
	}
	if done, err := t.onCard(ctx); done || err != nil {
		return err
	}
	if done, err := t.onShown(ctx); done || err != nil {
		return err
	}
	if done, err := t.onRun(ctx); done || err != nil {
		return err
	}
	if done, err := t.onRosterFile(ctx); done || err != nil {
		return err
	}
	if done, err := t.onDispatch(ctx); done || err != nil {
		return err
	}
	if t.u.Kind == chat.Private || t.caps(t.u.To).Mention || w.Slash && t.admitted {
		meant, err := t.suggestion(ctx, w)
		if err != nil {
			return err
		}
		t.reply(messages.NotUnderstood{Suggest: meant})
	}
	return nil
}

// run checks the row's level and calls its handler.
func (b *Bot) run(ctx context.Context, t *turn, row route, c call) error {
	t.routed = row.cmd + row.code
	switch {
	case row.open:
	case t.testing && !row.tests:
		t.reply(messages.TestGroup{Unit: t.unitName(t.room.Unit)})
		return nil
	case t.u.Kind == chat.Group && !t.admitted && !t.testing:
		t.reply(messages.NotAdmitted{})
		return nil
	case t.u.From.Anonymous:
		t.reply(messages.AnonymousSender{})
		return nil
	case !t.linked:
		t.reply(messages.NotLinked{Account: t.u.From.ID})
		return nil
	case t.me.Level() < row.need:
		t.reply(t.notAllowed(row.need, t.me.Unit))
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
