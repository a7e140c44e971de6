package outbox

import (
	"time"

	"trucban/internal/chat"
)

// Limits of the patience with one item.
const (
	holdTries = 3  // temporary failures that hold the whole chat, so that its order is kept
	mostTries = 12 // tries of any kind before an item is given up
)

// Decide says what follows from the platform's receipt. It is the one table of the
// outbox:
//
//	sent       done; the id is kept
//	throttled  the chat (or the platform) is silent for as long as asked; nothing is given up
//	temporary  tried again after a growing pause; the first three hold the chat to keep its
//	           order, later ones let the chat's other messages pass; given up after twelve
//	unknown    alarm, missed, reminder: tried again, a repeat is better than silence;
//	           reply, digest: given up and listed; an edit in place is harmless to repeat
//	migrated   the chat's address is rewritten everywhere, tried again at once
//	permanent  given up with the platform's reason; the token's fault holds the platform instead;
//	           an edit whose message is gone is sent anew when Fresh and needless otherwise
func Decide(c Claim, r chat.Receipt) Verdict {
	pause := backoff(c.Attempt)
	switch r.Outcome {
	case chat.Sent:
		return Verdict{Done: true, Message: r.Message}
	case chat.Throttled:
		after := r.RetryAfter
		if after <= 0 {
			after = pause
		}
		return Verdict{After: after, Hold: !r.Whole, HoldAll: r.Whole}
	case chat.Migrated:
		if r.MovedTo.IsZero() || r.MovedTo.Chat == c.To.Chat || c.Attempt > mostTries {
			return Verdict{Bury: string(chat.ReasonNoChat)}
		}
		return Verdict{MovedTo: r.MovedTo}
	case chat.Permanent:
		return decidePermanent(c, r)
	case chat.Temporary:
		if c.Attempt >= mostTries {
			return Verdict{Bury: string(chat.Temporary)}
		}
		return Verdict{After: pause, Hold: c.Attempt <= holdTries}
	default: // unknown, and whatever a platform makes up
		repeat := c.Class.Resend() || c.Edit && c.Sent != ""
		if c.Attempt >= mostTries || !repeat {
			return Verdict{Bury: string(chat.Unknown)}
		}
		return Verdict{After: pause, Hold: c.Attempt <= holdTries}
	}
}

func decidePermanent(c Claim, r chat.Receipt) Verdict {
	switch {
	case r.Reason == chat.ReasonToken:
		return Verdict{After: time.Minute, HoldAll: true}
	case r.Reason == chat.ReasonGone && c.Edit && c.Fresh:
		return Verdict{Anew: true}
	case r.Reason == chat.ReasonGone && c.Edit:
		return Verdict{Done: true}
	case r.Reason == "":
		return Verdict{Bury: string(chat.ReasonRejected)}
	}
	return Verdict{Bury: string(r.Reason)}
}

// backoff is 1 s, doubled with each try, one minute at most.
func backoff(attempt int) time.Duration {
	if attempt < 1 {
		return time.Second
	}
	if attempt > 6 {
		return time.Minute
	}
	return time.Second << (attempt - 1)
}
