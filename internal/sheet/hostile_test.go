package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// workbook is a hand-made .xlsx around one worksheet's XML.
func workbook(t testing.TB, sheet string) []byte {
	return packed(t, map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
	})
}

// elsewhere is a workbook that keeps its sheet where nobody looks for one.
func elsewhere(t testing.TB, sheet string) []byte {
	return packed(t, map[string]string{
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="media/picture.png"/></Relationships>`,
		"xl/media/picture.png":       sheet,
	})
}

const sheetHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`

func TestRefusals(t *testing.T) {
	good := layouts[0].data(t)
	wide := sheetHead
	for i := 1; i <= 3000; i++ {
		wide += fmt.Sprintf(`<row r="%d"><c r="ABC%d"><v>1</v></c></row>`, i, i)
	}
	wide += `</sheetData></worksheet>`
	bomb := strings.Repeat("0", MaxPlain+1)
	for _, c := range []struct {
		name, file string
		data       []byte
		code       string
	}{
		{"empty", "a.xlsx", nil, "empty"},
		{"too large", "a.csv", bytes.Repeat([]byte("a,b\n"), MaxFile/4+1), "too_big"},
		{"old Excel", "a.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....."), "old_excel"},
		{"old Word", "a.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....."), "old_word"},
		{"password", "a.xlsx", append([]byte("\xd0\xcf\x11\xe0"), []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...), "password"},
		{"a web page called xls", "a.xls", []byte("<html><table>"), "old_excel"},
		{"text called xlsx", "a.xlsx", []byte("xin chào"), "damaged"},
		{"pdf", "a.pdf", []byte("%PDF-1.7"), "pdf"},
		{"other zip", "a.zip", packed(t, map[string]string{"a.txt": "x"}), "format"},
		{"truncated", "a.xlsx", good[:len(good)/2], "damaged"},
		{"truncated within", "a.xlsx", good[:len(good)-30], "damaged"},
		{"bomb", "a.xlsx", packed(t, map[string]string{"xl/workbook.xml": "<workbook/>", "xl/media/x": bomb}), "too_big"},
		{"last cell of all", "a.xlsx", workbook(t, sheetHead+`<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>`), "too_big"},
		{"wide rows", "a.xlsx", workbook(t, wide), "too_big"},
		{"everything merged", "a.xlsx", workbook(t, sheetHead+`<row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>`), "too_big"},
		{"last cell, in a sheet kept elsewhere", "a.xlsx", elsewhere(t, sheetHead+`<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>`), "too_big"},
		{"broken xml", "a.xlsx", workbook(t, sheetHead+`<row r="1"><c r="A1"`), "damaged"},
		{"no sheet", "a.xlsx", packed(t, map[string]string{"xl/workbook.xml": "<workbook/>"}), "damaged"},
		{"word without a table", "a.docx", document(t, []string{"Kính gửi"}, nil), "no_table"},
		{"word, broken", "a.docx", packed(t, map[string]string{"word/document.xml": "<w:document"}), "damaged"},
		{"word, entities", "a.docx", packed(t, map[string]string{"word/document.xml": `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>`}), "damaged"},
		{"word, wide", "a.docx", document(t, nil, [][]wordCell{{{text: "a", span: 1000}, {text: "b", span: 1000}}}), "too_big"},
		{"legacy letters", "a.csv", []byte("Ng\xb5y;Ng\xad\xeai tr\xf9c\n"), "encoding"},
		{"binary", "a.csv", []byte("a\x00b;c\n"), "format"},
		{"no roster", "a.csv", []byte("Tên hàng;Giá\nBút;5\n"), "no_roster"},
		{"long csv", "a.csv", bytes.Repeat([]byte("a;b\n"), MaxRows+1), "too_big"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(c.file, c.data, now)
			var r *Refusal
			if !errors.As(err, &r) || r.Code != c.code || r.Text == "" {
				t.Fatalf("%v (%+v), want %s", err, r, c.code)
			}
			if !strings.HasSuffix(strings.TrimSpace(r.Text), ".") {
				t.Errorf("no sentence: %q", r.Text)
			}
		})
	}
}

