package bot

import (
	"context"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// Code is a one-time code: it admits a group to a unit, or gives an account to a person.
type Code struct {
	Unit    team.UnitID   `json:"unit,omitempty"`
	Purpose Purpose       `json:"purpose,omitempty"`
	Member  team.MemberID `json:"member,omitempty"`
	Owner   bool          `json:"owner,omitempty"` // makes the first owner
	By      team.MemberID `json:"by,omitempty"`
	Until   time.Time     `json:"until"`
}

func codeRef(code string) Ref { return Ref{"code", strings.ToUpper(strings.TrimSpace(code))} }

// codeTTL is how long a one-time code can be used.
const codeTTL = 48 * time.Hour

// start greets; with a code it gives the account to the person the code was made for.
func start(ctx context.Context, t *turn, c call) error {
	if phones := viet.FindPhones(c.arg); len(phones) == 1 && t.u.Kind == chat.Private {
		return t.typedClaim(ctx, c.arg, phones[0])
	}
	if c.arg != "" && !t.u.From.Anonymous {
		return t.redeemLink(ctx, c.arg)
	}
	if t.u.Kind == chat.Group {
		g, err := t.group(ctx)
		t.hello(g)
		return err
	}
	if !t.linked {
		t.helloStranger()
		return nil
	}
	if err := t.openDoor(ctx, t.me.ID); err != nil {
		return err
	}
	m := messages.Start{Name: t.me.Name, Unit: t.unitName(t.me.Unit)}
	mine, err := t.watches(ctx, "watch/m/"+string(t.me.ID), t.now, time.Time{})
	if err != nil {
		return err
	}
	if len(mine) > 0 {
		m.Next = t.shiftTitle(mine[0].Shift)
	}
	t.reply(m)
	return nil
}

// openDoor records that the person can be reached in this private chat.
func (t *turn) openDoor(ctx context.Context, m team.MemberID) error {
	var r Reach
	if _, err := t.get(ctx, reachRef(m), &r); err != nil {
		return err
	}
	have, _ := r.door(t.u.From.Key())
	best, open := r.Best()
	if open && best.Account == t.u.From.Key() && t.now.Sub(have.Seen) < 24*time.Hour {
		return nil // reminders come here already
	}
	r.set(Door{Account: t.u.From.Key(), Addr: t.u.To, Started: true, Seen: t.now})
	if err := t.saveReach(m, r); err != nil || open {
		return err
	}
	return t.reachedAgain(ctx, t.me)
}

// noteDoor records that a person we know has written in private, the first time
// and after a block.
func (t *turn) noteDoor(ctx context.Context) error {
	if !t.linked || t.u.Kind != chat.Private || t.u.From.Anonymous {
		return nil
	}
	// Most of what people write in private is shown in their unit's rooms: those come along.
	if err := t.load(ctx, reachRef(t.me.ID), roomsRef(t.me.Unit)); err != nil {
		return err
	}
	return t.openDoor(ctx, t.me.ID)
}

// blocked records that the person cannot be reached by this account any more. The
// desk hears of it when no other one is left.
func blocked(ctx context.Context, t *turn) error {
	if !t.linked {
		return nil
	}
	var r Reach
	if ok, err := t.get(ctx, reachRef(t.me.ID), &r); err != nil || !ok {
		return err
	}
	d, ok := r.door(t.u.From.Key())
	if !ok {
		return nil
	}
	if d.Blocked {
		return nil
	}
	d.Blocked = true
	r.set(d)
	t.note("door.blocked", reachRef(t.me.ID), t.me.Unit)
	if err := t.saveReach(t.me.ID, r); err != nil {
		return err
	}
	if _, open := r.Best(); open {
		return nil
	}
	t.lookNow()
	msg := messages.Unreached{Who: t.comrade(t.me.Name), Where: doorName(t.u.To.Platform), About: t.about("tin riêng"), Reason: t.reason(string(chat.ReasonBlocked))}
	return t.tellDesk(ctx, t.me.Unit, outbox.Missed, chat.Message{Text: t.text(msg)}, aboutUnreached)
}

func help(_ context.Context, t *turn, _ call) error {
	t.reply(messages.Help{
		Known: t.linked, Admitted: t.admitted || t.u.Kind == chat.Private,
		Desk: t.linked && t.me.Level() >= team.LevelDesk && t.u.Kind == chat.Private,
	})
	return nil
}

// connect makes an admission code (desk, "/ketnoi vhxh", "/ketnoi vhxh lanhdao", "/ketnoi vhxh thử")
// or uses one (anybody in the group, "/ketnoi 482913").
func connect(ctx context.Context, t *turn, c call) error {
	words := strings.Fields(c.arg)
	if len(words) == 0 {
		t.reply(messages.Usage{What: t.label("say.codehow"), Example: "/ketnoi 482913"})
		return nil
	}
	if unit, ok := t.findUnit(words[0]); ok && t.linked && t.town.Org.May(t.me, team.LevelDesk, unit.ID) && t.u.Kind == chat.Private {
		code := Code{Unit: unit.ID, Purpose: ForUnit, By: t.me.ID, Until: t.now.Add(codeTTL)}
		if len(words) > 1 {
			switch viet.Fold(strings.Join(words[1:], "")) {
			case "lanhdao":
				code.Purpose = ForLeaders
			case "quanly", "desk":
				code.Purpose = ForDesk
			case "thu", "dientap", "test":
				code.Purpose = ForTest
			}
		}
		text := t.b.Code()
		if err := t.put(codeRef(text), code, Doc{TTL: codeTTL}); err != nil {
			return err
		}
		t.note("code.made", roomsRef(unit.ID), unit.ID)
		t.reply(messages.AdmissionCode{Code: text, Unit: unit.Name, Until: code.Until})
		return nil
	}
	return t.admit(ctx, words[0])
}

func (t *turn) findUnit(word string) (team.Unit, bool) {
	want := viet.Fold(word)
	for _, u := range t.town.Org.Units {
		if viet.Fold(string(u.ID)) == want || viet.Fold(u.Name) == want || viet.Fold(u.Short) == want {
			return u, true
		}
	}
	return team.Unit{}, false
}

// admit binds the group this was said in to the unit of the code.
func (t *turn) admit(ctx context.Context, text string) error {
	if stop, err := t.locked(ctx); err != nil || stop {
		return err
	}
	var code Code
	ref := codeRef(text)
	ok, err := t.get(ctx, ref, &code)
	if err != nil {
		return err
	}
	if !ok || code.Unit == "" || t.now.After(code.Until) || t.u.Kind != chat.Group {
		t.note("admission.refused", roomRef(t.u.To), "")
		return t.wrongTry(ctx, messages.BadCode{})
	}
	t.drop(ref)
	room := Room{Addr: t.u.To, Kind: t.u.Kind, Unit: code.Unit, Purpose: code.Purpose, Title: t.u.Title}
	if err := t.bind(ctx, room); err != nil {
		return err
	}
	t.note("room.admitted", roomRef(t.u.To), code.Unit)
	g, err := t.group(ctx)
	t.reply(messages.Admitted{
		Unit: t.unitName(code.Unit), Leaders: code.Purpose == ForLeaders, Test: code.Purpose == ForTest, Mention: t.caps(t.u.To).Mention, CommandsOnly: g.CommandsOnly,
	})
	return err
}

// bind writes a room in both directions and takes it off the unit it was bound to before.
func (t *turn) bind(ctx context.Context, room Room) error {
	if err := t.unbind(ctx, room.Addr); err != nil {
		return err
	}
	var list []Room
	if _, err := t.get(ctx, roomsRef(room.Unit), &list); err != nil {
		return err
	}
	if err := t.put(roomsRef(room.Unit), append(list, room), Doc{}); err != nil {
		return err
	}
	if room.Purpose == ForLeaders {
		if err := t.planDigest(ctx, room.Unit); err != nil {
			return err
		}
	}
	return t.put(roomRef(room.Addr), room, Doc{Index: []Entry{{Index: "rooms"}}})
}

// unbind takes a room off its unit; the room's own document goes too.
func (t *turn) unbind(ctx context.Context, a chat.Address) error {
	var old Room
	ok, err := t.get(ctx, roomRef(a), &old)
	if err != nil || !ok {
		return err
	}
	var list []Room
	if _, err := t.get(ctx, roomsRef(old.Unit), &list); err != nil {
		return err
	}
	keep := make([]Room, 0, len(list))
	for _, r := range list {
		if r.Addr != a {
			keep = append(keep, r)
		}
	}
	t.drop(roomRef(a))
	return t.put(roomsRef(old.Unit), keep, Doc{})
}
