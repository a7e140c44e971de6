package zalo

import (
	"sync/atomic"
	"time"
)

// Health is what a watcher wants to know about the door.
type Health struct {
	LastHeard time.Time // last good poll or genuine webhook call, UTC; zero when there was none
	Updates   int64     // committed
	Held      int64     // journalled because they could not be committed
	Lost      int64     // neither committed nor journalled
	Dropped   int64     // without work for the bot: stickers, unknown events, content Zalo does not pass on
	Faults    int64     // polls that failed
	Refused   int64     // sends the platform refused for their number (429)
}

type health struct {
	heard                                         atomic.Int64 // UTC milliseconds
	updates, held, lost, dropped, faults, refused atomic.Int64
}

// Health is a snapshot.
func (b *Bot) Health() Health {
	h := &b.health
	s := Health{
		Updates: h.updates.Load(), Held: h.held.Load(), Lost: h.lost.Load(),
		Dropped: h.dropped.Load(), Faults: h.faults.Load(), Refused: h.refused.Load(),
	}
	if ms := h.heard.Load(); ms != 0 {
		s.LastHeard = time.UnixMilli(ms).UTC()
	}
	return s
}
