package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/checkin"
	"trucban/internal/policy"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// policySettings read one part of a policy out of what was typed behind its name.
var policySettings = map[string]func(parts []string) (policy.Rules, error){
	"nhac": readReminders, "mo diem danh": readOpen, "dung gio": readGrace, "ghi vang": readAbsent, "bao vang": readLadder,
	"ban giao": readHandover, "bao on": readRounds, "gio nghi": readQuiet, "so lan nhac": readNudges,
}

// policyPart is the part of a policy a setting belongs to.
var policyPart = map[string]string{
	"nhac": "remind", "mo diem danh": "checkin", "dung gio": "checkin", "ghi vang": "checkin", "bao vang": "missing",
	"ban giao": "hand", "bao on": "rounds", "gio nghi": "quiet", "so lan nhac": "quiet",
}

// illegible is a part of a setting nobody could read.
type illegible string

func (u illegible) Error() string { return fmt.Sprintf("cannot read %q", string(u)) }

// configurePolicy changes what the organisation, or one unit with those below, goes by:
// "/caidat báo ổn 2 giờ; đơn vị vhxh".
func configurePolicy(ctx context.Context, t *turn, what string, c call) error {
	_, parts := cutSetting(c.arg)
	example := settingExample[what]
	unit, parts, known := t.town.cutUnit(parts)
	if !known {
		t.reply(messages.PolicyRefused{NoUnit: string(unit), Example: example})
		return nil
	}
	rules, err := policySettings[what](parts)
	if err != nil {
		var u illegible
		if errors.As(err, &u) {
			t.reply(messages.PolicyRefused{Unread: string(u), Example: example})
			return nil
		}
		return err
	}
	said, _, _ := strings.Cut(c.arg, ";")
	return t.changePolicy(ctx, unit, layerChange{what, strings.TrimSpace(said), func(r policy.Rules) policy.Rules { return r.With(rules) }})
}

// layerChange is a change of one layer: the setting, the words it was asked for in, and what it does.
type layerChange struct {
	what, said string
	apply      func(policy.Rules) policy.Rules
}

// changePolicy makes one layer another one, unless somebody would go by something wrong then.
func (t *turn) changePolicy(ctx context.Context, unit team.UnitID, c layerChange) error {
	town := t.town.clone()
	if unit == "" || unit == town.Org.Root() {
		p := c.apply(policy.Rules{}).Over(town.Whole())
		town.Checkin, town.Courtesy = p.Checkin, p.Courtesy
		unit = ""
	} else if r := c.apply(town.Local[unit]); r.IsZero() {
		delete(town.Local, unit)
	} else {
		if town.Local == nil {
			town.Local = map[team.UnitID]policy.Rules{}
		}
		town.Local[unit] = r
	}
	if faults := town.PolicyFaults(); len(faults) > 0 {
		m := messages.PolicyRefused{Example: settingExample[c.what]}
		for _, f := range faults {
			l := messages.PolicyFault{Field: f.Field, Rule: string(f.Rule), Step: f.Step, Min: f.Min, Max: f.Max, Most: f.Most}
			if f.Unit != "" && f.Unit != unit {
				l.Unit = t.unitName(f.Unit)
			}
			m.Faults = append(m.Faults, l)
		}
		t.reply(m)
		return nil
	}
	was := t.town
	if err := t.saveTown(town); err != nil {
		return fmt.Errorf("save the policy: %w", err)
	}
	if err := t.replanWatches(ctx, was); err != nil {
		return err
	}
	t.reply(messages.PolicySet{What: c.said, Part: policyPart[c.what], ID: string(unit), Policy: t.policyView(unit)})
	return nil
}

// cutUnit takes "đơn vị vhxh" off the parts; known is false for a unit there is not.
func (t *Town) cutUnit(parts []string) (unit team.UnitID, rest []string, known bool) {
	for i, p := range parts {
		words := strings.Fields(p)
		if len(words) < 3 || viet.Fold(strings.Join(words[:2], " ")) != "don vi" {
			continue
		}
		id := team.UnitID(strings.Join(words[2:], " "))
		if _, ok := t.Org.Unit(id); !ok {
			return id, parts, false
		}
		return id, slices.Delete(slices.Clone(parts), i, i+1), true
	}
	return "", parts, true
}

// showPolicy is "/caidat xem [đơn vị]".
func showPolicy(_ context.Context, t *turn, parts []string) error {
	id := team.UnitID(parts[0])
	if _, ok := t.town.Org.Unit(id); !ok && id != "" {
		t.reply(messages.PolicyRefused{NoUnit: parts[0], Example: settingExample["xem"]})
		return nil
	}
	if id == t.town.Org.Root() {
		id = ""
	}
	_, own := t.town.Local[id]
	t.reply(messages.PolicyShown{Policy: t.policyView(id), Inherited: id != "" && !own})
	return nil
}

// dropPolicy is "/caidat bỏ riêng vhxh": the unit goes by what stands above it again.
func dropPolicy(ctx context.Context, t *turn, c call) error {
	_, parts := cutSetting(c.arg)
	id := team.UnitID(parts[0])
	if _, own := t.town.Local[id]; !own {
		return showPolicy(ctx, t, parts) // there is nothing to drop
	}
	return t.changePolicy(ctx, id, layerChange{"bo rieng", c.arg, func(policy.Rules) policy.Rules { return policy.Rules{} }})
}

