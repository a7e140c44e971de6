package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

func (t *turn) vulnLine(n int, v checklist.VulnState) messages.VulnLine {
	l := messages.VulnLine{N: n, Name: v.ID, About: messages.Cut(100, v.About), State: string(v.Answer), Until: v.Until, Due: v.Due, At: v.At, Note: messages.Cut(maxNote, v.Note)}
	if v.By != "" {
		l.By = t.memberName(v.By)
	}
	return l
}

func (t *turn) vulnLines(r checklist.Run, ids []string) []messages.VulnLine {
	var out []messages.VulnLine
	for i, v := range r.Vulns {
		if slices.Contains(ids, v.ID) {
			out = append(out, t.vulnLine(i+1, v))
		}
	}
	return out
}

// vulnCardButton opens the weaknesses of a run that still has any to answer.
func (t *turn) vulnCardButton(r checklist.Run) [][]chat.Button {
	if r.Closed != nil {
		return nil
	}
	open := slices.ContainsFunc(r.Vulns, func(v checklist.VulnState) bool {
		return v.Answer != checklist.VulnNotUsed && v.Answer != checklist.VulnPatched
	})
	if !open {
		return nil
	}
	return [][]chat.Button{{t.button("vulns", "lỗ hổng", "vul", r.ID())}}
}

// vulnAnswers are the words of the closed set, folded, the longer first.
var vulnAnswers = []struct {
	words  string
	answer checklist.VulnAnswer
}{
	{"khong dung", checklist.VulnNotUsed}, {"khong su dung", checklist.VulnNotUsed}, {"khong co", checklist.VulnNotUsed},
	{"da va", checklist.VulnPatched}, {"da cap nhat", checklist.VulnPatched}, {"va xong", checklist.VulnPatched},
	{"dang va", checklist.VulnPatching}, {"dang cap nhat", checklist.VulnPatching},
	{"can tro", checklist.VulnNeedHelp}, {"can ho tro", checklist.VulnNeedHelp}, {"can giup", checklist.VulnNeedHelp},
}

// cutVulnAnswer reads "đang vá đến 10/02 chờ nhà cung cấp".
func cutVulnAnswer(s string, now time.Time) (a checklist.VulnReply, ok bool) {
	words := strings.Fields(s)
	for n := min(3, len(words)); n > 0; n-- {
		head := viet.Fold(strings.Join(words[:n], " "))
		for _, w := range vulnAnswers {
			if head != w.words {
				continue
			}
			a.Answer, a.Note = w.answer, strings.Join(words[n:], " ")
			if a.Answer == checklist.VulnNeedHelp {
				a.Note = strings.TrimPrefix(strings.TrimPrefix(a.Note, "giúp "), "giúp")
			}
			if a.Answer == checklist.VulnPatching {
				if at, rest, ok := cutDay(a.Note, now); ok {
					a.Until, a.Note = at, rest
				}
			}
			return a, true
		}
	}
	return a, false
}

// cutDay is cutMoment, or a day alone, which means the end of its office hours.
func cutDay(s string, now time.Time) (at time.Time, rest string, ok bool) {
	if at, rest, ok := cutMoment(s, now); ok {
		return at, rest, true
	}
	words := strings.Fields(s)
	for len(words) > 0 && (viet.Fold(words[0]) == "den" || viet.Fold(words[0]) == "truoc" || viet.Fold(words[0]) == "het") {
		words = words[1:]
	}
	for n := min(len(words), 6); n > 0; n-- {
		if r, err := calendar.ParseDate(strings.TrimRight(strings.Join(words[:n], " "), ",.;:"), now); err == nil {
			return r.Date.At(endOfWork).UTC(), strings.Join(words[n:], " "), true
		}
	}
	return time.Time{}, "", false
}

// vulns answers /lohong: the unit's weaknesses and its answer to one of them;
// leaders and the desk get the total of their units.
func vulns(ctx context.Context, t *turn, c call) error {
	id, rest := cutListID(c.arg)
	if c.act.Code != "" {
		id, rest = c.act.Arg(0), ""
		if n := c.act.Arg(1); n != "" {
			rest = n + " " + map[string]string{"n": "không dùng", "p": "đã vá", "g": "đang vá", "h": "cần trợ giúp"}[c.act.Arg(2)]
		}
	}
	if rest == "" && c.act.Code == "" && t.me.Level() >= team.LevelLeader && (t.u.Kind == chat.Private || t.room.Purpose != ForUnit) {
		return t.vulnTotals(ctx, id)
	}
	r, ok, err := t.vulnRun(ctx, id)
	if err != nil || !ok {
		return err
	}
	ref, words, _ := strings.Cut(rest, " ")
	i := vulnIndex(r, ref)
	switch {
	case rest == "":
		t.showVulns(r)
		return nil
	case i < 0:
		t.reply(messages.TaskHow{What: "vuln", Example: "/lohong 1 đã vá"})
		return nil
	case strings.TrimSpace(words) == "":
		t.showVuln(r, i)
		return nil
	}
	a, ok := cutVulnAnswer(words, t.now)
	if !ok {
		t.showVuln(r, i)
		return nil
	}
	return t.answerVuln(ctx, r, i, a)
}

