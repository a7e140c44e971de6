package web

import (
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"trucban/internal/browsertest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "folder to put screenshots of the board into")

// browser starts a headless browser with an empty profile.
func browser(t *testing.T) context.Context {
	t.Helper()
	return browsertest.Start(t, "the board")
}

// look runs an action that reads something.
func look[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func screenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*shots, name), look(t, ctx, chromedp.CaptureScreenshot()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBoardInBrowser(t *testing.T) {
	ctx := browser(t)
	s, b, srv := testServer(t, nil)
	run := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	says := func(what, want string) {
		t.Helper()
		if got := look(t, ctx, chromedp.Text("h1")); got != want {
			t.Errorf("%s: the page says %q, want %q", what, got, want)
		}
	}
	run("mini app", chromedp.Navigate(srv.URL+"/app#tgWebAppVersion=8.0&tgWebAppData="+url.QueryEscape(signed("279058397", b.Now()))), chromedp.WaitVisible(".matrix"))
	if scope := look(t, ctx, chromedp.Text("header p")); scope != "Văn phòng" {
		t.Errorf("the Mini App opened %q", scope)
	}
	used := link(t, s, "desk")
	run("open", chromedp.EmulateViewport(1280, 860), chromedp.Navigate(used), chromedp.Click("button.main"), chromedp.WaitVisible(".matrix"))
	says("the desk's board", "UBND phường Mẫu")
	if got := look(t, ctx, chromedp.Text(".list .text")); got != "Mất mạng tầng 2 <script>alert(1)</script>" {
		t.Errorf("the incident reads %q", got)
	}
	screenshot(t, ctx, "board.png")

	b.set(func(b *town) { b.incident = "Đã có mạng trở lại" })
	run("news come by themselves", chromedp.WaitVisible(`//div[@class="text"][contains(., "Đã có mạng trở lại")]`))
	b.set(func(b *town) { b.incident = ""; b.headline = "Mọi việc ổn" })
	run("and go", chromedp.WaitVisible(`//section[contains(., "Không có sự cố.")]`), chromedp.WaitReady(`//p[@id="news"][contains(., "Mọi việc ổn")]`))

	// In one step: the part of the page that lives may be replaced at any moment.
	if !look(t, ctx, chromedp.Evaluate[bool](`(document.querySelector(".below a[href$=vp]").click(), true)`)) {
		t.Error("no link to the unit")
	}
	run("a unit", chromedp.WaitVisible(`nav a[aria-current][href$="vp"]`))
	if got := look(t, ctx, chromedp.Text("#part")); strings.Contains(got, "VH-XH\n") {
		t.Error("the board of one unit shows the other")
	}

	phone := func(what, shot string) {
		t.Helper()
		run(what, chromedp.EmulateViewport(360, 740), chromedp.Navigate(srv.URL+"/board"), chromedp.WaitVisible(".matrix"))
		if look(t, ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > 360`)) {
			t.Errorf("%s: the board is wider than a phone", what)
		}
		screenshot(t, ctx, shot)
	}
	if *shots != "" {
		b.set(func(b *town) {
			b.incident, b.headline, b.note = "Mất mạng tầng 2, đang kiểm tra", "", "mất điện 5 phút"
		})
		run("tall", chromedp.EmulateViewport(1280, 1000), chromedp.Navigate(srv.URL+"/board"), chromedp.WaitVisible(".matrix"))
		screenshot(t, ctx, "board-tall.png")
	}
	phone("phone", "board-phone.png")
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, dark); err != nil {
		t.Fatal(err)
	}
	phone("phone in the dark", "board-phone-dark.png")
	if ground := look(t, ctx, chromedp.Evaluate[string](`getComputedStyle(document.documentElement).backgroundColor`)); ground != "rgb(14, 21, 28)" {
		t.Errorf("in the dark the board is %s", ground)
	}

	run("used link", chromedp.Navigate(used), chromedp.Click("button.main"), chromedp.WaitNotPresent("button.main"), chromedp.WaitVisible("h1"))
	says("used link", "Liên kết đã được dùng")
	run("forged link", chromedp.Navigate(used+"x"), chromedp.WaitVisible("h1"))
	says("forged link", "Liên kết không đúng")
	late := link(t, s, "desk")
	b.set(func(b *town) { b.now = b.now.Add(linkLife) })
	run("late link", chromedp.Navigate(late), chromedp.WaitVisible("h1"))
	says("late link", "Liên kết đã hết hạn")

	run("unit head", chromedp.Navigate(link(t, s, "head-vp")), chromedp.Click("button.main"), chromedp.WaitVisible(".matrix"))
	if got := look(t, ctx, chromedp.Text("body")); strings.Contains(got, "VH-XH\n") || !strings.Contains(got, "Văn phòng") {
		t.Errorf("the head's board reads %s", got)
	}
	run("another unit", chromedp.Navigate(srv.URL+"/board?unit=vhxh"), chromedp.WaitVisible("h1"))
	says("another unit", "Không thuộc phạm vi của đ/c")
}

// TestBoardByKeyboard walks the page with Tab as somebody without a mouse does:
// every stop has a name, the first leads to the content, and tables can be scrolled.
func TestBoardByKeyboard(t *testing.T) {
	ctx := browser(t)
	s, _, _ := testServer(t, func(o *Options) { o.Refresh = time.Hour })
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740), chromedp.Navigate(link(t, s, "desk")), chromedp.Click("button.main"), chromedp.WaitVisible(".matrix")); err != nil {
		t.Fatal(err)
	}
	var stops []string
	for range 20 {
		if err := chromedp.Do(ctx, chromedp.KeyEvent("\t")); err != nil {
			t.Fatal(err)
		}
		const name = `(() => { const e = document.activeElement, by = e.getAttribute("aria-labelledby");
			return e === document.body ? "" : (e.getAttribute("aria-label") || (by && document.getElementById(by).textContent) || e.textContent).trim() || "(" + e.tagName + ")"; })()`
		stop := look(t, ctx, chromedp.Evaluate[string](name))
		if stop == "" {
			break
		}
		stops = append(stops, stop)
	}
	all := strings.Join(stops, " | ")
	if !strings.HasPrefix(all, "Tới nội dung | Thoát | UBND phường Mẫu | Tìm đơn vị theo tên | Tìm | Văn phòng | Phòng VH-XH") {
		t.Errorf("stops: %s", all)
	}
	for _, want := range []string{"Điểm danh hôm nay", "Công văn 48/UBND-VHXH"} {
		if !strings.Contains(all, want) {
			t.Errorf("the keyboard does not reach %q: %s", want, all)
		}
	}
	if strings.Contains(all, "(") {
		t.Errorf("a stop without a name: %s", all)
	}
}
