package sheet

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"trucban/internal/calendar"
	"trucban/internal/viet"
)

// Person is one person as a cell names them.
type Person struct {
	Name   string   // as printed, without honorifics and titles
	Title  string   // what stands beside the name
	Phones []string // E.164
	Old    bool     // a phone was an eleven-digit one of before 2018
	ID     string   // the member id our own workbooks write where a name alone is not enough
	For    string   // whom the person stands in for: a name, or "#id"
	// Part of the shift, when hours stand beside the name; Length 0 is the whole shift.
	Start, Length time.Duration
	part          bool
}

var (
	lineSplit  = regexp.MustCompile(`\n|;`)
	itemMark   = regexp.MustCompile(`(?:^|\s)\d{1,2}[.)]\s+|^\s*[•*+▪●–—-]\s+`)
	pieceSplit = regexp.MustCompile(`\s*[,&+|\t]\s*|\s*[–—]\s*|\s+-\s*|\s*-\s+|\s+và\s+`)
	bracketed  = regexp.MustCompile(`\(([^()]*)\)|\[([^\[\]]*)\]`)
	barePart   = regexp.MustCompile(`(?i)\d{1,2}\s*(?:h|g|giờ|:)\s*(?:\d{2})?\s*(?:-|–|—|đến)\s*\d{1,2}\s*(?:h|g|giờ|:)\s*(?:\d{2})?`)
)

// maxPeople bounds the people of one cell.
const maxPeople = 40

// readPeople reads a cell of names: several on lines, after numbers, dashes,
// commas or "và", each with or without title and phone. strange are pieces that
// could not be read as a person.
func readPeople(text string) (people []Person, strange []string) {
	for _, l := range lineSplit.Split(viet.Clean(text), -1) {
		for _, item := range itemMark.Split(l, -1) {
			for _, seg := range byPhone(item) {
				people, strange = seg.add(people, strange)
			}
			if len(people) > maxPeople {
				return people[:maxPeople], append(strange, "…")
			}
		}
	}
	return people, strange
}

// segment is a stretch of text and the phones that follow it.
type segment struct {
	text   string
	phones []viet.Phone
}

// byPhone cuts an item after each run of phones.
func byPhone(item string) []segment {
	var out []segment
	at := 0
	for _, p := range viet.FindPhones(item) {
		between := item[at:p.Start]
		if len(out) > 0 && !strings.ContainsFunc(dropWords(between), unicode.IsLetter) {
			out[len(out)-1].phones = append(out[len(out)-1].phones, p)
		} else {
			out = append(out, segment{between, []viet.Phone{p}})
		}
		at = p.End
	}
	if rest := item[at:]; len(out) > 0 && !strings.ContainsFunc(dropWords(rest), unicode.IsLetter) {
		return out
	} else if strings.TrimSpace(rest) != "" {
		out = append(out, segment{text: rest})
	}
	return out
}

var phoneWords = regexp.MustCompile(`(?i)\b(?:sđt|sdt|đt|dt|tel|di động|điện thoại|zalo|số|đtdđ)\b\s*[:.]?|(?:SĐT|ĐT|Đt|đt|sđt|ĐTDĐ)\s*[:.]?`)

func dropWords(s string) string { return phoneWords.ReplaceAllString(s, "") }

// add reads the segment's people and gives the last of them its phones; a segment
// of phones alone belongs to the person before.
func (s segment) add(people []Person, strange []string) ([]Person, []string) {
	first := len(people)
	var extra Person
	text := bracketed.ReplaceAllStringFunc(dropWords(s.text), func(b string) string {
		if !extra.note(b[1 : len(b)-1]) {
			return " , " + b[1:len(b)-1] + " , "
		}
		return " "
	})
	text = barePart.ReplaceAllStringFunc(text, func(b string) string {
		extra.note(b)
		return " "
	})
	odd := len(strange)
	for _, piece := range pieceSplit.Split(text, -1) {
		people, strange = addPiece(people, strange, piece, first)
	}
	if extra.ID != "" && len(people) != first+1 { // the id says who it is, whatever the name looks like
		people, strange = append(people[:first], Person{Name: viet.Line(text)}), strange[:odd]
	}
	if len(people) == 0 {
		return people, strange
	}
	last := &people[len(people)-1]
	if len(people) > first || len(s.phones) > 0 || extra.ID != "" {
		last.take(extra)
	}
	for _, p := range s.phones {
		last.Phones = append(last.Phones, p.E164)
		last.Old = last.Old || p.Was != ""
	}
	return people, strange
}

// note reads what stands in brackets, when it is one of the things we know.
func (p *Person) note(s string) bool {
	f := viet.Fold(s)
	if strings.HasPrefix(s, "#") && len(s) > 1 {
		p.ID = s[1:]
		return true
	}
	if who, ok := strings.CutPrefix(f, "thay "); ok && who != "" {
		words := strings.Fields(viet.Line(s))
		p.For = viet.StripHonorifics(strings.Join(words[1:], " "))
		return true
	}
	if start, length, err := calendar.ParseClockSpan(s); err == nil {
		p.Start, p.Length, p.part = start, length, true
		return true
	}
	return false
}

