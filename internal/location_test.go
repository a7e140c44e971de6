package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asksLocation is every way the platforms have to ask for, or to send, where somebody is.
var asksLocation = regexp.MustCompile(`(?i)request_?location|send_?location|send_?venue|live_?period|edit_?message_?live|geolocation|getCurrentPosition|"(latitude|longitude)"`)

// TestLocationIsNeverAskedFor reads everything the program is made of: whatever goes
// out to a platform or a browser is written there, and none of it asks where a person is.
func TestLocationIsNeverAskedFor(t *testing.T) {
	read := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != ".." && (strings.HasPrefix(name, ".") || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".go", ".js", ".html", ".tmpl", ".yaml", ".lua", ".css":
		default:
			return nil
		}
		if strings.HasSuffix(path, "_test.go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read++
		if found := asksLocation.Find(data); found != nil {
			t.Errorf("%s: %q", path, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 300 {
		t.Fatalf("only %d files were read", read)
	}
}
