package incident

import (
	"slices"
	"strings"

	"trucban/internal/viet"
)

// Ids of the questions the package understands the answers of.
const (
	AskKind    = "kind"
	AskSystem  = "system"
	AskSeen    = "seen"
	AskSince   = "since"
	AskOngoing = "ongoing"
)

// Question is one thing worth knowing in the first minutes. At most five are
// asked, each may be skipped, and none is asked that the report answered.
type Question struct {
	ID      string  `yaml:"id"`
	Text    string  `yaml:"text"`
	Choices []Label `yaml:"choices"` // may be empty: free text
}

// NextQuestion is the next thing to ask the reporter; false when nothing is left.
func (i Incident) NextQuestion(r Rules) (Question, bool) {
	if !i.IsOpen() || i.State == StateResolved {
		return Question{}, false
	}
	for _, q := range r.Questions {
		if i.answered(q.ID, r) {
			continue
		}
		switch {
		case q.ID == AskKind && len(q.Choices) == 0:
			for _, k := range r.Kinds {
				q.Choices = append(q.Choices, Label{Code: k.Code, Label: k.Label})
			}
		case q.ID == AskSystem && len(q.Choices) == 0:
			for _, s := range r.Systems {
				q.Choices = append(q.Choices, Label{Code: s.Code, Label: s.Label})
			}
		}
		return q, true
	}
	return Question{}, false
}

// answered reports whether the question was asked and answered or skipped, or
// needs no asking because the report says it.
func (i Incident) answered(id string, r Rules) bool {
	if slices.ContainsFunc(i.Answers, func(a Answer) bool { return a.Question == id }) {
		return true
	}
	switch id {
	case AskKind:
		return i.Kind != ""
	case AskSystem:
		return i.System != ""
	case AskSeen:
		return len(strings.Fields(i.Text)) >= 5 || len(i.Evidence) > 0
	case AskSince:
		return i.FoundSaid
	case AskOngoing:
		return r.Propose(i.Text, i.ReportedAt).Ongoing != ""
	}
	return false
}

// Answer records what was said to a question; an empty text skips it. A kind or
// system may be given as code, as label or in free words, a time as people write it.
func (i Incident) Answer(question, text string, r Rules, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if !slices.ContainsFunc(r.Questions, func(q Question) bool { return q.ID == question }) {
		return i, ErrUnknown
	}
	text = strings.TrimSpace(text)
	var err error
	out := i
	if text != "" {
		out, err = i.apply(question, text, r, a)
	}
	if err != nil {
		return i, err
	}
	out.Answers = append(slices.Clip(slices.DeleteFunc(slices.Clone(out.Answers), func(x Answer) bool { return x.Question == question })),
		Answer{Question: question, Text: text})
	if text == "" {
		return out, nil
	}
	return out.note(a, WhatAnswer, question+": "+text), nil
}

func (i Incident) apply(question, text string, r Rules, a Act) (Incident, error) {
	switch question {
	case AskKind:
		code, ok := r.FindKind(text)
		if !ok {
			return i, ErrUnknown
		}
		return i.SetKind(code, r, a)
	case AskSystem:
		for _, s := range r.Systems {
			if s.Code == text {
				text = s.Label
			}
		}
		return i.SetSystem(text, a)
	case AskSince:
		if text == "now" {
			return i.SetFound(a.At, a)
		}
		at, ok := FoundAt(text, a.At)
		if !ok {
			return i, ErrUnknown
		}
		return i.SetFound(at, a)
	}
	return i, nil
}

// FindKind reads a kind given as code, as label or in everyday words.
func (r Rules) FindKind(text string) (string, bool) {
	folded := viet.Fold(text)
	for _, k := range r.Kinds {
		if folded == viet.Fold(k.Code) || folded == viet.Fold(k.Label) {
			return k.Code, true
		}
	}
	words, best, code := tokens(text), 0, ""
	for _, k := range r.Kinds {
		if n := longest(words, append(slices.Clip(k.Words), k.Label)); n > best {
			best, code = n, k.Code
		}
	}
	return code, best > 0
}

// FindLevel reads a level given as code or as label.
func (r Rules) FindLevel(text string) (Level, bool) {
	folded := viet.Fold(text)
	for _, l := range r.Levels {
		if folded == viet.Fold(l.Code) || folded == viet.Fold(l.Label) {
			return Level(l.Code), true
		}
	}
	return "", false
}
