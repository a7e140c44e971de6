package chattest

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// ZaloFault disturbs the calls of one method. The first fault that fits a call is used up by it.
type ZaloFault struct {
	Method string // "" fits every method
	Times  int    // how many calls; 0 is one, negative is until ClearFaults
	// Stored lets the method take effect before its answer is disturbed.
	Stored bool
	Delay  time.Duration // before anything else
	HTTP   int           // answer with this status and an HTML page, as a gateway does
	Code   int           // answer ok:false with this error_code inside HTTP 200
	Text   string        // the description beside Code
	Cut    bool          // close the connection without an answer
	Hang   bool          // give no answer until the caller leaves
}

// Inject adds a fault.
func (z *Zalo) Inject(f ZaloFault) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	z.faults = append(z.faults, f)
}

// ClearFaults takes all faults away.
func (z *Zalo) ClearFaults() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.faults = nil
}

// takeFault finds and uses up the fault for a call; the lock is held.
func (z *Zalo) takeFault(method string) (ZaloFault, bool) {
	for i, f := range z.faults {
		if f.Method != "" && f.Method != method {
			continue
		}
		if f.Times > 0 {
			z.faults[i].Times--
			if z.faults[i].Times == 0 {
				z.faults = append(z.faults[:i:i], z.faults[i+1:]...)
			}
		}
		return f, true
	}
	return ZaloFault{}, false
}

// disturb plays a fault; it returns false when the call shall be answered normally after all.
func (z *Zalo) disturb(w http.ResponseWriter, r *http.Request, f ZaloFault, run func() zaloReply) bool {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return true
		}
	}
	if f.Stored {
		run()
	}
	switch {
	case f.Hang:
		<-r.Context().Done()
	case f.Cut:
		panic(http.ErrAbortHandler)
	case f.HTTP != 0:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.HTTP)
		_, _ = io.WriteString(w, fmt.Sprintf("<html><head><title>%d %s</title></head></html>", f.HTTP, http.StatusText(f.HTTP)))
	case f.Code != 0:
		zaloReply{code: f.Code, text: f.Text}.write(w)
	default:
		return false
	}
	return true
}
