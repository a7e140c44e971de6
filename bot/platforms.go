package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// failingFor is how long a platform counts as failing after the last word of it:
// where nothing is sent there any more, nothing would show that it works again.
const failingFor = 15 * time.Minute

// Failing notes in memory whether messages go out through a platform; people are
// reached by another of their doors while they do not.
func (b *Bot) Failing(p chat.Name, failing bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !failing {
		delete(b.failing, p)
		return
	}
	b.failing[p] = b.Now().Add(failingFor)
}

func (b *Bot) isFailing(p chat.Name) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.failing[p].After(b.Now())
}

// doorName is the platform in the words of the desk.
func doorName(p chat.Name) string {
	if n, ok := map[chat.Name]string{"telegram": "Telegram", "zalo": "Zalo"}[p]; ok {
		return n
	}
	return string(p)
}

// DoorDeaf tells the desk from when to when nothing came in through a platform.
func (b *Bot) DoorDeaf(ctx context.Context, p chat.Name, from, to time.Time) error {
	lost := true
	if s, ok := b.Senders[p]; ok {
		lost = !s.Caps().Replays
	}
	return b.tellOnce(ctx, "deaf:"+string(p)+":"+stamp(from), "door.deaf", messages.DoorDeaf{Door: doorName(p), From: from, To: to, Lost: lost})
}

// DoorFailing tells the desk that nothing has gone out through a platform since then.
func (b *Bot) DoorFailing(ctx context.Context, p chat.Name, since time.Time) error {
	m := messages.DoorFailing{Door: doorName(p), Since: since}
	for other := range b.Senders {
		if other != p && !b.isFailing(other) {
			m.Others = append(m.Others, doorName(other))
		}
	}
	slices.Sort(m.Others)
	return b.tellOnce(ctx, "failing:"+string(p)+":"+stamp(since), "door.failing", m)
}

// DoorBack tells the desk that a platform which failed takes messages again.
func (b *Bot) DoorBack(ctx context.Context, p chat.Name, from, to time.Time) error {
	return b.tellOnce(ctx, "back:"+string(p)+":"+stamp(from), "door.back", messages.DoorBack{Door: doorName(p), From: from, To: to})
}

// DoorRefuses tells the desk that a platform refuses messages for their number; at most once an hour.
func (b *Bot) DoorRefuses(ctx context.Context, p chat.Name, at time.Time) error {
	return b.tellOnce(ctx, "refuses:"+string(p)+":"+stamp(at.Truncate(time.Hour)), "door.refuses", messages.DoorRefuses{Door: doorName(p), At: at})
}

// DoorParked tells the desk that something came in that no handler can take; at most once an hour.
func (b *Bot) DoorParked(ctx context.Context, p chat.Name, at time.Time) error {
	return b.tellOnce(ctx, "parked:"+string(p)+":"+stamp(at.Truncate(time.Hour)), "door.parked", messages.DoorParked{Door: doorName(p), At: at})
}

func stamp(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 36) }

// tellOnce commits one message to the desk; replicas that saw the same thing tell it once.
func (b *Bot) tellOnce(ctx context.Context, cause, what string, m any) error {
	return b.repeatOnce(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, cause)
		if err != nil {
			return err
		}
		root := t.town.Org.Root()
		if root == "" {
			return nil
		}
		t.change.Seen = t.cause
		if err := t.tellDesk(ctx, root, outbox.Missed, chat.Message{Text: t.text(m)}, "tình trạng kênh"); err != nil {
			return err
		}
		t.note(what, Ref{"door", cause}, root)
		return t.commit(ctx)
	})
}

// repeatOnce is repeat for what may be made by several and is made once.
func (b *Bot) repeatOnce(ctx context.Context, once func(context.Context) error) error {
	err := b.repeat(ctx, once)
	if errors.Is(err, ErrSeen) {
		return nil
	}
	return err
}

// budgetSteps are the shares of a platform's monthly messages the desk is warned at, in percent.
var budgetSteps = []int{80, 90, 95, 100}

// spending is how far the desk has been warned.
type spending struct {
	Month string `json:"month"` // "2027-02", at UTC+7
	Step  int    `json:"step"`  // percent
}

func spendingRef(p chat.Name) Ref { return Ref{"spending", string(p)} }

