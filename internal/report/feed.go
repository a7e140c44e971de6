package report

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Feed is a calendar that other programs subscribe to.
type Feed struct {
	Name string
	// Scope is what makes the events' names unique in the world: the address of the
	// installation and whose calendar it is. It must not change while the calendar stands.
	Scope  string
	Events []FeedEvent
}

// FeedEvent is one stretch of duty.
type FeedEvent struct {
	Key        string // names the event within its feed, the same however often it is made
	Start, End time.Time
	Summary    string
	Place      string
	Text       string
	Changed    time.Time // when it came to be what it is; a later change must have a later moment
	Cancelled  bool
}

// feedEpoch is when sequence numbers begin: they are seconds since then, so that a
// later state of an event always has the greater one without anything being counted.
var feedEpoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// ICalendar writes the feed as RFC 5545 has it: moments in UTC, which is every
// calendar's wall time in Vietnam without a zone to be looked up, a name of each
// event that never changes, and a sequence number that grows with each change. The
// same feed gives the same bytes.
func ICalendar(f Feed) []byte {
	c := ics.NewCalendarFor("trucban")
	c.SetMethod(ics.MethodPublish)
	c.SetXWRCalName(f.Name)
	c.SetName(f.Name)
	c.SetXWRTimezone("Asia/Ho_Chi_Minh")
	c.SetRefreshInterval("PT1H", &ics.KeyValues{Key: "VALUE", Value: []string{"DURATION"}})
	c.SetXPublishedTTL("PT1H")
	for _, e := range f.Events {
		c.AddVEvent(e.component(f.Scope))
	}
	return []byte(c.Serialize(ics.WithNewLineWindows))
}

func (e FeedEvent) component(scope string) *ics.VEvent {
	changed := e.Changed
	if changed.Before(feedEpoch) {
		changed = feedEpoch
	}
	v := ics.NewEvent(feedUID(scope, e.Key))
	v.SetDtStampTime(changed)
	v.SetLastModifiedAt(changed)
	v.SetSequence(int(changed.Sub(feedEpoch) / time.Second))
	v.SetStartAt(e.Start)
	v.SetEndAt(e.End)
	v.SetSummary(e.Summary)
	if e.Place != "" {
		v.SetLocation(e.Place)
	}
	if e.Text != "" {
		v.SetDescription(e.Text)
	}
	v.SetClass(ics.ClassificationPrivate)
	v.SetStatus(ics.ObjectStatusConfirmed)
	if e.Cancelled {
		v.SetStatus(ics.ObjectStatusCancelled)
	}
	return v
}

// feedUID is a name that tells nothing about who or what it stands for.
func feedUID(scope, key string) string {
	sum := sha256.Sum256([]byte(scope + "\n" + key))
	return hex.EncodeToString(sum[:16]) + "@trucban"
}
