package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/roster"
	"trucban/internal/sheet"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// rosterAsk is which part of the roster somebody wants to see, and as what.
type rosterAsk struct {
	unit  team.UnitID
	days  calendar.Span
	title string
	form  string // "" in words, "ảnh" as a picture, "excel" as a workbook
	said  string // the days as typed, to be said again
}

// Bounds of one answer.
const (
	rosterDays   = 31 // days asked for at once
	rosterShifts = 40 // shifts in words; the workbook has all of them
)

var rosterForms = map[string]string{"anh": "ảnh", "hinh": "ảnh", "excel": "excel", "xlsx": "excel"}

// rosterAs is a route for words that say all of it.
func rosterAs(arg string) func(context.Context, *turn, call) error {
	return func(ctx context.Context, t *turn, _ call) error { return showRoster(ctx, t, call{arg: arg}) }
}

// showRoster is "/lichtruc", "/lichtruc mùng 1", "/lichtruc tuần sau ảnh",
// "/lichtruc vhxh 28 tháng Chạp đến mùng 6 excel".
func showRoster(ctx context.Context, t *turn, c call) error {
	ask, ok := t.readRosterAsk(c)
	if !ok {
		return nil
	}
	from, to := ask.days.From.Midnight(), ask.days.To.AddDays(1).Midnight()
	all, err := t.watches(ctx, "watch/end", from, to.Add(longestShift))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(w checkin.Watch) bool {
		s := w.Shift
		return s.Start.Before(from) || !s.Start.Before(to) || !t.town.Org.Within(s.Unit, ask.unit)
	})
	slices.SortStableFunc(all, func(a, b checkin.Watch) int { return a.Shift.Start.Compare(b.Shift.Start) })
	switch {
	case ask.form == "" || len(all) == 0 || !t.caps(t.u.To).Upload:
		t.rosterInWords(ask, all)
		return nil
	case ask.form == "ảnh":
		return t.rosterAsPicture(ask, all)
	}
	return t.rosterAsBook(ask, all)
}

// readRosterAsk reads the unit, the days and the form out of the words or the button.
func (t *turn) readRosterAsk(c call) (rosterAsk, bool) {
	ask := rosterAsk{unit: t.scope()}
	words := strings.Fields(c.arg)
	if c.act.Code != "" {
		words = strings.Fields(strings.ReplaceAll(strings.Join(c.act.Args, " "), "..", " - "))
	}
	for _, at := range []int{0, -1} {
		if n := len(words); n > 0 {
			i := (n + at) % n
			if f, ok := rosterForms[viet.Fold(words[i])]; ok {
				ask.form, words = f, slices.Delete(words, i, i+1)
			}
		}
		if n := len(words); n > 0 {
			i := (n + at) % n
			if u, ok := t.findUnit(words[i]); ok {
				ask.unit, words = u.ID, slices.Delete(words, i, i+1)
			}
		}
	}
	if !t.mayView(ask.unit) {
		t.reply(t.notAllowed(team.LevelDesk, t.me.Unit))
		return ask, false
	}
	ask.said = strings.Join(words, " ")
	if ask.form != "" && len(words) == 0 {
		ask.said = "tuần"
	}
	return ask, t.readRosterDays(&ask)
}

// mayView reports whether the sender may see the unit's roster: that of the own
// scope, and of what the sender is a head of.
func (t *turn) mayView(unit team.UnitID) bool {
	return t.town.Org.Within(unit, t.scope()) || t.town.Org.May(t.me, team.LevelHead, unit)
}

