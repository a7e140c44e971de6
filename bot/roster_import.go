package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/roster"
	"trucban/internal/sheet"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// Import is a roster file on its way into the roster: it waits for the answers
// and the consent of the person who sent it. A person has one at a time.
type Import struct {
	ID      string                   `json:"id"`
	Name    string                   `json:"name"`
	Data    []byte                   `json:"data"` // read again at each step, so that nothing but the file itself counts
	Unit    team.UnitID              `json:"unit"`
	At      time.Time                `json:"at"`
	Answers map[string]team.MemberID `json:"answers,omitempty"`
	Digest  string                   `json:"digest,omitempty"` // of the difference that was shown; "" while questions are open
}

func importRef(m team.MemberID) Ref { return Ref{"import", string(m)} }

const (
	importTTL = 24 * time.Hour
	askImport = "naplich"
)

// importRoster takes a roster file, "/naplich" or "/naplich vhxh" beside it.
// Nothing of it counts before the sender has seen what would change and agreed.
func importRoster(ctx context.Context, t *turn, c call) error {
	if c.act.Code != "" {
		return t.answerImport(ctx, c)
	}
	unit, ok := t.importUnit(c.arg)
	if !ok {
		return nil
	}
	if t.u.File == nil || t.u.File.Photo {
		t.reply(messages.RosterAsk{Unit: t.unitName(unit)})
		return t.ask(Dialog{Ask: askImport, Data: map[string]string{"unit": string(unit)}})
	}
	return t.takeRoster(ctx, unit)
}

// importUnit is the unit a file is for: the one named, else that of the group, else the sender's own.
func (t *turn) importUnit(arg string) (team.UnitID, bool) {
	unit := t.scope()
	if word := strings.TrimSpace(arg); word != "" {
		u, ok := t.findUnit(word)
		if !ok {
			t.reply(messages.Usage{What: t.label("say.nounit"), Example: "/naplich " + string(t.me.Unit)})
			return "", false
		}
		unit = u.ID
	}
	if !t.town.Org.May(t.me, team.LevelHead, unit) {
		t.reply(t.notAllowed(team.LevelDesk, t.me.Unit))
		return "", false
	}
	return unit, true
}

func (t *turn) takeRoster(ctx context.Context, unit team.UnitID) error {
	t.done()
	name := viet.Line(t.u.File.Name)
	files, ok := t.b.Files[t.u.To.Platform]
	var data []byte
	err := chat.ErrTooLarge // where a platform hands out no files, none is small enough
	if ok {
		data, err = fetch(ctx, files, *t.u.File, MaxRoster)
	}
	switch {
	case errors.Is(err, chat.ErrTooLarge):
		t.reply(messages.RosterRefused{File: name, Reason: "Tệp quá lớn hoặc nền tảng này không nhận tệp. Đề nghị gửi tệp dưới " + megabytes(MaxRoster) + ", mỗi đơn vị một tệp."})
		return nil
	case err != nil:
		t.b.Log.Warn().Err(err).Str("update", t.u.ID).Msg("roster file not fetched")
		t.reply(messages.RosterRefused{File: name, Reason: "Không tải được tệp. Đề nghị gửi lại."})
		return nil
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(t.cause))
	return t.showImport(ctx, Import{ID: strconv.FormatUint(uint64(h.Sum32()), 36), Name: name, Data: data, Unit: unit, At: t.now})
}

// matchImport reads the file again with the answers given so far; ok is false when the sender was told why it cannot be read.
func (t *turn) matchImport(d Import) (sheet.Matched, bool, error) {
	rows, err := sheet.Read(d.Name, d.Data, t.now)
	var refusal *sheet.Refusal
	if errors.As(err, &refusal) {
		t.reply(messages.RosterRefused{File: d.Name, Reason: refusal.Text})
		return sheet.Matched{}, false, nil
	}
	if err != nil {
		return sheet.Matched{}, false, fmt.Errorf("read a roster: %w", err)
	}
	return sheet.Match(rows, &t.town.Org, sheet.Options{Unit: d.Unit, Answers: d.Answers}), true, nil
}

