package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

// typed breaks out of XML wherever it is not escaped, and holds what XML cannot.
const typed = "zq</w:t></w:r><w:p/><!--&lt;]]>\"'{%\x00\x0b\u202e\xff\ufffezq"

// TestNoPaperCanBeBrokenInto puts hostile words into every field of every paper we
// make: all its parts are well-formed, no element comes from what was typed, and
// what was typed is what is read.
func TestNoPaperCanBeBrokenInto(t *testing.T) {
	tree := sampleTree(t)
	for name, make := range map[string]func(bad bool) ([]byte, error){
		"initial":   func(bad bool) ([]byte, error) { return IncidentInitial(poisoned(sample(t), bad)) },
		"closing":   func(bad bool) ([]byte, error) { return IncidentClosing(poisoned(sample(t), bad)) },
		"period":    func(bad bool) ([]byte, error) { return PeriodReport(poisoned(samplePeriod(), bad)) },
		"directive": func(bad bool) ([]byte, error) { return DirectiveReport(poisoned(sampleDirective(), bad)) },
		"handover":  func(bad bool) ([]byte, error) { return HandoverRecord(poisoned(sampleHandover(), bad)) },
		"tree":      func(bad bool) ([]byte, error) { return PhoneTree(poisoned(office, bad), poisoned(tree, bad)) },
	} {
		good, err := make(false)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		bad, err := make(true)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		known := elements(t, name, good)
		for e := range elements(t, name, bad) {
			if !known[e] && e != "br" && e != "tab" {
				t.Errorf("%s: the element %s comes from what was typed", name, e)
			}
		}
		shown := strings.NewReplacer(" / ", "", " | ", "").Replace(lines(t, bad))
		n := strings.Count(shown, `zq</w:t></w:r><w:p/><!--&lt;]]>"'{%`)
		if n < 3 {
			t.Errorf("%s: what was typed is read %d times:\n%s", name, n, shown)
		}
		if strings.Contains(shown, "\u202e") {
			t.Errorf("%s: a mark that turns the direction is in the paper", name)
		}
		t.Logf("%s: read %d times as typed", name, n)
	}
}

// elements are the names of the elements in all parts; a part that is not well-formed fails the test.
func elements(t *testing.T, name string, docx []byte) map[string]bool {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, f := range z.File {
		d := xml.NewDecoder(bytes.NewReader(part(t, docx, f.Name)))
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", name, f.Name, err)
			}
			if e, ok := tok.(xml.StartElement); ok {
				out[e.Name.Local] = true
			}
		}
	}
	return out
}

// poisoned is the value with the hostile words in every field that is plain text.
func poisoned[T any](v T, bad bool) T {
	if !bad {
		return v
	}
	return poison(reflect.ValueOf(v)).Interface().(T)
}

func poison(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			out.SetString(typed)
		}
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(poison(v.Index(i)))
		}
	case reflect.Map:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeMap(v.Type()))
		for _, k := range v.MapKeys() {
			out.SetMapIndex(k, poison(v.MapIndex(k)))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return out
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(poison(v.Field(i)))
			}
		}
	}
	return out
}
