package bot

import (
	"context"
	"time"

	"trucban/internal/chat"
	"trucban/internal/flood"
	"trucban/messages"
)

// Pace is how much one person may send of something, and one group as a whole.
type Pace struct {
	What   string     // in the words of README
	Person flood.Rate // of one person, in each group on its own
	Group  flood.Rate // of all in one group; zero: not counted
}

// paces are chosen so that nobody who means well meets them: a report is pasted in
// fifteen pieces, an album has ten pictures, a group takes twenty answers a minute,
// and at midnight of Tết everybody congratulates.
var paces = struct{ urgent, private, asked, talk Pace }{
	urgent: Pace{
		What:   "emergency numbers, check-ins, incidents, anywhere",
		Person: flood.Rate{Burst: 60, Every: 2 * time.Second},
	},
	private: Pace{
		What:   "anything else in a private chat",
		Person: flood.Rate{Burst: 40, Every: 2 * time.Second},
	},
	asked: Pace{
		What:   "other commands, presses and files in a group",
		Person: flood.Rate{Burst: 12, Every: 5 * time.Second}, Group: flood.Rate{Burst: 60, Every: time.Second},
	},
	talk: Pace{
		What:   "other words in a group",
		Person: flood.Rate{Burst: 40, Every: 2 * time.Second}, Group: flood.Rate{Burst: 600, Every: 100 * time.Millisecond},
	},
}

// Paces lists what is counted, the most urgent first.
func Paces() []Pace { return []Pace{paces.urgent, paces.private, paces.asked, paces.talk} }

// Counted are the buckets an update is counted in; none for what a platform says by itself.
func (b *Bot) Counted(u chat.Update) []flood.Bucket {
	if u.Event != chat.EventMessage && u.Event != chat.EventPress {
		return nil
	}
	row, meant := b.meant(u)
	who := u.From.Key()
	if meant && row.urgent {
		return []flood.Bucket{{Key: "urgent " + who, Rate: paces.urgent.Person}}
	}
	if u.Kind != chat.Group {
		return []flood.Bucket{{Key: "private " + who, Rate: paces.private.Person}}
	}
	what, p := "talk ", paces.talk
	if meant || u.Event == chat.EventPress || u.File != nil || u.ReplyTo != nil && u.ReplyTo.FromBot {
		what, p = "asked ", paces.asked
	}
	whole := u.To
	whole.Thread = ""
	room := whole.Key()
	return []flood.Bucket{{Key: what + who + " in " + room, Rate: p.Person}, {Key: groupBucket + what + room, Rate: p.Group}}
}

// groupBucket begins the keys of what a group as a whole sends.
const groupBucket = "all "

// meant is the row an update leads to as far as its words alone show.
func (b *Bot) meant(u chat.Update) (route, bool) {
	if u.Event == chat.EventPress {
		act, ok := DecodeAction(u.Action)
		i, known := b.routes.byCode[act.Code]
		if !ok || !known {
			return route{}, false
		}
		return b.routes.rows[i], true
	}
	row, _, ok := b.routes.read(u.Text)
	return row, ok
}

// ByGroup reports whether it was a whole group's bucket that was empty.
func ByGroup(v flood.Verdict) bool {
	return len(v.Key) > len(groupBucket) && v.Key[:len(groupBucket)] == groupBucket
}

// SlowDown answers the first of a run of refused updates; the others get no answer.
// While the store is away the answer goes out without it.
func (b *Bot) SlowDown(ctx context.Context, u chat.Update, v flood.Verdict) error {
	u = cleaned(u)
	row, meant := b.meant(u)
	m := messages.TooFast{Group: ByGroup(v), Urgent: meant && row.urgent, Name: u.From.Name, Since: v.Since}
	err := b.repeatOnce(ctx, func(ctx context.Context) error {
		t, err := b.begin(ctx, u)
		if err != nil {
			return err
		}
		if t.linked {
			m.Name = t.me.Name
		}
		t.reply(m)
		return t.commit(ctx)
	})
	if err != nil {
		b.direct(ctx, u, m)
	}
	return err
}

// Flooding tells the desk that one person or one group sends without end; at most once an hour.
func (b *Bot) Flooding(ctx context.Context, u chat.Update, v flood.Verdict) error {
	u = cleaned(u)
	t, err := b.begin(ctx, u)
	if err != nil {
		return err
	}
	m := messages.Flooding{Since: v.Since, Count: v.Refused, Door: doorName(u.To.Platform), Room: u.Title}
	if t.admitted {
		m.Room = t.unitName(t.room.Unit)
	}
	if !ByGroup(v) {
		m.Name, m.Known = u.From.Name, t.linked
		if t.linked {
			m.Name = t.me.Name
		}
		if m.Name == "" {
			m.Name = u.From.ID
		}
	}
	return b.tellOnce(ctx, "flood:"+v.Key+":"+stamp(v.Since.Truncate(time.Hour)), "flood", m)
}
