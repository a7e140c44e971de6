package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"trucban/internal/viet"
)

// MIME types of what the package makes.
const (
	DocxMIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	PNGMIME  = "image/png"
)

// align is the alignment of a paragraph.
type align string

const (
	left    align = "left"
	centre  align = "center"
	justify align = "both"
)

// run is a stretch of text in one look; size is in half points, 0 the document's own.
type run struct {
	text   string
	bold   bool
	italic bool
	size   int
	under  bool
}

// para is one paragraph; lengths are in twentieths of a point.
type para struct {
	runs     []run
	align    align
	first    int // indent of the first line
	inset    int // indent on both sides
	before   int
	after    int
	rule     bool // a line along the bottom, between the insets
	box      bool // a frame around
	leader   bool // the rest of the line is dots, to be filled in by hand
	keepNext bool
}

// table is a grid; widths are in twentieths of a point.
type table struct {
	widths []int
	lines  bool // borders
	head   int  // rows repeated at the top of each page
	rows   [][]cell
}

// cell is one cell; span is how many columns it takes, 0 being one.
type cell struct {
	paras []para
	span  int
}

// body is a document on its way.
type body struct {
	xml bytes.Buffer
}

func (b *body) writef(format string, args ...any) { fmt.Fprintf(&b.xml, format, args...) }

// text writes a run's text: escaped, in NFC, line breaks and tabs as elements,
// characters that cannot be seen or that XML cannot hold left out.
func (b *body) text(s string) {
	s = viet.Clean(strings.ToValidUTF8(s, ""))
	var part strings.Builder
	flush := func() {
		if part.Len() == 0 {
			return
		}
		b.writef(`<w:t xml:space="preserve">`)
		_ = xml.EscapeText(&b.xml, []byte(part.String())) // a buffer takes everything
		b.writef(`</w:t>`)
		part.Reset()
	}
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case r == '\n' || r == '\r':
			flush()
			b.writef(`<w:br/>`)
		case r == '\t':
			flush()
			b.writef(`<w:tab/>`)
		case r < ' ' || r == 0xFFFE || r == 0xFFFF || 0xD800 <= r && r <= 0xDFFF:
		default:
			part.WriteRune(r)
		}
	}
	flush()
}

func (b *body) run(r run) {
	b.writef(`<w:r><w:rPr>`)
	if r.bold {
		b.writef(`<w:b/>`)
	}
	if r.italic {
		b.writef(`<w:i/>`)
	}
	if r.size > 0 {
		b.writef(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, r.size, r.size)
	}
	if r.under {
		b.writef(`<w:u w:val="single"/>`)
	}
	b.writef(`</w:rPr>`)
	b.text(r.text)
	b.writef(`</w:r>`)
}

func (b *body) para(p para) {
	b.writef(`<w:p><w:pPr>`)
	if p.keepNext {
		b.writef(`<w:keepNext/>`)
	}
	const line = `w:val="single" w:sz="6" w:space="1" w:color="000000"`
	switch {
	case p.box:
		b.writef(`<w:pBdr><w:top %[1]s/><w:left %[1]s/><w:bottom %[1]s/><w:right %[1]s/></w:pBdr>`, line)
	case p.rule:
		b.writef(`<w:pBdr><w:bottom %s/></w:pBdr>`, line)
	}
	if p.leader {
		b.writef(`<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="%d"/></w:tabs>`, textWidth)
	}
	exact := ""
	if p.rule { // the line belongs right under the text above
		exact = ` w:line="60" w:lineRule="exact"`
	}
	b.writef(`<w:spacing w:before="%d" w:after="%d"%s/>`, p.before, p.after, exact)
	if p.inset > 0 || p.first > 0 {
		b.writef(`<w:ind w:left="%d" w:right="%d" w:firstLine="%d"/>`, p.inset, p.inset, p.first)
	}
	if p.align != "" {
		b.writef(`<w:jc w:val="%s"/>`, p.align)
	}
	if n := len(p.runs); n > 0 && p.runs[n-1].size > 0 { // or the end of the paragraph keeps the line high
		b.writef(`<w:rPr><w:sz w:val="%d"/></w:rPr>`, p.runs[n-1].size)
	}
	b.writef(`</w:pPr>`)
	for _, r := range p.runs {
		b.run(r)
	}
	if p.leader {
		b.writef(`<w:r><w:tab/></w:r>`)
	}
	b.writef(`</w:p>`)
}

