package memdb

import (
	"encoding/json"
	"fmt"

	"trucban/internal/redisdb"
)

// Size is what a namespace holds, as redisdb would keep it: keys, and the bytes of their names and
// values without what Redis needs beside them.
type Size struct {
	Keys  int
	Bytes int64
}

func (s *Size) add(bytes ...int) {
	s.Keys++
	s.grow(bytes...)
}

func (s *Size) grow(bytes ...int) {
	for _, n := range bytes {
		s.Bytes += int64(n)
	}
}

// Size counts everything; it takes as long as there is much.
func (db *DB) Size() (Size, error) {
	_, unlock := db.lock()
	defer unlock()
	const score = 8
	var s Size
	sets := []*sorted{&db.due}
	for ref, d := range db.docs {
		s.add(len(ref), len(d.data), 2*score)
		for _, m := range d.marks {
			s.grow(len(m))
		}
		for _, x := range d.indexes {
			s.grow(len(x))
		}
	}
	for _, x := range db.indexes {
		sets = append(sets, x)
	}
	for id := range db.seen.until {
		s.add(len("seen:"), len(id))
	}
	for id := range db.accepted.until {
		s.add(len("o:m:"), len(id))
	}
	for card, message := range db.cards {
		s.add(len("o:card:"), len(card), len(message))
	}
	for card, id := range db.waiting {
		s.add(len("o:wait:"), len(card), len(id))
	}
	for name, w := range db.waves {
		s.add(len("o:w:"), len(name), 5*score)
		for whom, state := range w.To {
			s.grow(len(whom), len(state))
		}
	}
	if err := db.sizeOfItems(&s); err != nil {
		return s, err
	}
	for _, d := range db.doors {
		for chatID, l := range d.lanes {
			s.add(len("o:l:"), len(chatID), 8*score)
			if len(l.sent) > 0 {
				s.add(len("o:g:"), len(chatID), len(l.sent)*13)
			}
			sets = append(sets, &l.waiting)
		}
		for r := range d.ready {
			sets = append(sets, &d.ready[r])
		}
		sets = append(sets, &d.later)
	}
	for _, x := range sets {
		if x.len() > 0 {
			s.add()
		}
		for key := range x.scores {
			s.grow(len(key), score)
		}
	}
	if db.events > 0 {
		s.add()
		s.Bytes += db.eventBytes / int64(db.events) * int64(min(db.events, redisdb.LogLength))
	}
	return s, nil
}

func (db *DB) sizeOfItems(s *Size) error {
	for id, it := range db.items {
		data, err := json.Marshal(it.Item)
		if err != nil {
			return fmt.Errorf("measure item %s: %w", id, err)
		}
		s.add(len(id), len(data), len(it.card))
	}
	return nil
}
