package bot

import (
	"errors"
	"fmt"

	"trucban/internal/checklist"
	"trucban/messages"
)

// faultText is the one table from a concept's refusal to the sentence a person
// reads (a "say." label); refusals that need more than a sentence are answered by their handler.
var faultText = []struct {
	err error
	say string
	ex  string
}{
	{checklist.ErrNotDraft, "notdraft", "/nhiemvu"},
	{checklist.ErrNoUnits, "nounits", "/huy"},
	{checklist.ErrEmpty, "notasks", "/vanban"},
	{checklist.ErrReceived, "received", "/nhiemvu"},
	{checklist.ErrNeedEvidence, "evidence", "/xong 3 đã đăng tại https://…"},
	{checklist.ErrClosed, "docclosed", "/nhiemvu"},
	{checklist.ErrNotIssued, "notissued", "/doichieu"},
	{checklist.ErrNotSettled, "notsettled", "/nhiemvu"},
	{checklist.ErrNotRefusable, "notrefusable", "/doichieu"},
	{checklist.ErrNotHelpWanted, "nohelp", "/doichieu"},
	{checklist.ErrHoldTooLong, "holdlong", "/hoan 3 đến 9h mai chờ linh kiện"},
	{checklist.ErrTooManyHolds, "holdmany", "/cantro 3 nội dung"},
	{checklist.ErrNoDeadline, "nodeadline", "/nhiemvu"},
	{checklist.ErrBadKind, "badkind", "/sua 1.2 hạn 03/02 17h"},
	{checklist.ErrNeedReason, "needreason", "/khongapdung 3 đơn vị không dùng F5"},
}

// refuse answers a concept's refusal by the table; a fault that is not in it is returned and gets an apology.
func (t *turn) refuse(err error) error {
	for _, f := range faultText {
		if errors.Is(err, f.err) {
			t.reply(messages.Usage{What: t.label("say." + f.say), Example: f.ex})
			return nil
		}
	}
	return err
}

func (t *turn) refuseTask(r checklist.Run, ref string, err error) error {
	task, findErr := r.Find(ref)
	switch {
	case errors.Is(err, checklist.ErrNoTask) || findErr != nil:
		return t.refused(messages.NoSuchTask{Ref: ref, Total: len(r.Tasks)})
	case errors.Is(err, checklist.ErrSettled):
		t.reply(messages.TaskAlready{N: task.N, By: t.memberName(task.By), At: task.At})
		return nil
	}
	if err := t.refuse(err); err != nil {
		return fmt.Errorf("task %s of %s: %w", ref, r.ID(), err)
	}
	return nil
}
