package memdb

import (
	"cmp"
	"slices"
	"sort"
)

// sorted is a set of keys in the order of their scores, of the keys where scores are the same.
// It is a list of short sorted lists, so that a change moves few entries however many there are.
type sorted struct {
	parts  [][]entry
	scores map[string]int64
}

type entry struct {
	score int64
	key   string
}

// partSize bounds a part of the list.
const partSize = 256

func (a entry) compare(b entry) int {
	return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.key, b.key))
}

// part is the index of the part an entry belongs into.
func (s *sorted) part(e entry) int {
	return max(0, sort.Search(len(s.parts), func(i int) bool { return s.parts[i][0].compare(e) > 0 })-1)
}

func (s *sorted) len() int { return len(s.scores) }

// set gives the key its score and reports whether the key is new.
func (s *sorted) set(key string, score int64) bool {
	old, had := s.scores[key]
	if had && old == score {
		return false
	}
	if had {
		s.remove(key)
	}
	if s.scores == nil {
		s.scores = map[string]int64{}
	}
	s.scores[key] = score
	e := entry{score, key}
	if len(s.parts) == 0 {
		s.parts = [][]entry{{e}}
		return true
	}
	i := s.part(e)
	at, _ := slices.BinarySearchFunc(s.parts[i], e, entry.compare)
	s.parts[i] = slices.Insert(s.parts[i], at, e)
	if p := s.parts[i]; len(p) > partSize {
		s.parts[i] = p[: len(p)/2 : len(p)/2]
		s.parts = slices.Insert(s.parts, i+1, slices.Clone(p[len(p)/2:]))
	}
	return !had
}

// remove takes the key out and reports whether it was there.
func (s *sorted) remove(key string) bool {
	score, had := s.scores[key]
	if !had {
		return false
	}
	delete(s.scores, key)
	e := entry{score, key}
	i := s.part(e)
	at, _ := slices.BinarySearchFunc(s.parts[i], e, entry.compare)
	if s.parts[i] = slices.Delete(s.parts[i], at, at+1); len(s.parts[i]) == 0 {
		s.parts = slices.Delete(s.parts, i, i+1)
	}
	return true
}

// first is the lowest entry; ok is false when there is none.
func (s *sorted) first() (e entry, ok bool) {
	if len(s.parts) == 0 {
		return entry{}, false
	}
	return s.parts[0][0], true
}

// between lists at most limit entries with from <= score <= to, lowest first, or highest first
// with desc; a limit of 0 lists all.
func (s *sorted) between(from, to int64, limit int, desc bool) []entry {
	var out []entry
	full := func() bool { return limit > 0 && len(out) == limit }
	if desc {
		for i := sort.Search(len(s.parts), func(i int) bool { return s.parts[i][0].score > to }) - 1; i >= 0; i-- {
			for _, e := range slices.Backward(s.parts[i]) {
				switch {
				case e.score < from || full():
					return out
				case e.score <= to:
					out = append(out, e)
				}
			}
		}
		return out
	}
	for i := max(0, sort.Search(len(s.parts), func(i int) bool { return s.parts[i][0].score >= from })-1); i < len(s.parts); i++ {
		for _, e := range s.parts[i] {
			switch {
			case e.score > to || full():
				return out
			case e.score >= from:
				out = append(out, e)
			}
		}
	}
	return out
}

// marks are ids that are remembered for a while, the same while for all.
type marks struct {
	until map[string]int64
	queue []entry
}

// add remembers the id and reports whether it was not remembered yet.
func (m *marks) add(id string, now, life int64) bool {
	for len(m.queue) > 0 && m.queue[0].score <= now {
		if old := m.queue[0]; m.until[old.key] == old.score {
			delete(m.until, old.key)
		}
		m.queue = m.queue[1:]
	}
	if _, had := m.until[id]; had {
		return false
	}
	if m.until == nil {
		m.until = map[string]int64{}
	}
	m.until[id] = now + life
	m.queue = append(m.queue, entry{now + life, id})
	return true
}
