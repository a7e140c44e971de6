package local

import "slices"

// ChangeKind says what a Change is about.
type ChangeKind string

// Kinds of changes.
const (
	ChangeMessage ChangeKind = "message" // somebody, or the bot, wrote
	ChangeEdit    ChangeKind = "edit"    // the bot changed a message in place
	ChangeRooms   ChangeKind = "rooms"   // people or chats changed
)

// Change is one line of the platform's history.
type Change struct {
	Rev     int64 // counts up by one
	Kind    ChangeKind
	Chat    string
	Message Message // as it stood after the change
}

// changed records c and wakes the watchers. p.mu is held.
func (p *Platform) changed(c Change) {
	p.rev++
	c.Rev = p.rev
	p.changes = append(p.changes, c)
	if extra := len(p.changes) - keepChanges; extra > keepChanges/4 {
		p.changes = slices.Delete(p.changes, 0, extra)
	}
	for w := range p.watchers {
		select {
		case w <- struct{}{}:
		default: // it has a wake-up waiting already
		}
	}
}

// Rev is the number of the newest change.
func (p *Platform) Rev() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rev
}

// Changes lists what happened after rev, oldest first. ok is false when part of
// it is no longer kept; the reader then takes the whole state anew.
func (p *Platform) Changes(rev int64) (list []Change, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	oldest := p.rev + 1
	if len(p.changes) > 0 {
		oldest = p.changes[0].Rev
	}
	if rev+1 < oldest || rev > p.rev {
		return nil, false
	}
	return slices.Clone(p.changes[rev+1-oldest:]), true
}

// Subscribe returns a channel that has a value whenever something changed since it
// was last read, and the function that ends the subscription.
func (p *Platform) Subscribe() (<-chan struct{}, func()) {
	w := make(chan struct{}, 1)
	p.mu.Lock()
	p.watchers[w] = true
	p.mu.Unlock()
	return w, func() {
		p.mu.Lock()
		delete(p.watchers, w)
		p.mu.Unlock()
	}
}