func (t *turn) readRosterDays(ask *rosterAsk) bool {
	today := calendar.DateOf(t.now)
	switch viet.Fold(ask.said) {
	case "":
		ask.days, ask.title = calendar.Span{From: today, To: today}, "hôm nay"
		return true
	case "tuan", "7 ngay":
		ask.days, ask.title = calendar.Span{From: today, To: today.AddDays(6)}, "7 ngày tới"
		return true
	}
	from, to, err := calendar.ParseRange(ask.said, t.now)
	ask.days = calendar.Span{From: from.Date, To: to.Date}
	if err != nil || ask.days.Days() > rosterDays {
		t.reply(messages.Usage{What: t.label("say.rosterdays"), Example: "/lichtruc 06/02, /lichtruc mùng 1, /lichtruc tuần ảnh"})
		return false
	}
	if ask.form == "ảnh" && ask.days.Days() == 1 { // a picture is of a week
		ask.days.To = ask.days.From.AddDays(6)
	}
	ask.title = from.Date.Heading()
	if ask.days.Days() > 1 {
		ask.title = ask.days.Text()
	}
	return true
}

// rosterInWords answers with the shifts by day; where a picture or a file cannot
// be sent, it says where there is one.
func (t *turn) rosterInWords(ask rosterAsk, all []checkin.Watch) {
	m := messages.RosterView{Title: ask.title, NoFile: ask.form != "" && !t.caps(t.u.To).Upload}
	if ask.unit != t.scope() {
		m.Unit = t.unitName(ask.unit)
	}
	if len(all) > rosterShifts {
		m.More = len(all) - rosterShifts
		m.Book = strings.Join(strings.Fields("/lichtruc "+ask.said+" excel"), " ")
	}
	m.Days = t.days(all[:len(all)-m.More])
	var buttons [][]chat.Button
	if len(all) > 0 && t.caps(t.u.To).Upload {
		if ask.said == "" {
			ask.days.To = ask.days.From.AddDays(6)
		}
		span := ask.days.From.String() + ".." + ask.days.To.String()
		said := strings.TrimSpace("/lichtruc " + ask.said)
		buttons = append(buttons, []chat.Button{
			t.button("roster.picture", said+" ảnh", "lt", "ảnh", string(ask.unit), span), t.button("roster.book", said+" excel", "lt", "excel", string(ask.unit), span),
		})
	}
	t.reply(m, buttons...)
}

// days groups watches, in order, by day.
func (t *turn) days(all []checkin.Watch) []messages.RosterDay {
	var out []messages.RosterDay
	for _, w := range all {
		name := dayName(w.Shift)
		if len(out) == 0 || out[len(out)-1].Day != name {
			out = append(out, messages.RosterDay{Day: name})
		}
		d := &out[len(out)-1]
		d.Shifts = append(d.Shifts, t.dutyLine(w, t.now))
	}
	return out
}

// rosterAsPicture draws the days; a roster too wide or too deep for a phone's
// screen comes as a workbook instead, since a name must not fall off a picture.
func (t *turn) rosterAsPicture(ask rosterAsk, all []checkin.Watch) error {
	p, ok := t.rosterPicture(ask.unit, ask.days, shiftsOf(all))
	if !ok || t.b.Exports == nil {
		return t.rosterAsBook(ask, all)
	}
	png, words, err := t.b.Exports.Picture(p)
	if err != nil {
		return fmt.Errorf("draw the roster: %w", err)
	}
	t.replyFile(messages.RosterFile{Title: ask.title, Unit: t.unitName(ask.unit), Shifts: len(all)},
		&chat.Attachment{Name: ask.file(".png"), MIME: pngMIME, Photo: true, Data: png, Fallback: chat.Escape(words)})
	return nil
}

// file is a file name in ASCII with the unit and the first day in it.
func (a rosterAsk) file(ext string) string {
	return "lich-truc-" + string(a.unit) + "-" + strings.ReplaceAll(a.days.From.String(), "-", "") + ext
}

// rosterAsBook sends the workbook that can be changed and sent back.
func (t *turn) rosterAsBook(ask rosterAsk, all []checkin.Watch) error {
	phones := t.u.Kind == chat.Private && t.phonesFor(ask.unit)
	data, err := sheet.WriteRoster("LỊCH TRỰC – "+t.unitName(ask.unit)+" – "+ask.days.Text(), shiftsOf(all), &t.town.Org, phones)
	if err != nil {
		return fmt.Errorf("write the roster: %w", err)
	}
	t.replyFile(messages.RosterFile{Title: ask.title, Unit: t.unitName(ask.unit), Shifts: len(all), Book: true, Edit: t.town.Org.May(t.me, team.LevelHead, ask.unit)},
		&chat.Attachment{Name: ask.file(".xlsx"), MIME: mimeXLSX, Data: data, Fallback: t.text(messages.NoUpload{What: "/lichtruc excel"})})
	return nil
}

