package checklist

import "time"

// Page is a part of a list that fits one message with its buttons.
type Page struct {
	Tasks []TaskState
	Page  int // 1..Pages
	Pages int // at least 1
	Total int
}

// Page cuts the tasks to ask for into pages of the size; a page number out of range is brought into it.
func (r Run) Page(page, size int) Page { return paged(r.live(), page, size) }

// OpenPage is Page over the tasks that are not settled, for lists collapsed to what is left.
func (r Run) OpenPage(page, size int, now time.Time) Page {
	var open []TaskState
	for _, t := range r.live() {
		if !t.State.settled() && t.Shown(now) != StateWaiting {
			open = append(open, t)
		}
	}
	return paged(open, page, size)
}

func (r Run) live() []TaskState {
	var out []TaskState
	for _, t := range r.Tasks {
		if !t.Dropped {
			out = append(out, t)
		}
	}
	return out
}

func paged(tasks []TaskState, page, size int) Page {
	size = max(size, 1)
	p := Page{Total: len(tasks), Pages: max(1, (len(tasks)+size-1)/size)}
	p.Page = min(max(page, 1), p.Pages)
	from := (p.Page - 1) * size
	p.Tasks = tasks[from:min(from+size, len(tasks))]
	return p
}

// PageOf is the page a task stands on, so that a tick redraws the page it was pressed on.
func (r Run) PageOf(n, size int) int {
	for i, t := range r.live() {
		if t.N == n {
			return i/max(size, 1) + 1
		}
	}
	return 1
}

// StandingOn lists the standing tasks of the unit's current round, for the shift card.
func (r Run) StandingOn(shift string) []TaskState {
	var out []TaskState
	for _, t := range r.live() {
		if t.Kind == Standing && t.Key == shift && !t.Unseen {
			out = append(out, t)
		}
	}
	return out
}
