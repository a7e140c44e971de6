package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trucban/internal/incident"
	"trucban/internal/roster"
	"trucban/internal/team"
)

func local(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, roster.Zone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// part reads one part of a document.
func part(t testing.TB, docx []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// lines reads a document back: one line a paragraph, cells of a row joined by " | ".
func lines(t testing.TB, docx []byte) string {
	t.Helper()
	var out, row, p strings.Builder
	depth := 0
	d := xml.NewDecoder(bytes.NewReader(part(t, docx, "word/document.xml")))
	inText := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatalf("document.xml: %v", err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "tr":
				depth++
				row.Reset()
			case "t":
				inText = true
			case "br":
				p.WriteString(" / ")
			case "tab":
				p.WriteString(" ")
			}
		case xml.CharData:
			if inText {
				p.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "t":
				inText = false
			case "p":
				s := strings.TrimSpace(p.String())
				p.Reset()
				switch {
				case s == "":
				case depth > 0:
					row.WriteString(s + " ")
				default:
					out.WriteString(s + "\n")
				}
			case "tc":
				row.WriteString("| ")
			case "tr":
				depth--
				out.WriteString(strings.TrimSuffix(strings.TrimSpace(row.String()), "|") + "\n")
			}
		}
	}
}

// page is what one printed document says and how many sheets it takes.
type page struct {
	text  string
	count int
}

// printed has LibreOffice print the documents, all in one start, and reads the prints.
func printed(t *testing.T, docs map[string][]byte) map[string]page {
	t.Helper()
	for _, tool := range []string{"soffice", "pdftotext"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is needed here: %v", tool, err)
			}
			t.Skipf("no %s on this machine: %v", tool, err)
		}
	}
	dir := t.TempDir()
	args := []string{"--headless", "-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--convert-to", "pdf", "--outdir", dir}
	for name, doc := range docs {
		in := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(in, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, in)
	}
	if out, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	pages := map[string]page{}
	for name := range docs {
		out, err := exec.Command("pdftotext", "-layout", filepath.Join(dir, name+".pdf"), "-").Output()
		if err != nil {
			t.Fatalf("pdftotext %s: %v", name, err)
		}
		pages[name] = page{string(out), bytes.Count(out, []byte{'\f'})}
	}
	return pages
}

func rules(t testing.TB) incident.Rules {
	t.Helper()
	data, err := os.ReadFile("../../messages/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := incident.ParseRules(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var office = Office{
	Superior: "UBND tỉnh Ví Dụ", Issuer: "UBND phường Ví Dụ", Code: "UBND", Place: "Ví Dụ",
	Authority: []string{"TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"},
	Receivers: []string{"Công an tỉnh (b/c)", "Chủ tịch UBND phường (b/c)"}, Archive: "VT, VHXH",
}

// sample is a defaced page, from the report to the close.
func sample(t testing.TB) IncidentReport {
	t.Helper()
	r := rules(t)
	sent := local("2027-02-06 21:20")
	text := "Trang thông tin phường bị đổi giao diện từ 21h"
	rep := r.Propose(text, sent).Report(text)
	rep.ID, rep.Unit = "SC-2027-0003", "p1"
	by := func(who string, min int) incident.Act {
		return incident.Act{By: team.MemberID(who), At: sent.Add(time.Duration(min) * time.Minute), From: "local:g1"}
	}
	i := incident.New(rep, by("an", 0))
	step := func(next incident.Incident, err error) {
		if err != nil {
			t.Fatal(err)
		}
		i = next
	}
	step(i.Ack(by("binh", 4)))
	step(i.Take(by("binh", 5)))
	step(i.Update("đã chuyển trang sang bảo trì", by("binh", 20)))
	i, _, _ = i.Step(sent.Add(20*time.Minute), incident.Policy{Rules: r})
	return IncidentReport{
		Office: office, Rules: r, Incident: i, At: local("2027-02-06 22:00"),
		Profile: Profile{Org: "UBND phường Ví Dụ", Address: "Số 1 đường Ví Dụ", Phone: "+842383555555", Operator: "UBND phường Ví Dụ", System: "Trang TTĐT phường (vidu.example)", SystemLevel: 2},
		Contact: Person{Name: "Trần Thị Bình", Title: "Công chức VHXH", Phone: "+84912345678"},
		Names:   map[team.MemberID]string{"an": "Nguyễn Văn An", "binh": "Trần Thị Bình"},
		FoundBy: []string{"Khác, đó là …"},
	}
}
