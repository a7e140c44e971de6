package redisdb

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func openJournal(t rapid.TB, path string) *Journal {
	t.Helper()
	j, err := OpenJournal(path, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func replay(t rapid.TB, j *Journal, most int) []string {
	t.Helper()
	var got []string
	stop := errors.New("enough")
	n, err := j.Replay(func(r []byte) error {
		if len(got) == most {
			return stop
		}
		got = append(got, string(r))
		return nil
	})
	if err != nil && !errors.Is(err, stop) || n != len(got) {
		t.Fatalf("replayed %d of %d: %v", n, len(got), err)
	}
	return got
}

// TestJournalModel: whatever is appended, replayed in part, torn at the end and reopened, a
// journal behaves like a list of what was accepted.
func TestJournalModel(t *testing.T) {
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprint(n))
		j := openJournal(t, path)
		defer func() { shut(t, j) }()
		var model []string
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				r := rapid.StringN(1, 40, 200).Draw(t, "record")
				if err := j.Append([]byte(r)); err != nil {
					t.Fatal(err)
				}
				model = append(model, r)
			},
			"replay": func(t *rapid.T) {
				most := rapid.IntRange(0, 5).Draw(t, "most")
				got := replay(t, j, most)
				most = min(most, len(model))
				if !cmp.Equal(model[:most], got) && most+len(got) > 0 {
					t.Fatal(cmp.Diff(model[:most], got))
				}
				model = model[most:]
			},
			"crash": func(t *rapid.T) {
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
				f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
				if err != nil {
					t.Fatal(err)
				}
				torn := rapid.SampledFrom([]string{"", "\x05\x00", "\x05\x00\x00\x00\x01\x02\x03\x04ab", "\x00\x00\x00\x00\x00\x00\x00\x00\x00"}).Draw(t, "torn")
				if _, err := f.WriteString(torn); err != nil {
					t.Fatal(err)
				}
				shut(t, f)
				j = openJournal(t, path)
			},
			"": func(t *rapid.T) {
				if j.Len() != len(model) {
					t.Fatalf("holds %d, should %d", j.Len(), len(model))
				}
			},
		})
	})
}

func TestJournalIsBounded(t *testing.T) {
	j, err := OpenJournal(filepath.Join(t.TempDir(), "j"), 100)
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, j)
	if err := j.Append(bytes.Repeat([]byte("x"), 92)); err != nil {
		t.Fatal(err)
	}
	if err := j.Append([]byte("y")); !errors.Is(err, ErrJournalFull) {
		t.Errorf("beyond its size: %v", err)
	}
	if got := replay(t, j, 10); len(got) != 1 {
		t.Errorf("holds %d", len(got))
	}
	if err := j.Append([]byte("y")); err != nil {
		t.Errorf("after it was emptied: %v", err)
	}
}

// TestJournalDamage: a flipped bit ends the journal there instead of handing out a false record.
func TestJournalDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := openJournal(t, path)
	for _, r := range []string{"one", "two", "three"} {
		if err := j.Append([]byte(r)); err != nil {
			t.Fatal(err)
		}
	}
	shut(t, j)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[journalHead+3+journalHead] ^= 1 // the first letter of "two"
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	j = openJournal(t, path)
	defer shut(t, j)
	if diff := cmp.Diff([]string{"one"}, replay(t, j, 10)); diff != "" {
		t.Error(diff)
	}
}
