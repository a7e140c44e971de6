package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/local"
	"trucban/internal/chat/telegram"
	"trucban/internal/team"
	"trucban/messages"
)

// telegramStage is the whole App with the Telegram door on a fake Bot API, a store
// in memory and a clock that is moved by hand.
type telegramStage struct {
	t     *testing.T
	st    *stage
	fake  *chattest.Telegram
	door  *telegram.Bot
	heard chan struct{} // closed when the door has stopped listening
}

// telegramTown is filled in with the ids of: the leaders' group, the unit's group,
// leader, desk, head, officer.
const telegramTown = `name: UBND phường Hoa Sen
units:
  - {id: hoasen, name: UBND phường Hoa Sen, short: UBND phường, leaders: {telegram: %q}}
  - {id: vhxh, name: Phòng Văn hóa - Xã hội, short: VH-XH, parent: hoasen, chats: {telegram: %q}}
people:
  - {id: minh, name: Trần Quang Minh, unit: hoasen, roles: [leader], accounts: {telegram: %q}, started: [telegram]}
  - {id: huong, name: Lê Thu Hương, unit: hoasen, roles: [desk], accounts: {telegram: %q}, started: [telegram]}
  - {id: hoa, name: Nguyễn Thị Hoa, unit: vhxh, roles: [head, officer], accounts: {telegram: %q}, started: [telegram]}
  - {id: an, name: Nguyễn Văn An, unit: vhxh, roles: [officer], accounts: {telegram: %q}, started: [telegram]}
shifts:
  - {unit: vhxh, name: Ca đêm, start: 2027-02-05 19:00, end: 2027-02-06 07:00, people: [{person: an, post: desk}]}
`

// testWriter shows the log where a test fails.
type testWriter struct{ t *testing.T }

// Write implements io.Writer.
func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// cast are the people and groups of telegramTown.
type cast struct {
	minh, huong, hoa, an *chattest.TelegramUser
	leaders, unit        *chattest.TelegramGroup
}

// opening is what a test begins with.
type opening struct {
	at      string        // "2027-02-05 18:20"
	privacy bool          // the bot sees only commands and replies in groups
	basic   bool          // the groups are no supergroups yet
	shy     bool          // the officer has never opened the private chat
	call    time.Duration // how long the door waits for an answer; zero: as long as in production
}

func newTelegramStage(t *testing.T, sc opening) (*telegramStage, *cast) {
	t.Helper()
	begin, err := time.ParseInLocation("2006-01-02 15:04", sc.at, local.Zone)
	if err != nil {
		t.Fatal(err)
	}
	clock := local.NewStill(begin.UTC())
	s := &telegramStage{t: t, fake: chattest.NewTelegram(chattest.TelegramOptions{Now: clock.Now, Privacy: sc.privacy})}
	srv := httptest.NewServer(s.fake)
	t.Cleanup(func() { s.fake.Close(); srv.Close() })
	c := &cast{minh: s.fake.User("Minh").Open(), huong: s.fake.User("Hương").Open(), hoa: s.fake.User("Hoa").Open(), an: s.fake.User("An")}
	if !sc.shy {
		c.an.Open()
	}
	gather := s.fake.Group
	if sc.basic {
		gather = s.fake.BasicGroup
	}
	c.leaders, c.unit = gather("Lãnh đạo", c.minh, c.huong), gather("VH-XH", c.hoa, c.an)
	town := fmt.Sprintf(telegramTown, c.leaders.ID(), c.unit.ID(), c.minh.ID(), c.huong.ID(), c.hoa.ID(), c.an.ID())
	setup, err := parseTown([]byte(town))
	if err != nil {
		t.Fatal(err)
	}
	s.door, err = telegram.New(telegram.Options{
		Token: s.fake.Token(), API: srv.URL, Now: clock.Now, Log: zerolog.New(testWriter{t}), PollTimeout: 50 * time.Second, CallTimeout: sc.call,
		Park: func(ctx context.Context, p telegram.Parked) error { return s.st.park(ctx, p) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.st, err = newStage(t.Context(), clock, local.New(local.Options{Clock: clock}), &setup, zerolog.New(testWriter{t})); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.st.Close(); err != nil {
			t.Error(err)
		}
	})
	s.st.parts.Doors, s.st.parts.Menus = []chat.Platform{s.door}, []menuDoor{telegramMenus{s.door}}
	if err := s.st.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.listen()
	s.settle()
	return s, c
}

// park hands an update over as the program does.
func (s *stage) park(ctx context.Context, p telegram.Parked) error {
	return (&lateApp{app: s.app}).park(ctx, p)
}

// listen lets the door poll until the test ends.
func (s *telegramStage) listen() {
	ctx, stop := context.WithCancel(context.Background())
	s.heard = make(chan struct{})
	go func() {
		defer close(s.heard)
		if err := s.door.Listen(ctx, func(ctx context.Context, u chat.Update) error { return s.st.Handle(ctx, u) }); err != nil {
			s.t.Errorf("the door stopped: %v", err)
		}
	}()
	s.t.Cleanup(func() { stop(); <-s.heard; s.door.Close() })
}

// settle waits until the bot has everything that was written, and lets it answer.
func (s *telegramStage) settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), serviceTime)
	defer cancel()
	for {
		changed := s.fake.Changed()
		if s.fake.Pending() == 0 {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			s.t.Fatalf("%d updates are not taken", s.fake.Pending())
		}
	}
	if err := s.st.AdvanceTo(s.t.Context(), s.st.clock.Now().Add(answerTime)); err != nil {
		s.t.Fatal(err)
	}
}

