package bot

import (
	"context"
	"fmt"
	"strings"

	"trucban/internal/calendar"
	"trucban/internal/checklist"
	"trucban/internal/viet"
	"trucban/messages"
)

// packs lists the ready packs, or makes a draft of one with new dates:
// "/vanban mẫu tết từ 28 chạp đến mùng 6".
func (t *turn) packs(ctx context.Context, words string) error {
	if words == "" {
		t.listPacks("")
		return nil
	}
	name, span, found := cutPeriod(words)
	pack, ok := t.packNamed(name)
	if !ok {
		t.listPacks(name)
		return nil
	}
	if !found {
		t.reply(messages.PackPeriod{Name: pack.Name, ID: pack.ID})
		return t.ask(Dialog{Ask: "mau", Data: map[string]string{"pack": pack.ID}})
	}
	return t.bindPack(ctx, pack, span)
}

// packAsked takes the days a pack is to be used for.
func packAsked(ctx context.Context, t *turn, c call) error {
	pack, ok := t.packNamed(t.asked.Data["pack"])
	if !ok {
		t.done()
		t.listPacks("")
		return nil
	}
	return t.bindPack(ctx, pack, c.arg)
}

func (t *turn) listPacks(unknown string) {
	m := messages.PackList{Unknown: unknown}
	for _, p := range t.b.Packs {
		n := 0
		for _, g := range p.Groups {
			n += len(g.Tasks)
		}
		m.Packs = append(m.Packs, messages.PackLine{ID: p.ID, Name: p.Name, About: p.About, Tasks: n})
	}
	t.reply(m)
}

func (t *turn) packNamed(name string) (checklist.Pack, bool) {
	want := strings.ReplaceAll(viet.Fold(name), "/", "-")
	for _, p := range t.b.Packs {
		if want == p.ID || want == viet.Fold(p.Name) {
			return p, true
		}
	}
	var only checklist.Pack
	hits := 0
	for _, p := range t.b.Packs {
		if want != "" && (strings.Contains(viet.Fold(p.Name), want) || strings.HasPrefix(p.ID, want)) {
			only = p
			hits++
		}
	}
	return only, hits == 1
}

// cutPeriod splits "tết từ 28 chạp đến mùng 6" at the word that begins the days.
func cutPeriod(words string) (name, span string, ok bool) {
	fields := strings.Fields(words)
	for i, w := range fields {
		if f := viet.Fold(w); i > 0 && (f == "tu" || f == "ngay") {
			return strings.Join(fields[:i], " "), strings.Join(fields[i:], " "), true
		}
	}
	for i := 1; i < len(fields); i++ { // "tết 04/02-10/02/2027"
		if strings.ContainsAny(fields[i], "0123456789") && strings.Contains(strings.Join(fields[i:], " "), "/") && strings.Contains(strings.Join(fields[i:], " "), "-") {
			return strings.Join(fields[:i], " "), strings.Join(fields[i:], " "), true
		}
	}
	return words, "", false
}

func (t *turn) bindPack(ctx context.Context, pack checklist.Pack, span string) error {
	from, to, err := calendar.ParseRange(span, t.now)
	if err != nil || to.Date.Before(calendar.DateOf(t.now)) {
		t.reply(messages.PackPeriod{Name: pack.Name, ID: pack.ID, Bad: span})
		return t.ask(Dialog{Ask: "mau", Data: map[string]string{"pack": pack.ID}})
	}
	name := pack.Period
	if year := to.Date.Year; !strings.ContainsAny(name, "0123456789") || !strings.Contains(name, fmt.Sprint(year)) {
		name = fmt.Sprintf("%s %d", name, year)
	}
	if strings.HasPrefix(viet.Fold(pack.Period), "tet") {
		name = pack.Period + " " + calendar.CanChi(to.Date.Year)
	}
	bound, err := pack.Bind(checklist.Binding{
		Name: name, Period: calendar.Span{From: from.Date, To: to.Date}, Issued: t.now,
		Workday: func(d calendar.Date) bool { work, _ := t.b.Holidays.Workday(d); return work },
	})
	if err != nil {
		return fmt.Errorf("bind pack %s: %w", pack.ID, err)
	}
	_, err = t.newDraft(ctx, "", bound.Plain, Reading{Past: bound.Past, Reports: bound.Reports})
	return err
}
