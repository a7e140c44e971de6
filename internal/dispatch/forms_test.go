package dispatch

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"trucban/internal/viet"
)

func corpus(t testing.TB) map[string]string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) < 13 {
		t.Fatalf("texts: %d, %v", len(names), err)
	}
	out := map[string]string{}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(n)] = string(b)
	}
	return out
}

// core is what must not depend on how a text was transported.
func core(d Draft) [][]string {
	var out [][]string
	for _, g := range d.Groups {
		row := []string{string(g.Audience)}
		for _, t := range g.Tasks {
			row = append(row, t.Text, t.Title, string(t.Kind), strings.Join(t.Due, " "), strings.Join(t.Cites, " "))
		}
		out = append(out, row)
	}
	return out
}

// TestTransport reads every text as it arrives by other ways: decomposed letters,
// a byte order mark, other line ends, other spaces, invisible characters.
func TestTransport(t *testing.T) {
	ways := map[string]func(string) string{
		"NFD":             func(s string) string { return norm.NFD.String(s) },
		"BOM and CRLF":    func(s string) string { return "\uFEFF" + strings.ReplaceAll(s, "\n", "\r\n") },
		"no-break spaces": func(s string) string { return strings.ReplaceAll(s, " ", "\u00A0") },
		"zero width":      func(s string) string { return strings.ReplaceAll(s, "ng ", "ng\u200B ") },
		"trailing spaces": func(s string) string { return strings.ReplaceAll(s, "\n", " \n") },
	}
	for name, text := range corpus(t) {
		want, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		for way, change := range ways {
			got, err := Parse(change(text), Options{})
			if err != nil {
				t.Errorf("%s by %s: %v", name, way, err)
				continue
			}
			same(t, name+" by "+way, core(got), core(want))
		}
	}
}

// rewrap breaks the prose of a text at another width, as chats and PDFs do; the
// lines of head and foot, and the first words of items, stay where they are.
func rewrap(text string, width int) string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		words := strings.Fields(l)
		if len(words) < 8 || newTxt(l).allCaps() {
			out = append(out, strings.TrimRight(l, " "))
			continue
		}
		row := ""
		for _, w := range words {
			if row != "" && utf8.RuneCountInString(row)+1+utf8.RuneCountInString(w) > width {
				out = append(out, row)
				row = ""
			}
			row = strings.TrimPrefix(row+" "+w, " ")
		}
		out = append(out, row)
	}
	return strings.Join(out, "\n")
}

// TestRewrapped holds the tasks to their number and words when lines are broken elsewhere.
func TestRewrapped(t *testing.T) {
	for name, text := range corpus(t) {
		if name == "01-hai-cot-dinh-304.txt" {
			continue // its columns are made of spaces, which rewrapping destroys
		}
		want, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		for _, width := range []int{52, 64, 78, 100} {
			got, err := Parse(rewrap(text, width), Options{})
			if err != nil {
				t.Errorf("%s at %d: %v", name, width, err)
				continue
			}
			same(t, name+" rewrapped", core(got), core(want))
		}
	}
}

// TestTaskTextIsInTheSource: no word of a task is ours but the mends that are listed.
func TestTaskTextIsInTheSource(t *testing.T) {
	for name, text := range corpus(t) {
		d, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		rd := &reader{}
		var flat []string
		for _, l := range cleanLines(text) {
			flat = append(flat, l.String())
		}
		source := strings.Join(flat, " ")
		mended := rd.mend(source, []seg{{0, 1}})
		listed := map[string]bool{}
		for _, m := range d.Mended {
			listed[m.Printed+"|"+m.Mended] = true
		}
		for _, g := range d.Groups {
			for _, task := range g.Tasks {
				if !strings.Contains(mended, task.Text) {
					t.Errorf("%s %s: %q is not in the source", name, task.ID, task.Text)
				}
				if !strings.Contains(source, task.Clause) {
					t.Errorf("%s %s: clause %q is not as printed", name, task.ID, task.Clause)
				}
				if strings.Contains(source, task.Text) {
					continue
				}
				for _, m := range rd.mends {
					if strings.Contains(task.Text, m.Mended) && strings.Contains(task.Clause, m.Printed) && !listed[m.Printed+"|"+m.Mended] {
						t.Errorf("%s %s: %q mended to %q in silence", name, task.ID, m.Printed, m.Mended)
					}
				}
			}
		}
	}
}

