package dispatch

import "regexp"

// shortForms are the abbreviations offices use themselves; hint must be in the
// folded text for the pattern to be tried.
var shortForms = []struct {
	hint string
	re   *regexp.Regexp
	to   string
}{
	{"dang tai", regexp.MustCompile(`^dang tai\b`), "Đăng"},
	{"an toan thong tin", regexp.MustCompile(`\ban toan thong tin(?: mang)?\b`), "ATTT"},
	{"an ninh mang", regexp.MustCompile(`\ban ninh mang\b`), "ANM"},
	{"cong nghe thong tin", regexp.MustCompile(`\bcong nghe thong tin\b`), "CNTT"},
	{"cong thong tin dien tu", regexp.MustCompile(`\bcong thong tin dien tu\b`), "Cổng TTĐT"},
	{"thong tin dien tu", regexp.MustCompile(`\bthong tin dien tu\b`), "TTĐT"},
	{"cong van", regexp.MustCompile(`\b(?:noi dung )?cong van(?: so)?\b`), "CV"},
	{"uy ban nhan dan", regexp.MustCompile(`\buy ban nhan dan\b`), "UBND"},
	{"hoi dong nhan dan", regexp.MustCompile(`\bhoi dong nhan dan\b`), "HĐND"},
	{"phan mem doc hai", regexp.MustCompile(`\bphan mem doc hai\b`), "mã độc"},
	{"thong tin va truyen thong", regexp.MustCompile(`\bthong tin va truyen thong\b`), "TT&TT"},
	{"chua chay", regexp.MustCompile(`\bphong,? chay,? (?:va )?chua chay\b`), "PCCC"},
	{"thien tai", regexp.MustCompile(`\bphong,? chong thien tai\b`), "PCTT"},
	{"cuu nan", regexp.MustCompile(`\btim kiem,? cuu nan\b`), "TKCN"},
}
