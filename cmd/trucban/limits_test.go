package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/xuri/excelize/v2"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/local"
	"trucban/internal/chat/telegram"
	"trucban/internal/chat/zalo"
	"trucban/internal/dispatch"
	"trucban/internal/sheet"
	"trucban/internal/web"
	"trucban/messages"
)

// bound is one row of the table of sizes in README and its test: send gives the
// program an input of that size and returns the refusal, "" where it is not
// refused for its size.
type bound struct {
	input string
	most  int
	unit  string
	told  string // what the sender sees of the refusal
	send  func(t *testing.T, size int) string
}

// bounds are the sizes of everything that comes in.
func bounds() []bound {
	return []bound{
		{"one message", bot.MaxWords, "bytes", "Tin dài quá", sendWords},
		{"the file of a dispatch", bot.MaxDocument, "bytes", "Tệp lớn hơn 8 MB", sendDocument},
		{"a dispatch pasted in several messages", bot.MaxPaste, "bytes", "Văn bản quá dài", sendPaste},
		{"the text of a dispatch", dispatch.MaxText, "bytes", "văn bản quá dài", sendDispatch(func(n int) string { return strings.Repeat("a", n-1) + "\n" })},
		{"lines of a dispatch", dispatch.MaxLines, "", "văn bản quá dài", sendDispatch(func(n int) string { return strings.Repeat("a\n", n) })},
		{"paragraphs of a dispatch", dispatch.MaxParagraphs, "", "văn bản quá dài", sendDispatch(paragraphs)},
		{"files along with a directive (they stay with the platform)", bot.MaxAttachments, "", "đã đủ 20 tệp", sendAttachments},
		{"the file of a roster, in chat", bot.MaxRoster, "bytes", "Tệp quá lớn", sendRoster},
		{"an Excel, Word or CSV file", sheet.MaxFile, "bytes", "Tệp lớn hơn 10 MB", sendSheet(func(_ *testing.T, n int) []byte { return bytes.Repeat([]byte("a"), n) })},
		{"... unpacked", sheet.MaxPlain, "bytes", "bung ra quá lớn", sendSheet(zipOfSize)},
		{"... files in its package", sheet.MaxParts, "", "bung ra quá lớn", sendSheet(zipOfParts)},
		{"... tables", sheet.MaxGrids, "", "quá nhiều ô", sendSheet(bookOfSheets)},
		{"... rows of a table", sheet.MaxRows, "", "hơn 20000 dòng", sendSheet(func(_ *testing.T, n int) []byte { return bytes.Repeat([]byte("a;b\n"), n) })},
		{"... columns of a table", sheet.MaxCols, "", "quá nhiều ô", sendSheet(func(_ *testing.T, n int) []byte { return []byte(strings.Repeat("a;", n-1) + "a\n") })},
		{"... cells of all tables", sheet.MaxCells, "", "quá nhiều ô", sendSheet(func(_ *testing.T, n int) []byte {
			const wide = 1024
			row := strings.Repeat("a;", wide-1) + "a\n"
			return []byte(strings.Repeat(row, n/wide) + strings.Repeat("a;", n%wide))
		})},
		{"the organisation file", maxTown, "bytes", "more than 16 MB", sendTown(func(n int) string { return "#" + strings.Repeat("a", n-1) })},
		{"... brackets within each other; anchors and aliases are refused", maxDepth, "", "brackets within each other", sendTown(func(n int) string {
			return "name: X\ndigest: " + strings.Repeat("[", n) + strings.Repeat("]", n)
		})},
		{"what Telegram delivers by webhook", telegram.MaxWebhook, "bytes", "413", sendTelegram},
		{"what Zalo delivers by webhook", zalo.MaxWebhook, "bytes", "413", sendZalo},
		{"a Mini App's data, a board link's token", web.MaxForm, "bytes", "dữ liệu quá dài", sendForm},
		{"what is asked of the board", web.MaxQuery, "bytes", "dữ liệu quá dài", sendQuery},
	}
}

// TestBounds sends each input as large as it may be and one larger: only the second is refused.
func TestBounds(t *testing.T) {
	for _, b := range bounds() {
		t.Run(b.input, func(t *testing.T) {
			t.Parallel()
			if got := b.send(t, b.most); strings.Contains(got, b.told) {
				t.Errorf("%d is refused: %s", b.most, got)
			}
			if got := b.send(t, b.most+1); !strings.Contains(got, b.told) {
				t.Errorf("%d is not refused with %q: %q", b.most+1, b.told, got)
			}
		})
	}
}

// kept are the stored documents of what people sent.
func kept(t *testing.T, st *stage) (out []string) {
	t.Helper()
	for _, k := range st.mem.server.Keys() {
		for _, kind := range []string{":d:directive:", ":d:reading:", ":d:import:", ":d:paste:"} {
			if strings.Contains(k, kind) {
				out = append(out, k)
			}
		}
	}
	return out
}