// TestContract holds the JSON to its keys, nulls and lists.
func TestContract(t *testing.T) {
	for name, text := range corpus(t) {
		d, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		raw, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var a, b map[string]any
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(plain, &b); err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: JSON() and json.Marshal differ (%v)", name, err)
		}
		keysAre(t, a, "cited contacts document groups mended report_times warnings windows")
		keysAre(t, a["document"], "addressees authority date issuer number recipients signer subject title type urgency")
		for _, g := range a["groups"].([]any) {
			keysAre(t, g, "audience number printed_number tasks")
			for _, task := range g.(map[string]any)["tasks"].([]any) {
				keysAre(t, task, "cites due id kind text title")
			}
		}
		for _, c := range a["cited"].([]any) {
			keysAre(t, c, "about date issuer number")
		}
		for _, c := range a["contacts"].([]any) {
			keysAre(t, c, "email org phones role")
		}
		for _, m := range a["mended"].([]any) {
			keysAre(t, m, "line mended printed")
		}
		if strings.Contains(string(raw), `\u0026`) {
			t.Errorf("%s: JSON escapes &", name)
		}
		y, err := d.YAML()
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]any
		if err := yaml.Unmarshal(y, &c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again, _ := json.Marshal(c); !jsonEqual(again, plain) {
			t.Errorf("%s: YAML says something else than JSON:\n%s\n%s", name, again, plain)
		}
	}
}

func jsonEqual(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

func keysAre(t *testing.T, v any, want string) {
	t.Helper()
	m, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("%v is no object", v)
	}
	var keys []string
	for k, val := range m {
		keys = append(keys, k)
		switch k {
		case "addressees", "recipients", "groups", "tasks", "due", "cites", "cited", "contacts", "phones", "windows", "report_times", "mended", "warnings":
			if val == nil {
				t.Errorf("list %s is null", k)
			}
		default:
			if val == "" {
				t.Errorf("%s is empty, not null", k)
			}
		}
	}
	sort.Strings(keys)
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("keys %q, want %q", got, want)
	}
}

// TestTitles holds every title to its length and to ending in a whole word that leads nowhere.
func TestTitles(t *testing.T) {
	for name, text := range corpus(t) {
		d, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		for _, g := range d.Groups {
			for _, task := range g.Tasks {
				checkTitle(t, name+" "+task.ID, task)
			}
		}
	}
}

func checkTitle(t interface{ Errorf(string, ...any) }, where string, task Task) {
	n := utf8.RuneCountInString(task.Title)
	if n > maxTitle || n == 0 && task.Text != "" {
		t.Errorf("%s: title %q has %d characters", where, task.Title, n)
	}
	title := newTxt(task.Title)
	ws := wordsOf(title, 20)
	whole := strings.HasSuffix(strings.TrimRight(fold(task.Text), ".;"), title.f)
	if len(ws) > 1 && n > 12 && !whole && (&reader{}).dangles(title, ws, len(ws)-1) {
		t.Errorf("%s: title %q dangles", where, task.Title)
	}
}

// TestRefused tells the texts that must not be read, and why, from those that look like them.
func TestRefused(t *testing.T) {
	body := "\nKính gửi: Các đơn vị.\nUBND phường yêu cầu:\n1. Rà soát hệ thống, bảo vệ bí mật nhà nước.\n2. Đổi mật khẩu.\nNơi nhận:\n- Lưu: VT.\n"
	lost := " Y BAN NHÂN DÂN T NH KON TUM\nS : 79/UBND-KTTH\nKính g i: Các s , ban ngành,   n v  thu c UBND t nh; UBND các huy n, thành ph .\n" +
		"M t là, th c hi n nghiêm Ch  th  s  19-CT/TW c a Ban Bí th , Ch  th  s  22/CT-TTg c a Th  t  ng Chính ph .\nHai là, phân công tr c lãnh   o, tr c   a bàn, tr c b o v  c  quan.\n"
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"empty", "", ErrEmpty},
		{"blank", " \n\uFEFF\r\n\t\n", ErrEmpty},
		{"too long", strings.Repeat("Kính gửi\n", 40000), ErrTooLong},
		{"chat", "Chào anh, chiều nay họp lúc mấy giờ vậy anh ơi cho em biết với nhé", ErrNoDispatch},
		{"lost glyphs", lost, ErrLostLetters},
		{"TCVN3", "Céng hßa x· héi chñ nghÜa ViÖt Nam\n§éc lËp - Tù do - H¹nh phóc\nKÝnh göi: C¸c ®¬n vÞ trùc thuéc\n1. Rµ so¸t hÖ thèng th«ng tin", ErrLostLetters},
		{"wrong decoding", "Cá»™ng hÃ²a xÃ£ há»™i chá»§ nghÄ©a Viá»‡t Nam KÃ­nh gá»­i CÃ¡c Ä‘Æ¡n vá»‹ trá»±c thuá»™c phÆ°á»ng yÃªu cáº§u", ErrLostLetters},
		{"question marks", "C\uFFFDng h\uFFFDa x\uFFFD h\uFFFDi ch\uFFFD ngh\uFFFDa Vi\uFFFDt Nam, c\uFFFDc \uFFFD\uFFFDn v\uFFFD tr\uFFFDc thu\uFFFDc", ErrLostLetters},
		{"Mật", "UBND PHƯỜNG HOA SEN\nMẬT\n" + body, ErrSecret},
		{"in a column", "UBND PHƯỜNG HOA SEN          MẬT\n" + body, ErrSecret},
		{"glued", "UBND PHƯỜNG HOA SEN TỐI MẬT\n" + body, ErrSecret},
		{"degree", "Độ mật: Tuyệt mật\n" + body, ErrSecret},
		{"bracketed", "[Tối mật]\n" + body, ErrSecret},
		{"without accents", "TUYET MAT\nKinh gui: Cac don vi.\nUBND phuong yeu cau:\n1. Ra soat he thong thong tin cua don vi.\n", ErrSecret},
		{"only mentions secrets", "UBND PHƯỜNG HOA SEN\n" + body, nil},
		{"secrets in the title", "KẾ HOẠCH\nBẢO VỆ BÍ MẬT NHÀ NƯỚC VÀ BẢO MẬT THÔNG TIN\n" + body, nil},
		{"a wrapped word", "Kính gửi: Các đơn vị.\nUBND phường yêu cầu:\n1. Bảo vệ bí\nmật\nnhà nước.\n", nil},
		{"accentless", "Kinh gui: Cac don vi.\nUBND phuong yeu cau:\n1. Ra soat he thong.\n2. Doi mat khau.\n", nil},
	} {
		d, err := Parse(c.text, Options{})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err != nil && d.TaskCount() > 0 {
			t.Errorf("%s: refused, and %d tasks", c.name, d.TaskCount())
		}
	}
}

