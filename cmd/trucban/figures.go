package main

import (
	"context"
	"time"

	"trucban/internal/chat"
	"trucban/internal/chat/telegram"
	"trucban/internal/chat/zalo"
	"trucban/internal/outbox"
	"trucban/internal/web"
)

// figures are the App's numbers for whoever watches it.
type figures struct{ app *App }

// figuresTime bounds one look.
const figuresTime = 2 * time.Second

// Figures implements web.Stats; without the store only what is known here is given.
func (f figures) Figures() []web.Figure {
	ctx, cancel := context.WithTimeout(context.Background(), figuresTime)
	defer cancel()
	a := f.app
	names := make([]chat.Name, 0, len(a.parts.Doors))
	out := []web.Figure{
		{Name: "trucban_held_updates", Help: "Updates on the local disk that wait for the store.", Value: float64(a.held.size())},
		{Name: "trucban_kept_updates", Help: "Updates on the local disk that nobody could read or handle.", Value: float64(a.held.kept())},
	}
	out = append(out, a.gate.figures()...)
	for _, d := range a.parts.Doors {
		names = append(names, d.Name())
		out = append(out, web.Figure{
			Name: "trucban_door_failing", Help: "1 while a platform takes no messages.", Value: oneIf(a.health.failing(d.Name())), Labels: door(d.Name()),
		})
		out = append(out, heardFigures(d)...)
	}
	s, err := a.store.Stats(ctx, names...)
	out = append(out, web.Figure{Name: "trucban_store_up", Help: "1 while the store answers.", Value: oneIf(err == nil)})
	if err != nil {
		return out
	}
	out = append(out,
		web.Figure{Name: "trucban_due_entries", Help: "Entries of the alarm clock.", Value: float64(s.Due)},
		web.Figure{Name: "trucban_due_lag_seconds", Help: "How long the oldest entry is overdue.", Value: s.Lag.Seconds()},
		web.Figure{Name: "trucban_dead_messages", Help: "Messages given up.", Value: float64(s.Dead)},
		web.Figure{Name: "trucban_buried_jobs", Help: "Jobs given up.", Value: float64(s.Buried)},
	)
	for name, n := range s.Counters {
		out = append(out, web.Figure{Name: "trucban_events_total", Help: "What happened, by kind.", Counter: true, Value: float64(n), Labels: map[string]string{"kind": name}})
	}
	for p, o := range s.Outboxes {
		out = append(out, web.Figure{Name: "trucban_messages_month", Help: "Messages sent this month.", Value: float64(o.Spent), Labels: door(p)})
		for _, c := range outbox.Classes {
			out = append(out, web.Figure{
				Name: "trucban_outbox_waiting", Help: "Messages that wait.", Value: float64(o.Waiting[c]),
				Labels: map[string]string{"door": string(p), "class": string(c)},
			})
		}
	}
	return out
}

// heardFigures are what a door knows of what came in.
func heardFigures(d chat.Platform) []web.Figure {
	var heard time.Time
	var counts map[string]int64
	switch d := d.(type) {
	case *telegram.Bot:
		h := d.Health()
		heard = h.LastPoll
		counts = map[string]int64{"taken": h.Updates, "parked": h.Parked, "poll_faults": h.Faults, "conflicts": h.Conflicts, "unanswered_presses": h.Unanswered}
	case *zalo.Bot:
		h := d.Health()
		heard = h.LastHeard
		counts = map[string]int64{"taken": h.Updates, "held": h.Held, "lost": h.Lost, "dropped": h.Dropped, "poll_faults": h.Faults, "refused_sends": h.Refused}
	default:
		return nil
	}
	var out []web.Figure
	if !heard.IsZero() {
		out = append(out, web.Figure{
			Name: "trucban_door_heard_timestamp_seconds", Help: "When the platform was last heard.", Value: float64(heard.UnixMilli()) / 1000, Labels: door(d.Name()),
		})
	}
	for what, n := range counts {
		out = append(out, web.Figure{
			Name: "trucban_door_updates_total", Help: "What became of what came in, and faults on the way.", Counter: true, Value: float64(n),
			Labels: map[string]string{"door": string(d.Name()), "what": what},
		})
	}
	return out
}

func door(p chat.Name) map[string]string { return map[string]string{"door": string(p)} }

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
