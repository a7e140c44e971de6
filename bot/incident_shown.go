package bot

import (
	"context"
	"time"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/messages"
)

// onShown offers to report a message somebody forwarded, or a picture somebody
// sent, in private without a word of what it is. It waits in the open question.
func (t *turn) onShown(_ context.Context) (bool, error) {
	picture := t.u.File != nil && t.u.File.Photo
	if !t.linked || t.u.Kind != chat.Private || t.u.Forward == nil && !picture {
		return false, nil
	}
	data := map[string]string{"text": t.u.Text, "msg": t.u.Message}
	m := messages.IncidentForwarded{Text: t.u.Text}
	if f := t.u.Forward; f != nil {
		data["from"], data["sent"], m.From = f.From, f.SentAt.UTC().Format(time.RFC3339), f.From
		if f.Text != "" {
			data["text"], m.Text = f.Text, f.Text
		}
	}
	if t.u.File != nil {
		data["file"], data["name"] = t.u.File.ID, t.u.File.Name
	}
	t.reply(m, []chat.Button{t.button("report", "/suco", "inc")})
	return true, t.ask(Dialog{Ask: "chuyentiep", Data: data})
}

// restoreShown takes what was forwarded before as part of this message.
func (t *turn) restoreShown() {
	d := t.asked.Data
	if d["file"] != "" && t.u.File == nil {
		t.u.File = &chat.File{ID: d["file"], Name: d["name"]}
	}
	if t.u.Forward == nil && (d["from"] != "" || d["text"] != "") {
		sent, _ := time.Parse(time.RFC3339, d["sent"]) // the zero time is one that is not known
		t.u.Forward = &chat.Quote{Message: d["msg"], From: d["from"], Text: d["text"], SentAt: sent}
	}
}

// answerShown: words after a forwarded message are a new message, not its description.
func answerShown(ctx context.Context, t *turn, c call) error {
	t.done()
	if done, err := t.onShown(ctx); done || err != nil {
		return err
	}
	t.reply(messages.NotUnderstood{Suggest: "/suco"})
	return nil
}

// realIncident reports a real incident during a drill, or says that one taken for a drill is real.
func realIncident(ctx context.Context, t *turn, c call) error {
	id, named := incident.FindID(c.arg, t.now)
	if !named {
		return t.report(ctx, c.arg, reportAs{real: true})
	}
	i, ok, err := t.incident(ctx, id)
	if err != nil || !ok {
		return err
	}
	next, err := i.Real(t.act())
	if err != nil {
		return t.refuseIncident(i, err)
	}
	if err := t.settleIncident(ctx, call{}, "real", next); err != nil {
		return err
	}
	return t.announce(ctx, next)
}
