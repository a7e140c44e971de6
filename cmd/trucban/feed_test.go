package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/rs/zerolog"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/web"
)

// follower is somebody whose phone follows the roster of a played town.
type follower struct {
	t     *testing.T
	st    *stage
	door  *local.Platform
	pages http.Handler
	log   *bytes.Buffer
}

func newFollower(t *testing.T) *follower {
	t.Helper()
	st, door := playTown(t, "testdata/phuong.yaml", time.Date(2027, 2, 4, 9, 0, 0, 0, calendar.Zone))
	f := &follower{t: t, st: st, door: door, log: &bytes.Buffer{}}
	st.app.parts.Log = zerolog.New(f.log)
	pages, err := web.New(web.Options{Now: st.clock.Now, Feed: st.app.feed})
	if err != nil {
		t.Fatal(err)
	}
	f.pages = pages
	return f
}

// later moves the clock, so that changes are told apart.
func (f *follower) later() {
	f.t.Helper()
	if err := f.st.AdvanceTo(f.t.Context(), f.st.clock.Now().Add(time.Minute)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *follower) do(u chat.Update, err error) {
	f.t.Helper()
	if err == nil {
		err = f.st.Handle(f.t.Context(), u)
	}
	if err == nil {
		err = f.st.Settle(f.t.Context())
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

var feedURL = regexp.MustCompile(`https://truc\.example\.vn(/lich/(BIMAT\d+)\.ics)`)

// ask asks for an address and returns its path.
func (f *follower) ask(person, text string) string {
	f.t.Helper()
	f.do(f.door.Say(person, person, text))
	m := feedURL.FindStringSubmatch(lastMessage(f.t, f.door, person).Text)
	if m == nil {
		f.t.Fatalf("no address: %s", lastMessage(f.t, f.door, person).Text)
	}
	return m[1]
}

func (f *follower) get(path, tag string) *httptest.ResponseRecorder {
	f.t.Helper()
	r := httptest.NewRequestWithContext(f.t.Context(), http.MethodGet, path, nil)
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	w := httptest.NewRecorder()
	f.pages.ServeHTTP(w, r)
	return w
}

// event is what a calendar program makes of an entry.
type event struct {
	seq    int
	status string
	start  time.Time
	end    time.Time
	text   string
}

// read fetches a calendar and parses it, by the names of its events.
func (f *follower) read(path string) map[string]event {
	f.t.Helper()
	w := f.get(path, "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" {
		f.t.Fatalf("GET: %d %s", w.Code, w.Header())
	}
	body := w.Body.String()
	for line := range strings.SplitSeq(strings.TrimSuffix(body, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") || !utf8.ValidString(line) {
			f.t.Errorf("RFC 5545 3.1 forbids the line %q", line)
		}
	}
	if regexp.MustCompile(`0912|\+84`).MatchString(body) {
		f.t.Errorf("a phone number stands in the calendar:\n%s", body)
	}
	c, err := ics.ParseCalendar(strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	out := map[string]event{}
	for _, e := range c.Events() {
		prop := func(p ics.ComponentProperty) string {
			if v := e.GetProperty(p); v != nil {
				return v.Value
			}
			return ""
		}
		seq, err := strconv.Atoi(prop(ics.ComponentPropertySequence))
		if err != nil {
			f.t.Fatal(err)
		}
		start, err1 := e.GetStartAt()
		end, err2 := e.GetEndAt()
		if err1 != nil || err2 != nil {
			f.t.Fatal(err1, err2)
		}
		if _, twice := out[e.Id()]; twice {
			f.t.Errorf("the name %s stands twice", e.Id())
		}
		out[e.Id()] = event{seq, prop(ics.ComponentPropertyStatus), start, end, prop(ics.ComponentPropertySummary) + " | " + prop(ics.ComponentPropertyLocation) + " | " + prop(ics.ComponentPropertyDescription)}
	}
	return out
}

// only is the one event of a calendar with the status.
func only(t *testing.T, all map[string]event, status string) (string, event) {
	t.Helper()
	var name string
	for n, e := range all {
		if e.status == status {
			if name != "" {
				t.Fatalf("more than one event is %s: %+v", status, all)
			}
			name = n
		}
	}
	if name == "" {
		t.Fatalf("no event is %s: %+v", status, all)
	}
	return name, all[name]
}

// TestCalendarFollowsTheRoster reads a person's calendar back with a parser while the
// roster changes: wall times, names that stay, sequence numbers that grow, shifts cancelled.
func TestCalendarFollowsTheRoster(t *testing.T) {
	f := newFollower(t)
	path := f.ask("an", "/dongbolich")
	name, was := only(t, f.read(path), "CONFIRMED")
	if want := time.Date(2027, 2, 5, 19, 0, 0, 0, calendar.Zone); !was.start.Equal(want) || was.end.Sub(was.start) != 12*time.Hour {
		t.Errorf("from %v to %v", was.start, was.end)
	}
	if was.text != "Trực: Ca đêm | Phòng Văn hóa - Xã hội | trực ban" {
		t.Errorf("a person's calendar says %q", was.text)
	}
	first := f.get(path, "")
	if again := f.get(path, first.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("asked with its tag: %d, %d bytes", again.Code, again.Body.Len())
	}

	f.later()
	file, err := os.ReadFile("testdata/lich-chieu.csv")
	if err != nil {
		t.Fatal(err)
	}
	f.do(f.door.Upload("huong", "huong", local.Attachment{Name: "lich-chieu.csv", Data: file, Caption: "/naplich vhxh"}))
	f.do(f.door.Say("huong", "huong", "đồng ý"))
	if w := f.get(path, first.Header().Get("ETag")); w.Code != http.StatusOK {
		t.Errorf("after a change the old tag gives %d", w.Code)
	}
	now := f.read(path)
	gone, off := only(t, now, "CANCELLED")
	if gone != name || off.seq <= was.seq || !off.start.Equal(was.start) {
		t.Errorf("the removed shift %s %+v, before %s %+v", gone, off, name, was)
	}
	if _, fresh := only(t, now, "CONFIRMED"); !fresh.start.Equal(time.Date(2027, 2, 5, 13, 0, 0, 0, calendar.Zone)) {
		t.Errorf("the new shift %+v", fresh)
	}

	f.later()
	f.do(f.door.Say("huong", "huong", "hoàn tác lịch"))
	back := f.read(path)
	if again, e := only(t, back, "CONFIRMED"); again != name || e.seq <= off.seq {
		t.Errorf("brought back: %s %+v, cancelled was %+v", again, e, off)
	}
}

// TestCalendarAddressIsSecret: an address opens what it was made for, until it is revoked
// or its owner may not see it any more; it is neither stored nor logged.
func TestCalendarAddressIsSecret(t *testing.T) {
	f := newFollower(t)
	old := f.ask("an", "/dongbolich")
	f.do(f.door.Say("an", "an", "/dongbolich"))
	if got := lastMessage(t, f.door, "an").Text; feedURL.MatchString(got) || !strings.Contains(got, "không xem lại được") {
		t.Errorf("asked again: %s", got)
	}
	fresh := f.ask("an", "/dongbolich mới")
	if f.get(old, "").Code != http.StatusNotFound || len(f.read(fresh)) != 1 {
		t.Error("the new address ends the old one")
	}
	unit := f.ask("hoa", "/dongbolich vhxh")
	var texts []string
	for _, e := range f.read(unit) {
		texts = append(texts, e.text)
	}
	if all := strings.Join(texts, "\n"); len(texts) != 2 || !strings.Contains(all, "Nguyễn Văn An") {
		t.Errorf("the unit's calendar: %s", all)
	}
	if dump := f.st.mem.server.Dump(); strings.Contains(dump, "BIMAT") {
		t.Error("the store holds an address")
	}
	f.get("/lich/BIMAT99.ics", "")
	f.st.mem.server.SetError("LOADING Redis is loading the dataset in memory")
	if w := f.get(fresh, ""); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("without the store: %d", w.Code)
	}
	f.st.mem.server.SetError("")
	if strings.Contains(f.log.String(), "BIMAT") || f.log.Len() == 0 {
		t.Errorf("the log holds an address, or not that a calendar was not served: %s", f.log)
	}
	f.do(f.door.Say("hoa", "hoa", "/dongbolich hủy Nguyễn Văn An"))
	f.do(f.door.Say("an", "an", "/dongbolich hủy"))
	if got := lastMessage(t, f.door, "an").Text; !strings.Contains(got, "không có địa chỉ") {
		t.Errorf("the head had revoked it: %s", got)
	}
	for what, path := range map[string]string{"revoked": fresh, "never made": "/lich/BIMAT99.ics", "no calendar": "/lich/BIMAT3", "empty": "/lich/.ics"} {
		if w := f.get(path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	// Who is no more of the organisation sees nothing by an address that was not revoked.
	path := f.ask("lan", "/dongbolich congtt")
	town, err := readTown("testdata/phuong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	town.Town.Rev = "without-lan"
	members := town.Town.Org.Members[:0]
	for _, m := range town.Town.Org.Members {
		if m.ID != "lan" {
			members = append(members, m)
		}
	}
	town.Town.Org.Members = members
	if err := f.st.app.bot.Apply(t.Context(), town); err != nil {
		t.Fatal(err)
	}
	if w := f.get(path, ""); w.Code != http.StatusNotFound {
		t.Errorf("somebody who is gone reads the calendar: %d", w.Code)
	}
}
