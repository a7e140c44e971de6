package dispatch

import (
	"strings"
	"unicode/utf8"
)

// mendNumbers writes the digits that a scanner took for letters, O for 0 and l or I
// for 1, where a date, a number or a time of day leaves no other reading:
// "ngày 2O tháng O2 năm 2O27", "l0/03/2027", "Số: l5/UBND".
func (rd *reader) mendNumbers(s string, segs []seg) string {
	if !hasTwins(s) {
		return s
	}
	var b strings.Builder
	var edits []edit
	at, prev := 0, ""
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] != ' ' {
			j++
		}
		word := s[i:j]
		right := word
		n := numberPart(word, prev)
		if word == "OOO" && len(prev) >= 3 && strings.Trim(prev, "0123456789") == "" {
			n = len(word) // the middle of a phone number
		}
		if n > 0 {
			right = twins.Replace(word[:n]) + word[n:]
		}
		if right != word {
			edits = append(edits, rd.note(word, right, at, segs))
		}
		b.WriteString(right)
		at += utf8.RuneCountInString(word)
		if prev = right; j < len(s) {
			b.WriteByte(' ')
			at++
			j++
		}
		i = j
	}
	shift(segs, edits)
	return b.String()
}

var twins = strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1")

// twin reports a letter that looks like a digit.
func twin(c byte) bool { return c == 'O' || c == 'o' || c == 'l' || c == 'I' }

// hasTwins reports such a letter beside a digit or a slash: most texts have none.
func hasTwins(s string) bool {
	if !strings.ContainsAny(s, "0123456789") {
		return false
	}
	for i := 0; i < len(s); i++ {
		if twin(s[i]) && (i > 0 && isDigit(s[i-1]) || i+1 < len(s) && (isDigit(s[i+1]) || s[i+1] == '/')) {
			return true
		}
	}
	return strings.Contains(s, " OOO ")
}

// numberPart is how many bytes of a word are a number with letters in it; 0 when it
// is none. prev is the word before.
func numberPart(word, prev string) int {
	n, digits, letters, signs := 0, 0, 0, 0
	for ; n < len(word); n++ {
		switch c := word[n]; {
		case isDigit(c):
			digits++
		case twin(c):
			letters++
		case c == '/' && n > 0 && (n+1 == len(word) || !isDigit(word[n+1]) && !twin(word[n+1])):
			if prev == "Số:" || prev == "số" || prev == "Số" { // "l5/UBND"
				return n * min(1, letters)
			}
			return 0
		case c == '/' || c == '.' && digits+letters > 1:
			signs++
		case strings.IndexByte(",;:)", c) >= 0:
			return counted(n, digits, letters, signs, prev)
		default:
			return 0
		}
	}
	return counted(n, digits, letters, signs, prev)
}

func counted(n, digits, letters, signs int, prev string) int {
	switch {
	case letters == 0 || digits == 0:
		return 0
	case signs > 0 && digits > letters, digits > letters && digits+letters >= 4:
		return n
	case digits+letters == 2 && (prev == "ngày" || prev == "tháng" || prev == "trước"), digits+letters == 4 && prev == "năm":
		return n
	}
	return 0
}
