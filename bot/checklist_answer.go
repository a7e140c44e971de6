package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/messages"
)

// verb is one way of answering a task.
type verb struct {
	key     string // in buttons and open questions
	example string
	asks    bool // words are needed: a reason, until when
	do      func(t *turn, r checklist.Run, ref, words string) (checklist.Run, error)
}

// verbs are the answers a unit can give.
func verbs() []verb {
	return []verb{
		{"done", "/xong 3", false, func(t *turn, r checklist.Run, ref, words string) (checklist.Run, error) {
			return r.Done(ref, t.stamp(), words, t.evidence(words)...)
		}},
		{"doing", "/danglam 3 đang chờ nhà cung cấp", false, func(t *turn, r checklist.Run, ref, words string) (checklist.Run, error) {
			return r.Doing(ref, t.stamp(), words)
		}},
		{"na", "/khongapdung 3 đơn vị không dùng thiết bị này", true, func(t *turn, r checklist.Run, ref, words string) (checklist.Run, error) {
			return r.NotApplicable(ref, t.stamp(), words)
		}},
		{"help", "/cantro 3 cần kỹ thuật viên", true, func(t *turn, r checklist.Run, ref, words string) (checklist.Run, error) {
			return r.NeedHelp(ref, t.stamp(), words)
		}},
		{"hold", "/hoan 3 đến 9h mai chờ linh kiện", true, func(t *turn, r checklist.Run, ref, words string) (checklist.Run, error) {
			until, reason, ok := cutMoment(words, t.now)
			if !ok {
				return r, errNoMoment
			}
			return r.Snooze(ref, t.stamp(), until, reason)
		}},
		{"undo", "/hoantac 3", false, func(t *turn, r checklist.Run, ref, _ string) (checklist.Run, error) {
			return r.Undo(ref, t.stamp())
		}},
	}
}

func verbOf(key string) verb {
	for _, v := range verbs() {
		if v.key == key {
			return v
		}
	}
	return verb{}
}

var errNoMoment = errors.New("the text does not say until when")

// answering is the handler of one verb: "/danglam 3", "/khongapdung 3 lý do", a button.
func answering(key string) func(context.Context, *turn, call) error {
	v := verbOf(key)
	return func(ctx context.Context, t *turn, c call) error {
		aim := readTarget(c)
		if len(aim.refs) == 0 {
			t.reply(messages.TaskHow{What: v.key, Example: v.example})
			return nil
		}
		return t.answerTasks(ctx, v, aim)
	}
}

// answerTasks records the answer for each task, asks for what is missing, and
// tells whoever has to know.
func (t *turn) answerTasks(ctx context.Context, v verb, g aim) error {
	r, ok, err := t.runOf(ctx, v, g)
	if err != nil || !ok {
		return err
	}
	if v.asks && g.words == "" && len(g.refs) == 1 {
		task, err := r.Find(g.refs[0])
		if err != nil {
			return t.refuseTask(r, g.refs[0], err)
		}
		return t.askTask(r, task, v.key)
	}
	next, last := r, 0
	var several []string
	for _, ref := range g.refs {
		after, err := v.do(t, next, ref, g.words)
		if err != nil {
			if after, err = t.secondThought(next, v, ref, g.words, err); err != nil {
				return err
			}
			if len(next.Since(after)) == 0 && len(after.Since(next)) == 0 {
				continue
			}
		}
		next = after
		task, _ := next.Find(ref)
		last = task.N
		if len(g.refs) > 1 {
			several = append(several, strconv.Itoa(task.N))
		} else if v.key != "done" || t.u.Event != chat.EventPress || !t.caps(t.u.To).Edit {
			t.reply(t.answered(next, task, v))
		}
		if err := t.tellAnswer(ctx, next, task, v); err != nil {
			return err
		}
	}
	if len(next.Since(r)) == 0 {
		return nil
	}
	if len(several) > 0 {
		count := next.Progress(t.now)
		t.reply(messages.TasksAnswered{What: v.key, Numbers: several, By: t.me.Name, At: t.now, Done: count.Settled(), Left: count.Open + count.Late + count.Help})
	}
	saved, err := t.changed(ctx, r, next)
	if err != nil {
		return err
	}
	for _, ref := range g.refs {
		if task, err := saved.Find(ref); err == nil && task.Kind == checklist.Standing {
			if err := t.refreshShift(ctx, task); err != nil {
				return err
			}
		}
	}
	return t.refreshRun(ctx, saved, last)
}

// secondThought handles a refused answer: evidence for a task that is done is
// added to it, and missing evidence is asked for. A returned run without a new
// entry means that the refusal was answered.
func (t *turn) secondThought(r checklist.Run, v verb, ref, words string, err error) (checklist.Run, error) {
	task, findErr := r.Find(ref)
	switch {
	case findErr != nil:
	case v.key == "done" && errors.Is(err, checklist.ErrSettled) && task.State == checklist.StateDone:
		if ev := t.evidence(words); len(ev) > 0 {
			return r.Attach(ref, t.stamp(), ev...)
		}
	case v.key == "done" && errors.Is(err, checklist.ErrNeedEvidence):
		return r, t.askTask(r, task, "done")
	case errors.Is(err, errNoMoment):
		t.reply(messages.TaskHow{What: "hold", Example: v.example})
		return r, nil
	case errors.Is(err, checklist.ErrNeedReason) && v.key == "hold":
		t.reply(messages.TaskHow{What: "holdreason", Example: v.example})
		return r, nil
	}
	return r, t.refuseTask(r, ref, err)
}

