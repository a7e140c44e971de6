package dispatch

import (
	"fmt"
	"strings"
)

// WarnCode says what a reader has to look at.
type WarnCode string

// The closed set of warnings.
const (
	WarnRenumbered WarnCode = "renumbered"      // a number was out of order
	WarnAccentless WarnCode = "accentless"      // the text has no marks; matching is weaker
	WarnIssuer     WarnCode = "issuer_inferred" // no header; the issuer comes from the body
	WarnNoNumber   WarnCode = "number_blank"    // "Số:    /UBND-VP"
	WarnNoTasks    WarnCode = "no_tasks"        // nothing to do was found
	WarnNoList     WarnCode = "no_list"         // no numbering; tasks were cut at sentences
	WarnSkipped    WarnCode = "section_skipped" // a section that gives no tasks (mục đích, kinh phí)
	WarnSpaces     WarnCode = "spaces"          // doubled spaces were squeezed
	WarnHeading    WarnCode = "heading_colon"   // a heading was taken as one without its colon
	WarnPhone      WarnCode = "phone"           // a phone number is not valid, or an old one was renumbered
	WarnDate       WarnCode = "date"            // an impossible date, or a date without a year
	WarnRelative   WarnCode = "relative_due"    // a deadline counted from an event; no day can be named
	WarnAnnex      WarnCode = "annex"           // text after the signature was not read
	WarnTable      WarnCode = "table"           // table rows were not read
	WarnRoster     WarnCode = "roster"          // a table looks like a roster, which is imported elsewhere
)

// Warning is one thing the desk should check. It is written as its sentence;
// Code, Line, Printed and Mended are there for other languages.
type Warning struct {
	Code    WarnCode
	Line    int // 0: the whole text
	Printed string
	Mended  string
	text    string // as read back from a stored draft
}

var warnText = map[WarnCode]string{
	WarnRenumbered: "số thứ tự in là %q, đọc theo vị trí là %q",
	WarnAccentless: "văn bản không có dấu, đề nghị đối chiếu kỹ từng nhiệm vụ",
	WarnIssuer:     "không có phần đầu văn bản; cơ quan ban hành suy từ nội dung: %[2]q",
	WarnNoNumber:   "số văn bản để trống: %q",
	WarnNoTasks:    "không tìm thấy nhiệm vụ nào",
	WarnNoList:     "không có đánh số, gạch đầu dòng; nhiệm vụ được tách theo câu",
	WarnSkipped:    "mục %q không được đọc thành nhiệm vụ",
	WarnSpaces:     "đã bỏ khoảng trắng thừa ở các dòng %s",
	WarnHeading:    "%q được hiểu là tên nhóm (thiếu dấu hai chấm)",
	WarnPhone:      "số điện thoại %q cần kiểm tra lại",
	WarnDate:       "ngày %q cần kiểm tra lại",
	WarnRelative:   "hạn %q tính từ một sự kiện nên để trống, đề nghị đặt hạn trước khi phát hành",
	WarnAnnex:      "phần sau chữ ký (%q) không được đọc",
	WarnTable:      "bảng biểu không được đọc thành nhiệm vụ",
	WarnRoster:     "bảng giống lịch trực không được đọc ở đây; đề nghị gửi lịch trực bằng /naplich",
}

// String is the warning as a sentence in Vietnamese, with its line.
func (w Warning) String() string {
	if w.text != "" {
		return w.text
	}
	s := warnText[w.Code]
	switch n := strings.Count(s, "%"); {
	case strings.Contains(s, "[2]"):
		s = fmt.Sprintf(strings.Replace(s, "%[2]q", "%q", 1), w.Mended)
	case n == 1:
		s = fmt.Sprintf(s, w.Printed)
	case n == 2:
		s = fmt.Sprintf(s, w.Printed, w.Mended)
	}
	if w.Line > 0 {
		return fmt.Sprintf("dòng %d: %s", w.Line, s)
	}
	return s
}

// MarshalText writes the sentence.
func (w Warning) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText takes a sentence back; its code is not known any more.
func (w *Warning) UnmarshalText(b []byte) error {
	*w = Warning{text: string(b)}
	return nil
}
