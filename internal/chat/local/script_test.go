package local

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat"
)

var update = flag.Bool("update", false, "rewrite the expected messages of the scripts")

// echo is a toy system: it repeats words, edits on a press and reminds.
type echo struct {
	scene *Scene
	seen  map[string]bool
	down  bool
	due   []reminder
}

type reminder struct {
	at   time.Time
	to   chat.Address
	text string
}

func newEcho(_ *testing.T, s *Scene) System { return &echo{scene: s, seen: map[string]bool{}} }

func (e *echo) Handle(ctx context.Context, u chat.Update) error {
	if e.down {
		return errors.New("store is down")
	}
	if e.seen[u.ID] {
		return nil
	}
	e.seen[u.ID] = true
	p := e.scene.Platform
	m := chat.Message{Text: "<b>Nghe</b>: " + chat.Escape(u.Text), Buttons: [][]chat.Button{{
		{Label: "Xong", Action: "done", Hint: "xong"}, {Label: "Mở", URL: "https://example.org/"}}}}
	switch {
	case u.Event == chat.EventPress:
		p.Edit(ctx, u.To, u.Message, chat.Message{Text: "Xong: " + u.From.Name})
		return nil
	case u.Event != chat.EventMessage:
		return nil
	case strings.HasPrefix(u.Text, "nhắc "):
		f := strings.SplitN(u.Text, " ", 3)
		d, err := time.ParseDuration(f[1])
		e.due = append(e.due, reminder{at: u.SentAt.Add(d), to: u.To, text: f[2]})
		return err
	case u.ReplyTo != nil:
		m = chat.Message{Text: fmt.Sprintf("Trả lời \"%s\": %s", chat.Escape(u.ReplyTo.Text), u.Text), ReplyTo: u.Message}
	case u.File != nil:
		f, err := p.Open(ctx, *u.File, 1000)
		if err != nil {
			return err
		}
		data, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		m = chat.Message{Text: fmt.Sprintf("Tệp %s, %d byte", u.File.Name, len(data)), Attach: &chat.Attachment{Name: u.File.Name, Data: data}}
	case u.Contact != nil:
		m = chat.Message{Text: "Số " + u.Contact.Phone + " của " + u.Contact.Account, Contact: &chat.Card{Name: "An", Phone: u.Contact.Phone}}
	}
	p.Send(ctx, u.To, m)
	return nil
}

func (e *echo) AdvanceTo(ctx context.Context, t time.Time) error {
	slices.SortFunc(e.due, func(a, b reminder) int { return a.at.Compare(b.at) })
	for len(e.due) > 0 && !e.due[0].at.After(t) {
		e.scene.Clock.Set(e.due[0].at)
		e.scene.Platform.Send(ctx, e.due[0].to, chat.Message{Text: e.due[0].text})
		e.due = e.due[1:]
	}
	e.scene.Clock.Set(t)
	return nil
}

func (e *echo) Settle(context.Context) error  { return nil }
func (e *echo) Restart(context.Context) error { return nil }
func (e *echo) Do(_ context.Context, verb string, args []string) error {
	if verb != "store" || len(args) != 1 {
		return fmt.Errorf("unknown verb %s", verb)
	}
	e.down = args[0] == "down"
	return nil
}

func TestScripts(t *testing.T) { RunScripts(t, "testdata/scripts", *update, newEcho) }

