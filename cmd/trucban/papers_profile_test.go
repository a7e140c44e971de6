package main

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"trucban/bot"
	"trucban/internal/incident"
	"trucban/messages"
)

// TestReportIsFilledFromTheUnitsProfile reads the profile from an organisation
// file and finds it in the initial report; what is not on file is not invented.
func TestReportIsFilledFromTheUnitsProfile(t *testing.T) {
	s, err := parseTown([]byte(`name: UBND phường Hoa Sen
units:
  - id: vhxh
    name: Phòng VH-XH
    profile: {address: 1 đường Hoa Sen, phone: 0238 3500 001, email: vhxh@example.vn, level: 2, connection: Viễn thông Sao Mai, domains: hoasen.example.vn}
people:
  - {id: an, name: Nguyễn Văn An, unit: vhxh, phone: 0912 000 112}
`))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := incident.ParseRules(messages.Rules())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2027, 2, 6, 14, 0, 0, 0, time.UTC)
	unit, _ := s.Town.Org.Unit("vhxh")
	contact, _ := s.Town.Org.Member("an")
	doc, err := papers{}.IncidentReport(bot.IncidentPaper{
		Rules: rules, Unit: unit, Contact: contact, Issuer: "UBND phường Hoa Sen", At: at,
		Incident: incident.New(incident.Report{ID: "SC-2027-0001", Unit: "vhxh", Text: "web bị đổi giao diện"}, incident.Act{By: "an", At: at}),
	})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 đường Hoa Sen", "0238 3500 001", "vhxh@example.vn", "Viễn thông Sao Mai", "hoasen.example.vn"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the report has no %q", want)
		}
	}
	if _, err := parseTown([]byte("name: X\nunits:\n  - {id: a, name: A, profile: {level: 9}}\n")); err == nil || !strings.Contains(err.Error(), "level") {
		t.Errorf("a level of 9: %v", err)
	}
}
