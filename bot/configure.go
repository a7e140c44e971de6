package bot

import (
	"context"
	"reflect"
	"strings"
	"time"

	"trucban/internal/viet"
	"trucban/messages"
)

// configure changes the organisation in chat: "/caidat đơn vị vhxh; Phòng VH-XH".
// The parts of one setting are separated by semicolons.
func configure(ctx context.Context, t *turn, c call) error {
	what, rest := cutSetting(c.arg)
	switch _, ofPolicy := policySettings[what]; {
	case ofPolicy:
		return configurePolicy(ctx, t, what, c)
	case what == "xem":
		return showPolicy(ctx, t, rest)
	case what == "bo rieng":
		return dropPolicy(ctx, t, c)
	}
	change, ok := map[string]func(*turn, *Town, []string) (string, error){
		"don vi": setUnit, "bo don vi": dropUnit, "nguoi": setPerson, "bo nguoi": dropPerson, "bao cao": setDigest, "ngon ngu": setLang,
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
	if what == "bao cao" {
		if err := t.replanDigests(ctx); err != nil {
			return err
		}
	}
	t.reply(messages.SettingDone{What: done})
	return nil
}

// settingExample shows how each setting is written.
var settingExample = map[string]string{
	"don vi":       "/caidat đơn vị vhxh; Phòng Văn hóa - Xã hội; thuộc hoasen; nhãn coquan, phongban",
	"bo don vi":    "/caidat bỏ đơn vị vhxh",
	"nguoi":        "/caidat người Nguyễn Văn An; vhxh; cán bộ; 0912 000 112",
	"bo nguoi":     "/caidat bỏ người Nguyễn Văn An",
	"nhac":         "/caidat nhắc 16h hôm trước, 30 phút, đầu ca",
	"mo diem danh": "/caidat mở điểm danh 60 phút",
	"dung gio":     "/caidat đúng giờ 15 phút; đơn vị vhxh",
	"ghi vang":     "/caidat ghi vắng 60 phút",
	"bao vang":     "/caidat báo vắng 15, 30, 45",
	"ban giao":     "/caidat bàn giao bắt buộc 15, 30, 60; đơn vị vhxh",
	"bao on":       "/caidat báo ổn 2 giờ; ca đêm; khi một mình; nhắc 3 lần; 15, 30",
	"gio nghi":     "/caidat giờ nghỉ 22h-5h30",
	"so lan nhac":  "/caidat số lần nhắc 6, 20",
	"xem":          "/caidat xem vhxh",
	"bo rieng":     "/caidat bỏ riêng vhxh",
	"bao cao":      "/caidat báo cáo 7h30, 16h",
	"ngon ngu":     "/caidat ngôn ngữ vi",
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
	m := messages.Settings{
		Units: len(t.town.Org.Units), People: len(t.town.Org.Members), Lang: t.town.Lang, Digest: t.town.Digest, FromFile: t.town.File != "",
		Policy: t.policyView(""),
	}
	for _, u := range t.town.Org.Units {
		if _, own := t.town.Local[u.ID]; own {
			m.Own = append(m.Own, u.Label())
		}
	}
	for _, k := range []string{
		"don vi", "nguoi", "nhac", "mo diem danh", "dung gio", "ghi vang", "bao vang", "ban giao", "bao on", "gio nghi", "so lan nhac",
		"xem", "bo rieng", "bao cao", "bo don vi", "bo nguoi", "ngon ngu",
	} {
		m.Examples = append(m.Examples, settingExample[k])
	}
	return m
}

// replanWatches puts every shift that is not over under the policy that holds now,
// after the organisation was changed from what it was.
func (t *turn) replanWatches(ctx context.Context, was *Town) error {
	all, err := t.watches(ctx, "watch/end", t.clock, time.Time{})
	if err != nil {
		return err
	}
	for _, w := range all {
		old, now := was.Policy(w.Shift.Unit).Checkin, t.rule(w.Shift.Unit)
		if reflect.DeepEqual(old, now) {
			continue
		}
		if err := t.saveWatch(w.Adjust(old, now, t.now)); err != nil {
			return err
		}
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
