package bot

import (
	"context"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// added greets a group the bot came into, and says what of it the bot can see.
// Where its rights change later and it sees as much as before, nothing is said.
func added(ctx context.Context, t *turn) error {
	ref := groupRef(t.u.To)
	var had Group
	known, err := t.get(ctx, ref, &had)
	if err != nil {
		return err
	}
	is := Group{CommandsOnly: t.u.CommandsOnly}
	if known && had == is {
		return nil
	}
	if err := t.put(ref, is, Doc{}); err != nil {
		return err
	}
	t.hello(is)
	return nil
}

func (t *turn) hello(g Group) {
	t.reply(messages.GroupHello{Admitted: t.admitted, Mention: t.caps(t.u.To).Mention, CommandsOnly: g.CommandsOnly})
}

// Group is what is known of a group besides whose room it is.
type Group struct {
	CommandsOnly bool `json:"cmdonly,omitempty"` // the platform keeps from the bot what is no command and no reply to it
}

func groupRef(a chat.Address) Ref {
	a.Thread = ""
	return Ref{"group", a.Key()}
}

// group is what is known of the group the update came from.
func (t *turn) group(ctx context.Context) (Group, error) {
	var g Group
	_, err := t.get(ctx, groupRef(t.u.To), &g)
	return g, err
}

// removed takes the rooms of a group off their units when the bot was put out of
// it, and tells the desk. Each topic of a group may be a room.
func removed(ctx context.Context, t *turn) error {
	if err := t.load(ctx, groupRef(t.u.To)); err != nil {
		return err
	}
	t.drop(groupRef(t.u.To))
	rooms, err := t.roomsIn(ctx, t.u.To)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		if err := t.unbind(ctx, room.Addr); err != nil {
			return err
		}
		t.note("room.removed", roomRef(room.Addr), room.Unit)
		msg := messages.Unreached{Who: t.unitName(room.Unit), Where: room.Title, About: t.about("tin của nhóm"), Reason: t.label("reach.out")}
		if err := t.tellDesk(ctx, room.Unit, outbox.Missed, chat.Message{Text: t.text(msg)}, "mất nhóm"); err != nil {
			return err
		}
	}
	return nil
}

// roomsIn lists the rooms of a chat: the chat itself, or topics of it.
func (t *turn) roomsIn(ctx context.Context, a chat.Address) ([]Room, error) {
	refs, err := t.find(ctx, Range{Index: "rooms", To: maxScore})
	if err != nil {
		return nil, err
	}
	var out []Room
	for _, ref := range refs {
		var room Room
		if ok, err := t.read(ref, &room); err != nil {
			return nil, err
		} else if ok && room.Addr.Platform == a.Platform && room.Addr.Chat == a.Chat {
			out = append(out, room)
		}
	}
	return out, nil
}

// moved follows a group to its new address.
func moved(ctx context.Context, t *turn) error {
	if t.u.MovedTo.IsZero() {
		return nil
	}
	return t.follow(ctx, t.u.To, t.u.MovedTo)
}

// follow gives every room of a chat its new address. Topics keep their number.
func (t *turn) follow(ctx context.Context, from, to chat.Address) error {
	rooms, err := t.roomsIn(ctx, from)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		if err := t.unbind(ctx, room.Addr); err != nil {
			return err
		}
		room.Addr = chat.Address{Platform: to.Platform, Chat: to.Chat, Thread: room.Addr.Thread}
		t.note("room.moved", roomRef(room.Addr), room.Unit)
		if err := t.bind(ctx, room); err != nil {
			return err
		}
	}
	return nil
}

// ChatMoved is told by the outbox that a chat answers under a new address only.
func (b *Bot) ChatMoved(ctx context.Context, from, to chat.Address) error {
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "moved:"+from.Key())
		if err != nil {
			return err
		}
		if err := t.follow(ctx, from, to); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}

// Undelivered is told by the outbox, before it buries an item, that the item
// will never arrive. Somebody above is told; a person's dead door is closed.
func (b *Bot) Undelivered(ctx context.Context, c outbox.Claim, reason chat.Reason) error {
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "undelivered:"+c.ID)
		if err != nil {
			return err
		}
		if err := t.undelivered(ctx, c, reason); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}

// aside begins a turn that no update and no job asked for.
func (b *Bot) aside(ctx context.Context, cause string) (*turn, error) {
	now := b.Now()
	t := &turn{b: b, now: now, clock: now, cause: cause, docs: map[Ref]Doc{}}
	if err := t.load(ctx, revRef); err != nil {
		return nil, err
	}
	return t, t.useTown(ctx)
}

func (t *turn) undelivered(ctx context.Context, c outbox.Claim, reason chat.Reason) error {
	var unit team.UnitID
	who, where := "", string(c.To.Platform)
	switch m, ok := t.town.Org.Member(team.MemberID(c.For)); {
	case ok:
		unit, who = m.Unit, t.comrade(m.Name)
		if err := t.closeDoor(ctx, m.ID, c.To, reason); err != nil {
			return err
		}
		if handed, err := t.handOn(ctx, c, m.ID); handed || err != nil {
			return err
		}
	default:
		var room Room
		if ok, err := t.get(ctx, roomRef(c.To), &room); err != nil {
			return err
		} else if !ok {
			return nil // a chat that is nobody's: an answer to a stranger
		}
		unit, who, where = room.Unit, t.unitName(room.Unit), room.Title
		if reason == chat.ReasonKicked || reason == chat.ReasonNoChat {
			if err := t.unbind(ctx, room.Addr); err != nil {
				return err
			}
		}
	}
	if c.Class == outbox.Reply || c.Class == outbox.Edit {
		return nil
	}
	t.note("undelivered."+string(reason), Ref{"item", c.ID}, unit)
	msg := chat.Message{Text: t.text(messages.Unreached{Who: who, Where: where, About: t.about(c.About), Reason: t.reason(string(reason))})}
	if c.About == aboutUnreached {
		return nil // the word about a failure is not reported in turn
	}
	if c.Class == outbox.Alarm || c.Class == outbox.Missed || c.Class == outbox.Reminder {
		return t.tellAbove(ctx, unit, outbox.Missed, msg, aboutUnreached)
	}
	return t.tellDesk(ctx, unit, outbox.Digest, msg, aboutUnreached)
}

// handOn sends what one private chat would not take by the person's next open
// door; an answer belongs to the chat it was asked in.
func (t *turn) handOn(ctx context.Context, c outbox.Claim, m team.MemberID) (bool, error) {
	if c.Class == outbox.Reply || c.Class == outbox.Edit {
		return false, nil
	}
	handed, err := t.otherDoor(ctx, c, m)
	if handed && err == nil {
		t.note("handed.on", Ref{"item", c.ID}, "")
	}
	return handed, err
}

const aboutUnreached = "không gửi được"

func (t *turn) closeDoor(ctx context.Context, m team.MemberID, a chat.Address, reason chat.Reason) error {
	if reason != chat.ReasonBlocked && reason != chat.ReasonNotStarted && reason != chat.ReasonNoChat {
		return nil
	}
	var r Reach
	if ok, err := t.get(ctx, reachRef(m), &r); err != nil || !ok {
		return err
	}
	for i, d := range r.Doors {
		if d.Addr == a {
			r.Doors[i].Blocked = true
			if _, open := r.Best(); !open {
				t.lookNow()
			}
			return t.saveReach(m, r)
		}
	}
	return nil
}