func (b *body) table(t table) {
	total := 0
	for _, w := range t.widths {
		total += w
	}
	b.writef(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/>`, total)
	if t.lines {
		const line = `w:val="single" w:sz="4" w:space="0" w:color="000000"`
		b.writef(`<w:tblBorders><w:top %[1]s/><w:left %[1]s/><w:bottom %[1]s/><w:right %[1]s/><w:insideH %[1]s/><w:insideV %[1]s/></w:tblBorders>`, line)
	}
	b.writef(`<w:tblLayout w:type="fixed"/>`)
	side := 0
	if t.lines {
		side = 70
	}
	b.writef(`<w:tblCellMar><w:left w:w="%[1]d" w:type="dxa"/><w:right w:w="%[1]d" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, side)
	for _, w := range t.widths {
		b.writef(`<w:gridCol w:w="%d"/>`, w)
	}
	b.writef(`</w:tblGrid>`)
	for n, row := range t.rows {
		b.row(t, row, n < t.head)
	}
	b.writef(`</w:tbl>`)
}

func (b *body) row(t table, row []cell, head bool) {
	b.writef(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		b.writef(`<w:tblHeader/>`)
	}
	b.writef(`</w:trPr>`)
	col := 0
	for _, c := range row {
		span := max(1, c.span)
		width := 0
		for ; span > 0 && col < len(t.widths); span-- {
			width += t.widths[col]
			col++
		}
		b.writef(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, width)
		if c.span > 1 {
			b.writef(`<w:gridSpan w:val="%d"/>`, c.span)
		}
		b.writef(`</w:tcPr>`)
		for _, p := range c.paras {
			b.para(p)
		}
		if len(c.paras) == 0 {
			b.para(para{}) // a cell holds at least one
		}
		b.writef(`</w:tc>`)
	}
	b.writef(`</w:tr>`)
}

// bytes closes the document: A4, margins 20/20/30/20 mm, page number in the
// middle of the top margin except on the first page.
func (b *body) bytes(title string, at time.Time) ([]byte, error) {
	var doc bytes.Buffer
	doc.WriteString(xml.Header + `<w:document xmlns:w="` + nsW + `" xmlns:r="` + nsR + `"><w:body>`)
	doc.Write(b.xml.Bytes())
	doc.WriteString(`<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/><w:titlePg/></w:sectPr></w:body></w:document>`)
	var name strings.Builder
	_ = xml.EscapeText(&name, []byte(title)) // a builder takes everything
	parts := []struct{ name, data string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", fmt.Sprintf(coreProps, name.String(), at.UTC().Format(time.RFC3339))},
		{"word/document.xml", doc.String()},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", styles},
		{"word/header1.xml", pageNumber},
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: at.UTC()})
		if err != nil {
			return nil, fmt.Errorf("write document part: %w", err)
		}
		if _, err := w.Write([]byte(p.data)); err != nil {
			return nil, fmt.Errorf("write document part: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("close document: %w", err)
	}
	return out.Bytes(), nil
}

const (
	nsW          = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	nsR          = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	contentTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
	packageRels = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	documentRels = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/></Relationships>`
	coreProps = xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>%s</dc:title><dc:language>vi-VN</dc:language>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created></cp:coreProperties>`
	styles = xml.Header + `<w:styles xmlns:w="` + nsW + `"><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>` +
		`<w:color w:val="000000"/><w:sz w:val="26"/><w:szCs w:val="26"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>`
	pageNumber = xml.Header + `<w:hdr xmlns:w="` + nsW + `"><w:p><w:pPr><w:jc w:val="center"/></w:pPr>` +
		`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`
)
