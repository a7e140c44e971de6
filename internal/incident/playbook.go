package incident

import (
	"slices"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// Playbook is what to do in the first hour of some kinds of incident.
type Playbook struct {
	Title string    `yaml:"title"`
	Kinds []string  `yaml:"kinds"` // empty: every other kind
	Steps []Measure `yaml:"steps"`
	Ring  []string  `yaml:"ring"` // contact ids of internal/hotline, the first to be rung first
	Call  string    `yaml:"call"` // to be read over the phone; {id} {unit} {system} {kind} {since} {text} {reporter}
}

// Measure is one step and the post that sees to it.
type Measure struct {
	Text  string      `yaml:"text"`
	Owner roster.Post `yaml:"owner"`
}

// Task is one step of the first hour as it stands for an incident.
type Task struct {
	Text   string        `json:"text"`
	Post   roster.Post   `json:"post,omitempty"`
	Owner  team.MemberID `json:"owner,omitempty"` // who held the post when the incident was reported
	DoneBy team.MemberID `json:"done_by,omitempty"`
	DoneAt time.Time     `json:"done,omitzero"`
}

// Playbook is the one for that kind, or the general one; false when the data has neither.
func (r Rules) Playbook(kind string) (Playbook, bool) {
	general := -1
	for n, p := range r.Playbooks {
		if slices.Contains(p.Kinds, kind) {
			return p, true
		}
		if len(p.Kinds) == 0 {
			general = n
		}
	}
	if general < 0 {
		return Playbook{}, false
	}
	return r.Playbooks[general], true
}

// Prepare puts the steps of the playbook on the incident, with whoever holds each
// post now. Steps that were done stay done when the kind and so the list changes.
func (i Incident) Prepare(p Playbook, onDuty map[roster.Post]team.MemberID) Incident {
	old := i.Tasks
	i.Tasks = nil
	for _, m := range p.Steps {
		t := Task{Text: m.Text, Post: m.Owner, Owner: onDuty[m.Owner]}
		if n := slices.IndexFunc(old, func(o Task) bool { return o.Text == m.Text }); n >= 0 {
			t.DoneBy, t.DoneAt = old[n].DoneBy, old[n].DoneAt
		}
		i.Tasks = append(i.Tasks, t)
	}
	for _, o := range old {
		if !o.DoneAt.IsZero() && !slices.ContainsFunc(i.Tasks, func(t Task) bool { return t.Text == o.Text }) {
			i.Tasks = append(i.Tasks, o)
		}
	}
	return i
}

// Tick says that the n-th step (from 1) is done.
func (i Incident) Tick(n int, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if n < 1 || n > len(i.Tasks) {
		return i, ErrUnknown
	}
	if t := i.Tasks[n-1]; !t.DoneAt.IsZero() {
		return i, &RefusedError{Cause: ErrDone, By: t.DoneBy, At: t.DoneAt}
	}
	i.Tasks = slices.Clone(i.Tasks)
	i.Tasks[n-1].DoneBy, i.Tasks[n-1].DoneAt = a.By, a.stamp().At
	return i.note(a, WhatTask, i.Tasks[n-1].Text), nil
}

// blank stands for what is not known in a text that is read aloud.
const blank = "…"

// Script is the text to read over the phone; what is not known stays open.
func (p Playbook) Script(i Incident, r Rules, unit, reporter string) string {
	since := blank
	if i.FoundSaid {
		since = i.FoundAt.In(roster.Zone).Format("15h04 ngày 02/01/2006")
	}
	known := func(s string) string {
		if s == "" {
			return blank
		}
		return s
	}
	return strings.NewReplacer(
		"{id}", string(i.ID), "{unit}", known(unit), "{system}", known(i.System), "{kind}", known(r.KindLabel(i.Kind)),
		"{since}", since, "{text}", known(i.Text), "{reporter}", known(reporter),
	).Replace(strings.TrimSpace(p.Call))
}