// showImport asks the next question of a file, or shows what it would change.
func (t *turn) showImport(ctx context.Context, d Import) error {
	m, ok, err := t.matchImport(d)
	if err != nil || !ok {
		return err
	}
	if !m.Ready() {
		d.Digest = ""
		if err := t.askWho(d, m); err != nil {
			return err
		}
		return t.put(importRef(t.me.ID), d, Doc{TTL: importTTL, Version: AnyVersion})
	}
	p, err := t.preview(ctx, d, m)
	if err != nil {
		return err
	}
	msg := p.message(t, d)
	var buttons [][]chat.Button
	if !p.diff.Empty() {
		d.Digest = p.digest()
		buttons = append(buttons, []chat.Button{t.button("confirm", "đồng ý", "yes", askImport, d.ID), t.button("cancel", "hủy", "huy")})
	}
	t.replyFile(msg, p.listing(t, d), buttons...)
	if p.diff.Empty() {
		t.done()
		return nil
	}
	if err := t.put(importRef(t.me.ID), d, Doc{TTL: importTTL, Version: AnyVersion}); err != nil {
		return err
	}
	return t.ask(Dialog{Ask: askImport, Data: map[string]string{"id": d.ID}})
}

// maxChoices keeps a question on a phone's screen.
const maxChoices = 8

// askWho asks about the first name that fits no one person for certain.
func (t *turn) askWho(d Import, m sheet.Matched) error {
	q := m.Questions[0]
	msg := messages.RosterQuestion{Kind: string(q.Kind), Name: q.Name, Title: q.Title, Unit: t.unitName(q.Unit), Places: q.Places, Times: q.Times, Left: len(m.Questions) - 1}
	var rows [][]chat.Button
	for i, id := range q.Candidates {
		if i == maxChoices {
			break
		}
		who, _ := t.town.Org.Member(id)
		label := strconv.Itoa(i+1) + ". " + who.Name + " (" + t.unitName(who.Unit) + ")"
		msg.Choices = append(msg.Choices, label)
		b := t.button("who", strconv.Itoa(i+1), "nap", d.ID, strconv.Itoa(len(d.Answers)), strconv.Itoa(i+1))
		b.Label = label
		rows = append(rows, []chat.Button{b})
	}
	skip := t.button("skip", "bỏ qua", "nap", d.ID, strconv.Itoa(len(d.Answers)), "0")
	rows = append(rows, []chat.Button{skip, t.button("cancel", "hủy", "huy")})
	t.reply(msg, rows...)
	return t.ask(Dialog{Ask: askImport, Data: map[string]string{"id": d.ID, "step": strconv.Itoa(len(d.Answers))}})
}

// answerImport takes the file that was asked for, or the answer to a question about it.
func (t *turn) answerImport(ctx context.Context, c call) error {
	if t.u.File != nil && !t.u.File.Photo {
		unit := t.scope()
		if t.asked != nil && t.asked.Data["unit"] != "" {
			unit = team.UnitID(t.asked.Data["unit"])
		}
		return t.takeRoster(ctx, unit)
	}
	id, step, said := c.act.Arg(0), c.act.Arg(1), c.act.Arg(2)
	if c.act.Code == "" {
		id, step, said = t.asked.Data["id"], t.asked.Data["step"], strings.TrimSpace(c.arg)
	}
	if id == "" {
		t.reply(messages.RosterAsk{Unit: t.unitName(t.scope())})
		return nil
	}
	var d Import
	ok, err := t.get(ctx, importRef(t.me.ID), &d)
	if err != nil {
		return err
	}
	if !ok || d.ID != id || step != strconv.Itoa(len(d.Answers)) {
		t.reply(messages.OldButton{})
		return nil
	}
	m, ok, err := t.matchImport(d)
	if err != nil || !ok {
		return err
	}
	if m.Ready() {
		return t.showImport(ctx, d)
	}
	who, ok := t.chosen(m.Questions[0], said)
	if !ok {
		return t.askWho(d, m)
	}
	answers := map[string]team.MemberID{m.Questions[0].Key: who}
	for k, v := range d.Answers {
		answers[k] = v
	}
	d.Answers = answers
	return t.showImport(ctx, d)
}