// TestStoredCells reads cells as other programs store them: formulas with their last value, ISO dates, text in place, phones as big numbers.
func TestStoredCells(t *testing.T) {
	inline := func(ref, text string) string {
		return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	data := workbook(t, sheetHead+
		`<row r="1">`+inline("A1", "Ngày")+inline("B1", "Người trực")+inline("C1", "SĐT")+`</row>`+
		`<row r="2"><c r="A2"><v>45330</v></c>`+inline("B2", "An")+`<c r="C2"><v>9.12345678E8</v></c></row>`+
		`<row r="3"><c r="A3"><f>A2+1</f><v>45331</v></c>`+inline("B3", "Bình")+`<c r="C3" t="str"><f>"0"&amp;D3</f><v>0987654321</v></c></row>`+
		`<row r="4"><c r="A4" t="d"><v>2024-02-10T00:00:00</v></c>`+inline("B4", "Cường")+`</row>`+
		`<row r="5"><c r="A5"><v>45333.3125</v></c>`+inline("B5", "Dung")+`<c r="C5"><v>84912345678</v></c></row></sheetData></worksheet>`)
	r, err := Read("a.xlsx", data, now)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"08/02 07h30-07h30|duty|An|0912 345 678", "09/02 07h30-07h30|duty|Bình|0987 654 321", "10/02 07h30-07h30|duty|Cường", "11/02 07h30-07h30|duty|Dung|0912 345 678"}
	if d := cmp.Diff(want, lines(r)); d != "" {
		t.Errorf("%s\n%v", d, r.Problems)
	}
}

func TestSignatures(t *testing.T) {
	r, err := Read("x.csv", []byte("Ngày;Người trực\n08/02/2024;Nguyễn Văn An\n\n;Người lập biểu\n;Lê Văn Cường\n"), now)
	if err != nil || len(r.Rows) != 1 {
		t.Errorf("signatures are not people on duty: %v %v", lines(r), err)
	}
}

