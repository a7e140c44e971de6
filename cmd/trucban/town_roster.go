package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"trucban/bot"
	"trucban/internal/roster"
	"trucban/internal/sheet"
	"trucban/internal/team"
)

// addRosters reads the roster files the organisation file names, beside it, and
// adds their shifts; every fault and every name that is not clear is listed. What
// the files hold is part of the revision.
func addRosters(s *bot.Setup, town string, sheets []townSheet) error {
	if len(sheets) == 0 {
		return nil
	}
	sum := sha256.New()
	sum.Write([]byte(s.Town.Rev))
	var faults []error
	for _, f := range sheets {
		path := f.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(town), path)
		}
		data, err := readAtMost(path, sheet.MaxFile+1)
		if err != nil {
			faults = append(faults, fmt.Errorf("organisation file: rosters: %w", err))
			continue
		}
		sum.Write(data)
		faults = append(faults, addRoster(s, f, data))
	}
	s.Town.Rev = hex.EncodeToString(sum.Sum(nil)[:8])
	return errors.Join(faults...)
}

func addRoster(s *bot.Setup, f townSheet, data []byte) error {
	read, err := sheet.Read(filepath.Base(f.File), data, time.Now())
	if err != nil {
		return fmt.Errorf("roster %s: %w", f.File, err)
	}
	m := sheet.Match(read, &s.Town.Org, sheet.Options{Unit: team.UnitID(f.Unit)})
	var faults []error
	for _, p := range m.Problems {
		if p.Level == sheet.Fault {
			faults = append(faults, fmt.Errorf("roster %s: %s: %s", f.File, p.Place(), p.Text))
		}
	}
	for _, q := range m.Questions {
		faults = append(faults, fmt.Errorf("roster %s: %s: who is %q? write the full name as it stands in people, or the phone beside it", f.File, strings.Join(q.Places, ", "), q.Name))
	}
	for _, sh := range m.Shifts {
		sh.Origin = roster.OriginFile
		s.Shifts = append(s.Shifts, sh)
	}
	return errors.Join(faults...)
}