// TestAnyText: whatever is read, ids are in order, kinds known, titles short, lines inside the text.
func TestAnyText(t *testing.T) {
	pieces := []string{"1. ", "2. ", "8. ", "I. ", "Ill. ", "a) ", "đ) ", "- ", "+ ", "(1) ", "Một là, ", "Thứ hai: ", "Kính gửi: ", "Nơi nhận:", "./.\n", "\n", "\n\n", ":\n", "; ",
		"Công an phường", "Rà soát hệ thống", "trước 17 giờ 00 ngày 03/02/2027", "Giao Văn phòng", "số 15/UBND-VP", "0912 000 111", "điện thoại ", "TM. ỦY BAN NHÂN DÂN", "từ 04/02 đến hết 10/02/2027", "cá bộ", "hằng ngày", "\f", " ", "x@y.vn"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 80).Draw(t, "text"), "")
		checkAny(t, text)
	})
}

type reporter interface {
	Errorf(string, ...any)
}

func checkAny(t reporter, text string) {
	d, err := Parse(text, Options{})
	if err != nil {
		return
	}
	lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
	for i, g := range d.Groups {
		if g.Number != i+1 || len(g.Tasks) == 0 {
			t.Errorf("group %d has number %d and %d tasks", i+1, g.Number, len(g.Tasks))
		}
		for j, task := range g.Tasks {
			if task.ID != itoa(i+1)+"."+itoa(j+1) {
				t.Errorf("id %q at %d.%d", task.ID, i+1, j+1)
			}
			if task.Kind != Once && task.Kind != Standing && task.Kind != Recurring {
				t.Errorf("kind %q", task.Kind)
			}
			if n := utf8.RuneCountInString(task.Title); n > maxTitle {
				t.Errorf("title %q", task.Title)
			}
			if task.Lines.From < 1 || task.Lines.To > lines {
				t.Errorf("lines %v of %d", task.Lines, lines)
			}
		}
	}
	for _, m := range d.Mended {
		if m.Line < 1 || m.Line > lines || m.Printed == m.Mended {
			t.Errorf("mend %v of %d lines", m, lines)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range corpus(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkAny(t, text) })
}

// TestFoldKeepsOffsets ties the aligned fold to the one everybody else compares by.
func TestFoldKeepsOffsets(t *testing.T) {
	for name, text := range corpus(t) {
		for _, w := range strings.Fields(viet.Clean(text)) {
			if got := fold(w); len(got) != utf8.RuneCountInString(w) {
				t.Fatalf("%s: fold(%q) = %q", name, w, got)
			} else if f := viet.Fold(w); len(f) == len(got) && !strings.ContainsAny(w, "–—“”’…") && got != f && !strings.Contains(got, "~") {
				t.Errorf("%s: fold(%q) = %q, viet.Fold %q", name, w, got, f)
			}
		}
	}
}