func TestText(t *testing.T) {
	ctx := context.Background()
	utf16 := []byte{0xff, 0xfe}
	for _, r := range "Kính gửi:\r\nđơn vị" {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for _, c := range []struct {
		file string
		data []byte
		want string
	}{
		{"a.txt", []byte("\ufeffKính gửi:\r\nđơn vị\u00a0A\r\n"), "Kính gửi:\nđơn vị A"},
		{"a.txt", utf16, "Kính gửi:\nđơn vị"},
		{"a.docx", document(t, []string{"Kính gửi:", "1. Rà soát\nhệ thống"}, words([]string{"Ngày", "Người"}, []string{"08/02", "An"})), "Kính gửi:\n1. Rà soát\nhệ thống\nNgày\tNgười\n08/02\tAn"},
	} {
		got, err := Text(ctx, c.file, c.data)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.file, got, err)
		}
	}
	for code, data := range map[string][]byte{"spreadsheet": layouts[0].data(t), "no_text": []byte(" \n "), "encoding": []byte("Ng\xb5y")} {
		var r *Refusal
		if _, err := Text(ctx, "a.txt", data); !errors.As(err, &r) || r.Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// TestWordLists: the numbers Word makes itself are written out, by paragraph and by style.
func TestWordLists(t *testing.T) {
	item := func(list, level, text string) string {
		return `<w:p><w:pPr><w:numPr><w:ilvl w:val="` + level + `"/><w:numId w:val="` + list + `"/></w:numPr></w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
	}
	ns := ` xmlns:w="` + wordNS + `"`
	level := func(n, format, text string) string {
		return `<w:lvl w:ilvl="` + n + `"><w:start w:val="1"/><w:numFmt w:val="` + format + `"/><w:lvlText w:val="` + text + `"/></w:lvl>`
	}
	data := packed(t, map[string]string{
		"word/document.xml": `<w:document` + ns + `><w:body>` + `<w:p><w:pPr><w:pStyle w:val="Muc"/><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>Đối với các cơ quan</w:t></w:r></w:p>` +
			item("1", "0", "Rà soát") + item("1", "1", "máy chủ") + item("1", "1", "máy trạm") + item("1", "0", "Trực") + item("2", "0", "gạch") +
			item("0", "0", "thường") + item("1", "1", "ca đêm") + `<w:p><w:pPr><w:pStyle w:val="Muc"/></w:pPr><w:r><w:t>Báo cáo</w:t></w:r></w:p>` + item("4", "0", "lại từ đầu") + `</w:body></w:document>`,
		"word/numbering.xml": `<w:numbering` + ns + `><w:abstractNum w:abstractNumId="7">` + level("0", "decimal", "%1.") + level("1", "lowerLetter", "%1.%2)") + `</w:abstractNum>` +
			`<w:abstractNum w:abstractNumId="8">` + level("0", "bullet", "\uf0b7") + `</w:abstractNum><w:abstractNum w:abstractNumId="9">` + level("0", "upperRoman", "%1.") + `</w:abstractNum>` +
			`<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="9"/></w:num>` +
			`<w:num w:numId="4"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>`,
		"word/styles.xml": `<w:styles` + ns + `><w:style w:type="paragraph" w:styleId="Muc"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style></w:styles>`,
	})
	got, err := Text(context.Background(), "a.docx", data)
	want := "I. Đối với các cơ quan\n1. Rà soát\n1.a) máy chủ\n1.b) máy trạm\n2. Trực\n- gạch\nthường\n2.a) ca đêm\nII. Báo cáo\n1. lại từ đầu"
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
}

// pdf is a page that says "Kinh gui" in a font every reader has.
const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n" +
	"4 0 obj<</Length 38>>stream\nBT /F1 12 Tf 10 50 Td (Kinh gui) Tj ET\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

func TestPDF(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		var r *Refusal
		if _, err := Text(context.Background(), "a.pdf", []byte(pdf)); !errors.As(err, &r) || r.Code != "no_pdf" {
			t.Errorf("without the tool: %v", err)
		}
		return
	}
	if got, err := Text(context.Background(), "a.pdf", []byte(pdf)); err != nil || got != "Kinh gui" {
		t.Errorf("%q %v", got, err)
	}
	var r *Refusal
	if _, err := Text(context.Background(), "a.pdf", []byte("%PDF-1.4 nonsense")); !errors.As(err, &r) || r.Code != "damaged" {
		t.Errorf("broken: %v", err)
	}
}

func TestWriteTable(t *testing.T) {
	data, err := WriteTable(Table{Name: "Sổ trực: 08/02 [ca đêm] và một tên rất dài", Title: "SỔ TRỰC", Heads: []string{"Giờ", "Nội dung"},
		Rows: [][]string{{"19h00", "=HYPERLINK(\"http://x\")"}, {"20h00", "+84 912"}, {"21h00", "ổn"}}})
	if err != nil {
		t.Fatal(err)
	}
	grids, _, err := Open("x.xlsx", data)
	if err != nil || len(grids) != 1 {
		t.Fatal(err)
	}
	var got []string
	for r := range grids[0].Rows {
		for c := range grids[0].Rows[r] {
			got = append(got, grids[0].at(r, c))
		}
	}
	if d := cmp.Diff([]string{"SỔ TRỰC", "Giờ", "Nội dung", "19h00", "=HYPERLINK(\"http://x\")", "20h00", "+84 912", "21h00", "ổn"}, got); d != "" {
		t.Error(d)
	}
	if text("=1+1") != "'=1+1" || text("@a") != "'@a" || text("a=1") != "a=1" {
		t.Error("formulas are kept text")
	}
}

// TestHeavyFile: a file made to be slow is refused for the work it asks for, not endured.
func TestHeavyFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("Ngày;Người trực\n")
	for i := range 12000 {
		fmt.Fprintf(&b, "8/2;%d %s\n", i, strings.Repeat("0 9 1. ", 100))
	}
	var no *Refusal
	if _, err := Read("x.csv", []byte(b.String()), now); !errors.As(err, &no) || no.Code != "too_big" {
		t.Errorf("%v", err)
	}
}