func (p *Person) take(extra Person) {
	if extra.ID != "" {
		p.ID = extra.ID
	}
	if extra.For != "" {
		p.For = extra.For
	}
	if extra.part {
		p.Start, p.Length, p.part = extra.Start, extra.Length, true
	}
}

// addPiece takes one piece as a name, or as the title of the name before it.
func addPiece(people []Person, strange []string, piece string, first int) ([]Person, []string) {
	piece = strings.Trim(viet.StripHonorifics(piece), " .:;,-_/\"'…")
	if piece == "" || nobody[viet.Fold(piece)] {
		return people, strange
	}
	title, name := splitTitle(piece)
	switch {
	case name == "" && (len(people) > first || len(people) > 0 && people[len(people)-1].Title == ""):
		people[len(people)-1].addTitle(title) // beside the name, or on the line below it
	case name == "":
		strange = append(strange, piece)
	case strings.Contains(name, "/"):
		for _, n := range strings.Split(name, "/") {
			people, strange = addPiece(people, strange, n, first)
		}
	case !nameLike(name):
		strange = append(strange, piece)
	default:
		people = append(people, Person{Name: name, Title: title})
	}
	return people, strange
}

func (p *Person) addTitle(t string) {
	if p.Title != "" {
		t = p.Title + ", " + t
	}
	p.Title = t
}

// nobody are cells that say there is no person.
var nobody = map[string]bool{
	"nghi": true, "khong": true, "khong co": true, "trong": true, "x": true, "chua co": true, "chua phan cong": true, "0": true, "nt": true, "nhu tren": true,
}

// titles are the folded words a title begins with.
var titles = func() map[string]bool {
	m := map[string]bool{}
	for _, t := range strings.Split("chu tich|pho chu tich|pct|ct|bi thu|pho bi thu|truong phong|pho truong phong|pho phong|tp|ptp|giam doc|pho giam doc|pgd|gd|"+
		"chanh van phong|pho chanh van phong|cvp|pcvp|truong ban|pho ban|pho truong ban|chi huy truong|chi huy pho|pho chi huy truong|truong cong an|pho truong cong an|"+
		"chuyen vien|can bo|cong chuc|vien chuc|nhan vien|ke toan|van thu|truong khoa|pho khoa|doi truong|doi pho|pho doi truong|tram truong|pho tram truong|to truong|to pho|"+
		"cong an|quan su|van phong|ubnd|hdnd|dang uy|uy vien|pho|truong|chanh|phong|doi|ban|to|cv|cb|cbcc|bao ve|lai xe|bac si|dieu duong|kip truong|truong kip|truong ca|hieu truong|pho hieu truong", "|") {
		m[t] = true
	}
	return m
}()

// families are the folded family names common enough to tell a name from a title's own words.
var families = func() map[string]bool {
	m := map[string]bool{}
	for _, f := range strings.Fields("nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dao doan dinh trinh truong lam mai ha cao chu luong thai ta to luu tong phung " +
		"kieu la quach tang tu nghiem vuong van chau hua thach kim son lo vi lu luc loc nong hoac be ma giang sung vang thao mua cu lau tan trieu chau ksor rcom y a h k ba on doi mac ninh ung tieu au than khuc khuat") {
		m[f] = true
	}
	return m
}()

// splitTitle takes a title off the front: "Phó Chủ tịch Nguyễn Văn An". What
// begins like a title and goes on without a family name is a title as a whole.
func splitTitle(s string) (title, name string) {
	words := strings.Fields(s)
	folded := strings.Fields(viet.Fold(s))
	if len(folded) != len(words) {
		return "", s
	}
	for n := min(3, len(words)); n > 0; n-- {
		key := strings.Trim(strings.Join(folded[:n], " "), ".:")
		if !titles[key] || n == 1 && !isTitle(words[0]) {
			continue
		}
		for i := n; i < len(words); i++ {
			if families[folded[i]] && !isTitle(words[i]) && !titles[strings.Join(folded[i:min(i+2, len(words))], " ")] && len(words)-i >= 2 && len(words)-i <= 5 {
				return strings.Trim(strings.Join(words[:i], " "), " .:"), strings.Join(words[i:], " ")
			}
		}
		return s, ""
	}
	return "", s
}

// isTitle tells the title from the family name that folds alike: Trưởng from Trương, Tổ from Tô.
func isTitle(word string) bool {
	f := strings.Trim(viet.Fold(word), ".:")
	if !families[f] {
		return titles[f]
	}
	switch strings.ToLower(strings.Trim(word, ".:")) {
	case "trưởng", "tổ", "ban", "đội":
		return true
	}
	return false
}

// nameLike reports whether a text can be a person's name: one to seven words of letters.
func nameLike(s string) bool {
	if n := len(strings.Fields(s)); n == 0 || n > 7 {
		return false
	}
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.Is(unicode.Mn, r):
			letters++
		case r == ' ' || r == '.' || r == '\'' || r == '’' || r == '-':
		default:
			return false
		}
	}
	return letters > 1
}
