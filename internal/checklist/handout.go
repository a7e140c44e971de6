package checklist

import (
	"errors"
	"slices"
	"strings"
	"time"

	"trucban/internal/team"
	"trucban/internal/viet"
)

// ErrNoPart says that the handout holds nothing for the unit.
var ErrNoPart = errors.New("the list holds no line of this unit")

// Handout is a list given out to units, of which each sees only its own lines: a
// list of botnet addresses, of warned systems. It may raise a recurring task.
type Handout struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Directive string    `json:"directive,omitzero"` // with Task: the task it raises
	Task      string    `json:"task,omitzero"`
	Issued    Stamp     `json:"issued"`
	Due       time.Time `json:"due,omitzero"`
	Parts     []Part    `json:"parts"`
	Unmatched []Line    `json:"unmatched,omitzero"` // seen by the desk only
}

// Part is the lines of one unit.
type Part struct {
	Unit  team.UnitID `json:"unit"`
	Lines []string    `json:"lines"`
	Done  *Stamp      `json:"done,omitzero"`
	Note  string      `json:"note,omitzero"`
}

// Line is a line of the list as it was read, counted from 1.
type Line struct {
	N    int    `json:"n"`
	Text string `json:"text"`
}

// ParseHandout sorts the lines of a list by unit. A line names its unit in one of
// its cells (separated by tab, ";", "|", "," or the first ":"), by id, short name
// or full name, accents and case aside; or it follows a line that holds nothing but
// a unit's name. A line that names no unit, or a name two units share, is left
// unmatched rather than guessed.
func ParseHandout(text string, org *team.Org) (parts []Part, unmatched []Line) {
	names := unitNames(org)
	byUnit := map[team.UnitID][]string{}
	var heading team.UnitID
	for i, raw := range strings.Split(viet.Clean(text), "\n") {
		line := strings.TrimSpace(raw)
		if line == "" {
			continue
		}
		unit, rest := names.split(line)
		switch {
		case unit != "" && rest == "":
			heading = unit
			continue
		case unit == "":
			unit, rest = heading, line
		}
		if unit == "" {
			unmatched = append(unmatched, Line{N: i + 1, Text: line})
			continue
		}
		byUnit[unit] = append(byUnit[unit], rest)
	}
	for _, u := range org.Units {
		if lines := byUnit[u.ID]; len(lines) > 0 {
			parts = append(parts, Part{Unit: u.ID, Lines: lines})
		}
	}
	return parts, unmatched
}

// names maps folded names to units; "" marks a name two units share.
type names map[string]team.UnitID

func unitNames(org *team.Org) names {
	n := names{}
	for _, u := range org.Units {
		own := map[string]bool{}
		for _, name := range []string{string(u.ID), u.Short, u.Name} {
			key := viet.Fold(squeeze(name))
			if key == "" || own[key] {
				continue
			}
			own[key] = true
			if _, taken := n[key]; taken {
				n[key] = ""
			} else {
				n[key] = u.ID
			}
		}
	}
	return n
}

// split finds the unit among the cells and gives the other cells back.
func (n names) split(line string) (unit team.UnitID, rest string) {
	if u := n[viet.Fold(squeeze(strings.TrimRight(line, ": ")))]; u != "" {
		return u, ""
	}
	for _, sep := range []string{"\t", ";", "|", ":", ","} {
		if !strings.Contains(line, sep) {
			continue
		}
		cells := strings.Split(line, sep)
		if sep == ":" {
			cells = strings.SplitN(line, sep, 2)
		}
		for i, c := range cells {
			if u := n[viet.Fold(squeeze(c))]; u != "" {
				return u, joinCells(slices.Delete(slices.Clone(cells), i, i+1), sep)
			}
		}
	}
	return "", line
}

func joinCells(cells []string, sep string) string {
	var out []string
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" {
			out = append(out, c)
		}
	}
	if sep == "\t" || sep == "|" {
		sep = ";"
	}
	return strings.Join(out, sep+" ")
}

// For is the part of one unit.
func (h Handout) For(u team.UnitID) (Part, bool) {
	for _, p := range h.Parts {
		if p.Unit == u {
			return p, true
		}
	}
	return Part{}, false
}

// Answer records that the unit dealt with its lines.
func (h Handout) Answer(u team.UnitID, s Stamp, note string) (Handout, error) {
	i := slices.IndexFunc(h.Parts, func(p Part) bool { return p.Unit == u })
	if i < 0 {
		return h, ErrNoPart
	}
	if h.Parts[i].Done != nil {
		return h, ErrSettled
	}
	h.Parts = slices.Clone(h.Parts)
	h.Parts[i].Done, h.Parts[i].Note = &s, note
	return h, nil
}

// Pending lists the units that have not answered.
func (h Handout) Pending() []team.UnitID {
	var out []team.UnitID
	for _, p := range h.Parts {
		if p.Done == nil {
			out = append(out, p.Unit)
		}
	}
	return out
}
