package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"trucban/bot"
	"trucban/internal/cadence"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
)

// townReader turns the file into a set-up and collects faults with their lines.
type townReader struct {
	doc    *ast.File
	faults []error
}

// fault notes what is wrong at a place of the file, "$.units[2].parent".
func (r *townReader) fault(path, format string, args ...any) {
	line := ""
	for at := path; line == "" && at != "$"; at = at[:strings.LastIndexAny(at, ".[")] { // what is not written there follows from what is around it
		if p, err := yaml.PathString(at); err == nil {
			if n, err := p.FilterFile(r.doc); err == nil && n != nil {
				line = fmt.Sprintf("line %d: ", n.GetToken().Position.Line)
			}
		}
	}
	r.faults = append(r.faults, fmt.Errorf("organisation file: %s%s: %s", line, strings.TrimPrefix(path, "$."), fmt.Sprintf(format, args...)))
}

func (r *townReader) setup(f townFile, rev string) bot.Setup {
	town := *bot.EmptyTown()
	town.Rev, town.Digest = rev, f.Digest
	if f.Lang != "" {
		town.Lang = f.Lang
	}
	if f.Timezone != "" && f.Timezone != "Asia/Ho_Chi_Minh" {
		r.fault("$.timezone", "%q: only Asia/Ho_Chi_Minh (UTC+7) is supported", f.Timezone)
	}
	town.Org.Name = f.Name
	s := bot.Setup{Doors: map[team.MemberID][]bot.Door{}}
	r.units(f, &town, &s)
	r.people(f, &town, &s)
	r.policy(f, &town)
	for i, spec := range f.Digest {
		if err := cadence.Cron(spec).Validate(cadenceProbe); err != nil {
			r.fault(fmt.Sprintf("$.digest[%d]", i), "%q is not a cron spec like \"0 16 * * *\", at least 10 minutes apart", spec)
		}
	}
	switch town.Picture = digest.PictureMode(f.Picture); town.Picture {
	case "", digest.PictureDaily, digest.PictureEach, digest.PictureNone:
	default:
		r.fault("$.digest_picture", "%q: daily, each or none", f.Picture)
	}
	if err := town.Org.Validate(); err != nil {
		r.faults = append(r.faults, fmt.Errorf("organisation file: %w", err))
	}
	r.shifts(f, &town, &s)
	r.base(f, &town)
	s.Town = town
	return s
}

func (r *townReader) units(f townFile, town *bot.Town, s *bot.Setup) {
	used := map[chat.Address]string{}
	for i, u := range f.Units {
		at := fmt.Sprintf("$.units[%d]", i)
		if len(u.ID) > 20 || viet.Fold(u.ID) != u.ID || strings.ContainsAny(u.ID, " :/#|") {
			r.fault(at+".id", "%q: at most 20 characters out of a-z, 0-9, - and _", u.ID)
		}
		town.Org.Units = append(town.Org.Units, team.Unit{
			ID: team.UnitID(u.ID), Name: u.Name, Short: u.Short, Parent: team.UnitID(u.Parent), Kind: u.Kind, Tags: u.Tags, Profile: u.Profile,
		})
		for _, set := range []struct {
			key     string
			rooms   map[string]chats
			purpose bot.Purpose
		}{{"chats", u.Chats, bot.ForUnit}, {"leaders", u.Leaders, bot.ForLeaders}, {"desk", u.Desk, bot.ForDesk}} {
			for platform, ids := range set.rooms {
				for _, id := range ids {
					a := chat.Address{Platform: chat.Name(platform), Chat: id}
					if other, twice := used[a]; twice {
						r.fault(at+"."+set.key, "chat %s is used by %s already", a.Key(), other)
					}
					used[a] = u.ID
					s.Rooms = append(s.Rooms, bot.Room{Addr: a, Kind: chat.Group, Unit: team.UnitID(u.ID), Purpose: set.purpose, Title: u.Name})
				}
			}
		}
	}
}