func shiftsOf(all []checkin.Watch) []roster.Shift {
	out := make([]roster.Shift, 0, len(all))
	for _, w := range all {
		out = append(out, w.Shift)
	}
	return out
}

// What a picture of a roster has room for on a phone's screen.
const (
	pictureShifts = 4  // columns
	pictureNames  = 4  // names in a cell, each on two lines at most
	pictureDays   = 20 // rows
)

// rosterPicture is the table of the days and the shifts; ok is false where there
// is nothing to draw or more than has room.
func (t *turn) rosterPicture(unit team.UnitID, days calendar.Span, shifts []roster.Shift) (Picture, bool) {
	p := Picture{Kind: "roster", Title: t.sheet("roster") + " " + t.unitName(unit), Sub: t.span(days.From.Midnight(), days.To.AddDays(1).Midnight())}
	today, col, units := calendar.DateOf(t.now), map[string]int{}, map[team.UnitID]bool{}
	for i := range days.Days() {
		d := days.From.AddDays(i)
		p.Rows = append(p.Rows, PictureRow{Label: calendar.WeekdayName(d.Weekday()) + " " + d.Short(), Note: d.Lunar().String(), Today: d == today})
	}
	shifts = slices.DeleteFunc(slices.Clone(shifts), func(s roster.Shift) bool { return !days.Holds(s.Day()) })
	roster.Sort(shifts)
	for _, s := range shifts {
		units[s.Unit] = true
		if h := pictureHead(s); !slices.Contains(p.Heads, h) {
			col[h] = len(p.Heads)
			p.Heads = append(p.Heads, h)
		}
	}
	if len(p.Heads) == 0 || len(p.Heads) > pictureShifts || len(p.Rows) > pictureDays {
		return p, false
	}
	for i := range p.Rows {
		p.Rows[i].People = slices.Repeat([][]string{noShift}, len(p.Heads))
	}
	fits := true
	for _, s := range shifts {
		cell := &p.Rows[s.Day().DaysSince(days.From)].People[col[pictureHead(s)]]
		if slices.Equal(*cell, noShift) {
			*cell = nil
		}
		*cell = append(*cell, t.cellNames(s, len(units) > 1)...)
		fits = fits && len(*cell) <= pictureNames
	}
	if len(p.Heads) > 2 { // narrow columns have room for the hours only
		for i, h := range p.Heads {
			p.Heads[i] = h[strings.LastIndexByte(h, ' ')+1:]
		}
	}
	return p, fits
}

func pictureHead(s roster.Shift) string {
	return nameOf(s) + " " + shortHour(s.Start) + "–" + shortHour(s.End)
}

// cellNames are the people of a shift; with several units each carries its unit.
func (t *turn) cellNames(s roster.Shift, units bool) []string {
	var out []string
	for _, a := range s.People {
		name := t.memberName(a.Member)
		if s.Part(a) {
			from, to := s.Hours(a)
			name += " " + shortHour(from) + "–" + shortHour(to)
		}
		if u, ok := t.town.Org.Unit(s.Unit); ok && units {
			name = u.Label() + ": " + name
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if u, ok := t.town.Org.Unit(s.Unit); ok && units && len(out) == 0 {
		out = append(out, u.Label()+": TRỐNG")
	}
	return out
}

// noShift stands where a day has no such shift: nobody is missing there.
var noShift = []string{"–"}

// shortHour is an hour as a narrow table has it: 7h, 19h30.
func shortHour(at time.Time) string {
	at = at.In(roster.Zone)
	if at.Minute() == 0 {
		return strconv.Itoa(at.Hour()) + "h"
	}
	return fmt.Sprintf("%dh%02d", at.Hour(), at.Minute())
}
