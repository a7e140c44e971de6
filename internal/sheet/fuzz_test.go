package sheet

import (
	"context"
	"errors"
	"testing"
)

// FuzzRead: whatever comes in, a roster or a sentence comes out.
func FuzzRead(f *testing.F) {
	for _, l := range layouts {
		f.Add(l.file, l.data(f))
	}
	f.Add("a.csv", []byte("Ngày,Ca,Người trực\n8/2,đêm,An\n"))
	org := office(f)
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		r, err := Read(name, data, now)
		var no *Refusal
		if err != nil && (!errors.As(err, &no) || no.Text == "") {
			t.Fatalf("no sentence: %v", err)
		}
		for _, row := range r.Rows {
			if row.Length <= 0 || row.Date.IsZero() || !row.Empty && row.Person.Name == "" {
				t.Fatalf("half a row: %+v", row)
			}
		}
		for _, s := range Match(r, org, Options{Unit: "p"}).Shifts {
			if s.ID == "" || s.Unit == "" || !s.Start.Before(s.End) {
				t.Fatalf("half a shift: %+v", s)
			}
		}
	})
}

// FuzzParts mutates what is inside the packages, past the checksums that stop most changes to whole files.
func FuzzParts(f *testing.F) {
	f.Add(true, sheetHead+`<row r="1"><c r="A1" t="inlineStr"><is><t>Ngày</t></is></c><c r="B1" t="inlineStr"><is><t>Người trực</t></is></c></row><row r="2"><c r="A2"><v>45330</v></c><c r="B2" t="inlineStr"><is><t>An</t></is></c></row></sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells></worksheet>`)
	f.Add(false, `<w:document xmlns:w="`+wordNS+`"><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>Ngày</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Người trực</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>`)
	f.Fuzz(func(t *testing.T, excel bool, part string) {
		data := workbook(t, part)
		if !excel {
			data = packed(t, map[string]string{"word/document.xml": part})
		}
		var no *Refusal
		if _, err := Read("x", data, now); err != nil && !errors.As(err, &no) {
			t.Fatal(err)
		}
		if _, err := Text(context.Background(), "x", data); err != nil && !errors.As(err, &no) {
			t.Fatal(err)
		}
	})
}

// FuzzGrid works on text alone, where the fuzzer gets deeper than through a package's checksums.
func FuzzGrid(f *testing.F) {
	f.Add("Ngày;Thứ;Ca sáng;Ca đêm\n08/02;T5;An - 0912345678;Bình\n09/02;;nghỉ;Cường\n")
	f.Add("TT;Họ và tên;1;2;3;4;5\n1;An;x;;Đ;N,Đ;P\n")
	f.Add("Tháng 2/2024\n\"Nội dung\";08/02;09/02\nLãnh đạo;An;Bình\nSĐT;0912345678;\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Read("x.csv", []byte(text), now)
		if err != nil {
			return
		}
		for _, row := range r.Rows {
			if row.Length <= 0 || row.Date.IsZero() {
				t.Fatalf("half a row: %+v", row)
			}
		}
	})
}
