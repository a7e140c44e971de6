package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/hotline"
	"trucban/internal/report"
	"trucban/internal/team"
	"trucban/internal/viet"
)

// papers makes the bot's documents with the report package.
type papers struct{}

// IncidentReport fills the form of the regime; whatever is not on record stays blank.
func (papers) IncidentReport(p bot.IncidentPaper) ([]byte, error) {
	in := report.IncidentReport{
		Office: report.Office{Issuer: p.Issuer}, Rules: p.Rules, Incident: p.Incident, Regime: p.Regime, Names: p.Names, At: p.At,
		Profile: profile(p.Unit),
		Contact: report.Person{Name: p.Contact.Name, Title: p.Contact.Title, Phone: p.Contact.Phone},
		FirstAt: p.FirstAt,
	}
	if p.Closing {
		return report.IncidentClosing(in)
	}
	return report.IncidentInitial(in)
}

// profile is what the organisation keeps on file about a unit.
func profile(u team.Unit) report.Profile {
	out := report.Profile{Org: u.Name}
	p := u.Profile
	if p == nil {
		return out
	}
	out.Address, out.Phone, out.Email = p.Address, p.Phone, p.Email
	out.Operator, out.Owner, out.System, out.SystemLevel = p.Operator, p.Owner, p.System, p.Level
	out.SecurityVendor, out.UpstreamVendor = p.SecurityVendor, p.Connection
	out.Domains, out.PublicIPs, out.Purpose = p.Domains, p.PublicIPs, p.Purpose
	if found := viet.ParsePhones(p.Phone); len(found) > 0 {
		out.Phone = found[0]
	}
	return out
}

// PhoneTree is the printable list, as a document and as text.
func (papers) PhoneTree(issuer string, tree hotline.Tree) ([]byte, string, error) {
	office := report.Office{Issuer: issuer}
	docx, err := report.PhoneTree(office, tree)
	return docx, report.PhoneTreeText(office, tree), err
}

// phoneTreeAt is the hour of night at which the list on disk is made anew.
const phoneTreeAt = 2 * time.Hour

// nightly writes the phone list into the data folder once a night, and at once
// when there is none: it is what is left on a day without internet and store.
func (a *App) nightly(ctx context.Context) {
	if a.parts.Data == "" {
		return
	}
	now := a.clock.Now()
	night := calendar.DateOf(now).Midnight().Add(phoneTreeAt)
	if now.Before(night) {
		night = night.AddDate(0, 0, -1)
	}
	if !a.treeAt.Before(night) {
		return
	}
	if err := a.writePhoneTree(ctx); err != nil {
		if ctx.Err() == nil {
			a.parts.Log.Warn().Err(err).Msg("no new phone list")
		}
		return
	}
	a.treeAt = now
}

func (a *App) writePhoneTree(ctx context.Context) error {
	issuer, tree, err := a.bot.PhoneTree(ctx)
	if err != nil {
		return fmt.Errorf("collect the phone list: %w", err)
	}
	docx, text, err := papers{}.PhoneTree(issuer, tree)
	if err != nil {
		return fmt.Errorf("make the phone list: %w", err)
	}
	for name, data := range map[string][]byte{"danh-ba-truc.docx": docx, "danh-ba-truc.txt": []byte(text)} {
		if err := replaceFile(filepath.Join(a.parts.Data, name), data); err != nil {
			return fmt.Errorf("write the phone list: %w", err)
		}
	}
	return nil
}

// replaceFile writes a file whole or not at all; only its owner may read it.
func replaceFile(path string, data []byte) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
