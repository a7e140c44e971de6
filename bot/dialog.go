package bot

import (
	"context"
	"time"

	"trucban/messages"
)

// Dialog is the question that was asked last in a chat of one person.
type Dialog struct {
	Ask  string            `json:"ask"` // which question; a key of answers
	Data map[string]string `json:"data,omitempty"`
}

// dialogTTL is how long a question waits for its answer.
const dialogTTL = 15 * time.Minute

// answers maps a question to what is done with the answer.
func answers() map[string]func(context.Context, *turn, call) error {
	return map[string]func(context.Context, *turn, call) error{
		"vanban": continueDirective,
		"sua":    editAsked,
		"mau":    packAsked,
		"viec":   answerAsked,
		"desk":   deskAsked,
		"lohong": vulnAsked,
		"giao":   handoutAsked,
		"suco":   reportIncident,

		"baocao": answerForm,

		"hoi":        typedAnswer,
		"chon":       answerChoice,
		"lydo":       answerReason,
		"chuyentiep": answerShown,

		askUndo:   undoImport,
		askPeriod: showPeriodAgain,
		askLink:   answerOffer,
		askImport: func(ctx context.Context, t *turn, c call) error { return t.answerImport(ctx, c) },
	}
}

// ask leaves a question open for this person in this chat.
func (t *turn) ask(d Dialog) error {
	return t.put(dialogRef(t.u.To, t.u.From), d, Doc{TTL: dialogTTL, Version: AnyVersion})
}

// done closes the open question.
func (t *turn) done() {
	if t.asked != nil {
		t.write(Doc{Ref: dialogRef(t.u.To, t.u.From), Version: AnyVersion})
		t.asked = nil
	}
}

// answer takes a message that is no command as the answer to the open question.
func (t *turn) answer(ctx context.Context) error {
	h, ok := answers()[t.asked.Ask]
	if !ok {
		t.done()
		return nil
	}
	return h(ctx, t, call{arg: t.u.Text})
}

func cancel(_ context.Context, t *turn, _ call) error {
	had := t.asked != nil
	t.done()
	t.reply(messages.Cancelled{Had: had})
	return nil
}
