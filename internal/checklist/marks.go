package checklist

import "strconv"

// Marks are the conditions that hold in this state, for guards of messages on
// their way: MarkOpen while the run is not closed, MarkReceipt while receipt is
// owed, MarkOwes while anything is, and TaskMark(n) while task n is.
func (r Run) Marks() []string {
	if r.Closed != nil {
		return nil
	}
	marks := []string{MarkOpen}
	owes := false
	for _, t := range r.Tasks {
		if !t.Dropped && t.State.open() {
			marks = append(marks, TaskMark(t.N))
			owes = true
		}
	}
	for _, v := range r.Vulns {
		owes = owes || !v.Answer.settled()
	}
	if r.Received == nil {
		marks = append(marks, MarkReceipt)
	}
	if owes {
		marks = append(marks, MarkOwes)
	}
	return marks
}

// Marks of a run.
const (
	MarkOpen    = "open"
	MarkReceipt = "receipt"
	MarkOwes    = "owes"
)

// TaskMark is the mark that holds while task n asks for an answer.
func TaskMark(n int) string { return "task:" + strconv.Itoa(n) }
