package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/internal/window"
	"trucban/messages"
)

// nothing reports whether the words say that there is nothing to report.
func nothing(text string) bool {
	switch strings.Trim(viet.Fold(text), " .") {
	case "", "khong", "khong co", "khong co gi", "khong co su co", "0":
		return true
	}
	return false
}

// reportOrDetail takes what stands behind /baocao or /bc: "không" and words are the
// unit's report where one is asked for; else they name the place to look at.
func (t *turn) reportOrDetail(ctx context.Context, arg string, c call) error {
	if nothing(arg) {
		return fileNone(ctx, t, call{})
	}
	if _, _, _, ok := t.detailAsked(t.scope(), arg); !ok {
		if _, _, open, err := t.windowFor(ctx, call{}); err != nil {
			return err
		} else if open {
			return t.file(ctx, call{}, false, window.Form{Situation: c.arg})
		}
	}
	if t.me.Level() < team.LevelHead {
		t.reply(t.notAllowed(team.LevelHead, t.me.Unit))
		return nil
	}
	return showDetail(ctx, t, c)
}

// windowFor is the window and the unit a report goes to: the card's, else the open
// one that waits for the unit the sender acts for, else one that takes late reports.
func (t *turn) windowFor(ctx context.Context, c call) (w reportWindow, u team.UnitID, ok bool, err error) {
	u = t.actingUnit()
	if asked := team.UnitID(c.act.Arg(1)); asked != "" {
		u = asked
	}
	if id := c.act.Arg(0); id != "" {
		ok, err = t.get(ctx, windowRef(id), &w)
		return w, u, ok && t.mayActFor(u), err
	}
	all, err := t.windows(ctx)
	if err != nil {
		return w, u, false, err
	}
	rank := func(w reportWindow) int {
		switch {
		case w.Owes(u):
			return 3
		case w.Now != nil && slices.Contains(w.Now.Units, u):
			return 2
		case w.Now == nil && w.Last != nil && slices.Contains(w.Last.Units, u) && t.now.Before(w.Last.Closes.Add(window.LateFor)):
			return 1
		}
		return 0
	}
	best := 0
	for _, x := range all {
		if n := rank(x); n > best {
			best, w = n, x
		}
	}
	return w, u, best > 0, nil
}

// fileNone files "không có sự cố" in one gesture.
func fileNone(ctx context.Context, t *turn, c call) error { return t.file(ctx, c, true, window.Form{}) }

func (t *turn) file(ctx context.Context, c call, none bool, f window.Form) error {
	w, u, ok, err := t.windowFor(ctx, c)
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.ReportNotAsked{Unit: t.unitName(u)})
		return nil
	}
	next, rep, err := w.File(u, window.Stamp{By: t.me.ID, At: t.now}, none, f)
	switch {
	case errors.Is(err, window.ErrNotOpen), errors.Is(err, window.ErrNotAsked):
		t.reply(messages.ReportNotAsked{Unit: t.unitName(u)})
		return nil
	case errors.Is(err, window.ErrEmpty):
		return t.file(ctx, c, true, window.Form{})
	case err != nil:
		return fmt.Errorf("file a report: %w", err)
	}
	t.done()
	t.note("window.filed", windowRef(w.ID), u)
	t.reply(messages.ReportFiled{Name: t.me.Name, Unit: t.unitName(u), What: w.Name, At: t.now, None: none, Late: rep.Late, Again: rep.Changed > 0})
	w.Window = next
	return t.saveWindow(w)
}

// The three questions of the short form, in order.
var formSteps = []string{"situation", "issues", "proposals"}

// beginForm asks the first question of the short form.
func beginForm(ctx context.Context, t *turn, c call) error {
	w, u, ok, err := t.windowFor(ctx, c)
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.ReportNotAsked{Unit: t.unitName(u)})
		return nil
	}
	return t.askForm(map[string]string{"window": w.ID, "unit": string(u)}, formSteps[0])
}

func (t *turn) askForm(data map[string]string, step string) error {
	data["step"] = step
	t.reply(messages.ReportAsk{What: step}, []chat.Button{t.button("cancel", "hủy", "huy")})
	return t.ask(Dialog{Ask: "baocao", Data: data})
}

// answerForm takes one answer of the short form and asks the next question, or files.
func answerForm(ctx context.Context, t *turn, c call) error {
	data := t.asked.Data
	text := strings.TrimSpace(c.arg)
	if nothing(text) {
		text = ""
	}
	i := max(0, slices.Index(formSteps, data["step"]))
	data[formSteps[i]] = text
	if i+1 < len(formSteps) {
		return t.askForm(data, formSteps[i+1])
	}
	f := window.Form{Situation: data["situation"], Issues: data["issues"], Proposals: data["proposals"]}
	return t.file(ctx, call{act: Action{Args: []string{data["window"], data["unit"]}}}, f == (window.Form{}), f)
}