func readReminders(parts []string) (policy.Rules, error) {
	eve, start, before := time.Duration(-1), false, []time.Duration{}
	for _, w := range strings.Split(parts[0], ",") {
		folded := viet.Fold(strings.TrimSpace(w))
		if folded == "dau ca" {
			start = true
			continue
		}
		if clock, ok := strings.CutSuffix(folded, "hom truoc"); ok {
			at, err := calendar.ParseClock(strings.TrimSpace(clock))
			if err != nil {
				return policy.Rules{}, illegible(strings.TrimSpace(w))
			}
			eve = at
			continue
		}
		d, err := minutes(folded)
		if err != nil {
			return policy.Rules{}, err
		}
		before = append(before, d)
	}
	return policy.Rules{EveAt: &eve, Before: &before, AtStart: &start}, nil
}

// minutes reads "30", "30 phut", "2 gio".
func minutes(text string) (time.Duration, error) {
	folded := viet.Fold(strings.TrimSpace(text))
	var n int
	var word, more string
	if c, _ := fmt.Sscanf(folded, "%d %s %s", &n, &word, &more); c == 0 || c == 3 || n < 0 || n > 10_000 {
		return 0, illegible(text)
	}
	switch word {
	case "", "phut", "p":
		return time.Duration(n) * time.Minute, nil
	case "gio", "tieng", "h":
		return time.Duration(n) * time.Hour, nil
	}
	return 0, illegible(text)
}

func readOpen(parts []string) (policy.Rules, error) {
	d, err := minutes(parts[0])
	return policy.Rules{OpenBefore: &d}, err
}

func readGrace(parts []string) (policy.Rules, error) {
	d, err := minutes(parts[0])
	return policy.Rules{Grace: &d}, err
}

func readAbsent(parts []string) (policy.Rules, error) {
	d, err := minutes(parts[0])
	return policy.Rules{Absent: &d}, err
}

// rungs reads "15, 30, 45" as the times at which the person, the head and the leaders
// are told; the leaders may be left out.
func rungs(text string) (*[]checkin.Rung, error) {
	words := strings.Split(text, ",")
	if len(words) < 2 || len(words) > len(checkin.Levels) {
		return nil, illegible(text)
	}
	out := make([]checkin.Rung, 0, len(words))
	for i, w := range words {
		d, err := minutes(w)
		if err != nil {
			return nil, err
		}
		out = append(out, checkin.Rung{After: d, Who: checkin.Levels[i]})
	}
	return &out, nil
}

func readLadder(parts []string) (policy.Rules, error) {
	l, err := rungs(parts[0])
	return policy.Rules{Ladder: l}, err
}

// readHandover reads "bắt buộc", "không bắt buộc", "15, 30, 60", or both behind one another.
func readHandover(parts []string) (policy.Rules, error) {
	var r policy.Rules
	text := strings.Join(parts, " ")
	yes, no := true, false
	rest := strings.TrimSpace(strings.TrimPrefix(viet.Fold(text), "khong "))
	if after, ok := strings.CutPrefix(rest, "bat buoc"); ok {
		r.HandNeeded = &yes
		if rest != strings.TrimSpace(viet.Fold(text)) {
			r.HandNeeded = &no
		}
		rest = strings.Trim(after, " ,")
	} else if rest != strings.TrimSpace(viet.Fold(text)) {
		return r, illegible(text)
	}
	if rest == "" && r.HandNeeded != nil {
		return r, nil
	}
	var err error
	if r.Handover, err = rungs(rest); err != nil {
		return r, illegible(text)
	}
	return r, nil
}

// readRounds reads "2 giờ", "không", and parts behind it: "mọi ca" or "ca đêm", "cả khi có
// người trực cùng" or "khi một mình", "nhắc 3 lần", and the times "15, 30".
func readRounds(parts []string) (policy.Rules, error) {
	var r policy.Rules
	yes, no := true, false
	for i, p := range parts {
		folded := viet.Fold(p)
		var n int
		switch c, _ := fmt.Sscanf(folded, "nhac %d lan", &n); {
		case i == 0 && folded == "khong":
			r.Every = new(time.Duration)
		case i == 0:
			d, err := minutes(p)
			if err != nil || d == 0 {
				return r, illegible(p)
			}
			r.Every = &d
		case folded == "moi ca":
			r.Night = &no
		case folded == "ca dem":
			r.Night = &yes
		case folded == "ca khi co nguoi truc cung":
			r.Alone = &no
		case folded == "khi mot minh":
			r.Alone = &yes
		case c == 1:
			r.Nudges = &n
		default:
			var err error
			if r.Rounds, err = rungs(p); err != nil {
				return r, illegible(p)
			}
		}
	}
	return r, nil
}

func readQuiet(parts []string) (policy.Rules, error) {
	if viet.Fold(parts[0]) == "khong" {
		return policy.Rules{Quiet: &policy.Quiet{}}, nil
	}
	from, length, err := calendar.ParseClockSpan(parts[0])
	if err != nil {
		return policy.Rules{}, errors.Join(illegible(parts[0]), err)
	}
	q := policy.Quiet{From: int(from / time.Minute), To: int((from + length) % (24 * time.Hour) / time.Minute)}
	return policy.Rules{Quiet: &q}, nil
}

// readNudges reads "6, 20": at most so many nudges an hour for one person, for one group.
func readNudges(parts []string) (policy.Rules, error) {
	var person, group int
	if viet.Fold(parts[0]) == "khong" {
		return policy.Rules{Person: &person, Group: &group}, nil
	}
	if c, _ := fmt.Sscanf(strings.ReplaceAll(parts[0], ",", " "), "%d %d", &person, &group); c != 2 {
		return policy.Rules{}, illegible(parts[0])
	}
	return policy.Rules{Person: &person, Group: &group}, nil
}