// tell lets the desk send something and returns the answers; where one of them is
// the refusal, nothing of what was sent may be in the store.
func tell(t *testing.T, st *stage, refusal string, send func() (chat.Update, error)) string {
	t.Helper()
	before := len(texts(st.door, "huong"))
	u, err := send()
	if err == nil {
		err = st.app.Handle(t.Context(), u)
	}
	if err == nil {
		err = st.Settle(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(texts(st.door, "huong")[before:], "\n")
	if list := kept(t, st); strings.Contains(said, refusal) && len(list) > 0 {
		t.Errorf("refused and kept: %q", list)
	}
	return said
}

func boundStage(t *testing.T) *stage {
	st, door := holdStage(t)
	st.door = door.Platform
	return st
}

func sendWords(t *testing.T, n int) string {
	st := boundStage(t)
	return tell(t, st, "Tin dài quá", func() (chat.Update, error) {
		return st.door.Say("huong", "huong", "/vanban "+strings.Repeat("a", n-len("/vanban ")))
	})
}

func sendDocument(t *testing.T, n int) string {
	st := boundStage(t)
	return tell(t, st, "Tệp lớn hơn", func() (chat.Update, error) {
		return st.door.Upload("huong", "huong", local.Attachment{Name: "cong-van.txt", Data: bytes.Repeat([]byte("a"), n), Caption: "/vanban"})
	})
}

func sendRoster(t *testing.T, n int) string {
	st := boundStage(t)
	return tell(t, st, "Tệp quá lớn", func() (chat.Update, error) {
		return st.door.Upload("huong", "huong", local.Attachment{Name: "lich.csv", Data: bytes.Repeat([]byte("\n"), n), Caption: "/naplich vhxh"})
	})
}

// sendPaste sends the text in parts that look cut; the joining adds a line break to each but the first.
func sendPaste(t *testing.T, n int) string {
	st := boundStage(t)
	said := tell(t, st, "Văn bản quá dài", func() (chat.Update, error) { return st.door.Say("huong", "huong", "/vanban") })
	const part = 60_000
	for first := true; n > 0; first = false {
		size := min(part, n)
		n -= size
		if !first {
			size--
		}
		said = tell(t, st, "Văn bản quá dài", func() (chat.Update, error) { return st.door.Say("huong", "huong", strings.Repeat("a", max(size, 1))) })
	}
	return said
}

func sendAttachments(t *testing.T, n int) string {
	st := boundStage(t)
	text, err := os.ReadFile("sample/dispatch.txt")
	if err != nil {
		t.Fatal(err)
	}
	tell(t, st, "\x00", func() (chat.Update, error) {
		return st.door.Upload("huong", "huong", local.Attachment{Name: "cong-van.txt", Data: text, Caption: "/vanban"})
	})
	said := ""
	for i := range n - 1 { // the document itself is the first
		said = tell(t, st, "\x00", func() (chat.Update, error) {
			return st.door.Upload("huong", "huong", local.Attachment{Name: fmt.Sprintf("phu-luc-%d.pdf", i), Data: []byte("%PDF")})
		})
	}
	return said
}

func sendDispatch(make func(n int) string) func(*testing.T, int) string {
	return func(_ *testing.T, n int) string {
		_, err := dispatch.Parse(make(n), dispatch.Options{})
		if err != nil {
			return refusal(err).Error()
		}
		return ""
	}
}

// paragraphs is a text of so many paragraphs.
func paragraphs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "- Rà soát hệ thống số %d.\n", i)
	}
	return b.String()
}

func sendSheet(make func(t *testing.T, n int) []byte) func(*testing.T, int) string {
	return func(t *testing.T, n int) string {
		_, _, err := sheet.Open("lich", make(t, n))
		var no *sheet.Refusal
		if errors.As(err, &no) {
			return no.Text
		}
		return ""
	}
}

