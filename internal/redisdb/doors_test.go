package redisdb

import (
	"slices"
	"testing"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
)

// TestADoorTakenAwayIsNoWay holds back what waits for a person at an address that
// is not theirs any more; what says nothing of doors goes out as ever.
func TestADoorTakenAwayIsNoWay(t *testing.T) {
	here := chatAddr(1)
	topic := here
	topic.Thread = "7"
	for _, tc := range []struct {
		name  string
		marks []string // of the person's reach; nil: there is no such document
		to    chat.Address
		want  bool
	}{
		{"the door stands", []string{"doors", "door:" + here.Key()}, here, true},
		{"another door stands", []string{"doors", "door:" + chatAddr(11).Key()}, here, false},
		{"no door is left", []string{"doors"}, here, false},
		{"a topic is another address", []string{"doors", "door:" + here.Key()}, topic, false},
		{"the topic's own door", []string{"doors", "door:" + topic.Key()}, topic, true},
		{"written by an earlier build", []string{}, here, true},
		{"nothing is known of the person", nil, here, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
				b := newBench(t, db, c)
				if tc.marks != nil {
					d := doc("reach", "an", bot.AnyVersion, `{}`)
					d.Marks = tc.marks
					mustCommit(t, db, bot.Change{Docs: []bot.Doc{d}})
				}
				it := item("word", tc.to, outbox.Reminder)
				it.For = "an"
				b.put(it)
				b.put(item("other", tc.to, outbox.Reminder)) // for nobody by name
				b.run(time.Minute)
				got := b.sink.texts("")
				if slices.Contains(got, "word") != tc.want || !slices.Contains(got, "other") {
					t.Errorf("sent %v", got)
				}
			})
		})
	}
}
