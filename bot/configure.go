package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/checkin"
	"trucban/internal/viet"
	"trucban/messages"
)

// configure changes the organisation in chat: "/caidat đơn vị vhxh; Phòng VH-XH".
// The parts of one setting are separated by semicolons.
func configure(ctx context.Context, t *turn, c call) error {
	what, rest := cutSetting(c.arg)
	change, ok := map[string]func(*turn, *Town, []string) (string, error){
		"don vi": setUnit, "bo don vi": dropUnit, "nguoi": setPerson, "bo nguoi": dropPerson,
		"nhac": setReminders, "dung gio": setGrace, "bao vang": setLadder, "bao cao": setDigest, "ngon ngu": setLang,
	}[what]
	if !ok {
		t.reply(t.settings())
		return nil
	}
	town := t.town.clone()
	done, err := change(t, town, rest)
	if err != nil {
		return t.refused(messages.SettingRefused{Why: err.Error(), Example: settingExample[what]})
	}
	if err := t.saveTown(town); err != nil {
		return t.refused(messages.SettingRefused{Why: err.Error(), Example: settingExample[what]})
	}
	switch what {
	case "bao cao":
		if err := t.replanDigests(ctx); err != nil {
			return err
		}
	case "nhac", "dung gio", "bao vang":
		if err := t.replanWatches(ctx); err != nil {
			return err
		}
	}
	t.reply(messages.SettingDone{What: done})
	return nil
}

// settingExample shows how each setting is written.
var settingExample = map[string]string{
	"don vi":    "/caidat đơn vị vhxh; Phòng Văn hóa - Xã hội; thuộc hoasen; nhãn coquan, phongban",
	"bo don vi": "/caidat bỏ đơn vị vhxh",
	"nguoi":     "/caidat người Nguyễn Văn An; vhxh; cán bộ; 0912 000 112",
	"bo nguoi":  "/caidat bỏ người Nguyễn Văn An",
	"nhac":      "/caidat nhắc 16h hôm trước, 30 phút, đầu ca",
	"dung gio":  "/caidat đúng giờ 15 phút",
	"bao vang":  "/caidat báo vắng 15, 30, 45",
	"bao cao":   "/caidat báo cáo 7h30, 16h",
	"ngon ngu":  "/caidat ngôn ngữ vi",
}

// cutSetting takes the setting's words off the front; the rest is split at semicolons.
func cutSetting(arg string) (what string, parts []string) {
	fields := strings.Fields(arg)
	for _, n := range []int{3, 2, 1} {
		if len(fields) < n {
			continue
		}
		key := viet.Fold(strings.Join(fields[:n], " "))
		if _, ok := settingExample[key]; ok {
			for _, p := range strings.Split(strings.Join(fields[n:], " "), ";") {
				parts = append(parts, strings.TrimSpace(p))
			}
			return key, parts
		}
	}
	return "", nil
}

func (t *turn) settings() messages.Settings {
	p := t.town.Checkin
	m := messages.Settings{Units: len(t.town.Org.Units), People: len(t.town.Org.Members), Grace: p.Grace, Lang: t.town.Lang, Digest: t.town.Digest, FromFile: t.town.File != ""}
	if p.EveAt >= 0 {
		m.Reminders = append(m.Reminders, calendar.ClockText(p.EveAt)+" hôm trước")
	}
	for _, d := range p.Before {
		m.Reminders = append(m.Reminders, fmt.Sprintf("trước %d phút", int(d.Minutes())))
	}
	if p.AtStart {
		m.Reminders = append(m.Reminders, "đầu ca")
	}
	for _, r := range p.Ladder {
		m.Ladder = append(m.Ladder, fmt.Sprintf("+%d phút %s", int(r.After.Minutes()), map[checkin.Level]string{
			checkin.ToPerson: "người trực và nhóm", checkin.ToHead: "thủ trưởng", checkin.ToLeaders: "lãnh đạo",
		}[r.Who]))
	}
	for _, k := range []string{"don vi", "nguoi", "nhac", "dung gio", "bao vang", "bao cao", "bo don vi", "bo nguoi", "ngon ngu"} {
		m.Examples = append(m.Examples, settingExample[k])
	}
	return m
}

// replanWatches names the next moment of every shift that is not over anew, after
// the policy it goes by was changed.
func (t *turn) replanWatches(ctx context.Context) error {
	all, err := t.watches(ctx, "watch/end", t.clock, time.Time{})
	if err != nil {
		return err
	}
	for _, w := range all {
		t.wake("watch", string(w.Shift.ID), w.NextAt(t.town.Checkin))
	}
	return nil
}

// replanDigests sets the next summary of the units that have a leaders' chat.
func (t *turn) replanDigests(ctx context.Context) error {
	var refs []Ref
	for _, u := range t.town.Org.Units {
		refs = append(refs, digestRef(u.ID))
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	for _, u := range t.town.Org.Units {
		if _, ok, err := t.digestPlan(ctx, u.ID); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		if err := t.planDigest(ctx, u.ID); err != nil {
			return err
		}
	}
	return nil
}
