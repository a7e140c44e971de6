package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/incident"
	"trucban/internal/roster"
)

type exportCmd struct{}

// Run prints the organisation in force as a file that apply reads back to no change.
func (exportCmd) Run(ctx context.Context, s streams) error {
	db, client, _, err := toolStore("")
	if err != nil {
		return err
	}
	defer closeQuietly(client, zerolog.Nop())
	now, err := db.Now(ctx)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	setup, err := bot.InForce(ctx, db, now)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	out, err := yaml.Marshal(fileOf(setup, now))
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	_, err = s.out.Write(out)
	return err
}

// fileOf is the set-up as its file says it, in a fixed order; shifts that are over are left out.
func fileOf(s bot.Setup, now time.Time) townFile {
	f := townFile{Name: s.Town.Org.Name, Timezone: "Asia/Ho_Chi_Minh", Lang: s.Town.Lang, Digest: s.Town.Digest, Picture: string(s.Town.Picture), Policy: policyOf(s.Town)}
	at := map[string]int{}
	for i, u := range s.Town.Org.Units {
		at[string(u.ID)] = i
		f.Units = append(f.Units, townUnit{ID: string(u.ID), Name: u.Name, Short: u.Short, Parent: string(u.Parent), Kind: u.Kind, Tags: u.Tags, Profile: u.Profile, Checkin: checkinOf(s.Town.Local[u.ID])})
	}
	for _, r := range s.Rooms {
		i, ok := at[string(r.Unit)]
		if !ok {
			continue
		}
		u := &f.Units[i]
		set := map[bot.Purpose]*map[string]chats{bot.ForUnit: &u.Chats, bot.ForLeaders: &u.Leaders, bot.ForDesk: &u.Desk}[r.Purpose]
		if set == nil {
			continue
		}
		if *set == nil {
			*set = map[string]chats{}
		}
		(*set)[string(r.Addr.Platform)] = append((*set)[string(r.Addr.Platform)], r.Addr.Chat)
	}
	for _, u := range f.Units {
		for _, set := range []map[string]chats{u.Chats, u.Leaders, u.Desk} {
			for _, ids := range set {
				slices.Sort(ids)
			}
		}
	}
	for _, m := range s.Town.Org.Members {
		p := townMan{ID: string(m.ID), Name: m.Name, Title: m.Title, Unit: string(m.Unit), Phone: m.Phone}
		for _, r := range m.Roles {
			p.Roles = append(p.Roles, string(r))
		}
		for _, d := range s.Doors[m.ID] {
			platform := string(d.Addr.Platform)
			if _, have := p.Accounts[platform]; have {
				continue // the file knows one account a platform
			}
			if p.Accounts == nil {
				p.Accounts = map[string]string{}
			}
			p.Accounts[platform] = d.Addr.Chat
			if d.Started {
				p.Started = append(p.Started, platform)
			}
		}
		slices.Sort(p.Started)
		f.People = append(f.People, p)
	}
	writeBase(s.Town, &f)
	for _, sh := range s.Shifts {
		if sh.End.After(now) {
			f.Shifts = append(f.Shifts, shiftOf(sh))
		}
	}
	slices.SortStableFunc(f.Shifts, func(a, b townShift) int {
		return cmp.Or(strings.Compare(a.Start, b.Start), strings.Compare(a.Unit, b.Unit), strings.Compare(a.Name, b.Name))
	})
	return f
}

func shiftOf(sh roster.Shift) townShift {
	const form = "2006-01-02 15:04"
	out := townShift{Unit: string(sh.Unit), Name: sh.Name, Start: sh.Start.In(calendar.Zone).Format(form), End: sh.End.In(calendar.Zone).Format(form), Note: sh.Note}
	for _, a := range sh.People {
		out.People = append(out.People, townPost{Person: string(a.Member), Post: postName(a.Post)})
	}
	return out
}

// postName is the post as the file writes it.
func postName(p roster.Post) string {
	for _, name := range slices.Sorted(maps.Keys(posts)) {
		if name != "" && posts[name] == p {
			return name
		}
	}
	return ""
}

func policyOf(t bot.Town) townPolicy {
	out := townPolicy{Checkin: checkinOf(everything(t.Whole()))}
	p := t.People
	report, warn := hourOf(p.ReportAt), hourOf(p.EveAt)
	out.People = &townPeople{Report: &report, WarnEve: &warn, WarnBefore: p.Before, KeepDays: &p.KeepDays}
	if t.Incident.Regime == "" && len(t.Incident.Times) == 0 {
		return out
	}
	out.Incident = &townIncident{Regime: t.Incident.Regime}
	for level, times := range t.Incident.Times {
		if out.Incident.Times == nil {
			out.Incident.Times = map[string]townIncidentT{}
		}
		out.Incident.Times[string(level)] = timesOf(times)
	}
	return out
}

// hourOf is a wall time as the file writes it.
func hourOf(d time.Duration) string {
	if d < 0 {
		return "none"
	}
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

func timesOf(t incident.Times) townIncidentT {
	return townIncidentT{Head: &t.Head, Duty: &t.Duty, Leaders: &t.Leaders, Everyone: &t.Everyone, Repeat: &t.Repeat, Idle: &t.Idle}
}
