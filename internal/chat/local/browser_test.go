package local

import (
	"bytes"
	"context"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"trucban/internal/browsertest"
	"trucban/internal/chat"
)

var shots = flag.String("shots", "", "folder to put screenshots of the page into")

// browser starts a headless browser with an empty profile.
func browser(t *testing.T) context.Context {
	t.Helper()
	return browsertest.Start(t, "the page", chromedp.Flag("hide-scrollbars", true))
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
	data := look(t, ctx, chromedp.CaptureScreenshot())
	if err := os.WriteFile(filepath.Join(*shots, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// busyTown fills the platform like an evening of duty, with a hostile guest.
func busyTown(t *testing.T, p *Platform) (card string) {
	t.Helper()
	ctx := t.Context()
	p.Send(ctx, to("vhxh"), chat.Message{Text: "<b>Nhắc ca trực 05/02</b>\nPhòng VH-XH, 12:30 đến 07:00 hôm sau\nTrực: đ/c Nguyễn Văn An, đ/c Lê Thị Bình. Xem: /catoi"})
	must(p.Say("binh", "vhxh", "Đã nhận, cảm ơn bot"))
	must(p.Say("an", "vhxh", `<img src=x onerror="document.title='hỏng'"><script>document.title='hỏng'</script>`))
	var pic bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 480, 160))
	for x := range 480 {
		for y := range 160 {
			img.Set(x, y, color.RGBA{R: uint8(20 + x/8), G: uint8(110 + y/2), B: 190, A: 255})
		}
	}
	if err := png.Encode(&pic, img); err != nil {
		t.Fatal(err)
	}
	p.Send(ctx, to("vhxh"), chat.Message{Text: "Lịch trực tuần", Attach: &chat.Attachment{Name: "lich-tuan.png", Photo: true, Data: pic.Bytes()}})
	must(p.Upload("an", "vhxh", Attachment{Name: "bao-cao.docx", Data: make([]byte, 48000)}))
	card = p.Send(ctx, to("vhxh"), chat.Message{
		Text: "<b>Ca trực 05/02, 12:30</b>\nĐ/c Nguyễn Văn An: chưa điểm danh\nĐ/c Lê Thị Bình: chưa điểm danh",
		Buttons: [][]chat.Button{
			{{Label: "Điểm danh", Action: "v1:dd"}, {Label: "Có việc", Action: "v1:cv"}},
			{{Label: "Danh bạ khẩn cấp", URL: "tel:113"}},
		}}).Message
	p.Send(ctx, to("ld"), chat.Message{Text: "<b>Tóm tắt 12:00</b>\nĐã điểm danh 6/8 ca"})
	p.Send(ctx, to("p-an"), chat.Message{Text: "Đề nghị đ/c chia sẻ số điện thoại.", AskPhone: "Chia sẻ số của tôi"})
	return card
}

func TestPageInBrowser(t *testing.T) {
	ctx := browser(t)
	p, _, srv := testPage(t)
	p.AddPerson(Person{ID: "an", Name: "Nguyễn Văn An", Phone: "+84900000001", Note: "cán bộ trực"})
	card := busyTown(t, p)
	listening, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- p.Listen(listening, func(ctx context.Context, u chat.Update) error {
			if u.Action == "v1:dd" {
				p.Edit(ctx, u.To, u.Message, chat.Message{Text: "<b>Ca trực 05/02, 12:30</b>\n" + chat.Escape(u.From.Name) + ": có mặt 12:00"})
			}
			if u.Text == "/hotline" {
				p.Send(ctx, u.To, chat.Message{Text: "Danh bạ khẩn cấp"})
			}
			return nil
		})
	}()
	onCard := `[data-id="` + card + `"] `
	run := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	become := func(id string) chromedp.Action[chromedp.Void] {
		return chromedp.Evaluate[chromedp.Void](`(() => { const s = document.getElementById("me"); s.value = "` + id + `"; s.dispatchEvent(new Event("change")); })()`)
	}
	fits := func(what string) {
		t.Helper()
		if look(t, ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > 360`)) {
			t.Errorf("%s is wider than a phone", what)
		}
	}
	run("open", chromedp.EmulateViewport(1280, 800), chromedp.Navigate(srv.URL), chromedp.WaitVisible(onCard+".key"))
	screenshot(t, ctx, "page.png")
	run("press", chromedp.Click(onCard+".key"), chromedp.WaitVisible(onCard+".edited"))
	if body := look(t, ctx, chromedp.Text(onCard+".body")); body != "Ca trực 05/02, 12:30\nNguyễn Văn An: có mặt 12:00" {
		t.Errorf("after the press the card says %q", body)
	}
	if edited := look(t, ctx, chromedp.Text(onCard+".edited")); edited != "đã sửa 12:00" {
		t.Errorf("the change is marked %q", edited)
	}
	if title := look(t, ctx, chromedp.Title()); title == "hỏng" {
		t.Error("what somebody typed was run")
	}
	screenshot(t, ctx, "page-pressed.png")
	run("command in a message", chromedp.Click(".command"))
	if words := look(t, ctx, chromedp.Value(chromedp.ID("text"))); words != "/catoi " {
		t.Errorf("a command in a message puts %q into the box", words)
	}
	run("offered command", chromedp.Click("#chips button"))
	if words := look(t, ctx, chromedp.Value(chromedp.ID("text"))); words != "/ondanh " {
		t.Errorf("an offered command puts %q into the box", words)
	}
	run("type", chromedp.SendKeys(chromedp.ID("text"), "\n"), chromedp.WaitVisible(`//article[contains(@class, "mine")][contains(., "/ondanh")]`), chromedp.SendKeys(chromedp.ID("text"), "/hotline\n"), chromedp.WaitVisible(`//article[contains(., "Danh bạ khẩn cấp")][not(contains(., "Ca trực"))]`))
	run("private chat", chromedp.Click(`[data-chat="p-an"]`), chromedp.WaitVisible(".share"), chromedp.Click(".share"), chromedp.WaitVisible(".mine .contact"))
	run("other person", become("binh"), chromedp.WaitVisible(`[data-chat="p-binh"]`), chromedp.WaitNotPresent(`[data-chat="p-an"]`))
	run("a group that is not mine", become("an"), chromedp.WaitVisible(`[data-chat="p-an"]`), chromedp.Click(`[data-chat="ld"]`), chromedp.WaitVisible("#locked"))
	if members := look(t, ctx, chromedp.Text("#members")); members != "1 người: Lê Thị Bình" {
		t.Errorf("its members: %q", members)
	}
	run("clock", chromedp.Click("#jump"), chromedp.WaitVisible(`//time[@id="now"][starts-with(., "13:00")]`))
	run("phone", chromedp.EmulateViewport(360, 740), chromedp.Reload(), chromedp.WaitVisible(`[data-chat="vhxh"]`))
	fits("the list")
	screenshot(t, ctx, "page-phone-list.png")
	run("phone room", chromedp.Click(`[data-chat="vhxh"]`), chromedp.WaitVisible(onCard))
	fits("the chat")
	screenshot(t, ctx, "page-phone.png")
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, dark); err != nil {
		t.Fatal(err)
	}
	run("dark", chromedp.EmulateViewport(1100, 700), chromedp.SendKeys(chromedp.ID("text"), "/"), chromedp.WaitVisible("#menu button"))
	if ground := look(t, ctx, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor`)); ground != "rgb(14, 21, 28)" {
		t.Errorf("in the dark the page is %s", ground)
	}
	screenshot(t, ctx, "page-dark.png")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
