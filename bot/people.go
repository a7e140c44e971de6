package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/sheet"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// lack is what keeps a person from being reached: "" when nothing does.
func (t *turn) lack(m team.Member) (string, error) {
	var r Reach
	if _, err := t.read(reachRef(m.ID), &r); err != nil {
		return "", err
	}
	if _, ok := r.Best(); ok {
		if m.Phone == "" {
			return "phone", nil
		}
		return "", nil
	}
	switch {
	case len(r.Doors) == 0:
		return "unlinked", nil
	case hasBlocked(r):
		return "blocked", nil
	}
	return "notstarted", nil
}

func hasBlocked(r Reach) bool {
	for _, d := range r.Doors {
		if d.Blocked {
			return true
		}
	}
	return false
}

// maxUnits keeps the matrix on a phone's screen; the workbook has all of it.
const maxUnits = 8

// showPeople is "/nguoi", "/nguoi vhxh", "/nguoi xuất": who is not linked, has not
// opened the private chat, has blocked it or has no phone, by unit.
func showPeople(ctx context.Context, t *turn, c call) error {
	arg, export := strings.TrimSpace(c.arg), false
	for _, word := range []string{"xuất", "xuat", "xlsx"} {
		if rest, ok := strings.CutSuffix(arg, word); ok {
			arg, export = strings.TrimSpace(rest), true
			break
		}
	}
	top := t.scope()
	if arg != "" {
		u, ok := t.findUnit(arg)
		if !ok {
			t.reply(messages.Usage{What: t.label("say.nounit"), Example: "/nguoi " + string(t.me.Unit)})
			return nil
		}
		top = u.ID
	}
	if !t.town.Org.May(t.me, team.LevelHead, top) {
		t.reply(t.notAllowed(team.LevelHead, top))
		return nil
	}
	msg, rows, err := t.peopleMatrix(ctx, top)
	if err != nil {
		return err
	}
	var file *chat.Attachment
	if export {
		data, err := sheet.WriteTable(sheet.Table{Name: t.sheet("people.name"), Title: t.sheet("people.title") + " – " + msg.Unit, Heads: t.heads("people"), Widths: []float64{32, 28, 40}, Rows: rows})
		if err != nil {
			return fmt.Errorf("write the people matrix: %w", err)
		}
		file = &chat.Attachment{Name: "nguoi-truc.xlsx", MIME: mimeXLSX, Data: data, Fallback: t.label("sheet.nofile")}
	}
	t.replyFile(msg, file)
	return nil
}

// lackWord is what is missing, in the words of the exported list.
func (t *turn) lackWord(what string) string {
	if what == "" {
		what = "none"
	}
	return t.sheet("lack." + what)
}

// peopleMatrix counts and names, unit by unit, who cannot be reached.
func (t *turn) peopleMatrix(ctx context.Context, top team.UnitID) (messages.PeopleMatrix, [][]string, error) {
	var units []team.Unit
	for _, u := range t.town.Org.Units {
		if t.town.Org.Within(u.ID, top) {
			units = append(units, u)
		}
	}
	if err := t.loadReach(ctx, units); err != nil {
		return messages.PeopleMatrix{}, nil, err
	}
	return t.matrixOf(t.unitName(top), units)
}

// loadReach reads the doors of everybody in the units in one round trip.
func (t *turn) loadReach(ctx context.Context, units []team.Unit) error {
	var refs []Ref
	for _, u := range units {
		for _, m := range t.town.Org.In(u.ID) {
			refs = append(refs, reachRef(m.ID))
		}
	}
	return t.load(ctx, refs...)
}

// matrixOf is the matrix of these units; the doors of their people must be loaded.
func (t *turn) matrixOf(title string, units []team.Unit) (messages.PeopleMatrix, [][]string, error) {
	msg := messages.PeopleMatrix{Unit: title}
	var rows [][]string
	for _, u := range units {
		lacking := map[string][]string{}
		for _, m := range t.town.Org.In(u.ID) {
			what, err := t.lack(m)
			if err != nil {
				return msg, nil, err
			}
			msg.Total++
			rows = append(rows, []string{u.Name, m.Name, t.lackWord(what)})
			if what == "" {
				msg.Ready++
				continue
			}
			lacking[what] = append(lacking[what], m.Name)
		}
		if len(lacking) == 0 {
			continue
		}
		if len(msg.Units) == maxUnits {
			msg.More++
			continue
		}
		msg.Units = append(msg.Units, messages.PeopleUnit{
			Unit: u.Name, Unlinked: someNames(lacking["unlinked"]), NotStarted: someNames(lacking["notstarted"]),
			Blocked: someNames(lacking["blocked"]), NoPhone: someNames(lacking["phone"]),
		})
	}
	return msg, rows, nil
}

// mostNames keeps one line of the matrix readable.
const mostNames = 12

// someNames are the first of the names, with how many more there are.
func someNames(names []string) []string {
	if len(names) <= mostNames {
		return names
	}
	return append(slices.Clone(names[:mostNames]), fmt.Sprintf("+%d", len(names)-mostNames))
}

// Tries counts the wrong codes of one account.
type Tries struct {
	N     int       `json:"n"`
	Since time.Time `json:"since"`
}

const (
	maxTries = 5
	triesTTL = 24 * time.Hour
)

func triesRef(a chat.Account) Ref { return Ref{"tries", a.Key()} }

// locked reports whether the account has tried too many wrong codes within a day; it is told so.
func (t *turn) locked(ctx context.Context) (bool, error) {
	var n Tries
	if _, err := t.get(ctx, triesRef(t.u.From), &n); err != nil {
		return false, err
	}
	if n.N < maxTries {
		return false, nil
	}
	t.reply(messages.CodeLocked{Account: t.u.From.ID})
	return true, nil
}

// lockedNow reports whether this turn's wrong try was one too many.
func (t *turn) lockedNow() bool {
	var n Tries
	_, err := t.read(triesRef(t.u.From), &n)
	return err == nil && n.N >= maxTries
}

// wrongTry counts a wrong code or number and answers; the desk is told when the account is locked by it.
func (t *turn) wrongTry(ctx context.Context, answer any) error {
	var n Tries
	if _, err := t.get(ctx, triesRef(t.u.From), &n); err != nil {
		return err
	}
	if n.N == 0 {
		n.Since = t.now
	}
	n.N++
	if err := t.put(triesRef(t.u.From), n, Doc{TTL: triesTTL}); err != nil {
		return err
	}
	if n.N < maxTries {
		t.reply(answer)
		return nil
	}
	t.note("link.locked", triesRef(t.u.From), "")
	t.reply(messages.CodeLocked{Account: t.u.From.ID})
	msg := messages.CodeGuessing{Account: t.u.From.ID, Name: viet.Line(t.u.From.Name), Times: n.N, Since: n.Since}
	return t.tellDesk(ctx, t.town.Org.Root(), outbox.Missed, chat.Message{Text: t.text(msg)}, "nhập sai mã nhiều lần")
}
