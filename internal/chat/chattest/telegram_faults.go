package chattest

import (
	"fmt"
	"io"
	"net/http"
)

// TelegramFault disturbs calls. Of several the first that fits a call is taken.
type TelegramFault struct {
	Method string // "" fits every method
	Chat   string // chat id; "" fits every chat
	Times  int    // how many calls; 0 is one, negative is until Heal
	// Done lets the method take effect before its answer is disturbed: what was sent is sent.
	Done bool
	// Gate holds the call until it is closed or the caller leaves.
	Gate  <-chan struct{}
	Code  int    // answer with this error_code, Text as the description
	Text  string // "Bad Request: chat not found"
	Retry int    // retry_after in seconds
	HTTP  int    // answer with this status and Page, as a gateway does
	Page  string // default is an HTML page
	Cut   bool   // close the connection without an answer
	Half  bool   // close it in the middle of the answer
	Hang  bool   // give no answer until the caller leaves
}

// Fault adds a fault.
func (f *Telegram) Fault(x TelegramFault) {
	if x.Times == 0 {
		x.Times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, &x)
}

// Heal takes all faults away.
func (f *Telegram) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
}

func (f *Telegram) takeFault(method string, p tgParams) (TelegramFault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, x := range f.faults {
		if x.Method != "" && x.Method != method || x.Chat != "" && x.Chat != p.str("chat_id") {
			continue
		}
		found := *x
		if x.Times > 0 {
			if x.Times--; x.Times == 0 {
				f.faults = append(f.faults[:i:i], f.faults[i+1:]...)
			}
		}
		return found, true
	}
	return TelegramFault{}, false
}

// nobody takes an answer that will not be seen.
type nobody struct{ h http.Header }

// Header holds what nobody reads.
func (n nobody) Header() http.Header { return n.h }

// Write drops it.
func (n nobody) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader drops the status.
func (n nobody) WriteHeader(int) {}

// disturbed carries a call out with the faults that fit it.
func (f *Telegram) disturbed(w http.ResponseWriter, r *http.Request, method string, p tgParams) {
	x, ok := f.takeFault(method, p)
	if !ok {
		f.answer(w, r, method, p)
		return
	}
	if x.Gate != nil {
		select {
		case <-x.Gate:
		case <-r.Context().Done():
		case <-f.closed:
		}
	}
	if x.Done {
		f.answer(nobody{http.Header{}}, r, method, p)
	} else if x.Code != 0 || x.HTTP != 0 || x.Cut || x.Half || x.Hang {
		f.note(method, p, "disturbed")
	}
	switch {
	case x.Code != 0:
		(&tgError{code: x.Code, text: x.Text, retry: x.Retry}).write(w)
	case x.HTTP != 0:
		if x.Page == "" {
			x.Page = fmt.Sprintf("<html><head><title>%d</title></head><body>nginx</body></html>", x.HTTP)
		}
		if x.Retry > 0 {
			w.Header().Set("Retry-After", fmt.Sprint(x.Retry))
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(x.HTTP)
		_, _ = io.WriteString(w, x.Page)
	case x.Hang:
		select {
		case <-r.Context().Done():
		case <-f.closed:
		}
		panic(http.ErrAbortHandler)
	case x.Half:
		w.Header().Set("Content-Length", "4096")
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":`)
		if fl, ok := w.(http.Flusher); ok {
			fl.Flush()
		}
		panic(http.ErrAbortHandler)
	case x.Cut:
		panic(http.ErrAbortHandler)
	case !x.Done: // only a gate
		f.answer(w, r, method, p)
	}
}
