package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"trucban/internal/chat"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// ErrNoFeed is the answer to an address of a calendar that does not stand, for
// whatever reason.
var ErrNoFeed = errors.New("there is no such calendar")

// Subject is whose shifts a calendar shows: a person's or a unit's.
type Subject struct {
	Member team.MemberID `json:"member,omitempty"`
	Unit   team.UnitID   `json:"unit,omitempty"`
}

// String is "m/an" or "u/vhxh", the name of the index with its shifts as well.
func (s Subject) String() string {
	if s.Member != "" {
		return "m/" + string(s.Member)
	}
	return "u/" + string(s.Unit)
}

// Feed is a calendar address that was handed out. The address itself is not kept,
// only what it can be recognised by.
type Feed struct {
	Of   Subject       `json:"of"`
	By   team.MemberID `json:"by"` // who asked for it, and may still see what it shows
	Made time.Time     `json:"made"`
}

// feedRef finds a feed by the secret of its address.
func feedRef(token string) Ref {
	sum := sha256.Sum256([]byte(token))
	return Ref{"feed", hex.EncodeToString(sum[:16])}
}

// feedsRef is the list of a subject's feeds: without one nobody has to be told of what is gone.
func feedsRef(s Subject) Ref { return Ref{"feeds", s.String()} }

// goneRef keeps a stretch of duty that is no more, so that calendars take it out.
func goneRef(s roster.ShiftID, of Subject) Ref { return Ref{"gone", string(s) + "/" + of.String()} }

// gone is a shift as it was for a subject that has it no more.
type gone struct {
	Shift roster.Shift `json:"shift"`
	At    time.Time    `json:"at"`
}

// What of a roster a calendar holds.
const (
	feedBack = 30 * 24 * time.Hour // shifts that are over
	feedMost = 2000                // events
	goneFor  = 14 * 24 * time.Hour // a cancelled shift stands this long after it would have ended
)

// loadFeeds reads which people and units of the shifts have calendars to be kept right.
func (t *turn) loadFeeds(ctx context.Context, shifts []roster.Shift) error {
	var refs []Ref
	for _, s := range shifts {
		refs = append(refs, feedsRef(Subject{Unit: s.Unit}))
		for _, a := range s.People {
			refs = append(refs, feedsRef(Subject{Member: a.Member}))
		}
	}
	return t.load(ctx, unique(refs)...)
}

// trace leaves word of a shift in the calendars of everybody who had it and has it no
// more; next is nil when the shift itself is gone. Their feeds must be loaded.
func (t *turn) trace(old roster.Shift, next *roster.Shift) error {
	var off []Subject
	for _, a := range old.People {
		if s := (Subject{Member: a.Member}); (next == nil || !next.Has(a.Member)) && !slices.Contains(off, s) {
			off = append(off, s)
		}
	}
	if next == nil {
		off = append(off, Subject{Unit: old.Unit})
	}
	for _, s := range off {
		if len(t.docs[feedsRef(s)].Data) == 0 {
			continue
		}
		life := max(old.End.Add(goneFor).Sub(t.now), time.Hour)
		doc := Doc{TTL: life, Version: AnyVersion, Index: []Entry{{"gone/" + s.String(), old.End.UnixMilli()}}}
		if err := t.put(goneRef(old.ID, s), gone{old, t.now.UTC()}, doc); err != nil {
			return err
		}
	}
	return nil
}

// Calendar is what a subscribed calendar shows at the moment.
type Calendar struct {
	Name   string
	Of     Subject
	Events []CalendarEvent
}

// CalendarEvent is one stretch of duty of a calendar.
type CalendarEvent struct {
	Key                  string
	Start, End, Changed  time.Time
	Summary, Place, Text string
	Cancelled            bool
}

// Calendar reads the calendar behind the secret of an address. It is ErrNoFeed where
// the address was revoked, or who asked for it is gone or may not see it any more.
// A person's calendar names nobody else; a unit's names who is on duty. Phone
// numbers are in neither.
func (b *Bot) Calendar(ctx context.Context, token string) (Calendar, error) {
	t, err := b.aside(ctx, "feed")
	if err != nil {
		return Calendar{}, err
	}
	var f Feed
	ok, err := t.get(ctx, feedRef(token), &f)
	if err != nil {
		return Calendar{}, err
	}
	by, known := t.town.Org.Member(f.By)
	if !ok || !known || !t.mayFollow(by, f.Of) {
		return Calendar{}, ErrNoFeed
	}
	c := Calendar{Of: f.Of, Name: t.plain(messages.FeedTitle{Who: t.whose(f.Of)})}
	stand, err := t.watches(ctx, "watch/"+f.Of.String(), t.now.Add(-feedBack), time.Time{})
	if err != nil {
		return c, err
	}
	have := map[roster.ShiftID]bool{}
	for _, w := range stand {
		have[w.Shift.ID] = true
		c.Events = append(c.Events, t.feedEvents(f.Of, w.Shift)...)
	}
	off, err := t.find(ctx, Range{Index: "gone/" + f.Of.String(), From: t.now.Add(-feedBack).UnixMilli(), To: maxScore})
	if err != nil {
		return c, err
	}
	for _, ref := range off {
		var g gone
		if ok, err := t.read(ref, &g); err != nil {
			return c, err
		} else if !ok || have[g.Shift.ID] {
			continue
		}
		for _, e := range t.feedEvents(f.Of, g.Shift) {
			e.Changed, e.Cancelled = g.At, true
			c.Events = append(c.Events, e)
		}
	}
	slices.SortStableFunc(c.Events, func(a, b CalendarEvent) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Key, b.Key)) })
	c.Events = c.Events[:min(len(c.Events), feedMost)]
	return c, nil
}

