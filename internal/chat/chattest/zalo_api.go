package chattest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// zaloReply is the answer to one call, in or outside of ok.
type zaloReply struct {
	code   int // 0 is ok
	text   string
	result any
	body   []byte // a ready answer
}

func (a zaloReply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case a.body != nil:
		_, _ = w.Write(a.body)
	case a.code != 0:
		_, _ = w.Write(mustJSON(map[string]any{"ok": false, "description": a.text, "error_code": a.code}))
	case a.result == nil:
		_, _ = io.WriteString(w, `{"ok":true}`)
	default:
		_, _ = w.Write(mustJSON(map[string]any{"ok": true, "result": a.result}))
	}
}

// zaloParams are a call's parameters, from JSON, form or query alike.
type zaloParams map[string]string

// ServeHTTP speaks the Bot Platform: /bot{token}/{method}.
func (z *Zalo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, cut := strings.Cut(rest, "/")
	if !ok || !cut {
		zaloReply{code: 400, text: "Bad request"}.write(w)
		return
	}
	if token != z.opts.Token {
		zaloReply{code: 401, text: "Unauthorized"}.write(w)
		return
	}
	p, err := readZaloParams(r)
	if err != nil {
		zaloReply{code: 400, text: "Bad request"}.write(w)
		return
	}
	z.mu.Lock()
	z.requests = append(z.requests, method)
	close(z.asked)
	z.asked = make(chan struct{})
	fault, hit := z.takeFault(method)
	z.mu.Unlock()
	run := func() zaloReply { return z.call(r, method, p) }
	if hit && z.disturb(w, r, fault, run) {
		return
	}
	run().write(w)
}

func (z *Zalo) call(r *http.Request, method string, p zaloParams) zaloReply {
	switch method {
	case "getUpdates":
		return z.getUpdates(r, p)
	case "setWebhook":
		return z.setWebhook(p)
	case "sendPhoto":
		if a := z.checkPhoto(p["photo"]); a.code != 0 {
			return a
		}
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	switch method {
	case "getMe":
		return zaloReply{result: map[string]any{"id": "4055584533866160964", "account_name": "bot.VDKyGxQvc",
			"account_type": "BASIC", "can_join_groups": !z.sw.NoGroups, "display_name": z.opts.Name}}
	case "deleteWebhook":
		z.hook = zaloHook{at: z.opts.Now(), ever: true}
		return zaloReply{result: z.hook.info()}
	case "getWebhookInfo":
		if !z.hook.ever {
			return zaloReply{code: 404, text: "Not Found"}
		}
		return zaloReply{result: z.hook.info()}
	case "sendMessage", "sendPhoto", "sendSticker", "sendVoice":
		return z.send(method, p)
	case "sendChatAction":
		return zaloReply{}
	}
	return zaloReply{code: 404, text: "Not Found"}
}

func (h zaloHook) info() map[string]any {
	return map[string]any{"url": h.url, "updated_at": h.at.UnixMilli()}
}

// getUpdates answers with one update, or with 408 after the asked time.
func (z *Zalo) getUpdates(r *http.Request, p zaloParams) zaloReply {
	z.mu.Lock()
	hooked, wait := z.hook.url != "", z.sw.Idle
	z.mu.Unlock()
	if hooked {
		return zaloReply{code: 400, text: "Bad request: webhook is set"}
	}
	secs, err := strconv.Atoi(p["timeout"])
	if err != nil || secs < 0 {
		secs = 30
	}
	if wait == 0 {
		wait = time.Duration(min(secs, 60)) * time.Second
	}
	if body := z.poll(r.Context().Done(), wait); body != nil {
		return zaloReply{body: body}
	}
	return zaloReply{code: 408, text: "Request timeout"}
}

func (z *Zalo) setWebhook(p zaloParams) zaloReply {
	u, err := url.Parse(p["url"])
	secret := p["secret_token"]
	secure := err == nil && (u.Scheme == "https" || u.Scheme == "http" && z.opts.PlainWebhook)
	if !secure || u.Host == "" || len(secret) < 8 || len(secret) > 256 {
		return zaloReply{code: 400, text: "Bad request"}
	}
	z.mu.Lock()
	z.hook = zaloHook{url: p["url"], secret: secret, at: z.opts.Now(), ever: true}
	hook := z.hook
	z.mu.Unlock()
	status, err := z.callHook(hook, []byte("{}"))
	info := hook.info()
	info["verification"] = map[string]any{"ok": err == nil && status/100 == 2}
	return zaloReply{result: info}
}

// send checks and stores one message of the bot; the lock is held.
func (z *Zalo) send(method string, p zaloParams) zaloReply {
	text := p["text"]
	if method != "sendMessage" {
		text = p["caption"]
	}
	units := len(utf16.Encode([]rune(text)))
	if units > 2000 || method == "sendMessage" && units == 0 {
		return zaloReply{code: 400, text: "Bad request: text must have 1 to 2000 characters"}
	}
	group, user := z.groups[p["chat_id"]], z.users[p["chat_id"]]
	lost := z.sw.LostCode
	if lost == 0 {
		lost = 404
	}
	switch {
	case group == nil && user == nil, group != nil && !group.bot:
		return zaloReply{code: lost, text: "Not Found"}
	case user != nil && !user.wrote:
		return zaloReply{code: 400, text: "Bad request: the user has not interacted with the bot"}
	}
	if month := z.opts.Now().UTC().Format("2006-01"); month != z.month {
		z.month, z.used = month, 0
	}
	if z.used >= z.opts.Quota {
		return zaloReply{code: 429, text: "Quota exceeded"}
	}
	z.used++
	if method == "sendVoice" && group != nil {
		return zaloReply{result: map[string]any{"message_id": z.newID("message"), "date": z.opts.Now().UnixMilli()}}
	}
	m := z.store(ZaloSent{Chat: p["chat_id"], Method: method, Text: text, Photo: p["photo"]})
	return zaloReply{result: map[string]any{"message_id": m.ID, "date": m.At.UnixMilli()}}
}

// checkPhoto refuses what is not a URL, and where switched on a URL that does not answer.
func (z *Zalo) checkPhoto(photo string) zaloReply {
	u, err := url.Parse(photo)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return zaloReply{code: 400, text: "Bad request: photo must be a public URL"}
	}
	z.mu.Lock()
	download := z.sw.Download
	z.mu.Unlock()
	if !download {
		return zaloReply{}
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, photo, nil)
	if err != nil {
		return zaloReply{code: 400, text: "Bad request: photo must be a public URL"}
	}
	res, err := z.opts.Client.Do(req)
	if err != nil {
		return zaloReply{code: 400, text: "Bad request: photo cannot be fetched"}
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 10<<20))
	if res.StatusCode != http.StatusOK {
		return zaloReply{code: 400, text: "Bad request: photo cannot be fetched"}
	}
	return zaloReply{}
}

func readZaloParams(r *http.Request) (zaloParams, error) {
	p := zaloParams{}
	for k, v := range r.URL.Query() {
		p[k] = v[0]
	}
	if r.Method != http.MethodPost {
		return p, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		if err := r.ParseForm(); err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		for k, v := range r.PostForm {
			p[k] = v[0]
		}
		return p, nil
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	for k, v := range fields {
		var s string
		if json.Unmarshal(v, &s) != nil {
			s = string(v)
		}
		p[k] = s
	}
	return p, nil
}
