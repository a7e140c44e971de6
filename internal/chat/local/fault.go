package local

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"trucban/internal/chat"
)

// FaultKind names a way for a platform to fail.
type FaultKind string

// Faults to inject. Kicking, blocking and moving a chat are done with Kick, Block and Move,
// which tell the bot as well.
const (
	FaultDown      FaultKind = "down"      // cannot be reached: certainly not taken
	FaultThrottled FaultKind = "throttled" // 429 with RetryAfter
	FaultUnknown   FaultKind = "unknown"   // taken and shown, but the answer is lost
	FaultLost      FaultKind = "lost"      // not taken, and the answer is lost: looks the same to the bot
	FaultNoRights  FaultKind = "no_rights" // in the group, but may not write
	FaultRejected  FaultKind = "rejected"  // the platform refuses the content
	FaultToken     FaultKind = "token"     // the token is not accepted
	FaultQuota     FaultKind = "quota"     // the month's budget is used up
)

// faultKinds lists all kinds.
var faultKinds = []FaultKind{FaultDown, FaultThrottled, FaultUnknown, FaultLost, FaultNoRights, FaultRejected, FaultToken, FaultQuota}

// Fault is what the next sends and edits meet.
type Fault struct {
	Kind       FaultKind
	RetryAfter time.Duration // with FaultThrottled
	Whole      bool          // with FaultThrottled: the whole bot is held
	Times      int           // how many sends; 0 is until Heal
}

// Break makes sends and edits to the chat fail; chatID "" breaks the whole platform.
func (p *Platform) Break(chatID string, f Fault) error {
	if !slices.Contains(faultKinds, f.Kind) {
		return fmt.Errorf("fault %q is not one of %v", f.Kind, faultKinds)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults[chatID] = f
	return nil
}

// Heal takes the fault of a chat away; "" that of the whole platform.
func (p *Platform) Heal(chatID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.faults, chatID)
}

// strike uses up one turn of the fault that holds for the chat. p.mu is held.
func (p *Platform) strike(chatID string) Fault {
	for _, id := range []string{"", chatID} {
		f, ok := p.faults[id]
		if !ok {
			continue
		}
		if f.Times == 1 {
			delete(p.faults, id)
		} else if f.Times > 1 {
			f.Times--
			p.faults[id] = f
		}
		return f
	}
	return Fault{}
}

func (f Fault) receipt() chat.Receipt {
	err := errors.New("injected fault: " + string(f.Kind))
	switch f.Kind {
	case FaultDown:
		return chat.Receipt{Outcome: chat.Temporary, Err: err}
	case FaultThrottled:
		return chat.Receipt{Outcome: chat.Throttled, RetryAfter: f.RetryAfter, Whole: f.Whole, Err: err}
	case FaultUnknown, FaultLost:
		return chat.Receipt{Outcome: chat.Unknown, Err: err}
	default: // the remaining kinds are named after their reason
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.Reason(f.Kind), Err: err}
	}
}
