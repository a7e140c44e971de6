package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/rs/zerolog"

	"trucban/bot"
)

type applyCmd struct {
	File string `arg:"" help:"Organisation file." type:"existingfile" placeholder:"FILE"`
	Yes  bool   `help:"Apply it; without this the plan is only shown."`
}

// Run shows what the file would change and, with --yes, makes it the organisation in
// force; a running bot takes it up at its next update.
func (c applyCmd) Run(ctx context.Context, s streams) error {
	want, err := readTown(c.File)
	if err != nil {
		return usageError{err}
	}
	_, client, cfg, err := toolStore("")
	if err != nil {
		return err
	}
	defer closeQuietly(client, zerolog.Nop())
	a, err := NewApp(Parts{Redis: client, Namespace: cfg.Namespace, Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	if err := a.db.Migrate(ctx); err != nil {
		return fmt.Errorf("look into the store: %w", err)
	}
	now, err := a.db.Now(ctx)
	if err != nil {
		return fmt.Errorf("look into the store: %w", err)
	}
	have, err := bot.InForce(ctx, a.db, now)
	if err != nil {
		return fmt.Errorf("read the organisation in force: %w", err)
	}
	n := printPlan(s.out, fileOf(have, now), fileOf(want, now))
	switch {
	case n == 0:
		_, err = fmt.Fprintln(s.out, "no change")
		return err
	case !c.Yes:
		_, err = fmt.Fprintf(s.out, "%d changes; nothing is applied yet: add --yes\n", n)
		return err
	}
	if have.Town.File == want.Town.Rev { // applied before and changed in chat since: it is meant to win now
		want.Town.Rev += "." + fmt.Sprint(now.Unix())
	}
	if err := a.clock.measure(ctx); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	if err := a.bot.Apply(ctx, want); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	_, err = fmt.Fprintf(s.out, "%d changes applied\n", n)
	return err
}

// printPlan says what differs, one line each, and how many changes there are. Chats and
// accounts the file does not name stay: they were connected in chat.
func printPlan(w io.Writer, have, want townFile) int {
	p := plan{w: w}
	p.one("organisation", townFile{Name: have.Name, Timezone: want.Timezone, Lang: have.Lang, Digest: have.Digest, Picture: have.Picture}, townFile{Name: want.Name, Timezone: want.Timezone, Lang: want.Lang, Digest: want.Digest, Picture: want.Picture})
	p.one("policy checkin", value(have.Policy.Checkin), value(want.Policy.Checkin))
	p.one("policy", townPolicy{Incident: have.Policy.Incident}, townPolicy{Incident: want.Policy.Incident})
	list(&p, "unit", have.Units, want.Units, func(u townUnit) string { return u.ID }, keepChats)
	list(&p, "person", have.People, want.People, func(m townMan) string { return m.ID }, keepAccounts)
	list(&p, "shift", have.Shifts, want.Shifts, func(s townShift) string { return s.Unit + " " + s.Start + " " + s.Name }, nil)
	list(&p, "rotation", have.Rotations, want.Rotations, func(r townRotation) string { return r.Unit }, nil)
	list(&p, "period", have.Periods, want.Periods, func(p townPeriod) string { return p.ID }, nil)
	list(&p, "eve", have.Eves, want.Eves, func(e townEve) string { return fmt.Sprint(e.Year) }, nil)
	return p.n
}

func value[T any](p *T) T {
	if p == nil {
		p = new(T)
	}
	return *p
}

type plan struct {
	w io.Writer
	n int
}

func (p *plan) line(format string, args ...any) {
	p.n++
	_, _ = fmt.Fprintf(p.w, format+"\n", args...)
}

// one compares two values field by field.
func (p *plan) one(name string, have, want any) {
	a, b := fields(have), fields(want)
	var diff []string
	keys := maps.Clone(a)
	maps.Copy(keys, b)
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if a[k] != b[k] {
			diff = append(diff, fmt.Sprintf("%s: %s -> %s", k, orNone(a[k]), orNone(b[k])))
		}
	}
	if len(diff) > 0 {
		p.line("~ %s %s", name, strings.Join(diff, "; "))
	}
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// fields are the parts of a value as the file writes them; empty ones are left out.
func fields(v any) map[string]string {
	out := map[string]string{}
	r := reflect.ValueOf(v)
	for i := range r.NumField() {
		if r.Field(i).IsZero() || r.Field(i).Kind() == reflect.Slice && r.Field(i).Len() == 0 {
			continue
		}
		name, _, _ := strings.Cut(r.Type().Field(i).Tag.Get("yaml"), ",")
		text, err := yaml.MarshalWithOptions(r.Field(i).Interface(), yaml.Flow(true))
		if err != nil {
			text = fmt.Append(nil, r.Field(i).Interface())
		}
		out[name] = strings.TrimSpace(string(text))
	}
	return out
}

// list compares two lists by id; keep carries over what stays although the new one does not name it.
func list[T any](p *plan, what string, have, want []T, id func(T) string, keep func(have, want T) T) {
	old := map[string]T{}
	for _, v := range have {
		old[id(v)] = v
	}
	for _, v := range want {
		was, ok := old[id(v)]
		delete(old, id(v))
		if !ok {
			p.line("+ %s %s", what, id(v))
			continue
		}
		if keep != nil {
			v = keep(was, v)
		}
		p.one(what+" "+id(v), was, v)
	}
	for _, k := range slices.Sorted(maps.Keys(old)) {
		p.line("- %s %s", what, k)
	}
}

func keepChats(have, want townUnit) townUnit {
	merge := func(a, b map[string]chats) map[string]chats {
		out := map[string]chats{}
		for _, m := range []map[string]chats{a, b} {
			for platform, ids := range m {
				out[platform] = append(slices.Clone(out[platform]), ids...)
				slices.Sort(out[platform])
				out[platform] = slices.Compact(out[platform])
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	want.Chats, want.Leaders, want.Desk = merge(have.Chats, want.Chats), merge(have.Leaders, want.Leaders), merge(have.Desk, want.Desk)
	return want
}

func keepAccounts(have, want townMan) townMan {
	accounts := maps.Clone(have.Accounts)
	if accounts == nil {
		accounts = map[string]string{}
	}
	for platform, id := range want.Accounts {
		if _, ok := accounts[platform]; !ok {
			accounts[platform] = id
		}
	}
	if len(accounts) == 0 {
		accounts = nil
	}
	want.Accounts = accounts
	// What is known about open private chats is not taken back by a file.
	want.Started = append(slices.Clone(have.Started), want.Started...)
	slices.Sort(want.Started)
	if want.Started = slices.Compact(want.Started); len(want.Started) == 0 {
		want.Started = nil
	}
	return want
}
