package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

// twoDoors is one App between two platforms in memory: one with buttons and
// edits, one like Zalo.
type twoDoors struct {
	t              *testing.T
	st             *stage
	telegram, zalo *local.Platform
}

const twoDoorsTown = `name: UBND phường Hoa Sen
units:
  - {id: hoasen, name: UBND phường Hoa Sen, short: UBND phường, leaders: {telegram: tlanhdao}}
  - {id: vhxh, name: Phòng Văn hóa - Xã hội, short: VH-XH, parent: hoasen, chats: {telegram: tvhxh, zalo: zvhxh}}
people:
  - {id: minh, name: Trần Quang Minh, unit: hoasen, roles: [leader], accounts: {telegram: minh, zalo: minh}, started: [telegram, zalo]}
  - {id: huong, name: Lê Thu Hương, unit: hoasen, roles: [desk], accounts: {zalo: huong}, started: [zalo]}
  - {id: hoa, name: Nguyễn Thị Hoa, unit: vhxh, roles: [head, officer], accounts: {telegram: hoa, zalo: hoa}, started: [telegram, zalo]}
  - {id: an, name: Nguyễn Văn An, unit: vhxh, roles: [officer], accounts: {telegram: an, zalo: an}, started: [telegram, zalo]}
shifts:
  - {unit: vhxh, name: Ca đêm, start: 2027-02-05 19:00, end: 2027-02-06 07:00, people: [{person: an, post: desk}]}
`

func newTwoDoors(t *testing.T, at string) *twoDoors {
	t.Helper()
	begin, err := time.ParseInLocation("2006-01-02 15:04", at, local.Zone)
	if err != nil {
		t.Fatal(err)
	}
	clock := local.NewStill(begin.UTC())
	caps := local.ZaloCaps()
	caps.Replies = false
	d := &twoDoors{t: t, telegram: local.New(local.Options{Clock: clock, Name: "telegram"}), zalo: local.New(local.Options{Clock: clock, Name: "zalo", Caps: &caps})}
	setup, err := parseTown([]byte(twoDoorsTown))
	if err != nil {
		t.Fatal(err)
	}
	if err := furnish(d.zalo, setup); err != nil {
		t.Fatal(err)
	}
	if d.st, err = newStage(t.Context(), clock, d.telegram, &setup, zerolog.Nop()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.st.Close(); err != nil {
			t.Error(err)
		}
	})
	d.st.parts.Doors = []chat.Platform{d.telegram, d.zalo}
	if err := d.st.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// until moves the clock to an hour of the day it stands at.
func (d *twoDoors) until(hour string) {
	d.t.Helper()
	day := d.st.clock.Now().In(local.Zone).Format("2006-01-02 ")
	to, err := time.ParseInLocation("2006-01-02 15:04", day+hour, local.Zone)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.st.AdvanceTo(d.t.Context(), to.UTC()); err != nil {
		d.t.Fatal(err)
	}
}

