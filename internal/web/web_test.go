package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"trucban/messages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var evening = time.Date(2027, 2, 5, 12, 30, 0, 0, time.UTC)

// town is a Board of two units: the desk sees both, a head one's own.
type town struct {
	mu       sync.Mutex
	now      time.Time
	incident string
	headline string // instead of the usual one
	note     string // of a check-in
	lang     string
	gone     map[string]bool
	down     error
}

func (b *town) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *town) set(f func(*town)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

var units = []UnitLink{{ID: "vhxh", Name: "Phòng VH-XH"}, {ID: "vp", Name: "Văn phòng"}}

func (b *town) Lang(context.Context) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lang
}

func (b *town) View(_ context.Context, member string, ask Ask) (BoardView, error) {
	unit := ask.Unit
	b.mu.Lock()
	defer b.mu.Unlock()
	mine := map[string][]UnitLink{"desk": units, "head-vp": units[1:]}[member]
	if b.down != nil {
		return BoardView{}, b.down
	}
	if mine == nil || b.gone[member] {
		return BoardView{}, ErrForbidden
	}
	if unit != "" {
		i := slices.IndexFunc(mine, func(u UnitLink) bool { return u.ID == unit })
		if i < 0 {
			return BoardView{}, ErrForbidden
		}
		v := b.view(member, mine[i:i+1])
		v.Path = []UnitLink{{"ubnd", "UBND phường Mẫu"}, mine[i]}
		return v, nil
	}
	return b.view(member, mine), nil
}

func (b *town) view(member string, shown []UnitLink) BoardView {
	v := BoardView{
		Title: "UBND phường Mẫu", Scope: shown[0].Name, Viewer: "Trần Thị Mai (" + member + ")", At: b.now, Light: Amber,
		Headline: "1 đồng chí chưa điểm danh, 1 sự cố đang xử lý", Path: shown[:1],
		Counts:  []Count{{"Có mặt", "3/4", Amber}, {"Nhiệm vụ xong", "9/12", Green}, {"Sự cố mở", "1", Red}, {"Chưa gửi được", "1", Amber}},
		Reports: []Report{{Name: "Báo cáo ngày trước 15:00", Closes: b.now.Add(2 * time.Hour), Filed: "1/2", Missing: []string{shown[0].Name}, Light: Amber}},
		Lost:    []Lost{{At: b.now.Add(-20 * time.Minute), To: "đ/c Phạm Văn Sơn", About: "nhắc ca trực", Reason: "chưa mở trò chuyện với bot"}},
		Health:  []Health{{"Telegram", "nhận tin 4 giây trước", Green}, {"Zalo", "gửi chậm", Amber}, {"Redis", "ghi được", Green}},
	}
	if b.headline != "" {
		v.Headline = b.headline
	}
	if len(shown) > 1 {
		v.Scope, v.Path = "Toàn phường", []UnitLink{{"ubnd", "UBND phường Mẫu"}}
		v.Below = Below{Of: 2, Page: 1, Pages: 1, Units: []UnitRow{{shown[1], Red, "1/2", []string{"1 người vắng", "1 sự cố đang xử lý"}}, {shown[0], Green, "2/2", nil}}}
	}
	tasks := []MatrixTask{{"1", "Rà soát an toàn thông tin", b.now}, {"2", "Trực 24/24", time.Time{}}, {"3", "Kiểm tra cổng TTĐT", b.now}, {"4", "Sao lưu dữ liệu", b.now}}
	m := Matrix{Title: "Công văn 48/UBND-VHXH", Tasks: tasks}
	for i, u := range shown {
		start := b.now.Add(-12*time.Hour - 30*time.Minute)
		v.Now = append(v.Now, Duty{Unit: u.Name, Name: "ca ngày", Start: start, End: start.Add(24 * time.Hour), People: []DutyPerson{
			{Name: "Nguyễn Văn An", Post: "trực ban", Phone: "+84900000001", State: "có mặt 06:58", Light: Green},
			{Name: "Lê Thị Bình", Post: "trực kỹ thuật", State: "chưa điểm danh", Light: Red}}})
		v.Next = append(v.Next, Duty{Unit: u.Name, Start: start.Add(24 * time.Hour), End: start.Add(48 * time.Hour), People: []DutyPerson{{Name: "Đỗ Minh Châu", Post: "trực ban"}}})
		v.Checkins = append(v.Checkins, Checkin{At: start, Unit: u.Name, Name: "Nguyễn Văn An", State: "đúng giờ", Light: Green, Note: b.note},
			Checkin{Unit: u.Name, Name: "Lê Thị Bình", State: "quá 15 phút", Light: Red})
		row := MatrixRow{Unit: u.Name, Done: strconv.Itoa(3-i) + "/4"}
		for j := range tasks {
			row.Cells = append(row.Cells, []Cell{{"✓", "xong 09:12, đ/c An", Green}, {"·", "chưa làm", ""}, {"!", "quá hạn", Red}, {"–", "không áp dụng", Green}}[(i+j)%4])
		}
		m.Rows = append(m.Rows, row)
	}
	v.Matrices = []Matrix{m}
	if b.incident != "" {
		v.Incidents = []Incident{{ID: "SC-2027-0001", Unit: shown[0].Name, Text: b.incident, Level: "nghiêm trọng", State: "đã tiếp nhận",
			Owner: "đ/c Hoàng Văn Dũng", Since: b.now.Add(-35 * time.Minute), Light: Red}}
	}
	return v
}

