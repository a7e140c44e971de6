package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/roster"
	"trucban/internal/sheet"
	"trucban/internal/team"
	"trucban/messages"
)

type rosterCmd struct {
	File string `arg:"" help:"Roster file: .xlsx, .csv or .docx." type:"path"`
	Town string `help:"Organisation file whose people and shifts it is compared with." default:"town.yaml" type:"path"`
	Unit string `help:"Unit of rows that name none; default: the top of the tree."`
	Now  string `hidden:"" help:"Moment to compare at, 2006-01-02 15:04."`
}

// Run prints the preview the bot shows; nothing is changed. A file that cannot be
// read is refused with a sentence and exit code 2.
func (c rosterCmd) Run(s streams) error {
	setup, err := readTown(c.Town)
	if err != nil {
		return usageError{err}
	}
	setup.Town.Org.Index()
	data, err := readAtMost(c.File, sheet.MaxFile+1)
	if err != nil {
		return usageError{fmt.Errorf("the file cannot be read: %w", err)}
	}
	now, err := c.now()
	if err != nil {
		return err
	}
	unit := setup.Town.Org.Root()
	if c.Unit != "" {
		unit = team.UnitID(c.Unit)
	}
	u, ok := setup.Town.Org.Unit(unit)
	if !ok {
		return usageError{fmt.Errorf("%q is not a unit of %s", c.Unit, c.Town)}
	}
	rows, err := sheet.Read(filepath.Base(c.File), data, now)
	var refusal *sheet.Refusal
	if errors.As(err, &refusal) {
		return usageError{errors.New(refusal.Text)}
	}
	if err != nil {
		return fmt.Errorf("read the roster: %w", err)
	}
	m := sheet.Match(rows, &setup.Town.Org, sheet.Options{Unit: unit})
	if setup.Shifts, err = withBase(setup, calendar.DateOf(now)); err != nil {
		return usageError{err}
	}
	change := bot.CompareRoster(&setup.Town.Org, m, setup.Shifts, now, roster.Check{})
	return c.print(s, setup, m, change.Preview(filepath.Base(c.File), u.Name))
}

func (c rosterCmd) now() (time.Time, error) {
	if c.Now == "" {
		return time.Now(), nil
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", c.Now, calendar.Zone)
	if err != nil {
		return t, usageError{fmt.Errorf("--now: %w", err)}
	}
	return t, nil
}

// print writes the questions the bot would ask, then the preview without the
// people asked about.
func (c rosterCmd) print(s streams, setup bot.Setup, m sheet.Matched, p messages.RosterPreview) error {
	texts, err := messages.Load()
	if err != nil {
		return fmt.Errorf("load the texts: %w", err)
	}
	var all []any
	for i, q := range m.Questions {
		ask := messages.RosterQuestion{Kind: string(q.Kind), Name: q.Name, Title: q.Title, Unit: string(q.Unit), Places: q.Places, Times: q.Times}
		if u, ok := setup.Town.Org.Unit(q.Unit); ok {
			ask.Unit = u.Name
		}
		for n, id := range q.Candidates {
			who, _ := setup.Town.Org.Member(id)
			ask.Choices = append(ask.Choices, fmt.Sprintf("%d. %s", n+1, who.Name))
		}
		ask.Left = len(m.Questions) - 1 - i
		all = append(all, ask)
	}
	for _, msg := range append(all, p) {
		text, err := texts.Render(setup.Town.Lang, msg)
		if err != nil {
			return fmt.Errorf("print the preview: %w", err)
		}
		if _, err := fmt.Fprintln(s.out, chat.Plain(text)+"\n"); err != nil {
			return fmt.Errorf("print the preview: %w", err)
		}
	}
	return nil
}