// mayFollow reports whether somebody may see what the calendar shows.
func (t *turn) mayFollow(by team.Member, s Subject) bool {
	if s.Member != "" {
		return by.ID == s.Member
	}
	_, known := t.town.Org.Unit(s.Unit)
	return known && (by.Unit == s.Unit || t.town.Org.May(by, team.LevelHead, s.Unit))
}

// feedEvents are the subject's stretches of one shift: one for each part a person
// has, the whole shift for a unit.
func (t *turn) feedEvents(of Subject, s roster.Shift) []CalendarEvent {
	e := CalendarEvent{Key: string(s.ID), Start: s.Start, End: s.End, Changed: s.Changed, Place: t.unitName(s.Unit)}
	e.Summary = t.plain(messages.FeedShift{Shift: nameOf(s)})
	if of.Member == "" {
		e.Text = peopleText(&t.town.Org, s)
		return []CalendarEvent{e}
	}
	var out []CalendarEvent
	for _, a := range s.People {
		if a.Member != of.Member {
			continue
		}
		one := e
		one.Start, one.End = s.Hours(a)
		one.Text = postName(a.Post)
		if len(out) > 0 {
			one.Key += "/" + strconv.Itoa(len(out))
		}
		out = append(out, one)
	}
	return out
}

func (t *turn) plain(m any) string { return chat.Plain(t.text(m)) }

// whose is whose calendar it is, in words.
func (t *turn) whose(s Subject) string {
	if s.Member != "" {
		return "đ/c " + t.memberName(s.Member)
	}
	return t.unitName(s.Unit)
}

// newFeed hands out an address for the subject and ends those the sender had for it.
func (t *turn) newFeed(ctx context.Context, of Subject) (string, error) {
	if t.b.FeedLink == nil || t.b.Token == nil {
		return "", ErrNoBoard
	}
	token := t.b.Token()
	url, err := t.b.FeedLink(token)
	if err != nil {
		return "", fmt.Errorf("make a calendar's address: %w", err)
	}
	if _, err := t.endFeeds(ctx, t.me.ID, &of); err != nil {
		return "", err
	}
	var list []string
	if _, err := t.get(ctx, feedsRef(of), &list); err != nil {
		return "", err
	}
	ref := feedRef(token)
	if err := t.put(feedsRef(of), append(list, ref.ID), Doc{}); err != nil {
		return "", err
	}
	t.note("feed.made", ref, t.me.Unit)
	return url, t.put(ref, Feed{Of: of, By: t.me.ID, Made: t.now.UTC()}, Doc{Index: []Entry{{"feed/by/" + string(t.me.ID), t.now.UnixMilli()}}})
}

// feedsBy lists the addresses somebody was given.
func (t *turn) feedsBy(ctx context.Context, by team.MemberID) (map[Ref]Feed, error) {
	refs, err := t.find(ctx, Range{Index: "feed/by/" + string(by), To: maxScore})
	if err != nil {
		return nil, err
	}
	out := map[Ref]Feed{}
	for _, ref := range refs {
		var f Feed
		if ok, err := t.read(ref, &f); err != nil {
			return nil, err
		} else if ok {
			out[ref] = f
		}
	}
	return out, nil
}

// endFeeds revokes the addresses somebody was given, all or those of one subject, and
// says how many there were.
func (t *turn) endFeeds(ctx context.Context, by team.MemberID, of *Subject) (int, error) {
	all, err := t.feedsBy(ctx, by)
	if err != nil {
		return 0, err
	}
	n := 0
	for ref, f := range all {
		if of != nil && f.Of != *of {
			continue
		}
		n++
		t.drop(ref)
		t.note("feed.revoked", ref, t.me.Unit)
		var list []string
		if _, err := t.get(ctx, feedsRef(f.Of), &list); err != nil {
			return n, err
		}
		list = slices.DeleteFunc(list, func(id string) bool { return id == ref.ID })
		if len(list) == 0 {
			t.drop(feedsRef(f.Of))
			continue
		}
		if err := t.put(feedsRef(f.Of), list, Doc{}); err != nil {
			return n, err
		}
	}
	return n, nil
}