// Spent tells the bot how many messages have gone out through a platform this
// month; at 80 % of the budget and then as classes of messages stop, the desk is warned.
func (b *Bot) Spent(ctx context.Context, p chat.Name, spent, budget int) error {
	step := 0
	for _, s := range budgetSteps {
		if budget > 0 && spent*100 >= budget*s {
			step = s
		}
	}
	if step == 0 {
		return nil
	}
	return b.repeat(ctx, func(ctx context.Context) error {
		month := b.Now().In(roster.Zone).Format("2006-01")
		t, err := b.aside(ctx, "spent:"+string(p)+":"+month+":"+strconv.Itoa(step))
		if err != nil {
			return err
		}
		var had spending
		if _, err := t.get(ctx, spendingRef(p), &had); err != nil {
			return err
		}
		root := t.town.Org.Root()
		if root == "" || had.Month == month && had.Step >= step {
			return nil
		}
		if err := t.put(spendingRef(p), spending{Month: month, Step: step}, Doc{}); err != nil {
			return err
		}
		msg := messages.DoorBudget{Door: doorName(p), Spent: spent, Budget: budget, Percent: spent * 100 / budget}
		if err := t.tellDesk(ctx, root, outbox.Missed, chat.Message{Text: t.text(msg)}, "hạn mức tin"); err != nil {
			return err
		}
		t.note("door.budget", spendingRef(p), root)
		return t.commit(ctx)
	})
}

// Divert sends an urgent item by another way while the platform it waits for
// fails. It reports whether the person it is for has it now, so that the item
// need not go out any more. A group's item stays: where the unit has no group on
// a working platform, the people in charge get a copy of their own, once.
func (b *Bot) Divert(ctx context.Context, c outbox.Claim) (done bool, err error) {
	err = b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "divert:"+c.ID)
		if err != nil {
			return err
		}
		t.change.Seen = t.cause
		if m, ok := t.town.Org.Member(team.MemberID(c.For)); ok {
			done, err = t.otherDoor(ctx, c, m.ID)
		} else {
			err = t.aroundRoom(ctx, c)
		}
		if err != nil || len(t.change.Out) == 0 {
			return err
		}
		t.note("diverted", Ref{"item", c.ID}, "")
		return t.commit(ctx)
	})
	if errors.Is(err, ErrSeen) {
		return done, nil
	}
	return done && err == nil, err
}

// otherDoor queues the item for the person's next open door on a platform that
// works. An item is handed on at most once for each door the person has.
func (t *turn) otherDoor(ctx context.Context, c outbox.Claim, m team.MemberID) (bool, error) {
	var r Reach
	if _, err := t.get(ctx, reachRef(m), &r); err != nil {
		return false, err
	}
	if hops := strings.Count(c.ID, "divert:") + strings.Count(c.ID, "undelivered:"); hops >= len(r.Doors)-1 {
		return false, nil
	}
	d, ok := r.best(func(d Door) bool { return d.Addr != c.To && !t.b.isFailing(d.Addr.Platform) })
	if !ok {
		return false, nil
	}
	t.send(copyTo(c.Item, d.Addr, m))
	return true, nil
}

// aroundRoom reaches the people in charge of a group that cannot be written to.
func (t *turn) aroundRoom(ctx context.Context, c outbox.Claim) error {
	var room Room
	if ok, err := t.get(ctx, roomRef(c.To), &room); err != nil || !ok {
		return err
	}
	rooms, err := t.rooms(ctx, room.Unit, room.Purpose)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(rooms, func(r Room) bool { return !t.b.isFailing(r.Addr.Platform) }) {
		return nil // the same word went there as well
	}
	var people []team.Member
	switch room.Purpose {
	case ForUnit:
		people = t.town.Org.With(room.Unit, team.RoleHead)
	case ForLeaders:
		people = t.town.Org.Above(room.Unit, team.RoleLeader)
	case ForDesk:
		people = t.town.Org.Above(room.Unit, team.RoleDesk)
	}
	for _, m := range people {
		d, ok, err := t.door(ctx, m.ID)
		if err != nil {
			return err
		}
		if ok && !t.b.isFailing(d.Addr.Platform) {
			t.send(copyTo(c.Item, d.Addr, m.ID))
		}
	}
	return nil
}

// copyTo is the same word for one person's private chat.
func copyTo(it outbox.Item, a chat.Address, m team.MemberID) outbox.Item {
	msg := it.Message
	msg.ReplyTo = ""
	return outbox.Item{
		To: a, Kind: chat.Private, Class: it.Class, Message: msg, NotAfter: it.NotAfter, Guard: it.Guard, Wave: it.Wave, For: string(m), About: it.About,
	}
}
