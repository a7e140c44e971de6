package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// receive opens the doors and the web server and returns once all are closed again.
// A program that nothing can reach any more ends: when the last door is closed for
// good, or the web server fails.
func (a *App) receive(ctx context.Context) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	var all sync.WaitGroup
	var open atomic.Int32
	open.Store(int32(len(a.parts.Doors)))
	faults := make(chan error, len(a.parts.Doors)+1)
	if a.parts.Front != nil {
		all.Go(func() {
			err := a.parts.Front.run(ctx, a)
			if err != nil {
				end()
			}
			faults <- err
		})
	}
	for _, d := range a.parts.Doors {
		if a.parts.Front != nil && a.parts.Front.hooked(d.Name()) {
			continue
		}
		all.Go(func() {
			faults <- a.open(ctx, d)
			if open.Add(-1) == 0 {
				end()
			}
		})
	}
	all.Wait()
	close(faults)
	var list []error
	for err := range faults {
		list = append(list, err)
	}
	return errors.Join(list...)
}
