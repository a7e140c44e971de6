package main

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"trucban/internal/browsertest"

	"github.com/chromedp/chromedp"
	"github.com/rs/zerolog"
)

var shot = flag.String("shot", "", "file to write a screenshot of the trial page to")

// startDemo serves the trial page on a free port and returns its address; the
// returned function ends it like Ctrl-C does and waits.
func startDemo(t *testing.T) (url string, end func() error) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDemo(t.Context(), time.Now(), zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.serve(ctx, l) }()
	ended := false
	end = func() error {
		cancel()
		ended = true
		return errors.Join(<-done, d.Close())
	}
	t.Cleanup(func() {
		if !ended {
			if err := end(); err != nil {
				t.Error(err)
			}
		}
	})
	return "http://" + l.Addr().String(), end
}

func TestDemoOpensOnADutyPeriodUnderWay(t *testing.T) {
	d, err := newDemo(t.Context(), time.Now(), zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	var all strings.Builder
	for _, room := range []string{"lanhdao", "vhxh", "congan", "congtt", "vtsao", "huong"} {
		for _, m := range d.door.Messages(room) {
			all.WriteString(m.Text + "\n")
		}
	}
	for _, want := range []string{"đúng giờ", "muộn", "VB-", "2/5 việc đã xong", "SC-", "Người tiếp nhận", "3 nhóm, 9 nhiệm vụ"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the sample ward's chats say nothing of %q", want)
		}
	}
	next, err := d.app.nextMoment(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if in := next.Sub(d.Now()); in <= 0 || in > 2*time.Minute {
		t.Errorf("the next thing happens in %s, not within two minutes", in)
	}
}

func TestDemoEndsAtOnce(t *testing.T) {
	url, end := startDemo(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("the page answers %s", res.Status)
	}
	// An open page keeps a stream of events; the end does not wait for it.
	stream, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/events?me=an&rev=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	open, err := http.DefaultClient.Do(stream)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open.Body.Close() }()
	if open.StatusCode != http.StatusOK {
		t.Errorf("the stream answers %s", open.Status)
	}
	began := time.Now()
	if err := end(); err != nil {
		t.Error(err)
	}
	t.Logf("ended %v after Ctrl-C", time.Since(began).Round(time.Millisecond))
}

func TestDemoNamesTheFlagWhenThePortIsTaken(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	code, _, errOut := runMain(t, "demo", "--listen", l.Addr().String())
	if code != exitUsage || !strings.Contains(errOut, "-listen") || !strings.Contains(errOut, "in use") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}

func TestPlayPrintsTheTranscript(t *testing.T) {
	code, out, errOut := runMain(t, "demo", "--play", "testdata/diem-danh.txt")
	if code != 0 || !strings.Contains(out, "An > vhxh: ổn định") || !strings.Contains(out, "19h00, đúng giờ") {
		t.Errorf("exit %d, %s\n%s", code, errOut, out)
	}
}

// TestDemoInABrowser presses the check-in button of the shift that begins and sees the card change.
func TestDemoInABrowser(t *testing.T) {
	bound := browsertest.Start(t, "the trial page")
	url, _ := startDemo(t)
	begins := `//article[contains(., "Vào ca:")][contains(., "Nguyễn Thị Hoa")][not(contains(., "đúng giờ"))]//button[contains(., "Điểm danh")]`
	actions := []chromedp.Action[chromedp.Void]{
		chromedp.EmulateViewport(1280, 860), chromedp.Navigate(url), chromedp.WaitVisible(`[data-chat="lanhdao"]`),
		chromedp.Evaluate[chromedp.Void](`(() => { const s = document.getElementById("me"); s.value = "hoa"; s.dispatchEvent(new Event("change")); })()`),
		chromedp.WaitVisible(`[data-chat="hoa"]`), chromedp.Click(`[data-chat="vhxh"]`), chromedp.WaitVisible(`.msg`),
		chromedp.Click("#jump"), chromedp.WaitVisible(begins), chromedp.Click(begins),
		chromedp.WaitVisible(`//article[contains(., "Vào ca:")][contains(., "Nguyễn Thị Hoa (trực ban) – ")][contains(., "đúng giờ")]`),
	}
	for i, a := range actions {
		if err := chromedp.Do(bound, a); err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
	if *shot != "" {
		data, err := chromedp.Run(bound, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Clean(*shot), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
