package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// dangerous are beginnings that a spreadsheet takes for a formula, in a workbook or
// once it is saved as CSV, with the white space it may pass over.
var dangerous = []string{"=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u00a0=", "\u200b=", "＝", "＋", "－", "＠", "\x00=", "\ufeff="}

// TestNoCellIsAFormula writes every dangerous beginning into every place of every
// workbook we make: there is no formula element, every cell is text, and no text
// begins with what a spreadsheet would calculate.
func TestNoCellIsAFormula(t *testing.T) {
	for _, lead := range dangerous {
		bad := lead + `cmd|' /C calc'!A0`
		table, err := WriteTable(Table{Name: bad, Title: bad, Lines: []string{bad}, Heads: []string{bad, bad}, Rows: [][]string{{bad, bad}, {"ổn", bad}}})
		if err != nil {
			t.Fatalf("%q: %v", lead, err)
		}
		at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
		org := team.Org{Units: []team.Unit{{ID: "a", Name: bad}}, Members: []team.Member{{ID: "m", Name: bad, Unit: "a", Phone: bad}}}
		org.Index()
		shifts := []roster.Shift{{ID: "s", Unit: "a", Name: bad, Start: at, End: at.Add(8 * time.Hour), Note: bad, People: []roster.Assignment{{Member: "m"}, {Member: team.MemberID(bad), Post: roster.PostDesk}}}}
		book, err := WriteRoster(bad, shifts, &org, true)
		if err != nil {
			t.Fatalf("%q: %v", lead, err)
		}
		for name, data := range map[string][]byte{"table": table, "roster": book} {
			n := 0
			for _, text := range cellTexts(t, data) {
				if strings.Contains(text, "calc") {
					n++
				}
				if strings.HasPrefix(text, "'") {
					continue
				}
				if r := []rune(strings.TrimSpace(text)); len(r) > 0 && strings.ContainsRune("=+-@＝＋－＠", r[0]) || strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
					t.Errorf("%s: a cell begins with %q: %q", name, lead, text)
				}
			}
			if n < 5 {
				t.Errorf("%s: %q stands in %d cells only", name, lead, n)
			}
		}
	}
}

// cellTexts are the texts of a workbook's cells; a formula among them fails the test.
func cellTexts(t *testing.T, data []byte) (out []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/") && f.Name != "xl/sharedStrings.xml" {
			continue
		}
		body, err := part(z, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(bytes.NewReader(body))
		in := false
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				if tok.Name.Local == "f" {
					t.Errorf("%s holds a formula", f.Name)
				}
				if in = tok.Name.Local == "t"; in {
					out = append(out, "")
				}
			case xml.CharData:
				if in {
					out[len(out)-1] += string(tok)
				}
			case xml.EndElement:
				in = false
			}
		}
	}
	return out
}
