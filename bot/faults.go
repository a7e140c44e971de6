package bot

import (
	"errors"
	"fmt"

	"trucban/internal/checklist"
	"trucban/messages"
)

// faultText is the one table from a concept's refusal to the sentence a person
// reads; refusals that need more than a sentence are answered by their handler.
var faultText = []struct {
	err  error
	what string
	ex   string
}{
	{checklist.ErrNotDraft, "Văn bản này đã ban hành, không sửa được nữa.", "/nhiemvu"},
	{checklist.ErrNoUnits, "Chưa có đơn vị nào khớp với các nhóm trong văn bản nên chưa ban hành được. Đề nghị bổ sung nhãn (tags) cho đơn vị.", "/huy"},
	{checklist.ErrEmpty, "Văn bản không còn nhiệm vụ nào.", "/vanban"},
	{checklist.ErrReceived, "Đơn vị đã xác nhận nhận văn bản này.", "/nhiemvu"},
	{checklist.ErrNeedEvidence, "Việc này cần minh chứng: gửi kèm ảnh, tệp hoặc mô tả.", "/xong 3 đã đăng tại https://…"},
	{checklist.ErrClosed, "Văn bản này đã kết thúc.", "/nhiemvu"},
	{checklist.ErrNotIssued, "Văn bản này chưa ban hành hoặc đã kết thúc.", "/doichieu"},
	{checklist.ErrNotSettled, "Việc này chưa có trả lời nào để hoàn tác.", "/nhiemvu"},
	{checklist.ErrNotRefusable, "Đơn vị không còn báo không áp dụng ở việc này.", "/doichieu"},
	{checklist.ErrNotHelpWanted, "Đơn vị không còn cần trợ giúp ở việc này.", "/doichieu"},
	{checklist.ErrHoldTooLong, "Chỉ hoãn nhắc trong vòng 24 giờ tới.", "/hoan 3 đến 9h mai chờ linh kiện"},
	{checklist.ErrTooManyHolds, "Việc này đã hoãn nhắc 3 lần, không hoãn thêm được. Cần thì báo trợ giúp.", "/cantro 3 nội dung"},
	{checklist.ErrNoDeadline, "Việc này không có hạn nên không có nhắc để hoãn.", "/nhiemvu"},
	{checklist.ErrBadKind, "Thay đổi này không dùng được ở đây.", "/sua 1.2 hạn 03/02 17h"},
	{checklist.ErrNeedReason, "Đề nghị ghi lý do.", "/khongapdung 3 đơn vị không dùng F5"},
}

// refuse answers a concept's refusal by the table; a fault that is not in it is returned and gets an apology.
func (t *turn) refuse(err error) error {
	for _, f := range faultText {
		if errors.Is(err, f.err) {
			t.reply(messages.Usage{What: f.what, Example: f.ex})
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
