package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/rs/zerolog"

	"trucban/internal/browsertest"
	"trucban/internal/team"
	"trucban/internal/web"
)

var boardShots = flag.String("boardshots", "", "folder, from the top of the repository, to write the README's screenshots of the board to")

// shoot writes what the browser shows where screenshots are asked for: name.png in
// light, and name-dark.png.
func shoot(t *testing.T, bound context.Context, name string, looks ...string) {
	t.Helper()
	if *boardShots == "" {
		return
	}
	for _, look := range looks {
		scheme := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look}}}
		if _, err := chromedp.Call(bound, emulation.SetEmulatedMedia, scheme); err != nil {
			t.Fatal(err)
		}
		data, err := chromedp.Run(bound, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if look == "dark" {
			name += "-dark"
		}
		if err := os.WriteFile(filepath.Join("../..", *boardShots, name+".png"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	light := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}
	if _, err := chromedp.Call(bound, emulation.SetEmulatedMedia, light); err != nil {
		t.Fatal(err)
	}
}

// boardDemo is the sample ward with its board on a server.
func boardDemo(t *testing.T) (*demo, *web.Server, string) {
	t.Helper()
	now := time.Date(2027, 2, 5, 2, 30, 0, 0, time.UTC)
	d, err := newDemo(t.Context(), now, zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	var pages *web.Server
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { pages.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	d.app.parts.BoardLink = nil
	if pages, err = d.app.boardPages(t.Context(), boardAt{base: srv.URL}, web.Options{Ready: d.app.ready, Stats: figures{d.app}}); err != nil {
		t.Fatal(err)
	}
	return d, pages, srv.URL
}

func boardLink(t *testing.T, pages *web.Server, member string) string {
	t.Helper()
	link, err := pages.Link(member)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// reader is a browser without a window: it keeps cookies.
type reader struct {
	t *testing.T
	c *http.Client
}

func newReader(t *testing.T) reader {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return reader{t, &http.Client{Jar: jar, Timeout: serviceTime}}
}

func (r reader) get(address string) (int, string) {
	r.t.Helper()
	res, err := r.c.Get(address)
	return r.read(res, err)
}

func (r reader) read(res *http.Response, err error) (int, string) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// open uses a link up.
func (r reader) open(link string) (int, string) {
	r.t.Helper()
	base, token, _ := strings.Cut(link, "/b/")
	res, err := r.c.PostForm(base+"/open", url.Values{"token": {token}})
	return r.read(res, err)
}

// TestBoardShowsEachTheirOwn opens the board as the desk, a leader, a unit head and an officer.
func TestBoardShowsEachTheirOwn(t *testing.T) {
	_, pages, base := boardDemo(t)
	for _, c := range []struct {
		who         string
		sees, not   []string
		may, mayNot string
	}{
		{"huong", []string{"UBND phường Hoa Sen", "Vũ Ngọc Khánh", "0912 000 122", "Tình trạng bot", "SC-2027-0001", "VH-XH", "Công an"}, nil, "congan", ""},
		{"minh", []string{"Vũ Ngọc Khánh", "0912 000 122", "SC-2027-0001"}, nil, "vhxh", ""},
		{"hoa", []string{"Phòng Văn hóa - Xã hội", "Nguyễn Văn An", "0912 000 112"}, []string{"Vũ Ngọc Khánh", "0912 000 122", "SC-2027-0001", "Tình trạng bot"}, "vhxh", "congan"},
		{"an", []string{"Nguyễn Văn An", "0912 000 112"}, []string{"Vũ Ngọc Khánh", "Bùi Hải Nam"}, "vhxh", "hoasen"},
	} {
		r := newReader(t)
		code, page := r.open(boardLink(t, pages, c.who))
		if code != http.StatusOK {
			t.Errorf("%s: status %d", c.who, code)
			continue
		}
		for _, s := range c.sees {
			if !strings.Contains(page, s) {
				t.Errorf("%s does not see %q", c.who, s)
			}
		}
		for _, s := range c.not {
			if strings.Contains(page, s) {
				t.Errorf("%s sees %q", c.who, s)
			}
		}
		if code, _ := r.get(base + "/board?unit=" + c.may); code != http.StatusOK {
			t.Errorf("%s may not look at %s: %d", c.who, c.may, code)
		}
		if c.mayNot == "" {
			continue
		}
		for _, part := range []string{"/board?unit=", "/board/part?unit=", "/board/events?unit="} {
			if code, page := r.get(base + part + c.mayNot); code != http.StatusForbidden || strings.Contains(page, "Khánh") {
				t.Errorf("%s at %s%s: status %d", c.who, part, c.mayNot, code)
			}
		}
	}
}

// TestBoardLinksWorkOnceAndForMinutes uses a link twice, late, forged and by somebody unknown.
func TestBoardLinksWorkOnceAndForMinutes(t *testing.T) {
	d, pages, _ := boardDemo(t)
	link := boardLink(t, pages, "huong")
	if code, _ := newReader(t).open(link); code != http.StatusOK {
		t.Errorf("the first use: status %d", code)
	}
	if code, page := newReader(t).open(link); code != http.StatusGone || !strings.Contains(page, "đã được dùng") {
		t.Errorf("the second use: status %d", code)
	}
	if code, _ := newReader(t).open(boardLink(t, pages, "nobody")); code != http.StatusForbidden {
		t.Errorf("a stranger: status %d", code)
	}
	late := boardLink(t, pages, "huong")
	forged := strings.Replace(late, "/b/e", "/b/f", 1)
	if code, _ := newReader(t).open(forged); code != http.StatusForbidden {
		t.Errorf("a forged link: status %d", code)
	}
	if err := d.AdvanceTo(t.Context(), d.clock.Now().Add(11*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if code, page := newReader(t).open(late); code != http.StatusGone || !strings.Contains(page, "hết hạn") {
		t.Errorf("an old link: status %d", code)
	}
}

// TestBoardWatchesItsKeeper reads health and metrics of the whole program.
func TestBoardWatchesItsKeeper(t *testing.T) {
	d, _, base := boardDemo(t)
	r := newReader(t)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ok", "/metrics": "trucban_due_entries"} {
		if code, page := r.get(base + path); code != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("%s: status %d", path, code)
		}
	}
	d.mem.server.SetError("LOADING Redis is loading the dataset in memory")
	if code, _ := r.get(base + "/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("without the store /readyz says %d", code)
	}
	d.mem.server.SetError("")
	who, err := d.app.bot.MemberOf(t.Context(), "local:hoa")
	if err != nil || who != team.MemberID("hoa") {
		t.Errorf("the account local:hoa is %q, %v", who, err)
	}
	if _, err := newBoard(d.app).Who(t.Context(), "404"); !errors.Is(err, web.ErrForbidden) {
		t.Errorf("an unknown account: %v", err)
	}
}

// TestSampleBoardInABrowser opens the sample ward's board as its desk and, at the
// width of a small phone, as a unit head, who is refused another unit.
func TestSampleBoardInABrowser(t *testing.T) {
	bound := browsertest.Start(t, "the board")
	_, pages, base := boardDemo(t)
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(bound, actions...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	do("the desk", chromedp.EmulateViewport(1280, 1000), chromedp.Navigate(boardLink(t, pages, "huong")), chromedp.Click("button.main"),
		chromedp.WaitVisible(".matrix"), chromedp.WaitVisible(`//b[contains(., "SC-2027-0001")]`))
	shoot(t, bound, "board", "light")
	do("a small phone", chromedp.EmulateViewport(360, 740), chromedp.Navigate(base+"/board"), chromedp.WaitVisible(".matrix"))
	shoot(t, bound, "board-phone", "light", "dark")
	do("a unit head", chromedp.EmulateViewport(360, 740), chromedp.Navigate(boardLink(t, pages, "hoa")), chromedp.Click("button.main"),
		chromedp.WaitVisible(`//header[contains(., "Phòng Văn hóa - Xã hội")]`))
	wide, err := chromedp.Run(bound, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
	if err != nil || wide > 360 {
		t.Errorf("the page is %d pixels wide on a small phone, %v", wide, err)
	}
	do("another unit", chromedp.Navigate(base+"/board?unit=congan"), chromedp.WaitVisible(`//h1[contains(., "Không thuộc phạm vi")]`))
}