// TestUpdateRewrites takes the expectations out of the scripts, lets -update put
// them back, and finds every file as it was.
func TestUpdateRewrites(t *testing.T) {
	dir := t.TempDir()
	org, err := os.ReadFile("testdata/scripts/org.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "org.yaml"), org, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"echo.txt", "zalo.txt"} {
		s, err := LoadScript("testdata/scripts/" + name)
		if err != nil {
			t.Fatal(err)
		}
		bare := s.header
		for _, it := range s.items {
			if it.kind != expected {
				bare += strings.Join(it.lines, "\n") + "\n"
			}
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(bare), 0o600); err != nil {
			t.Fatal(err)
		}
		runScript(t, path, true, newEcho)
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/scripts/" + name)
		if err != nil {
			t.Fatal(err)
		}
		want = bytes.ReplaceAll(want, []byte("{*} Bình"), []byte("Lê Thị Bình"))
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

const tinyHeader = `clock: 2027-02-05 15:58
people: [{id: an, name: Nguyễn Văn An}, {id: an2, name: Lê Văn An}]
chats: [{id: vhxh, kind: group, title: Phòng, members: [an]}]
---
`

func TestPlayFaults(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"unexpected": {"an > vhxh: nhắc 1h x\n@ 18:00\n", `script:6: after "@ 18:00" the bot showed something else (- expected, + shown):
  + 16:58 bot > vhxh: x`},
		"missing": {"an > vhxh: nhắc 1h x\nbot > vhxh: y\n", "  - bot > vhxh: y"},
		"differs": {"an > vhxh: a\nbot > vhxh:\n  Nghe: b\n  [Xong] [Mở https://example.org/]\n", `  - ` + `  Nghe: b
  +   Nghe: a
      [Xong]`},
		"two people": {"An > vhxh: a\n", `script:5: "An" is the name of 2 people`},
		"nobody":     {"Nam > vhxh: a\n", `script:5: "Nam": no such person`},
		"no chat":    {"an > khac: a\n", `script:5: "khac": no such chat`},
		"no member":  {"an2 > vhxh: a\n", "not in this chat"},
		"no button":  {"an ! vhxh: [Xong]\n", "script:5: no message in vhxh has a button [Xong]"},
		"no verb":    {"* dance\n", "script:5: unknown verb dance"},
		"backwards":  {"@ 15:00\n", "script:5: the clock stands at 2027-02-05 15:58 and does not go back"},
		"no time":    {"@ mai\n", `script:5: "mai" is not a time like`},
		"no fault":   {"* fault vhxh sometimes\n", `script:5: fault "sometimes" is not one of`},
		"no again":   {"* again\n", "script:5: there was no update"},
		"not taken":  {"* store down\nan > vhxh: a\n", "  + (not taken, it will be delivered again)"},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := ParseScript(strings.NewReader(tinyHeader + c.body))
			if err != nil {
				t.Fatal(err)
			}
			scene, err := s.Scene()
			if err != nil {
				t.Fatal(err)
			}
			err = s.Play(t.Context(), newEcho(t, scene), scene.Platform, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestParseFaults(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"no header":  {"An > x: y\n", `script:1: no line "---"`},
		"no clock":   {"title: x\n---\n", "script:1: header: clock"},
		"caps":       {"caps: fax\nclock: 2027-02-05 15:58\n---\n", `caps "fax" is not one of full, telegram, zalo`},
		"unknown":    {"clok: 2027-02-05 15:58\n---\n", "unknown field"},
		"also":       {"also: [fax]\nclock: 2027-02-05 15:58\n---\n", `also names "fax"`},
		"org file":   {"org: x.yaml\nclock: 2027-02-05 15:58\n---\n", "no folder to look in"},
		"step":       {tinyHeader + "\n# x\nAn nói gì đó\n", "script:7: not understood"},
		"stray":      {tinyHeader + "\n  x\n", "script:6: an indented line belongs to nothing"},
		"press":      {tinyHeader + "an ! vhxh: Xong\n", "script:5: what is pressed stands in square brackets"},
		"option":     {tinyHeader + "an > vhxh (fax 1): x\n", "script:5: (fax ...) is not one of reply file phone card forward"},
		"too early":  {tinyHeader + "bot > vhxh: x\n", "script:5: a message is expected before the first step"},
		"empty verb": {tinyHeader + "*  \n", "script:5: not understood"},
		"half head":  {"clock: 2027-02-05 15:58\n", "no line"},
	}
	for name, c := range tests {
		_, err := ParseScript(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v\nwant %s", name, err, c.want)
		}
	}
}

// TestAlso plays one conversation on two platforms: the second transcript is kept
// beside the script and compared.
func TestAlso(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hai.txt")
	text := "also: [zalo]\n" + tinyHeader + "an > vhxh: a\nbot > vhxh:\n  Nghe: a\n  [Xong] [Mở https://example.org/]\nan ! vhxh: [Xong]\nbot ~ vhxh (15:58): Xong: Nguyễn Văn An\n"
	write(t, path, text)
	runScript(t, path, true, newEcho)
	runScript(t, path, false, newEcho)
	got, err := os.ReadFile(filepath.Join(dir, "zalo", "hai.txt"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `an > vhxh: a
bot > vhxh:
  Nghe: a

  Trả lời: xong (Xong)
  Mở: https://example.org/
an ! vhxh: [Xong]
bot > vhxh:
  Nghe: xong

  Trả lời: xong (Xong)
  Mở: https://example.org/
`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	if same, err := os.ReadFile(path); err != nil || string(same) != text {
		t.Errorf("the script itself was changed: %s, %v", same, err)
	}
}

// FuzzParseScript looks for panics, and that the lines of a script are kept as they are.
func FuzzParseScript(f *testing.F) {
	data, err := os.ReadFile("testdata/scripts/echo.txt")
	if err != nil {
		f.Fatal(err)
	}
	_, body, _ := strings.Cut(string(data), "\n---\n")
	f.Add(body)
	f.Add("a ! b (on \"x\"): [y]\n  z\n\n\n  q\n")
	f.Fuzz(func(t *testing.T, body string) {
		s, err := ParseScript(strings.NewReader(tinyHeader + body))
		if err != nil {
			return
		}
		var lines []string
		for _, it := range s.items {
			lines = append(lines, it.lines...)
		}
		body = strings.TrimSuffix(strings.ReplaceAll(tinyHeader+body, "\r\n", "\n"), "\n")
		if got := strings.TrimSuffix(s.header+strings.Join(lines, "\n"), "\n"); got != body && got+"\n" != body {
			t.Errorf("lines changed:\n%q\n%q", body, got)
		}
	})
}