// deliver gives the bot what people did and lets it answer.
func (d *twoDoors) deliver(u chat.Update, err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, p := range []*local.Platform{d.telegram, d.zalo} {
		if err := p.DeliverPending(d.t.Context(), d.st.Handle); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := d.st.Settle(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// press presses a button of the newest message that has it.
func (d *twoDoors) press(p *local.Platform, who, room, label string) {
	d.t.Helper()
	list := p.Messages(room)
	for i := len(list) - 1; i >= 0; i-- {
		for _, row := range list[i].Buttons {
			for _, b := range row {
				if b.Label == label {
					d.deliver(p.Press(who, room, list[i].ID, b.Action))
					return
				}
			}
		}
	}
	d.t.Fatalf("no button %q in %s", label, room)
}

// count is how many messages of the bot in a chat hold all the words.
func count(p *local.Platform, room string, words ...string) int {
	n := 0
	for _, m := range p.Messages(room) {
		if m.From == "" && holdsAll(chat.Plain(m.Text), words) {
			n++
		}
	}
	return n
}

func (d *twoDoors) want(p *local.Platform, room string, n int, words ...string) {
	d.t.Helper()
	if got := count(p, room, words...); got != n {
		var all []string
		for _, m := range p.Messages(room) {
			all = append(all, m.At.In(local.Zone).Format("15:04:05 ")+m.Text)
		}
		d.t.Errorf("%s %s shows %d messages with %q, want %d:\n%s", p.Name(), room, got, words, n, strings.Join(all, "\n--\n"))
	}
}

// TestReportOnOneDoorAckedOnTheOther: an incident reported on Zalo is taken over by
// a button on Telegram; both sides see it once, the card on Telegram changes in place.
func TestReportOnOneDoorAckedOnTheOther(t *testing.T) {
	d := newTwoDoors(t, "2027-02-05 20:00")
	d.deliver(d.zalo.Say("an", "zvhxh", "@Trực Ban /suco trang tin bị đổi giao diện"))
	d.want(d.telegram, "tlanhdao", 1, "SC-2027-0001", "chưa ai tiếp nhận")
	d.want(d.telegram, "tvhxh", 1, "SC-2027-0001", "chưa ai tiếp nhận")
	d.press(d.telegram, "minh", "tlanhdao", "Tiếp nhận")
	d.want(d.zalo, "zvhxh", 1, "SC-2027-0001", "Đã tiếp nhận", "Trần Quang Minh")
	d.want(d.telegram, "tvhxh", 1, "SC-2027-0001", "Trần Quang Minh")
	d.want(d.telegram, "tvhxh", 0, "chưa ai tiếp nhận")
	// A reply there does not say what it answers: what it may belong to is offered, not done.
	d.deliver(d.zalo.Say("hoa", "zvhxh", "@Trực Ban nhật ký đã sao ra đĩa rời"))
	d.want(d.zalo, "zvhxh", 1, "Chưa hiểu", "/capnhat SC-2027-0001")
	d.want(d.telegram, "tvhxh", 0, "đĩa rời")
	// And back: what is typed on Zalo is on the card.
	d.deliver(d.zalo.Say("an", "zvhxh", "@Trực Ban đã xử lý SC-2027-0001"))
	d.want(d.telegram, "tlanhdao", 1, "SC-2027-0001 ", "Đã xử lý")
}

// TestCheckInOnOneDoorShowsOnTheOther: a check-in on Zalo changes the card on
// Telegram; one on Telegram after the alarm is told on Zalo in one line.
func TestCheckInOnOneDoorShowsOnTheOther(t *testing.T) {
	d := newTwoDoors(t, "2027-02-05 18:50")
	d.until("19:16")
	d.want(d.zalo, "zvhxh", 1, "chưa điểm danh Ca đêm", "Nguyễn Văn An")
	before := len(d.zalo.Messages("zvhxh"))
	d.press(d.telegram, "an", "tvhxh", "Điểm danh")
	d.want(d.zalo, "zvhxh", 1, "Nguyễn Văn An", "đã điểm danh Ca đêm lúc 19h16")
	if n := len(d.zalo.Messages("zvhxh")); n != before+1 {
		t.Errorf("%d messages on Zalo for one check-in", n-before)
	}
	d.want(d.telegram, "tvhxh", 1, "19h16, muộn 16 phút")
}

// TestOnePersonTwoDoorsOneMessage: whoever is linked on both platforms is reminded
// once, where they wrote last; when that door does not take it, by the other.
func TestOnePersonTwoDoorsOneMessage(t *testing.T) {
	d := newTwoDoors(t, "2027-02-05 18:20")
	d.deliver(d.zalo.Say("an", "an", "/catoi"))
	d.until("18:31")
	d.want(d.zalo, "an", 1, "bắt đầu sau 30 phút")
	d.want(d.telegram, "an", 0, "bắt đầu sau 30 phút")
	// Zalo does not take it any more: the platform refuses this person for good.
	if err := d.zalo.Break("an", local.Fault{Kind: local.FaultNoRights}); err != nil {
		t.Fatal(err)
	}
	d.until("19:01")
	d.want(d.telegram, "an", 1, "đã đến giờ nhận ca")
	d.want(d.zalo, "huong", 0, "Không gửi được")
	// Neither does: somebody above is told, once.
	if err := d.telegram.Break("an", local.Fault{Kind: local.FaultNoRights}); err != nil {
		t.Fatal(err)
	}
	d.until("19:16")
	d.want(d.telegram, "tlanhdao", 1, "Không gửi được vắng điểm danh tới đ/c Nguyễn Văn An")
}

// TestAlarmsLeaveAPlatformThatFails: Telegram takes nothing for minutes. The desk
// hears of it, an alarm that waits there goes to the leader by Zalo, later ones go
// to Zalo at once, and nothing of it comes a second time when Telegram is back.
func TestAlarmsLeaveAPlatformThatFails(t *testing.T) {
	d := newTwoDoors(t, "2027-02-05 20:00")
	d.deliver(d.telegram.Say("minh", "minh", "/catoi")) // both write on Telegram last
	d.deliver(d.telegram.Say("hoa", "hoa", "/catoi"))
	if err := d.telegram.Break("", local.Fault{Kind: local.FaultDown}); err != nil {
		t.Fatal(err)
	}
	d.deliver(d.zalo.Say("an", "zvhxh", "@Trực Ban /suco trang tin bị đổi giao diện"))
	d.want(d.zalo, "hoa", 0, "SC-2027-0001")
	d.until("20:04")
	d.want(d.zalo, "hoa", 1, "SC-2027-0001", "Sự cố mới")
	d.want(d.zalo, "minh", 1, "SC-2027-0001")
	d.want(d.zalo, "huong", 1, "Không gửi được tin qua Telegram từ 20h00", "chuyển sang Zalo")
	d.until("20:11")
	d.deliver(d.zalo.Say("minh", "minh", "tiếp nhận SC-2027-0001"))
	d.want(d.zalo, "zvhxh", 1, "SC-2027-0001", "Đã tiếp nhận", "Trần Quang Minh")
	d.telegram.Heal("")
	d.until("20:30")
	d.want(d.telegram, "hoa", 0, "Sự cố mới")
	d.want(d.telegram, "hoa", 0, "chưa ai tiếp nhận")
	d.want(d.zalo, "huong", 1, "Telegram đã gửi được tin trở lại", "gián đoạn từ 20h00")
	d.want(d.zalo, "hoa", 1, "SC-2027-0001", "Sự cố mới")
}

// TestARefusedTokenIsNoDeadEnd: nothing more goes out through a platform whose
// token is refused; missed check-ins reach the head of the unit by the other.
func TestARefusedTokenIsNoDeadEnd(t *testing.T) {
	d := newTwoDoors(t, "2027-02-05 18:50")
	d.deliver(d.telegram.Say("hoa", "hoa", "/catoi"))
	if err := d.telegram.Break("", local.Fault{Kind: local.FaultToken}); err != nil {
		t.Fatal(err)
	}
	d.until("19:31")
	d.want(d.zalo, "hoa", 1, "chưa điểm danh Ca đêm", "Nguyễn Văn An")
	d.until("19:50")
	d.want(d.zalo, "minh", 1, "chưa điểm danh Ca đêm", "Nguyễn Văn An")
}

// TestTheMonthsBudgetIsWarnedOf: at 80 % the desk is told, once a month and step.
func TestTheMonthsBudgetIsWarnedOf(t *testing.T) {
	d := newTwoDoors(t, "2027-02-05 20:00")
	ctx := context.Background()
	for _, spent := range []int{100, 2399, 2400, 2401, 2600, 2700, 2701} {
		if err := d.st.app.bot.Spent(ctx, "zalo", spent, 3000); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	d.want(d.zalo, "huong", 1, "2400/3000", "80%")
	d.want(d.zalo, "huong", 1, "2700/3000", "90%")
	d.want(d.zalo, "huong", 2, "tin của tháng này")
}