func zipOf(t *testing.T, write func(z *zip.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := errors.Join(write(z), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOfSize(t *testing.T, n int) []byte {
	return zipOf(t, func(z *zip.Writer) error {
		w, err := z.Create("word/document.xml")
		if err != nil {
			return err
		}
		_, err = io.Copy(w, io.LimitReader(zeros{}, int64(n)))
		return err
	})
}

// zeros packs a thousand to one.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func zipOfParts(t *testing.T, n int) []byte {
	return zipOf(t, func(z *zip.Writer) error {
		for i := range n {
			name := "word/media/" + strconv.Itoa(i)
			if i == 0 {
				name = "word/document.xml"
			}
			if _, err := z.Create(name); err != nil {
				return err
			}
		}
		return nil
	})
}

func bookOfSheets(t *testing.T, n int) []byte {
	f := excelize.NewFile()
	for i := 1; i < n; i++ {
		if _, err := f.NewSheet("S" + strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sendTown(make func(n int) string) func(*testing.T, int) string {
	return func(t *testing.T, n int) string {
		path := filepath.Join(t.TempDir(), "town.yaml")
		if err := os.WriteFile(path, []byte(make(n)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readTown(path); err != nil {
			return err.Error()
		}
		return ""
	}
}

// deliver posts a body to a webhook and returns its answer's status.
func deliver(t *testing.T, h http.Handler, header http.Header, n int) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"x":"`+strings.Repeat("a", n-len(`{"x":""}`))+`"}`))
	r.Header = header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return strconv.Itoa(w.Code)
}

// refuseAll is a handler that no update may reach.
func refuseAll(t *testing.T) chat.Handler {
	return func(_ context.Context, u chat.Update) error {
		t.Errorf("an update came through: %s", u.ID)
		return nil
	}
}

func sendTelegram(t *testing.T, n int) string {
	fake := chattest.NewTelegram(chattest.TelegramOptions{})
	t.Cleanup(fake.Close)
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	b, err := telegram.New(telegram.Options{Token: fake.Token(), API: srv.URL, Log: zerolog.Nop(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	const secret = "a-secret-of-telegram"
	return deliver(t, b.Webhook(refuseAll(t), secret), http.Header{telegram.SecretHeader: {secret}}, n)
}

func sendZalo(t *testing.T, n int) string {
	b, err := zalo.New(zalo.Options{Token: "12345689:abc-xyz", API: "http://127.0.0.1:1", Log: zerolog.Nop(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	const secret = "a-secret-of-zalo-bot"
	return deliver(t, b.Webhook(refuseAll(t), secret, nil), http.Header{"X-Bot-Api-Secret-Token": {secret}}, n)
}

// nobodysBoard is a board nobody may look at.
type nobodysBoard struct{}

func (nobodysBoard) View(context.Context, string, web.Ask) (web.BoardView, error) {
	return web.BoardView{}, web.ErrForbidden
}

func (nobodysBoard) Lang(context.Context) string { return "vi" }

func askPages(t *testing.T, r *http.Request) string {
	t.Helper()
	words, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := web.New(web.Options{
		Texts: words,
		Now:   time.Now, Base: "https://truc.example.vn", Secret: bytes.Repeat([]byte("k"), 32), Board: nobodysBoard{}, Once: web.NewMemoryOnce(time.Now),
	})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Body.String()
}

func sendForm(t *testing.T, n int) string {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/open", strings.NewReader("token="+strings.Repeat("a", n-len("token="))))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return askPages(t, r)
}

func sendQuery(t *testing.T, n int) string {
	return askPages(t, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/board?unit="+strings.Repeat("a", n-len("unit=")), nil))
}

// TestAliasesAreRefused: a few bytes that stand for a million values cost nothing.
func TestAliasesAreRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("name: X\nunits:\n  - {id: a, name: A, chats: {telegram: &x0 [" + strings.Repeat("x,", 10) + "]}}\n")
	for i := range 12 {
		fmt.Fprintf(&b, "  - {id: b%d, name: B, chats: {telegram: &x%d [%s]}}\n", i, i+1, strings.Repeat(fmt.Sprintf("*x%d,", i), 10))
	}
	for name, text := range map[string]string{"many laughs": b.String(), "merge": "name: X\nunits:\n  - {<<: a, id: a, name: A}\n", "alias": "name: &n X\nlang: *n\n"} {
		if _, err := parseTown([]byte(text)); err == nil || !strings.Contains(err.Error(), "line ") || !strings.Contains(err.Error(), "anchors and aliases") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// sizesTable is the part of README that is generated from the bounds.
func sizesTable() string {
	var b strings.Builder
	b.WriteString("| input | at most |\n|---|---|\n")
	for _, r := range bounds() {
		size := strconv.Itoa(r.most)
		switch {
		case r.unit == "bytes" && r.most >= 1<<20:
			size = strconv.Itoa(r.most>>20) + " MB"
		case r.unit == "bytes":
			size = strconv.Itoa(r.most>>10) + " KB"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", r.input, size)
	}
	return b.String()
}

// pacesTable is the part of README that is generated from what is counted of each person and group.
func pacesTable() string {
	var b strings.Builder
	b.WriteString("| what | one person | one group |\n|---|---|---|\n")
	for _, p := range bot.Paces() {
		group := "not counted"
		if p.Group.Burst > 0 {
			group = pace(p.Group.Burst, p.Group.Every)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p.What, pace(p.Person.Burst, p.Person.Every), group)
	}
	return b.String()
}

func pace(burst int, every time.Duration) string {
	return fmt.Sprintf("%d at once, then %d a minute", burst, time.Minute/every)
}
