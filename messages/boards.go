package messages

import "time"

// BoardLink goes with the button that opens the board; Ready is false where there is no board.
type BoardLink struct {
	Name  string
	Ready bool
	Until time.Time
}

// BoardCount is a figure on the board in words; What is one of boardCounts.
type BoardCount struct {
	What string
	N, M int
}

// BoardRefused is why a page of the board is not shown: its title, and in the line
// below what to do. Why is one of boardRefusals.
type BoardRefused struct{ Why string }

var (
	boardCounts   = []string{"minutes", "hours", "days", "late", "clocklate", "more", "moreunits", "tasksmore", "below", "found", "page", "unacked", "missed", "unreachable", "overdue", "open", "unreported"}
	boardRefusals = []string{"session", "scope", "busy", "used", "late", "forged", "out", "telegram", "unlinked", "long", "failed"}
)

func boards() []any {
	at := time.Date(2027, 2, 5, 9, 0, 0, 0, time.UTC)
	out := []any{BoardLink{"Nguyễn Văn An", true, at}, BoardLink{Name: "Nguyễn Văn An"}}
	for _, what := range boardCounts {
		out = append(out, BoardCount{what, 3, 12})
	}
	for _, why := range boardRefusals {
		out = append(out, BoardRefused{why})
	}
	return out
}

// boardLabels are the fixed words of the board's pages.
func boardLabels() []string {
	var out []string
	for _, key := range []string{
		"title", "skip", "logout", "viewer", "units", "figures", "asof", "now", "next", "checkins", "incidents", "reports", "lost", "health", "none",
		"noneyet", "noincident", "time", "unit", "name", "result", "done", "due", "missing", "noowner", "light.green", "light.amber", "light.red",
		"justnow", "find", "findit", "notfound", "before", "after", "clear", "worst", "present", "late", "tasks", "open", "unreported", "state.ontime",
		"state.missing", "state.absent", "state.excused", "state.covered", "state.ahead", "post.leader", "post.desk", "post.tech", "cell.done",
		"cell.late", "cell.na", "cell.help", "cell.open", "cell.waiting", "attention", "fine", "store", "clock", "dead", "ok", "unreachable", "intime",
		"sends", "deaf", "scope.all", "trial", "once", "opening", "openit", "js.failed", "js.stale", "js.lost", "js.needed", "js.button",
	} {
		out = append(out, "board."+key)
	}
	return out
}