// answerTime is how long a few answers take at Telegram's pace.
const answerTime = 2 * time.Second

// until moves the clock to an hour of the day it stands at.
func (s *telegramStage) until(hour string) {
	s.t.Helper()
	day := s.st.clock.Now().In(local.Zone).Format("2006-01-02 ")
	to, err := time.ParseInLocation("2006-01-02 15:04:05", day+hour, local.Zone)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.st.AdvanceTo(s.t.Context(), to.UTC()); err != nil {
		s.t.Fatal(err)
	}
}

// shown lists the bot's messages in a chat that hold all the words.
func (s *telegramStage) shown(chatID string, words ...string) []chattest.TelegramMessage {
	return slices.DeleteFunc(s.fake.Messages(chatID), func(m chattest.TelegramMessage) bool { return !holdsAll(m.Text, words) })
}

func (s *telegramStage) want(chatID string, n int, words ...string) []chattest.TelegramMessage {
	s.t.Helper()
	got := s.shown(chatID, words...)
	if len(got) != n {
		var all []string
		for _, m := range s.fake.Messages(chatID) {
			all = append(all, m.Text)
		}
		s.t.Fatalf("%s: %s shows %d messages with %q, want %d:\n%s",
			s.st.clock.Now().In(local.Zone).Format("15:04:05"), chatID, len(got), words, n, strings.Join(all, "\n--\n"))
	}
	return got
}

// press presses a button of the newest message that has one with the label.
func (s *telegramStage) press(u *chattest.TelegramUser, chatID, label string) {
	s.t.Helper()
	list := s.fake.Messages(chatID)
	for i := len(list) - 1; i >= 0; i-- {
		for _, row := range list[i].Buttons {
			for _, b := range row {
				if b.Text == label {
					if _, err := u.Press(chatID, list[i].ID, b.Data); err != nil {
						s.t.Fatal(err)
					}
					s.settle()
					return
				}
			}
		}
	}
	s.t.Fatalf("no button %q in %s: %+v", label, chatID, list)
}