// vulnAsked takes the words that were asked for: until when it is going to be patched.
func vulnAsked(ctx context.Context, t *turn, c call) error {
	data := t.asked.Data
	r, ok, err := t.runNamed(ctx, data["run"])
	if err != nil || !ok {
		return err
	}
	i, _ := strconv.Atoi(data["n"])
	if i < 1 || i > len(r.Vulns) {
		t.done()
		t.reply(messages.OldButton{})
		return nil
	}
	at, rest, ok := cutDay(c.arg, t.now)
	if !ok {
		t.reply(messages.TaskHow{What: "until", Example: "17h 10/02"})
		return nil
	}
	t.done()
	return t.answerVuln(ctx, r, i-1, checklist.VulnReply{Answer: checklist.VulnPatching, Until: at, Note: rest})
}

// vulnRun is the run that is meant: the one named, else the unit's newest that asks about weaknesses.
func (t *turn) vulnRun(ctx context.Context, id string) (checklist.Run, bool, error) {
	unit := t.actingUnit()
	if id != "" {
		if !strings.Contains(id, "/") {
			id = checklist.RunID(id, unit)
		}
		return t.runNamed(ctx, id)
	}
	runs, err := t.openRuns(ctx, unit)
	if err != nil {
		return checklist.Run{}, false, err
	}
	for _, r := range runs {
		if len(r.Vulns) > 0 {
			return r, true, nil
		}
	}
	t.reply(messages.NoVulns{Unit: t.unitName(unit)})
	return checklist.Run{}, false, nil
}

func vulnIndex(r checklist.Run, ref string) int {
	if n, err := strconv.Atoi(ref); err == nil && n >= 1 && n <= len(r.Vulns) {
		return n - 1
	}
	return slices.IndexFunc(r.Vulns, func(v checklist.VulnState) bool { return ref != "" && strings.EqualFold(v.ID, ref) })
}

func (t *turn) showVulns(r checklist.Run) {
	m := messages.Vulns{ID: r.Directive, Unit: t.unitName(r.Unit)}
	var rows [][]chat.Button
	for i, v := range r.Vulns {
		m.Lines = append(m.Lines, t.vulnLine(i+1, v))
		n := strconv.Itoa(i + 1)
		if len(rows) < pageSize {
			b := t.button("vulns", "/lohong "+n, "vul", r.ID(), n)
			b.Label = n + ". " + messages.Cut(40, v.ID)
			rows = append(rows, []chat.Button{b})
		}
	}
	t.reply(m, rows...)
}

func (t *turn) showVuln(r checklist.Run, i int) {
	n := strconv.Itoa(i + 1)
	can := func(key, word string) chat.Button {
		return t.button("vuln."+key, "/lohong "+n+" "+word, "vul", r.ID(), n, key)
	}
	t.reply(messages.Vulns{ID: r.Directive, Unit: t.unitName(r.Unit), Lines: []messages.VulnLine{t.vulnLine(i+1, r.Vulns[i])}, One: true},
		[]chat.Button{can("n", "không dùng"), can("p", "đã vá")}, []chat.Button{can("g", "đang vá đến 10/02"), can("h", "cần trợ giúp")})
}

func (t *turn) answerVuln(ctx context.Context, r checklist.Run, i int, a checklist.VulnReply) error {
	next, err := r.AnswerVuln(r.Vulns[i].ID, t.stamp(), a)
	if errors.Is(err, checklist.ErrNeedUntil) {
		t.reply(messages.TaskAsk{What: "until", N: i + 1, Title: r.Vulns[i].ID})
		return t.ask(Dialog{Ask: "lohong", Data: map[string]string{"run": r.ID(), "n": strconv.Itoa(i + 1)}})
	}
	if err != nil {
		return t.refuse(err)
	}
	left := 0
	for _, v := range next.Vulns {
		if v.Answer == "" {
			left++
		}
	}
	t.reply(messages.VulnAnswered{Line: t.vulnLine(i+1, next.Vulns[i]), Left: left})
	if a.Answer == checklist.VulnNeedHelp {
		m := messages.VulnForDesk{Unit: t.unitName(r.Unit), ID: r.Directive, Name: r.Vulns[i].ID, By: t.me.Name, Note: a.Note}
		if err := t.tellDesk(ctx, r.Unit, "reminder", chat.Message{Text: t.text(m)}, "lỗ hổng cần trợ giúp"); err != nil {
			return err
		}
	}
	if next, err = t.changed(ctx, r, next); err != nil {
		return err
	}
	return t.refreshRun(ctx, next, 0)
}

// vulnTotals is the answer of all units the sender may see.
func (t *turn) vulnTotals(ctx context.Context, id string) error {
	d, runs, ok, err := t.directiveWithRuns(ctx, id)
	if err != nil || !ok {
		return err
	}
	m := messages.VulnTotals{ID: d.ID, Title: d.Title}
	for _, v := range checklist.VulnTotals(runs) {
		m.Rows = append(m.Rows, messages.VulnTotalLine{
			Name: v.ID, About: messages.Cut(80, v.About), NotUsed: v.NotUsed, Patched: v.Patched, Patching: v.Patching, Help: v.NeedHelp,
			Silent: v.Silent, Exposed: t.labels(v.Exposed), Unheard: t.labels(v.Unheard),
		})
	}
	if len(m.Rows) == 0 {
		t.reply(messages.NoVulns{Unit: t.unitName(t.scope())})
		return nil
	}
	t.reply(m)
	return nil
}

// maxNames bounds how many units are named in a line; the rest is counted.
const maxNames = 12

// labels are the short names of units.
func (t *turn) labels(units []team.UnitID) []string {
	var out []string
	for i, id := range units {
		if i == maxNames {
			return append(out, "+"+strconv.Itoa(len(units)-maxNames))
		}
		if u, ok := t.town.Org.Unit(id); ok {
			out = append(out, u.Label())
		} else {
			out = append(out, string(id))
		}
	}
	return out
}
