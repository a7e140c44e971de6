package chattest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// TelegramOptions are the fixed properties of a fake Bot API; zero values take the defaults named.
type TelegramOptions struct {
	Token    string           // default "123456789:AAfake-token-of-the-test-server"
	Username string           // default "truc_ban_bot"
	Now      func() time.Time // clock of message dates, expiry and limits; default time.Now
	Privacy  bool             // privacy mode: in groups only commands, replies and service messages are delivered
	NoLimits bool             // nothing is throttled; for measurements
	// Client delivers webhook calls; default http.DefaultClient. Retry is the first
	// pause after a refused delivery, doubling from there; default 1 s. When it is
	// set, the pause a receiver asks for with Retry-After is noted but not kept.
	Client *http.Client
	Retry  time.Duration
}

// Telegram is a fake Bot API server: an http.Handler that speaks the wire and a
// control API that acts as the people on the other side.
//
// It checks every call against the published schema, and beyond the schema it
// behaves as the real server's source and its author's words say: confirmation by
// offset, two pollers, expiry of updates, limits per chat and bot with edits
// counted, lengths in code points, markup errors, migration, topics, anonymous
// administrators, privacy mode, webhooks with retries and per-queue order. What it
// does not play it refuses by name. It is safe for concurrent use.
type Telegram struct {
	opt TelegramOptions
	id  int64

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every change
	chats    map[int64]*tgChat
	users    []*TelegramUser
	serial   int64
	files    map[string]tgFile
	commands map[string]json.RawMessage
	calls    []TelegramCall
	faults   []*TelegramFault
	global   []time.Time // accepted messages of the last second
	updates  tgUpdates
	presses  map[string]*tgPress
	hook     tgHook
	closed   chan struct{}
	work     sync.WaitGroup
}

// TelegramCall is one accepted or refused call of a method.
type TelegramCall struct {
	Method string
	Params map[string]string // files by their name
	Error  string            // description of the refusal
}

// NewTelegram makes a fake Bot API. Close ends what it does by itself.
func NewTelegram(o TelegramOptions) *Telegram {
	if o.Token == "" {
		o.Token = "123456789:AAfake-token-of-the-test-server"
	}
	if o.Username == "" {
		o.Username = "truc_ban_bot"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	id, _ := strconv.ParseInt(strings.SplitN(o.Token, ":", 2)[0], 10, 64)
	return &Telegram{
		opt: o, id: id, changed: make(chan struct{}), closed: make(chan struct{}),
		chats: map[int64]*tgChat{}, files: map[string]tgFile{}, commands: map[string]json.RawMessage{},
		presses: map[string]*tgPress{}, updates: tgUpdates{next: 700_000_001, allowed: tgDefaultUpdates()},
	}
}

// Token is what the bot must use.
func (f *Telegram) Token() string { return f.opt.Token }

// Username is the bot's name without @.
func (f *Telegram) Username() string { return f.opt.Username }

// Close ends webhook deliveries and open polls.
func (f *Telegram) Close() {
	f.mu.Lock()
	select {
	case <-f.closed:
	default:
		close(f.closed)
	}
	f.mu.Unlock()
	f.work.Wait()
}

// touch wakes everybody who waits for a change; the lock is held.
func (f *Telegram) touch() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// tgError is a refusal in the server's words.
type tgError struct {
	code    int
	text    string
	retry   int
	migrate int64
}

func bad(format string, args ...any) *tgError {
	return &tgError{code: 400, text: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(text string) *tgError { return &tgError{code: 403, text: "Forbidden: " + text} }

func (e *tgError) write(w http.ResponseWriter) {
	body := map[string]any{"ok": false, "error_code": e.code, "description": e.text}
	if e.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.retry))
		body["parameters"] = map[string]any{"retry_after": e.retry}
	}
	if e.migrate != 0 {
		body["parameters"] = map[string]any{"migrate_to_chat_id": e.migrate}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.code)
	_, _ = w.Write(tgJSON(body))
}

func tgJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("fake Bot API: " + err.Error())
	}
	return raw
}

// ServeHTTP speaks the Bot API: /bot<token>/<method> and /file/bot<token>/<path>.
func (f *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+f.opt.Token+"/"); ok {
		f.serveFile(w, path)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, name, cut := strings.Cut(rest, "/")
	if !ok || !cut || name == "" {
		(&tgError{code: 404, text: "Not Found"}).write(w)
		return
	}
	if token != f.opt.Token {
		(&tgError{code: 401, text: "Unauthorized"}).write(w)
		return
	}
	method, fields, known := TelegramSchema().method(name)
	if !known {
		f.note(name, nil, "Not Found: method not found")
		(&tgError{code: 404, text: "Not Found: method not found"}).write(w)
		return
	}
	p, err := readTelegram(r)
	if err != nil {
		(&tgError{code: 400, text: "Bad Request: " + err.Error()}).write(w)
		return
	}
	if fault := TelegramSchema().checkParams(fields, p); fault != "" {
		f.note(method, p, fault)
		bad("%s in %s", fault, method).write(w)
		return
	}
	f.disturbed(w, r, method, p)
}

// answer carries a call out and writes its answer, unless the fault eats it.
func (f *Telegram) answer(w http.ResponseWriter, r *http.Request, method string, p tgParams) {
	result, fail := f.carryOut(r, method, p)
	if fail != nil {
		f.note(method, p, fail.text)
		fail.write(w)
		return
	}
	f.note(method, p, "")
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(tgJSON(map[string]any{"ok": true, "result": result}))
}

func (f *Telegram) carryOut(r *http.Request, method string, p tgParams) (any, *tgError) {
	if method == "getUpdates" {
		return f.getUpdates(r.Context(), p)
	}
	play, ok := tgMethods[method]
	if !ok {
		return nil, bad("this fake does not play %s", method)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.touch()
	return play(f, p)
}

func (f *Telegram) note(method string, p tgParams, fault string) {
	c := TelegramCall{Method: method, Params: make(map[string]string, len(p)), Error: fault}
	for k, v := range p {
		c.Params[k] = v.text
		if v.file != nil {
			c.Params[k] = v.file.name
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) >= 20_000 {
		f.calls = append(f.calls[:0:0], f.calls[10_000:]...)
	}
	f.calls = append(f.calls, c)
	f.touch()
}
