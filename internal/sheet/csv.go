package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// openCSV reads separated values with comma, semicolon or tab, whichever the file uses.
func openCSV(data []byte) ([]Grid, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	var comma rune
	if first, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(strings.ToLower(first), "sep=") && len(first) >= 5 {
		comma, text = rune(first[4]), rest
	} else {
		comma = separator(text)
	}
	if !strings.ContainsRune(",;\t|", comma) {
		comma = ','
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	g := Grid{Name: "CSV", Words: true}
	cells := 0
	line := 1
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, damaged()
		}
		for at, _ := r.FieldPos(0); line < at; line++ { // the reader skips blank lines, which end tables
			g.Rows = append(g.Rows, nil)
		}
		line++
		row := make([]Cell, len(rec))
		for i, f := range rec {
			row[i].Text = plain(f)
			line += strings.Count(f, "\n")
		}
		g.Rows = append(g.Rows, row)
		if cells += len(rec); len(g.Rows) > MaxRows || len(rec) > MaxCols || cells > MaxCells {
			return nil, tooMany()
		}
	}
	return []Grid{g}, nil
}

// separator is the candidate that most lines of the beginning hold equally often,
// outside quotes: names are listed with commas inside the cells of a semicolon file.
func separator(text string) rune {
	const sample = 16 << 10
	best, most := ',', 0
	for _, c := range ";\t," {
		lines := map[int]int{} // separators on a line to the number of such lines
		n, quoted := 0, false
		for _, r := range text[:min(len(text), sample)] + "\n" {
			switch {
			case r == '"':
				quoted = !quoted
			case r == c && !quoted:
				n++
			case r == '\n' && !quoted:
				lines[n]++
				n = 0
			}
		}
		for n, times := range lines {
			if n > 0 && times > most {
				best, most = c, times
			}
		}
	}
	return best
}

// decode turns a text file into UTF-8 with LF: UTF-8 with or without a byte order
// mark, and UTF-16 with one. Older Vietnamese code pages are refused, because
// nothing in such a file says which one it is.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", refuse("encoding", "Không nhận ra bảng mã của tệp. Đề nghị lưu lại theo UTF-8 rồi gửi.")
		}
		data = out
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", refuse("format", "Tệp không phải văn bản. Đề nghị gửi tệp Excel (.xlsx), Word (.docx) hoặc CSV.")
	}
	if !utf8.Valid(data) {
		return "", refuse("encoding", "Tệp không theo bảng mã UTF-8 (có thể là TCVN3 hoặc VNI). Đề nghị lưu lại theo Unicode UTF-8 rồi gửi.")
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n"), nil
}
