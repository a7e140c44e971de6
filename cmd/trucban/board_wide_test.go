package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"trucban/bot"
	"trucban/internal/browsertest"
	"trucban/internal/cadence"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/web"
	"trucban/internal/window"
)

// provinceFacts is a province of 3,300 units: 131 communes and 24 units or a few
// more in each, everybody on duty, one directive of 40 tasks, reports asked for.
func provinceFacts(t *testing.T, now time.Time) bot.BoardFacts {
	t.Helper()
	const communes, all = 131, 3300
	town := bot.EmptyTown()
	town.Org.Name = "UBND tỉnh Sao Mai"
	town.Org.Units = []team.Unit{{ID: "tinh", Name: "UBND tỉnh Sao Mai", Tags: []string{"coquan"}}}
	town.Org.Members = []team.Member{{ID: "huong", Name: "Lê Thu Hương", Unit: "tinh", Roles: []team.Role{team.RoleDesk}}, {ID: "hoa", Name: "Nguyễn Thị Hoa", Unit: "x7", Roles: []team.Role{team.RoleHead}}}
	for i := range communes {
		town.Org.Units = append(town.Org.Units, team.Unit{ID: team.UnitID(fmt.Sprint("x", i)), Name: fmt.Sprintf("UBND xã Hoa Ban %d", i), Parent: "tinh", Tags: []string{"coquan"}})
	}
	for i := len(town.Org.Units); i < all; i++ {
		town.Org.Units = append(town.Org.Units, team.Unit{ID: team.UnitID(fmt.Sprint("d", i)), Name: fmt.Sprintf("Trường tiểu học số %d", i), Parent: team.UnitID(fmt.Sprint("x", i%communes)), Tags: []string{"coquan"}})
	}
	f := bot.BoardFacts{At: now, Town: town, Directives: map[string]checklist.Directive{}, KindOf: func(incident.Incident) string { return "Mất điện" },
		LevelOf: func(incident.Level) string { return "Thấp" }, StateOf: func(incident.State) string { return "Mới báo" }}
	for i, u := range town.Org.Units {
		var people []roster.Assignment
		for k := range 2 {
			m := team.Member{ID: team.MemberID(fmt.Sprintf("m%d-%d", i, k)), Name: fmt.Sprintf("Nguyễn Văn Sơn %d", i), Unit: u.ID, Phone: fmt.Sprintf("+8491%07d", i)}
			town.Org.Members = append(town.Org.Members, m)
			people = append(people, roster.Assignment{Post: roster.PostDuty, Member: m.ID})
		}
		for _, from := range []time.Duration{-3 * time.Hour, 9 * time.Hour} {
			start := now.Add(from)
			w := checkin.New(roster.Shift{ID: roster.ID(u.ID, start, "Ca"), Unit: u.ID, Name: "Ca", Start: start, End: start.Add(12 * time.Hour), People: people})
			if from < 0 && i%7 != 3 {
				for _, a := range people {
					var err error
					if w, _, _, err = w.CheckIn(a.Member, start.Add(time.Minute), "mọi việc ổn định", checkin.DefaultPolicy()); err != nil {
						t.Fatal(err)
					}
				}
			}
			f.Watches = append(f.Watches, w)
		}
		if i%11 == 0 {
			f.Incidents = append(f.Incidents, incident.Incident{ID: incident.ID(fmt.Sprintf("SC-2027-%04d", i)), Unit: u.ID, State: incident.StateNew, Text: strings.Repeat("mất điện toàn bộ khu vực, ", 200), ReportedAt: now.Add(-time.Hour)})
		}
	}
	town.Org.Index()
	plain := checklist.Plain{Title: strings.Repeat("Bảo đảm an toàn thông tin mạng ", 40), Number: "12/UBND-VX", Groups: []checklist.Group{{Number: "1", Tags: []string{"coquan"}}}}
	for n := range 40 {
		plain.Groups[0].Tasks = append(plain.Groups[0].Tasks, checklist.Task{Text: fmt.Sprintf("Rà soát hệ thống thông tin thứ %d, cập nhật bản vá", n), Due: now.Add(-time.Hour)})
	}
	d, err := checklist.FromPlain("VB-2027-001", plain)
	if err != nil {
		t.Fatal(err)
	}
	stamp := checklist.Stamp{By: "huong", At: now.Add(-2 * time.Hour)}
	d, _ = d.SelectUnits(&town.Org).Confirm(stamp)
	if d, f.Runs, err = d.Issue(stamp); err != nil {
		t.Fatal(err)
	}
	f.Directives[d.ID] = d
	var units []team.UnitID
	for _, u := range town.Org.Units {
		units = append(units, u.ID)
	}
	w, err := window.New(window.Window{ID: "BC-2027-01", Name: "Báo cáo nhanh", Schedule: cadence.On(now.Add(time.Hour)), Units: units}, now.Add(-2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	w, _, _ = w.Step(now, window.DefaultPolicy())
	f.Windows = []window.Window{w}
	c := digest.Collect(&town.Org, "", now.Add(-24*time.Hour), now)
	for _, x := range f.Watches {
		c.Watch(x)
	}
	for _, r := range f.Runs {
		c.Run(r)
	}
	for _, i := range f.Incidents {
		c.Incident(i, "Mất điện")
	}
	c.Window(w)
	f.Facts = c.Facts
	return f
}

// wideBoard serves the board of the province.
func wideBoard(t *testing.T, f bot.BoardFacts) (*web.Server, string) {
	t.Helper()
	d, _, _ := boardDemo(t)
	srv := httptest.NewUnstartedServer(nil)
	b := newBoard(d.app)
	b.load = func(context.Context) (bot.BoardFacts, error) { return f, nil }
	pages, err := web.New(web.Options{Now: d.clock.Now, Base: "http://" + srv.Listener.Addr().String(), Secret: []byte(strings.Repeat("k", boardKey)),
		Board: b, Texts: d.app.bot.Texts, Once: web.NewMemoryOnce(d.clock.Now)})
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = pages
	srv.Start()
	t.Cleanup(srv.Close)
	return pages, srv.URL
}

// maxPage bounds a page of the board in bytes, whatever the number of units.
const maxPage = 120_000

// TestBoardOfAProvinceIsBounded leads from 3,300 units down to one, and finds one by its name.
func TestBoardOfAProvinceIsBounded(t *testing.T) {
	pages, base := wideBoard(t, provinceFacts(t, time.Date(2027, 2, 5, 3, 0, 0, 0, time.UTC)))
	r := newReader(t)
	_, top := r.open(boardLink(t, pages, "huong"))
	sizes := map[string]int{}
	look := func(path string, want ...string) string {
		t.Helper()
		code, page := r.get(base + path)
		sizes[path] = len(page)
		if code != 200 || len(page) > maxPage {
			t.Errorf("%s: status %d, %d bytes", path, code, len(page))
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
		return page
	}
	if len(top) > maxPage || strings.Count(top, `href="/board?unit=`) > 2*boardUnits {
		t.Errorf("the first page has %d bytes, %d links", len(top), strings.Count(top, `href="/board?unit=`))
	}
	first := look("/board", "131 đơn vị bên dưới", "Trang 1/3", "cần chú ý xếp trước", "đơn vị khác", "mục khác")
	if strings.Index(first, `<li class="red"`) > strings.Index(first, `<li class="green"`) && strings.Contains(first, `<li class="green"`) {
		t.Error("a green unit stands before a red one")
	}
	look("/board/part", "131 đơn vị bên dưới")
	look("/board?page=3", "Trang 3/3", "Trang trước")
	look("/board?page=900", "Trang 3/3")
	look("/board?unit=x7", "UBND xã Hoa Ban 7", "25 đơn vị bên dưới")
	look("/board?find=tieu+hoc+so+1234", "Trường tiểu học số 1234", "1 đơn vị khớp")
	look("/board?find=truong", "Trang 1/64")
	look("/board?find=%3Cscript%3E", "Không có đơn vị nào khớp", "&lt;script&gt;")
	look("/board?unit=d1234", "Trường tiểu học số 1234")
	t.Logf("bytes: %v; over the wire %d", sizes, wireSize(t, r, base+"/board"))

	head := newReader(t)
	if _, page := head.open(boardLink(t, pages, "hoa")); !strings.Contains(page, "25 đơn vị bên dưới") {
		t.Error("the head of a commune does not see what is below")
	}
	if _, page := head.get(base + "/board?find=tieu+hoc+so+134"); strings.Contains(page, "số 134<") {
		t.Error("a search leaves the head's subtree")
	}
	if code, _ := head.get(base + "/board?unit=x8"); code != 403 {
		t.Errorf("another commune: status %d", code)
	}
}

// wireSize is how many bytes a page has on its way to a browser.
func wireSize(t *testing.T, r reader, address string) int {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Accept-Encoding", "gzip") // asked for by hand, it is not undone by the client
	res, err := r.c.Do(q)
	_, body := r.read(res, err)
	return len(body)
}

// TestProvinceInABrowser goes down by clicks on a small phone.
func TestProvinceInABrowser(t *testing.T) {
	bound := browsertest.Start(t, "the board of a province")
	pages, base := wideBoard(t, provinceFacts(t, time.Date(2027, 2, 5, 3, 0, 0, 0, time.UTC)))
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(bound, actions...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		wide, err := chromedp.Run(bound, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
		if err != nil || wide > 360 {
			t.Errorf("%s: %d pixels wide, %v", what, wide, err)
		}
	}
	do("open", chromedp.EmulateViewport(360, 740), chromedp.Navigate(boardLink(t, pages, "huong")), chromedp.Click("button.main"), chromedp.WaitVisible(".below"))
	nodes, err := chromedp.Run(bound, chromedp.Evaluate[int](`document.querySelectorAll("*").length`))
	t.Logf("%d elements", nodes)
	if err != nil || nodes > 6000 {
		t.Errorf("the page has %d elements, %v", nodes, err)
	}
	shoot(t, bound, "board-province", "light")
	// A press in one step: the part of the page that lives may be replaced at any moment.
	press := func(link string) {
		t.Helper()
		if ok, err := chromedp.Run(bound, chromedp.Evaluate[bool]("(document.querySelector('"+link+"').click(), true)")); err != nil || !ok {
			t.Fatalf("press %s: %v", link, err)
		}
	}
	press(`a[rel="next"]`)
	do("next page", chromedp.WaitVisible(`//p[@class="pages"][contains(., "Trang 2/3")]`))
	do("back to the top", chromedp.Click(`nav ol a`), chromedp.WaitVisible(`//p[@class="pages"][contains(., "Trang 1/3")]`))
	press(".below li a")
	do("one commune", chromedp.WaitVisible(`//section[contains(@class,"below")]//h2[contains(., "2") and contains(., "đơn vị bên dưới")]`))
	press(".below li a")
	do("one school", chromedp.WaitNotPresent(".below"))
	do("by name", chromedp.Navigate(base+"/board"), chromedp.SendKeys(`nav input[type="search"]`, "tieu hoc so 1234\r"), chromedp.WaitVisible(`//h2[contains(., "1 đơn vị khớp")]`))
}
