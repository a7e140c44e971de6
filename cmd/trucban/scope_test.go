package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/team"
)

var (
	scopeUnits = []struct{ id, name, parent string }{
		{"tinh", "UBND tỉnh", ""}, {"phuong1", "UBND phường Một", "tinh"}, {"vhxh", "Phòng Văn hóa - Xã hội", "phuong1"},
		{"phuong2", "UBND phường Hai", "tinh"}, {"congtt", "Tổ quản trị Trang TTĐT", "phuong1"},
	}
	scopeRoles = []team.Role{team.RoleOfficer, team.RoleHead, team.RoleLeader, team.RoleDesk, team.RoleOwner}
	codeShown  = regexp.MustCompile(`K\d{5}`)
)

// scopeTown has somebody of every role in every unit, and one person more in vhxh.
func scopeTown() string {
	var b strings.Builder
	b.WriteString("name: UBND tỉnh\npolicy: {people: {report: none, warn_eve: none, warn_before: []}}\nunits:\n")
	for _, u := range scopeUnits {
		fmt.Fprintf(&b, "  - {id: %s, name: %s", u.id, u.name)
		if u.parent != "" {
			fmt.Fprintf(&b, ", parent: %s", u.parent)
		}
		b.WriteString("}\n")
	}
	b.WriteString("people:\n  - {id: dich, name: Trần Văn Đích, unit: vhxh, roles: [officer], phone: 0912 000 555}\n")
	for _, u := range scopeUnits {
		for _, r := range scopeRoles {
			fmt.Fprintf(&b, "  - {id: %[1]s.%[2]s, name: Người %[1]s %[2]s, unit: %[1]s, roles: [%[2]s], accounts: {local: %[1]s-%[2]s}, started: [local]}\n", u.id, r)
		}
	}
	return b.String()
}

// scopeStage plays one person after the other on the same organisation.
type scopeStage struct {
	*linkStage
}

// answer is what the account is told for what it says.
func (s scopeStage) answer(account, text string) string {
	s.t.Helper()
	s.say(account, text)
	if err := s.Settle(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	list := s.door.Messages(account)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].From == "" {
			return chat.Plain(list[i].Text)
		}
	}
	return ""
}

// code takes the code out of an answer.
func (s scopeStage) code(text string) string {
	s.t.Helper()
	found := codeShown.FindString(text)
	if found == "" {
		s.t.Fatalf("no code in %q", text)
	}
	return found
}

// wish makes an account ask to be linked to the person and returns the wish's code.
func (s scopeStage) wish() string {
	s.t.Helper()
	s.release()
	s.n++
	acc := fmt.Sprintf("x%d", s.n)
	s.share(acc, chat.Contact{Phone: "+84912000555", Account: acc})
	s.say(acc, "đúng là tôi")
	if err := s.Settle(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	list := s.door.Messages("vhxh-head")
	for i := len(list) - 1; i >= 0; i-- {
		for _, row := range list[i].Buttons {
			for _, b := range row {
				if c := codeShown.FindString(b.Action); c != "" {
					return c
				}
			}
		}
	}
	s.t.Fatal("the head was not asked")
	return ""
}

// linkTarget gives the person an account.
func (s scopeStage) linkTarget() {
	s.t.Helper()
	if len(s.doors("dich")) == 0 {
		s.n++
		s.say(fmt.Sprintf("y%d", s.n), "/start "+s.code(s.answer("tinh-owner", "/maghep dich")))
	}
}

// release takes every account off the person.
func (s scopeStage) release() {
	if len(s.doors("dich")) > 0 {
		s.say("tinh-owner", "/boghep dich: dựng lại")
	}
}

// TestWhoDecidesAboutWhom tries each act on a person or a unit of vhxh by everybody:
// it needs its level, over a subtree that holds vhxh. Whoever may not is refused in
// words that name who may.
func TestWhoDecidesAboutWhom(t *testing.T) {
	clock := local.NewStill(time.Date(2027, 2, 4, 1, 0, 0, 0, time.UTC))
	setup, err := parseTown([]byte(scopeTown()))
	if err != nil {
		t.Fatal(err)
	}
	st, err := newStage(t.Context(), clock, local.New(local.Options{Clock: clock}), &setup, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	s := scopeStage{&linkStage{stage: st, t: t}}
	levels := map[team.Role]team.Level{
		team.RoleOfficer: team.LevelLinked, team.RoleHead: team.LevelHead, team.RoleLeader: team.LevelLeader, team.RoleDesk: team.LevelDesk, team.RoleOwner: team.LevelOwner,
	}
	above := map[string]bool{"vhxh": true, "phuong1": true, "tinh": true}
	tried, allowed := 0, 0
	for _, act := range []struct {
		name string
		need team.Level
		do   func(account string) string
		done string // words of the answer when it was done
	}{
		{"the people of the unit", team.LevelHead, func(a string) string { return s.answer(a, "/nguoi vhxh") }, "người nhận được tin riêng"},
		{"a linking code", team.LevelDesk, func(a string) string { return s.answer(a, "/maghep dich") }, "Mã ghép tài khoản của đ/c Trần Văn Đích"},
		{"a group's code", team.LevelDesk, func(a string) string { return s.answer(a, "/ketnoi vhxh") }, "Mã kết nối nhóm của Phòng Văn hóa"},
		{"yes to a wish", team.LevelHead, func(a string) string { return s.answer(a, "/duyetghep "+s.wish()) }, "Đã ghép tài khoản"},
		{"no to a wish", team.LevelHead, func(a string) string { return s.answer(a, "/tuchoighep "+s.wish()) }, "Đã từ chối"},
		{"unlinking", team.LevelHead, func(a string) string { s.linkTarget(); return s.answer(a, "/boghep dich: thử") }, "không còn tài khoản nào"},
	} {
		for _, u := range scopeUnits {
			for _, r := range scopeRoles {
				tried++
				want := levels[r] >= act.need && above[u.id]
				got := act.do(u.id + "-" + string(r))
				if strings.Contains(got, act.done) != want {
					t.Errorf("%s by the %s of %s: done %t, want %t: %s", act.name, r, u.id, !want, want, got)
				}
				if want {
					allowed++
				} else if act.name != "a group's code" && !strings.Contains(got, "Việc này cần quyền") || levels[r] >= act.need && strings.Contains(got, "đ/c Người phuong2") {
					t.Errorf("%s by the %s of %s: the refusal does not say who may: %s", act.name, r, u.id, got)
				}
			}
		}
	}
	t.Logf("%d tries, %d allowed", tried, allowed)
}
