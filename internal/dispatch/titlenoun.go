package dispatch

import (
	"regexp"
	"strings"
	"unicode"
)

// nounTitles are the orders that are printed as a heading without a verb.
var nounTitles = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`^noi dung bao cao\b`), "Báo cáo đủ các nội dung"},
	{regexp.MustCompile(`^(?:thoi gian|thoi han|thoi diem)(?: gui)? bao cao\b`), "Báo cáo đúng thời hạn"},
	{regexp.MustCompile(`^(?:hinh thuc|phuong thuc|cach thuc|noi)(?: nhan,?| gui,?| va)*(?: bao cao)? ?:`), "Gửi đúng nơi, đúng hình thức"},
	{regexp.MustCompile(`^che do (?:thong tin,? )?bao cao\b`), "Thực hiện chế độ báo cáo"},
}

var servesAs = regexp.MustCompile(`^la (?:dau moi |(?:co quan|don vi) (?:thuong truc|dau moi|chu tri)(?:, )?)`)

// beats name how often, for a title that has nothing but its verb.
var beats = map[string]string{"hour": " hằng giờ", "shift": " mỗi ca", "day": " hằng ngày", "week": " hằng tuần", "month": " hằng tháng", "quarter": " hằng quý", "year": " hằng năm"}

// withCondition adds to a bare verb when it is to be done: "Báo cáo khi phát hiện ...".
func (rd *reader) withCondition(verb string, order txt) string {
	if end := strings.IndexAny(order.f, ":;."); end > 0 {
		order = order.slice(0, end)
	}
	if end := strings.Index(order.f, " phai "); end > 0 {
		order = order.slice(0, end)
	}
	t := newTxt(verb + " " + string(unicode.ToLower(order.r[0])) + string(order.r[1:]))
	if t.len() > maxTitle {
		t = rd.cutTitle(t)
	}
	return t.trim(",;:.-(").String()
}
