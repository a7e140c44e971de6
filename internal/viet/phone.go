package viet

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Phone is one number found in a text.
type Phone struct {
	E164 string // "+84912345678"
	// Was holds the digits as written when they are an eleven-digit mobile number
	// of before 2018, which E164 gives in today's form; the mapping is to be said.
	Was        string
	Start, End int // byte range in the text searched
}

// ParsePhones lists the numbers of a text in E.164, each once, in order. It reads
// domestic and international forms with dots, spaces, dashes and brackets, several
// numbers in one text, and numbers whose leading zero a spreadsheet has eaten.
// Short numbers (113, 1900…) are not E.164 and are left out.
func ParsePhones(s string) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range FindPhones(s) {
		if !seen[p.E164] {
			seen[p.E164] = true
			out = append(out, p.E164)
		}
	}
	return out
}

// FindPhones is ParsePhones with the place of each number, repeats included.
func FindPhones(s string) []Phone {
	var out []Phone
	for i := 0; i < len(s); {
		if !phoneStart(s, i) {
			i++
			continue
		}
		if p, ok := longestPhone(s, i); ok {
			out = append(out, p)
			i = p.End
			continue
		}
		for i++; i < len(s) && isDigit(s[i]); i++ {
		}
	}
	return out
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// phoneStart reports whether a number may begin at i: a digit, "+" or "(" before
// a digit, and not in the middle of a word or of another number.
func phoneStart(s string, i int) bool {
	if i > 0 && (isDigit(s[i-1]) || s[i-1] == '+' || s[i-1] == '(' && isDigit(s[i])) {
		return false
	}
	if s[i] == '+' || s[i] == '(' {
		return i+1 < len(s) && (isDigit(s[i+1]) || s[i+1] == '+')
	}
	return isDigit(s[i])
}

// longestPhone tries the run of digits and separators at i, at every place where
// a group of digits ends, and keeps the longest that is a number in use.
func longestPhone(s string, i int) (Phone, bool) {
	const mostDigits = 15
	var best Phone
	found := false
	digits := make([]byte, 0, mostDigits)
	plus := false
	for j, gap := i, 0; j < len(s) && len(digits) <= mostDigits; {
		switch c := s[j]; {
		case isDigit(c):
			digits = append(digits, c)
			gap = 0
			j++
			if j == len(s) || !isDigit(s[j]) {
				if e, was := resolve(string(digits), plus, s[i:j]); e != "" {
					best, found = Phone{E164: e, Was: was, Start: i, End: j}, true
				}
			}
		case c == '+' && len(digits) == 0:
			plus = true
			j++
		case (c == ' ' || c == '.' || c == '-' || c == '(' || c == ')') && gap < 3:
			gap++
			j++
		case strings.HasPrefix(s[j:], "\u00a0") && gap < 3:
			gap++
			j += len("\u00a0")
		default:
			return best, found
		}
	}
	return best, found
}

// resolve turns the digits of a candidate into E.164, or "" when they are no
// number of a person or an office. written keeps dates with dots out.
func resolve(d string, plus bool, written string) (e164, was string) {
	if dottedDate(written) {
		return "", ""
	}
	switch {
	case plus && !strings.HasPrefix(d, "84"):
		return valid("+"+d, ""), ""
	case strings.HasPrefix(d, "0084"):
		d = d[4:]
	case strings.HasPrefix(d, "84") && (plus || len(d) >= 11):
		d = d[2:]
	case strings.HasPrefix(d, "0"):
	case len(d) == 9 || len(d) == 10 && (d[0] == '2' || d[0] == '1'): // the zero eaten by a spreadsheet
	default:
		return "", ""
	}
	d = strings.TrimPrefix(d, "0")
	if now, ok := modern(d); ok {
		return valid("+84"+now, "VN"), "0" + d
	}
	if !plausible(d) {
		return "", ""
	}
	return valid("+84"+d, "VN"), ""
}

// plausible sorts out by length and first digit what need not be looked up: most
// runs of digits in a text are no numbers of this country.
func plausible(d string) bool {
	switch len(d) {
	case 9:
		return strings.IndexByte("35789", d[0]) >= 0 || strings.HasPrefix(d, "80")
	case 10:
		return d[0] == '2'
	case 7, 8:
		return strings.HasPrefix(d, "80")
	}
	return false
}

// valid returns the number when it is a mobile, fixed or government-network one in use.
func valid(e164, region string) string {
	n, err := phonenumbers.Parse(e164, "VN")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return ""
	}
	if region == "VN" {
		switch phonenumbers.GetNumberType(n) {
		case phonenumbers.MOBILE, phonenumbers.FIXED_LINE, phonenumbers.FIXED_LINE_OR_MOBILE:
		case phonenumbers.UAN:
			if !strings.HasPrefix(e164, "+8480") {
				return ""
			}
		default:
			return ""
		}
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

func dottedDate(s string) bool {
	f := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '-' || r == ' ' })
	return len(f) >= 3 && len(f[0]) <= 2 && len(f[1]) <= 2 && len(f[2]) == 4
}

// oldPrefixes maps the eleven-digit mobile prefixes of before 15/9/2018 to today's (Ministry plan of 2018).
var oldPrefixes = map[string]string{
	"162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
	"120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
	"123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
	"186": "56", "188": "58", "199": "59",
}

// modern maps an old significant number (ten digits beginning with 1) to today's nine digits.
func modern(d string) (string, bool) {
	if len(d) != 10 {
		return "", false
	}
	p, ok := oldPrefixes[d[:3]]
	return p + d[3:], ok
}

// FormatPhone prints an E.164 number the way it is read aloud at home: "0912 345 678",
// "024 3640 4421"; a foreign one internationally; anything else as it stands.
func FormatPhone(e164 string) string {
	n, err := phonenumbers.Parse(e164, "VN")
	if err != nil {
		return e164
	}
	if n.GetCountryCode() == 84 {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