func (r *townReader) people(f townFile, town *bot.Town, s *bot.Setup) {
	used := map[string]string{}
	for i, p := range f.People {
		at := fmt.Sprintf("$.people[%d]", i)
		m := team.Member{ID: team.MemberID(p.ID), Name: viet.Line(p.Name), Title: p.Title, Unit: team.UnitID(p.Unit)}
		for _, role := range p.Roles {
			m.Roles = append(m.Roles, team.Role(role))
		}
		if p.Phone != "" {
			if found := viet.ParsePhones(p.Phone); len(found) > 0 {
				m.Phone = found[0]
			} else {
				r.fault(at+".phone", "not a Vietnamese phone number")
			}
		}
		town.Org.Members = append(town.Org.Members, m)
		for platform, id := range p.Accounts {
			acc := chat.Account{Platform: chat.Name(platform), ID: id}
			if other, twice := used[acc.Key()]; twice {
				r.fault(at+".accounts", "account %s belongs to %s already", acc.Key(), other)
			}
			used[acc.Key()] = p.ID
			s.Doors[m.ID] = append(s.Doors[m.ID], bot.Door{
				Account: acc.Key(), Addr: chat.Address{Platform: chat.Name(platform), Chat: id}, Started: slices.Contains(p.Started, platform),
			})
		}
	}
}

func (r *townReader) policy(f townFile, town *bot.Town) {
	r.checkin(f, town)
	r.peoplePolicy(f.Policy.People, town)
	if c := f.Policy.Incident; c != nil {
		town.Incident.Regime = c.Regime
		for level, t := range c.Times {
			l := incident.Level(level)
			if l.Rank() < 0 {
				r.fault("$.policy.incident.times", "level %q is not one of low, medium, serious, critical", level)
				continue
			}
			times := incident.DefaultTimes(l)
			set(&times.Head, t.Head)
			set(&times.Duty, t.Duty)
			set(&times.Leaders, t.Leaders)
			set(&times.Everyone, t.Everyone)
			set(&times.Repeat, t.Repeat)
			set(&times.Idle, t.Idle)
			if town.Incident.Times == nil {
				town.Incident.Times = map[incident.Level]incident.Times{}
			}
			town.Incident.Times[l] = times
		}
	}
}

// hour reads a wall time; none is negative.
func (r *townReader) hour(at, text string) time.Duration {
	if text == "" || text == "none" {
		return -1
	}
	d, err := calendar.ParseClock(text)
	if err != nil {
		r.fault(at, "%q is not an hour like 16:00, or none", text)
	}
	return d
}

func (r *townReader) peoplePolicy(c *townPeople, town *bot.Town) {
	if c == nil {
		return
	}
	p := &town.People
	if c.Report != nil {
		p.ReportAt = r.hour("$.policy.people.report", *c.Report)
	}
	if c.WarnEve != nil {
		p.EveAt = r.hour("$.policy.people.warn_eve", *c.WarnEve)
	}
	if c.WarnBefore != nil {
		p.Before = c.WarnBefore
	}
	set(&p.KeepDays, c.KeepDays)
	if err := p.Validate(); err != nil {
		r.fault("$.policy.people", "%v", err)
	}
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// cadenceProbe is the moment from which the spacing of a cron spec is looked at; any will do.
var cadenceProbe = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

var posts = map[string]roster.Post{
	"": roster.PostDuty, "duty": roster.PostDuty, "desk": roster.PostDesk, "tech": roster.PostTech, "leader": roster.PostLeader,
}

func (r *townReader) shifts(f townFile, town *bot.Town, s *bot.Setup) {
	for i, sh := range f.Shifts {
		at := fmt.Sprintf("$.shifts[%d]", i)
		start, errStart := time.ParseInLocation("2006-01-02 15:04", sh.Start, calendar.Zone)
		end, errEnd := time.ParseInLocation("2006-01-02 15:04", sh.End, calendar.Zone)
		if errStart != nil || errEnd != nil {
			r.fault(at+".start", "start and end are written like 2027-02-05 19:00")
			continue
		}
		if !end.After(start) || end.Sub(start) > 48*time.Hour {
			r.fault(at+".end", "a shift ends after it starts, within 48 hours")
		}
		if _, ok := town.Org.Unit(team.UnitID(sh.Unit)); !ok {
			r.fault(at+".unit", "%q is not a unit", sh.Unit)
		}
		shift := roster.Shift{
			ID: roster.ID(team.UnitID(sh.Unit), start, sh.Name), Unit: team.UnitID(sh.Unit), Name: sh.Name,
			Start: start.UTC(), End: end.UTC(), Note: sh.Note, Origin: roster.OriginFile,
		}
		for j, p := range sh.People {
			post, ok := posts[p.Post]
			if _, known := town.Org.Member(team.MemberID(p.Person)); !known || !ok {
				r.fault(fmt.Sprintf("%s.people[%d]", at, j), "%q as %q: a known person as duty, desk, tech or leader", p.Person, p.Post)
			}
			shift.People = append(shift.People, roster.Assignment{Post: post, Member: team.MemberID(p.Person)})
		}
		s.Shifts = append(s.Shifts, shift)
	}
}
