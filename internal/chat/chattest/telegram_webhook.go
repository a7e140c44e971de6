package chattest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// tgHook is the webhook as it is set.
type tgHook struct {
	url, secret string
	since       time.Time
	busy        map[string]bool // queues with a delivery under way
	lastError   string
}

var tgSecretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// setWebhook takes http too, as a local server does.
func (f *Telegram) setWebhook(p tgParams) (any, *tgError) {
	address, secret := p.str("url"), p.str("secret_token")
	if address == "" {
		return f.deleteWebhook(p)
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, bad("bad webhook: An HTTPS URL must be provided for webhook")
	}
	if secret != "" && !tgSecretForm.MatchString(secret) {
		return nil, bad("secret token contains unallowed characters")
	}
	now := f.opt.Now()
	if !f.opt.NoLimits && !f.hook.since.IsZero() && now.Sub(f.hook.since) < time.Second {
		return nil, flood(1)
	}
	if f.updates.poller != nil {
		close(f.updates.poller)
		f.updates.poller = nil
	}
	f.hook = tgHook{url: address, secret: secret, since: now, busy: map[string]bool{}}
	f.updates.setAllowed(p.str("allowed_updates"))
	if p.yes("drop_pending_updates") {
		f.updates.list = nil
	}
	f.pump()
	return true, nil
}

func (f *Telegram) deleteWebhook(p tgParams) (any, *tgError) {
	f.hook = tgHook{since: f.hook.since}
	if p.yes("drop_pending_updates") {
		f.updates.list = nil
	}
	return true, nil
}

func (f *Telegram) webhookInfo(tgParams) (any, *tgError) {
	w := map[string]any{"url": f.hook.url, "has_custom_certificate": false, "pending_update_count": len(f.waiting())}
	if f.hook.lastError != "" {
		w["last_error_message"] = f.hook.lastError
	}
	return w, nil
}

// pump begins a delivery for every queue that has something and is idle; the lock is held.
func (f *Telegram) pump() {
	if f.hook.url == "" {
		return
	}
	select {
	case <-f.closed:
		return
	default:
	}
	for _, u := range f.waiting() {
		if f.hook.busy[u.queue] {
			continue
		}
		f.hook.busy[u.queue] = true
		hook := f.hook
		f.work.Go(func() { f.deliver(hook, u) })
	}
}

// deliver posts one update until it is taken; 1 s doubling to 60 s lie between, or what the receiver asks for.
func (f *Telegram) deliver(hook tgHook, u *tgUpdate) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-f.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	ok, after := f.post(ctx, hook, u)
	if !ok {
		first := f.opt.Retry
		if first == 0 {
			first = time.Second
		}
		if f.opt.Retry > 0 || after == 0 {
			after = min(first<<min(u.tries, 6), time.Minute)
		}
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	u.tries++
	if ok {
		f.drop(u)
	}
	if f.hook.url == hook.url && f.hook.since.Equal(hook.since) {
		delete(f.hook.busy, u.queue)
		f.pump()
	}
	f.touch()
}

func (f *Telegram) drop(u *tgUpdate) {
	for i, v := range f.updates.list {
		if v == u {
			f.updates.list = append(f.updates.list[:i:i], f.updates.list[i+1:]...)
			return
		}
	}
}

func (f *Telegram) post(ctx context.Context, hook tgHook, u *tgUpdate) (ok bool, after time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.url, bytes.NewReader(u.raw))
	if err != nil {
		return false, 0
	}
	req.Header.Set("Content-Type", "application/json")
	if hook.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hook.secret)
	}
	resp, err := f.opt.Client.Do(req)
	if err != nil {
		f.hookError("connection failed")
		return false, 0
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		return true, 0
	}
	f.hookError("Wrong response from the webhook: " + resp.Status)
	n, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return false, min(time.Duration(n)*time.Second, time.Hour)
}

func (f *Telegram) hookError(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hook.lastError = text
	f.touch()
}

// Redeliver queues an update once more, out of order, as a webhook does whose answer was lost.
func (f *Telegram) Redeliver(raw json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serial++
	u := &tgUpdate{queue: "again" + tgID(f.serial), until: f.opt.Now().Add(tgKeepMessage), raw: raw}
	var id struct {
		ID int64 `json:"update_id"`
	}
	_ = json.Unmarshal(raw, &id)
	u.id = id.ID
	f.updates.list = append([]*tgUpdate{u}, f.updates.list...)
	f.touch()
	f.pump()
}
