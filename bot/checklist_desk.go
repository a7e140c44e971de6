package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// tellAnswer tells the desk of an answer it has to look at: "not applicable",
// which it can refuse, and a call for help.
func (t *turn) tellAnswer(ctx context.Context, r checklist.Run, s checklist.TaskState, v verb) error {
	if v.key != "na" && v.key != "help" {
		return nil
	}
	m := messages.TaskForDesk{What: v.key, Unit: t.unitName(r.Unit), ID: r.Directive, Run: r.ID(), N: s.N, Title: s.Title, By: t.me.Name, At: t.now, Note: s.Note}
	n := strconv.Itoa(s.N)
	b := t.button("helped", "/datrogiup "+r.ID()+" "+n, "helped", r.ID(), n)
	if v.key == "na" {
		m.Note = s.Reason
		b = t.button("refusena", "/khongchapnhan "+r.ID()+" "+n, "nare", r.ID(), n)
	}
	class := outbox.Digest
	if v.key == "help" {
		class = outbox.Reminder
	}
	return t.tellDesk(ctx, r.Unit, class, chat.Message{Text: t.text(m), Buttons: [][]chat.Button{{b}}}, "trả lời nhiệm vụ")
}

// refuseNA is the desk's no to "not applicable": "/khongchapnhan VB-2027-001/vhxh 3 lý do".
func refuseNA(ctx context.Context, t *turn, c call) error {
	return t.deskAnswer(ctx, "nare", readTarget(c))
}

// helped is the desk's answer to a call for help: "/datrogiup VB-2027-001/vhxh 3 ghi chú".
func helped(ctx context.Context, t *turn, c call) error {
	return t.deskAnswer(ctx, "helped", readTarget(c))
}

// deskAsked takes the desk's words that were asked for.
func deskAsked(ctx context.Context, t *turn, c call) error {
	data := t.asked.Data
	t.done()
	return t.deskAnswer(ctx, data["verb"], aim{id: data["run"], refs: []string{data["ref"]}, words: strings.TrimSpace(c.arg)})
}

func (t *turn) deskAnswer(ctx context.Context, key string, g aim) error {
	if len(g.refs) != 1 || !strings.Contains(g.id, "/") {
		t.reply(messages.TaskHow{What: key, Example: map[string]string{
			"nare": "/khongchapnhan VB-2027-001/vhxh 3 lý do", "helped": "/datrogiup VB-2027-001/vhxh 3 đã cử người",
		}[key]})
		return nil
	}
	var r checklist.Run
	ok, err := t.get(ctx, runRef(g.id), &r)
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.OldButton{})
		return nil
	}
	if !t.town.Org.May(t.me, team.LevelDesk, r.Unit) {
		t.reply(t.notAllowed(team.LevelDesk, t.me.Unit))
		return nil
	}
	task, err := r.Find(g.refs[0])
	if err != nil {
		return t.refuseTask(r, g.refs[0], err)
	}
	if key == "nare" && g.words == "" && task.State == checklist.StateNA {
		t.reply(messages.TaskAsk{What: key, N: task.N, Title: task.Title})
		return t.ask(Dialog{Ask: "desk", Data: map[string]string{"verb": key, "run": r.ID(), "ref": g.refs[0]}})
	}
	var next checklist.Run
	if key == "nare" {
		next, err = r.RefuseNA(g.refs[0], t.stamp(), g.words)
	} else {
		next, err = r.Helped(g.refs[0], t.stamp(), g.words)
	}
	if err != nil {
		if err := t.refuse(err); err != nil {
			return fmt.Errorf("answer task %s of %s: %w", g.refs[0], r.ID(), err)
		}
		return nil
	}
	task, _ = next.Find(g.refs[0])
	m := messages.DeskAnswered{What: key, Unit: t.unitName(r.Unit), ID: r.Directive, N: task.N, Title: task.Title, By: t.me.Name, Note: g.words, Due: task.Due}
	it := outbox.Item{Class: outbox.Reminder, About: "ý kiến quản lý trực"}
	if err := t.toLevel(ctx, r.Unit, string(checklist.ToUnit), it, chat.Message{Text: t.text(m), Buttons: t.tickButtons(next, []int{task.N})}); err != nil {
		return err
	}
	m.Desk = true
	t.reply(m)
	if next, err = t.changed(ctx, r, next); err != nil {
		return err
	}
	return t.refreshRun(ctx, next, task.N)
}