// TestAGroupMovesInTheMidstOfTraffic: both groups become supergroups while cards
// are on them and messages wait. Nothing of it is lost, said twice or sent to the
// old address, and the card is shown anew where it can be changed.
func TestAGroupMovesInTheMidstOfTraffic(t *testing.T) {
	for _, told := range []bool{true, false} { // by Telegram's service message, or by the refusal only
		t.Run(fmt.Sprint("told=", told), func(t *testing.T) {
			s, c := newTelegramStage(t, opening{at: "2027-02-05 18:20", basic: true})
			s.until("18:31:00")
			s.want(c.unit.ID(), 1, "Ca đêm", "Nguyễn Văn An")
			oldUnit, oldLeaders := c.unit.ID(), c.leaders.ID()
			unit, leaders := c.unit.Upgrade(), c.leaders.Upgrade()
			if told {
				s.settle()
			} else {
				s.until("19:31:00") // alarms for both groups are on their way before the word is read
			}
			s.until("19:31:00")
			s.want(unit.ID(), 1, "chưa điểm danh Ca đêm", "Nguyễn Văn An")
			s.until("19:46:00")
			s.want(leaders.ID(), 1, "chưa điểm danh Ca đêm", "Nguyễn Văn An")
			c.an.Send(unit.ID(), "/ondanh")
			s.settle()
			s.until("19:50:00")
			s.want(unit.ID(), 1, "Ca đêm", "muộn")
			for _, id := range []string{oldUnit, oldLeaders} {
				for _, m := range s.fake.Messages(id) {
					if strings.Contains(m.Text, "chưa điểm danh") {
						t.Errorf("the old group shows %q", m.Text)
					}
				}
			}
			c.an.Send(unit.ID(), "/suco mất điện phòng máy")
			s.settle()
			s.until("20:30:00")
			if len(s.shown(unit.ID(), "SC-2027-0001")) == 0 {
				t.Error("the unit's group has no card of the incident")
			}
		})
	}
}

// TestTheDeskHearsWhoIsNotReached: a person who blocked the bot, or never opened
// the chat, and a group the bot was put out of: somebody above is told, by name.
func TestTheDeskHearsWhoIsNotReached(t *testing.T) {
	for _, shy := range []bool{false, true} {
		t.Run(map[bool]string{false: "blocked", true: "never started"}[shy], func(t *testing.T) {
			s, c := newTelegramStage(t, opening{at: "2027-02-05 18:20", shy: shy})
			above := func(words ...string) int {
				return len(s.shown(c.leaders.ID(), words...)) + len(s.shown(c.huong.ID(), words...)) + len(s.shown(c.hoa.ID(), words...))
			}
			if !shy {
				c.an.Block()
				s.settle()
			}
			s.until("19:10:00")
			s.want(c.an.ID(), 0, "Ca đêm")
			if above("Nguyễn Văn An") == 0 {
				t.Error("nobody hears that the officer cannot be reached")
			}
			c.unit.Bot(c.hoa, "kicked")
			s.settle()
			if n := above("Phòng Văn hóa - Xã hội", "đưa ra khỏi nhóm"); n != 1 {
				t.Errorf("%d people hear that the group is lost, want the desk", n)
			}
		})
	}
}

// TestAThrottledChatHoldsNobodyElseUp: one chat of many is told to wait for a
// minute; the others have their answers at once, and it has its own after that.
func TestAThrottledChatHoldsNobodyElseUp(t *testing.T) {
	s, c := newTelegramStage(t, opening{at: "2027-02-05 18:20"})
	s.fake.Fault(chattest.TelegramFault{Method: "sendMessage", Chat: c.an.ID(), Code: 429, Text: "Too Many Requests: retry after 60", Retry: 60})
	for _, u := range []*chattest.TelegramUser{c.an, c.hoa, c.minh, c.huong} {
		u.Send(u.ID(), "/hotline")
	}
	s.settle()
	s.want(c.an.ID(), 0, "Đường dây nóng")
	for _, u := range []*chattest.TelegramUser{c.hoa, c.minh, c.huong} {
		s.want(u.ID(), 1, "Đường dây nóng")
	}
	s.until("18:21:30")
	s.want(c.an.ID(), 1, "Đường dây nóng")
}

// TestAnAnswerNeverSeenIsSentAgainOnlyForAlarms: Telegram takes a message and its
// answer is cut off. A reminder comes again, a reply does not.
func TestAnAnswerNeverSeenIsSentAgainOnlyForAlarms(t *testing.T) {
	s, c := newTelegramStage(t, opening{at: "2027-02-05 18:20", call: 2 * time.Second})
	s.fake.Fault(chattest.TelegramFault{Method: "sendMessage", Chat: c.an.ID(), Done: true, Cut: true})
	c.an.Send(c.an.ID(), "/hotline")
	s.settle()
	s.until("18:25:00")
	s.want(c.an.ID(), 1, "Đường dây nóng")
	s.fake.Fault(chattest.TelegramFault{Method: "sendMessage", Chat: c.an.ID(), Done: true, Hang: true})
	s.until("18:33:00")
	s.want(c.an.ID(), 2, "Ca đêm", "bắt đầu")
}