const botToken = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8"

// testServer runs a server on loopback; its base is the address it really has.
func testServer(t *testing.T, change func(*Options)) (*Server, *town, *httptest.Server) {
	t.Helper()
	b := &town{now: evening, incident: "Mất mạng tầng 2 <script>alert(1)</script>", note: "<b>mất điện</b> 5 phút", gone: map[string]bool{}}
	texts, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(nil)
	o := Options{Now: b.Now, Base: "http://" + srv.Listener.Addr().String(), Secret: []byte(strings.Repeat("k", 32)),
		Board: b, Texts: texts, Once: NewMemoryOnce(b.Now), Refresh: 20 * time.Millisecond,
		MiniApp: &MiniApp{Token: botToken, Who: func(_ context.Context, id string) (string, error) {
			switch id {
			case "279058397":
				return "head-vp", nil
			case "13":
				return "", errors.New("store is down")
			}
			return "", ErrForbidden
		}}}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = s
	srv.Start()
	t.Cleanup(srv.Close)
	return s, b, srv
}

// visitor is a browser without scripts: it keeps cookies and follows redirects.
type visitor struct {
	t *testing.T
	c *http.Client
}

func newVisitor(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: &http.Transport{}}
	t.Cleanup(c.CloseIdleConnections)
	return visitor{t, c}
}

func (v visitor) do(r *http.Request, err error) (int, string, http.Header) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	res, err := v.c.Do(r.WithContext(v.t.Context()))
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(body), res.Header
}

func (v visitor) get(addr string) (int, string) {
	v.t.Helper()
	code, body, _ := v.do(http.NewRequest(http.MethodGet, addr, nil))
	return code, body
}

func (v visitor) post(addr string, form url.Values) (int, string) {
	v.t.Helper()
	r, err := http.NewRequest(http.MethodPost, addr, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	code, body, _ := v.do(r, err)
	return code, body
}

// enter opens a link as a person does: look at the page, press its button.
func (v visitor) enter(link string) (int, string) {
	v.t.Helper()
	if code, body := v.get(link); code != 200 {
		return code, body
	}
	at := strings.LastIndex(link, "/b/")
	return v.post(link[:at]+"/open", url.Values{"token": {link[at+3:]}})
}

func link(t *testing.T, s *Server, member string) string {
	t.Helper()
	l, err := s.Link(member)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