// chosen reads an answer: a number of the list, a full name, or "bỏ qua", which is the empty id.
func (t *turn) chosen(q sheet.Question, said string) (team.MemberID, bool) {
	if said == "0" || viet.Fold(said) == "bo qua" {
		return "", true
	}
	if n, err := strconv.Atoi(strings.Trim(said, ". ")); err == nil {
		if n < 1 || n > min(len(q.Candidates), maxChoices) {
			return "", false
		}
		return q.Candidates[n-1], true
	}
	var found []team.MemberID
	for _, m := range t.town.Org.Members {
		if t.town.Org.Within(m.Unit, t.me.Unit) && (viet.NameKey(m.Name) == viet.NameKey(said) || string(m.ID) == said) {
			found = append(found, m.ID)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// onRosterFile takes a workbook a head or the desk sends in private without a word beside it.
func (t *turn) onRosterFile(ctx context.Context) (bool, error) {
	if t.u.File == nil || t.u.File.Photo || t.u.Kind != chat.Private || !t.linked || t.me.Level() < team.LevelHead {
		return false, nil
	}
	if !slices.Contains([]string{".xlsx", ".xlsm", ".csv"}, strings.ToLower(path.Ext(t.u.File.Name))) {
		return false, nil
	}
	return true, t.takeRoster(ctx, t.me.Unit)
}

// replyFile is reply with a file beside the text where there is one.
func (t *turn) replyFile(m any, file *chat.Attachment, buttons ...[]chat.Button) {
	t.reply(m, buttons...)
	if file != nil {
		t.change.Out[len(t.change.Out)-1].Message.Attach = file
	}
}

// rosterForm sends the shifts of the next weeks as a workbook that can be changed
// and sent back, or a blank form where there are none: "/maulich", "/maulich vhxh".
func rosterForm(ctx context.Context, t *turn, c call) error {
	unit, ok := t.importUnit(c.arg)
	if !ok {
		return nil
	}
	shifts, err := t.shiftsOf(ctx, unit, formDays)
	if err != nil {
		return err
	}
	blank := len(shifts) == 0
	if blank {
		shifts = blankShifts(unit, t.now)
	}
	data, err := sheet.WriteRoster("LỊCH TRỰC – "+t.unitName(unit), shifts, &t.town.Org, t.u.Kind == chat.Private && t.phonesFor(unit))
	if err != nil {
		return fmt.Errorf("write the roster form: %w", err)
	}
	t.replyFile(messages.RosterForm{Unit: t.unitName(unit), Shifts: len(shifts), Blank: blank}, &chat.Attachment{
		Name: "lich-truc-" + string(unit) + ".xlsx", MIME: mimeXLSX, Data: data, Fallback: "Nền tảng này không gửi được tệp. Đề nghị soạn bảng có các cột: Đơn vị, Ngày trực, Ca trực, Giờ trực, Trực ban, Trực kỹ thuật.",
	})
	return nil
}

const (
	mimeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	formDays = 31
)

// shiftsOf lists the shifts of a unit and those below it that begin from today on, days ahead.
func (t *turn) shiftsOf(ctx context.Context, unit team.UnitID, days int) ([]roster.Shift, error) {
	from, to := roster.Ahead(t.now, days)
	all, err := t.watches(ctx, "watch/start", from.Add(-24*time.Hour), to)
	if err != nil {
		return nil, err
	}
	var out []roster.Shift
	for _, w := range all {
		if t.town.Org.Within(w.Shift.Unit, unit) && w.Shift.End.After(t.now) {
			out = append(out, w.Shift)
		}
	}
	return out, nil
}

// blankShifts are two weeks of day and night shifts without people, to be filled in.
func blankShifts(unit team.UnitID, now time.Time) []roster.Shift {
	var out []roster.Shift
	day := roster.Shift{Start: now}.Day()
	for i := 1; i <= 14; i++ {
		for _, s := range []struct {
			name string
			at   time.Duration
		}{{"Ca ngày", 7 * time.Hour}, {"Ca đêm", 19 * time.Hour}} {
			start := day.AddDays(i).At(s.at)
			out = append(out, roster.Shift{ID: roster.ID(unit, start, s.name), Unit: unit, Name: s.name, Start: start, End: start.Add(12 * time.Hour)})
		}
	}
	return out
}
