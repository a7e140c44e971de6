package chattest

import (
	"context"
	"errors"
)

// ZaloDelivery is what became of something a person did.
type ZaloDelivery struct {
	ID      string // message id
	Emitted bool   // an update was made of it
	Lost    bool   // an update was made and nobody was there to take it
	Status  int    // the webhook's answer, 0 when there is no webhook
	Err     error  // the webhook could not be reached
}

// Errors of people doing what the platform does not let them do.
var (
	ErrZaloNotMember = errors.New("the person is not a member of the group")
	ErrZaloNoReply   = errors.New("the bot has no message in the group to reply to")
)

// ZaloPost is one message of a person. In a group it reaches the bot only with
// Mention or Reply; without a group it is private and always does.
type ZaloPost struct {
	Group   *ZaloGroup
	Text    string // text, or the caption of a photo
	Photo   string // URL of a picture
	Voice   string // URL of a recording
	Sticker string
	Mention bool // picked the bot from the @ list, at the start of the text
	// MentionLast puts the mention at the end; the text keeps it at its place.
	MentionLast bool
	Reply       bool // replies to a message of the bot
	// Unsupported is content Zalo does not pass on: a document, a video, a protected sender.
	Unsupported bool
	Bot         bool // the sender is a bot itself
	Event       string
}

// Opened marks the person as one who has written to the bot before, and returns it.
func (u *ZaloUser) Opened() *ZaloUser {
	u.z.mu.Lock()
	defer u.z.mu.Unlock()
	u.wrote = true
	return u
}

// Send writes to the bot in private.
func (u *ZaloUser) Send(text string) ZaloDelivery { return u.Post(ZaloPost{Text: text}) }

// SendPhoto sends a picture in private.
func (u *ZaloUser) SendPhoto(url, caption string) ZaloDelivery {
	return u.Post(ZaloPost{Photo: url, Text: caption})
}

// Say writes in a group without mentioning the bot: the bot never learns of it.
func (u *ZaloUser) Say(g *ZaloGroup, text string) ZaloDelivery {
	return u.Post(ZaloPost{Group: g, Text: text})
}

// Mention writes in a group after picking the bot from the @ list.
func (u *ZaloUser) Mention(g *ZaloGroup, text string) ZaloDelivery {
	return u.Post(ZaloPost{Group: g, Text: text, Mention: true})
}

// Reply answers a message of the bot in a group; the update does not say which.
func (u *ZaloUser) Reply(g *ZaloGroup, text string) ZaloDelivery {
	return u.Post(ZaloPost{Group: g, Text: text, Reply: true})
}

// Post does what p says and returns once a webhook has answered or the update waits for a poll.
func (u *ZaloUser) Post(p ZaloPost) ZaloDelivery {
	z := u.z
	z.mu.Lock()
	d := ZaloDelivery{ID: z.newID("event")}
	reaches, err := u.reaches(p)
	if err != nil || !reaches {
		z.mu.Unlock()
		d.Err = err
		return d
	}
	body := z.eventBody(u, p, d.ID)
	ev := zaloEvent{inner: body}
	z.emitted[d.ID] = ev
	z.mu.Unlock()
	return z.emit(d, ev)
}

// reaches applies the mention and reply rule; the lock is held.
func (u *ZaloUser) reaches(p ZaloPost) (bool, error) {
	if p.Group == nil {
		u.wrote = true
		return true, nil
	}
	switch {
	case !p.Group.members[u.ID]:
		return false, ErrZaloNotMember
	case p.Reply && !u.z.botPostedIn(p.Group.ID):
		return false, ErrZaloNoReply
	case !p.Group.bot:
		return false, nil
	}
	return p.Mention || p.MentionLast || p.Reply, nil
}

// Redeliver sends the update of an earlier message once more, with the same message id.
func (z *Zalo) Redeliver(id string) ZaloDelivery {
	z.mu.Lock()
	ev, ok := z.emitted[id]
	z.mu.Unlock()
	if !ok {
		return ZaloDelivery{ID: id, Err: errors.New("no such update")}
	}
	return z.emit(ZaloDelivery{ID: id}, ev)
}

// EmitRaw delivers a body as it stands: unknown events, broken JSON.
func (z *Zalo) EmitRaw(body []byte) ZaloDelivery {
	return z.emit(ZaloDelivery{}, zaloEvent{inner: body, raw: true})
}

// Probe calls the webhook with the empty object Zalo checks it with.
func (z *Zalo) Probe() ZaloDelivery { return z.EmitRaw([]byte("{}")) }

// Next waits for the next message of the bot that Next has not handed out yet.
func (z *Zalo) Next(ctx context.Context) (ZaloSent, error) {
	for {
		z.mu.Lock()
		if z.read < len(z.sent) {
			m := z.sent[z.read]
			z.read++
			z.mu.Unlock()
			return m, nil
		}
		grown := z.grown
		z.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return ZaloSent{}, context.Cause(ctx)
		}
	}
}

// Calls counts the requests for a method that carried the right token; "" counts all of them.
func (z *Zalo) Calls(method string) int {
	z.mu.Lock()
	defer z.mu.Unlock()
	n := 0
	for _, m := range z.requests {
		if method == "" || m == method {
			n++
		}
	}
	return n
}

// AwaitCalls waits until a method was called n times.
func (z *Zalo) AwaitCalls(ctx context.Context, method string, n int) error {
	for {
		z.mu.Lock()
		asked := z.asked
		z.mu.Unlock()
		if z.Calls(method) >= n {
			return nil
		}
		select {
		case <-asked:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
