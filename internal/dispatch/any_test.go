package dispatch

import (
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

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
	lines := len(splitLines(text))
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

// TestDamaged reads the texts with bytes lost, lines torn and pieces of other
// texts in them; the damage is the same on every run.
func TestDamaged(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	var all []string
	for _, l := range loadLabels(t) {
		if !l.Official {
			all = append(all, corpus(t)[l.File])
		}
	}
	for range 150 {
		b := []byte(all[r.Intn(len(all))])
		for range r.Intn(30) + 1 {
			b = damage(r, b, all[r.Intn(len(all))])
		}
		checkAny(t, string(b))
	}
}

func damage(r *rand.Rand, b []byte, other string) []byte {
	at := r.Intn(len(b))
	switch r.Intn(4) {
	case 0:
		b[at] = byte(r.Intn(256))
	case 1:
		b[at] = " \n.;:/-()19"[r.Intn(11)]
	case 2:
		b = append(b[:at:at], b[min(len(b), at+r.Intn(40)):]...)
	case 3:
		from := r.Intn(len(other))
		piece := other[from:min(len(other), from+r.Intn(200))]
		b = append(b[:at:at], append([]byte(piece), b[at:]...)...)
	}
	return append(b, ' ')
}