// TestAnonymousAdministrators: what an anonymous administrator writes counts for
// nobody, the press names the person.
func TestAnonymousAdministrators(t *testing.T) {
	s, c := newTelegramStage(t, opening{at: "2027-02-05 18:20"})
	s.until("18:50:00")
	c.an.Post(c.unit.ID(), chattest.TelegramPost{Text: "/ondanh", Anonymous: true})
	s.settle()
	s.until("18:51:00")
	s.want(c.unit.ID(), 1, "gửi ẩn danh", "bấm nút")
	c.an.Post(c.unit.ID(), chattest.TelegramPost{Text: "/ondanh", AsChannel: "Kênh của An"})
	s.settle()
	s.until("18:52:00")
	s.want(c.unit.ID(), 2, "gửi ẩn danh", "bấm nút")
	s.press(c.an, c.unit.ID(), "Điểm danh")
	s.until("18:53:00")
	s.want(c.unit.ID(), 1, "Nguyễn Văn An", "đúng giờ")
}

// TestRoomsInTopics: a topic is bound to a unit by a code; what the unit is told
// comes into the topic, and when the bot is put out the topic is lost as well.
func TestRoomsInTopics(t *testing.T) {
	s, c := newTelegramStage(t, opening{at: "2027-02-05 20:00", privacy: true})
	forum := s.fake.Forum("Trực phường", c.huong, c.an, c.hoa)
	topic := forum.Topic("VH-XH")
	s.settle()
	s.want(forum.ID(), 1, "chưa được kết nối", "quản trị viên nhóm")
	c.huong.Send(c.huong.ID(), "/ketnoi vhxh")
	s.settle()
	s.until("20:01:00")
	code := s.want(c.huong.ID(), 1, "Mã kết nối nhóm")[0].Text
	code = strings.Fields(code[strings.Index(code, ": ")+2:])[0]
	c.hoa.Post(forum.ID(), chattest.TelegramPost{Text: "/ketnoi@truc_ban_bot " + code, Thread: topic})
	s.settle()
	s.until("20:02:00")
	if m := s.want(forum.ID(), 1, "đã kết nối", "quản trị viên nhóm")[0]; m.Thread != topic {
		t.Errorf("the answer is in topic %q", m.Thread)
	}
	c.an.Post(forum.ID(), chattest.TelegramPost{Text: "/suco@truc_ban_bot mất điện phòng máy", Thread: topic})
	s.settle()
	s.until("20:03:00")
	for _, m := range s.shown(forum.ID(), "SC-2027-0001") {
		if m.Thread != topic {
			t.Errorf("in topic %q: %s", m.Thread, m.Text)
		}
	}
	if len(s.shown(forum.ID(), "SC-2027-0001")) == 0 {
		t.Error("the topic has no word of the incident")
	}
	forum.Bot(c.huong, "kicked")
	s.settle()
	s.until("20:05:00")
	s.want(c.leaders.ID(), 0, "Trực phường", "đưa ra khỏi nhóm")
	s.want(c.huong.ID(), 1, "Trực phường", "đưa ra khỏi nhóm")
}

// TestAGroupNobodyAdmitted: people come and go, commands are refused, the
// emergency numbers are given.
func TestAGroupNobodyAdmitted(t *testing.T) {
	s, c := newTelegramStage(t, opening{at: "2027-02-05 20:00"})
	g := s.fake.Group("Nhóm lạ", c.an)
	g.Bot(c.an, "administrator")
	g.Join(c.hoa)
	g.Leave(c.hoa)
	s.settle()
	s.until("20:01:00")
	s.want(g.ID(), 1, "chưa được kết nối")
	c.an.Send(g.ID(), "/ondanh")
	s.settle()
	s.until("20:02:00")
	s.want(g.ID(), 2, "chưa được kết nối")
	c.an.Send(g.ID(), "/hotline")
	s.settle()
	s.until("20:03:00")
	s.want(g.ID(), 1, "113")
	if n := len(s.fake.Messages(g.ID())); n != 3 {
		t.Errorf("the group nobody admitted shows %d messages", n)
	}
}

