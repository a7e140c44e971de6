package main

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/roster"
	"trucban/internal/team"
)

//go:embed sample/town.yaml
var sampleTownFile []byte

//go:embed sample/dispatch.txt
var sampleDispatch []byte

// sampleShift is how long a shift of the sample ward is.
const sampleShift = 8 * time.Hour

// sampleTown is the made-up ward with a duty period around now: a shift that
// began two hours and a half ago, one that begins within two minutes, and a week more.
func sampleTown(now time.Time) (bot.Setup, error) {
	s, err := parseTown(sampleTownFile)
	if err != nil {
		return s, fmt.Errorf("the sample ward: %w", err)
	}
	next := now.Truncate(time.Minute).Add(2 * time.Minute)
	crews := map[team.UnitID][][]roster.Assignment{
		"hoasen": {{{Post: roster.PostLeader, Member: "minh"}}, {{Post: roster.PostLeader, Member: "huong"}}},
		"vhxh": {
			{{Post: roster.PostDesk, Member: "an"}, {Post: roster.PostTech, Member: "binh"}},
			{{Post: roster.PostDesk, Member: "hoa"}, {Post: roster.PostTech, Member: "an"}},
			{{Post: roster.PostDesk, Member: "binh"}},
		},
		"congan": {{{Post: roster.PostDesk, Member: "khanh"}}, {{Post: roster.PostDesk, Member: "dung"}}},
		"congtt": {{{Post: roster.PostTech, Member: "nam"}}, {{Post: roster.PostTech, Member: "lan"}}},
		"vtsao":  {{{Post: roster.PostTech, Member: "phuc"}}},
	}
	for _, u := range s.Town.Org.Units {
		crew := crews[u.ID]
		s.Shifts = append(s.Shifts, sampleWatch(u.ID, next.Add(-150*time.Minute), next, crew[0]))
		for i := range 21 {
			start := next.Add(time.Duration(i) * sampleShift)
			s.Shifts = append(s.Shifts, sampleWatch(u.ID, start, start.Add(sampleShift), crew[(i+1)%len(crew)]))
		}
	}
	return s, nil
}

func sampleWatch(u team.UnitID, start, end time.Time, people []roster.Assignment) roster.Shift {
	name := "Ca sáng"
	switch h := start.In(calendar.Zone).Hour(); {
	case h >= 18 || h < 4:
		name = "Ca đêm"
	case h >= 11:
		name = "Ca chiều"
	}
	return roster.Shift{
		ID: roster.ID(u, start, name), Unit: u, Name: name, Start: start.UTC(), End: end.UTC(), People: people, Period: "trial", Origin: roster.OriginFile,
	}
}

// scene is one thing somebody of the sample ward did before the page opened.
type scene struct {
	ago       time.Duration
	who, chat string
	do        func(*local.Platform, string, string) (chat.Update, error)
}

func says(text string) func(*local.Platform, string, string) (chat.Update, error) {
	return func(p *local.Platform, who, room string) (chat.Update, error) { return p.Say(who, room, text) }
}

// sampleScenes is the ward's last three hours, oldest first: the page opens on
// check-ins on time and late, a directive half done and an incident being handled.
func sampleScenes() []scene {
	upload := func(p *local.Platform, who, room string) (chat.Update, error) {
		return p.Upload(who, room, local.Attachment{Name: "cong-van-214.txt", Data: sampleDispatch, Caption: "/vanban"})
	}
	return []scene{
		{155 * time.Minute, "an", "vhxh", says("ổn định")},
		{152 * time.Minute, "khanh", "congan", says("/ondanh")},
		{149 * time.Minute, "minh", "lanhdao", says("điểm danh")},
		{145 * time.Minute, "binh", "vhxh", says("có mặt")},
		{129 * time.Minute, "nam", "congtt", says("/ondanh đường truyền chập chờn 5 phút")},
		{120 * time.Minute, "huong", "huong", upload},
		{119 * time.Minute, "huong", "huong", says("ban hành")},
		{110 * time.Minute, "hoa", "vhxh", says("đã quán triệt")},
		{108 * time.Minute, "dung", "congan", says("đã quán triệt")},
		{95 * time.Minute, "an", "vhxh", says("xong 2")},
		{80 * time.Minute, "lan", "congtt", says("đã quán triệt")},
		{70 * time.Minute, "lan", "congtt", says("/xong 1 đã đăng lên Trang lúc 9h")},
		{65 * time.Minute, "khanh", "congan", says("/xong 4")},
		{50 * time.Minute, "nam", "congtt", says("/suco trang thông tin bị đổi giao diện, hiện bài quảng cáo")},
		{47 * time.Minute, "minh", "lanhdao", says("tiếp nhận")},
		{40 * time.Minute, "lan", "congtt", says("/capnhat đã ngắt máy chủ khỏi mạng, giữ nguyên nhật ký")},
		{20 * time.Minute, "an", "vhxh", says("xong 3")},
	}
}

// liveThrough plays the scenes up to now.
func (d *demo) liveThrough(ctx context.Context, now time.Time) error {
	for _, sc := range sampleScenes() {
		if err := d.AdvanceTo(ctx, now.Add(-sc.ago)); err != nil {
			return fmt.Errorf("the sample ward: %w", err)
		}
		if _, err := sc.do(d.door, sc.who, sc.chat); err != nil {
			return fmt.Errorf("the sample ward: %s: %w", sc.who, err)
		}
		if err := d.door.DeliverPending(ctx, d.Handle); err != nil {
			return fmt.Errorf("the sample ward: %s: %w", sc.who, err)
		}
		if err := d.Settle(ctx); err != nil {
			return fmt.Errorf("the sample ward: %w", err)
		}
	}
	return d.AdvanceTo(ctx, now)
}
