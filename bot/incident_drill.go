package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// Drill says that a unit and all below it practise until a moment.
type Drill struct {
	By    team.MemberID `json:"by"`
	Until time.Time     `json:"until"`
}

func drillRef(u team.UnitID) Ref { return Ref{"drill", string(u)} }

// A drill ends by itself, so that a forgotten one does not mark real incidents.
const (
	drillFor  = 4 * time.Hour
	drillMost = 12 * time.Hour
)

// drilling reports whether the unit or one above it practises now.
func (t *turn) drilling(ctx context.Context, unit team.UnitID) (bool, error) {
	for n := 0; n <= len(t.town.Org.Units) && unit != ""; n++ {
		var d Drill
		if ok, err := t.get(ctx, drillRef(unit), &d); err != nil {
			return false, err
		} else if ok && t.now.Before(d.Until) {
			return true, nil
		}
		u, _ := t.town.Org.Unit(unit)
		unit = u.Parent
	}
	return false, nil
}

// drill begins, ends or shows the drill of the sender's unit, or reports one
// practice incident: "/dientap bắt đầu 2", "/dientap kết thúc", "/dientap web bị đổi giao diện". In a
// test group it shows the coming day: "/dientap lịch".
func drill(ctx context.Context, t *turn, c call) error {
	words := strings.Fields(viet.Fold(c.arg))
	unit := t.scope()
	if ok, err := t.playWords(ctx, strings.Join(words, " ")); ok || err != nil {
		return err
	}
	if t.testing {
		t.reply(messages.TestGroup{Unit: t.unitName(t.room.Unit)})
		return nil
	}
	switch joined := strings.Join(words, " "); {
	case joined == "":
		return t.showDrill(ctx, unit)
	case strings.HasPrefix(joined, "bat dau") || joined == "bat":
		if t.me.Level() < team.LevelHead || !t.town.Org.May(t.me, team.LevelHead, unit) {
			t.reply(t.notAllowed(team.LevelHead, t.me.Unit))
			return nil
		}
		return t.beginDrill(ctx, unit, words)
	case joined == "ket thuc" || joined == "tat" || joined == "het":
		if t.me.Level() < team.LevelHead || !t.town.Org.May(t.me, team.LevelHead, unit) {
			t.reply(t.notAllowed(team.LevelHead, t.me.Unit))
			return nil
		}
		return t.endDrill(ctx, unit)
	}
	return t.report(ctx, c.arg, reportAs{drill: true})
}

func (t *turn) showDrill(ctx context.Context, unit team.UnitID) error {
	var d Drill
	if _, err := t.get(ctx, drillRef(unit), &d); err != nil {
		return err
	}
	if t.now.Before(d.Until) {
		t.reply(messages.DrillMode{On: true, Already: true, Unit: t.unitName(unit), By: t.memberName(d.By), Until: d.Until})
		return nil
	}
	t.reply(messages.Usage{What: t.label("say.nodrill"), Example: "/dientap web phường bị đổi giao diện"})
	return nil
}

func (t *turn) beginDrill(ctx context.Context, unit team.UnitID, words []string) error {
	d := Drill{By: t.me.ID, Until: t.now.Add(drillFor)}
	for _, w := range words {
		if h, err := strconv.Atoi(strings.TrimSuffix(w, "h")); err == nil && h > 0 {
			d.Until = t.now.Add(min(time.Duration(h)*time.Hour, drillMost))
		}
	}
	t.note("drill.begun", drillRef(unit), unit)
	if err := t.put(drillRef(unit), d, Doc{Version: AnyVersion, TTL: drillMost + time.Hour}); err != nil {
		return err
	}
	return t.tellBelow(ctx, unit, messages.DrillMode{On: true, Unit: t.unitName(unit), By: t.me.Name, Until: d.Until})
}

func (t *turn) endDrill(ctx context.Context, unit team.UnitID) error {
	m := messages.DrillMode{Unit: t.unitName(unit), By: t.me.Name}
	open, err := t.incidentsOf(ctx, "incident/open", time.Time{}, unit)
	if err != nil {
		return err
	}
	for _, i := range open {
		if i.Drill {
			m.Open = append(m.Open, string(i.ID))
		}
	}
	t.note("drill.ended", drillRef(unit), unit)
	t.write(Doc{Ref: drillRef(unit), Version: AnyVersion})
	return t.tellBelow(ctx, unit, m)
}

// tellBelow says something in every chat of the unit and the units below it, and where it was asked for.
func (t *turn) tellBelow(ctx context.Context, unit team.UnitID, m any) error {
	var refs []Ref
	for _, u := range t.town.Org.Units {
		if t.town.Org.Within(u.ID, unit) {
			refs = append(refs, roomsRef(u.ID))
		}
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	told := false
	msg := chat.Message{Text: t.text(m)}
	for _, ref := range refs {
		var rooms []Room
		if _, err := t.read(ref, &rooms); err != nil {
			return err
		}
		for _, r := range rooms {
			told = told || r.Addr == t.u.To
			t.send(outbox.Item{To: r.Addr, Kind: r.Kind, Class: outbox.Reply, Message: msg, NotAfter: t.now.Add(replyFor), About: "diễn tập"})
		}
	}
	if !told {
		t.reply(m)
	}
	return nil
}