// TestWhatCannotBeReadIsKeptAndTold: an update of a form nobody foresaw is kept on
// the disk and told to the desk; those behind it are handled.
func TestWhatCannotBeReadIsKeptAndTold(t *testing.T) {
	s, c := newTelegramStage(t, opening{at: "2027-02-05 20:00"})
	for range 3 {
		s.fake.Inject(`{"message":{"message_id":"seven","chat":5}}`)
	}
	c.huong.Send(c.huong.ID(), "/hotline")
	s.settle()
	s.want(c.huong.ID(), 1, "Đường dây nóng")
	s.want(c.huong.ID(), 1, "Telegram: có tin hệ thống không đọc được")
	c.huong.Send(c.huong.ID(), "/suckhoe")
	s.settle()
	s.want(c.huong.ID(), 1, "đã cất riêng: 3")
	kept := false
	for _, f := range (figures{s.st.app}).Figures() {
		kept = kept || f.Name == "trucban_door_updates_total" && f.Labels["what"] == "parked" && f.Value == 3
	}
	if !kept {
		t.Error("no figure counts what was parked")
	}
}

// TestMenus: anyone, groups and each person find the commands they may use in
// both languages; a second look changes nothing; what a dead chat refuses stops
// nothing; a fault is made good at the next look.
func TestMenus(t *testing.T) {
	s, c := newTelegramStage(t, opening{at: "2027-02-05 20:00"})
	app, door := s.st.app, s.st.parts.Menus[0]
	s.fake.Fault(chattest.TelegramFault{Method: "setMyCommands", HTTP: 502})
	if err := app.setMenus(t.Context(), door); err == nil {
		t.Error("a gateway's page counts as an answer")
	}
	s.fake.Fault(chattest.TelegramFault{Method: "setMyCommands", Code: 400, Text: "Bad Request: chat not found"})
	if err := app.setMenus(t.Context(), door); err != nil {
		t.Fatal(err)
	}
	private := func(u *chattest.TelegramUser) string { return fmt.Sprintf(`{"type":"chat","chat_id":%s}`, u.ID()) }
	for _, tt := range []struct {
		scope, lang string
		has, lacks  []string
	}{
		{`{"type":"all_group_chats"}`, "", []string{"ondanh", "hotline"}, []string{"vanban", "caidat"}},
		{`{"type":"default"}`, "en", []string{"hotline", "trogiup"}, []string{"ondanh", "vanban"}},
		{private(c.an), "", []string{"ondanh", "suco", "hotline"}, []string{"vanban"}},
		{private(c.huong), "en", []string{"ondanh", "vanban", "suckhoe"}, []string{"caidat"}},
	} {
		menu := s.fake.Menu(tt.scope, tt.lang)
		for _, name := range tt.has {
			if menu[name] == "" {
				t.Errorf("%s %q has no /%s: %v", tt.scope, tt.lang, name, menu)
			}
		}
		for _, name := range tt.lacks {
			if menu[name] != "" {
				t.Errorf("%s %q has /%s", tt.scope, tt.lang, name)
			}
		}
	}
	if vi, en := s.fake.Menu(private(c.an), "")["ondanh"], s.fake.Menu(private(c.an), "en")["ondanh"]; !strings.HasPrefix(vi, "Điểm danh") || !strings.HasPrefix(en, "Check in") {
		t.Errorf("the words are %q and %q", vi, en)
	}
	if got, want := len(app.bot.Commands(team.LevelOwner, "vi")), len(messages.Menu()); got != want {
		t.Errorf("the owner's menu has %d commands, want all %d: a line of it is no row of the route table", got, want)
	}
	before := len(s.fake.Calls("setMyCommands"))
	if err := app.setMenus(t.Context(), door); err != nil || len(s.fake.Calls("setMyCommands")) != before {
		t.Errorf("a second look sets %d menus again (%v)", len(s.fake.Calls("setMyCommands"))-before, err)
	}
	c.hoa.Block()
	s.settle()
	if err := app.setMenus(t.Context(), door); err != nil {
		t.Fatal(err)
	}
	if n := len(s.fake.Calls("deleteMyCommands")); n != 2 {
		t.Errorf("%d menus are taken away from who blocked the bot, want 2", n)
	}
}