// askTask leaves the question open that an answer lacks: the reason, the evidence, until when.
func (t *turn) askTask(r checklist.Run, task checklist.TaskState, key string) error {
	t.reply(messages.TaskAsk{What: key, N: task.N, Title: task.Title})
	return t.ask(Dialog{Ask: "viec", Data: map[string]string{"verb": key, "run": r.ID(), "ref": strconv.Itoa(task.N)}})
}

// answerAsked takes the answer to askTask; a number answers which task a photo is for.
func answerAsked(ctx context.Context, t *turn, c call) error {
	data := t.asked.Data
	g := aim{id: data["run"], words: strings.TrimSpace(c.arg)}
	if data["ref"] != "" {
		g.refs = []string{data["ref"]}
	} else {
		g = readTarget(c)
		g.id = data["run"]
	}
	if g.words == "" && t.u.File == nil && data["ref"] != "" || len(g.refs) == 0 {
		t.reply(messages.TaskHow{What: data["verb"], Example: verbOf(data["verb"]).example})
		return nil
	}
	if t.u.File == nil && data["file"] != "" {
		t.u.File = &chat.File{ID: data["file"], Photo: data["photo"] != ""}
	}
	t.done()
	return t.answerTasks(ctx, verbOf(data["verb"]), g)
}

func (t *turn) answered(r checklist.Run, task checklist.TaskState, v verb) messages.TaskAnswered {
	count := r.Progress(t.now)
	m := messages.TaskAnswered{
		N: task.N, Title: task.Title, What: v.key, By: t.me.Name, At: t.now, Note: messages.Cut(maxNote, task.Note), Due: task.Due,
		Done: count.Settled(), Left: count.Open + count.Late + count.Help, Files: len(task.Evidence),
	}
	if v.key == "done" && !task.At.Equal(t.now) {
		m.What = "evidence"
	}
	if v.key == "na" {
		m.Note = messages.Cut(maxNote, task.Reason)
	}
	if n := len(task.Holds); v.key == "hold" && n > 0 {
		m.Until, m.Note = task.Holds[n-1].Until, messages.Cut(maxNote, task.Holds[n-1].Reason)
	}
	return m
}

// evidence is what came along with an answer.
func (t *turn) evidence(note string) []checklist.Evidence {
	var out []checklist.Evidence
	if note = strings.TrimSpace(note); note != "" {
		kind := "text"
		if strings.HasPrefix(note, "http://") || strings.HasPrefix(note, "https://") {
			kind = "link"
		}
		out = append(out, checklist.Evidence{Kind: kind, Text: note})
	}
	if f := t.u.File; f != nil {
		kind := "file"
		if f.Photo {
			kind = "photo"
		}
		out = append(out, checklist.Evidence{Kind: kind, Text: f.Name, File: f.ID, Platform: string(t.u.To.Platform)})
	}
	return out
}

// onRun takes a reply to a list's card as an answer: "3", "3 đã đăng", a photo.
func (t *turn) onRun(ctx context.Context) (bool, error) {
	if !t.linked || t.u.Kind == chat.Group && !t.admitted || strings.TrimSpace(t.u.Text) == "" && t.u.File == nil {
		return false, nil
	}
	ref, ok, err := t.subject(ctx)
	if err != nil || !ok || ref.Kind != "run" {
		return false, err
	}
	g := readTarget(call{arg: t.u.Text})
	if len(g.refs) > 0 && taskNum.MatchString(g.refs[0]) && !isQuestion(t.u.Text) {
		g.id = ref.ID
		return true, t.answerTasks(ctx, verbOf("done"), g)
	}
	if t.u.File == nil || strings.TrimSpace(t.u.Text) != "" {
		return false, nil
	}
	data := map[string]string{"verb": "done", "run": ref.ID, "file": t.u.File.ID}
	if t.u.File.Photo {
		data["photo"] = "1"
	}
	t.reply(messages.TaskAsk{What: "which"})
	return true, t.ask(Dialog{Ask: "viec", Data: data})
}

// receive records that the unit has read the directive.
func receive(ctx context.Context, t *turn, c call) error {
	r, ok, err := t.runOf(ctx, verb{key: "rcv"}, aim{id: c.act.Arg(0)})
	if err != nil || !ok {
		return err
	}
	next, err := r.Receive(t.stamp())
	if err != nil {
		return t.refuse(err)
	}
	if c.act.Code == "" || !t.caps(t.u.To).Edit {
		t.reply(messages.RunReceived{ID: r.Directive, Name: t.me.Name, At: t.now})
	}
	if next, err = t.changed(ctx, r, next); err != nil {
		return err
	}
	return t.refreshRun(ctx, next, 0)
}
