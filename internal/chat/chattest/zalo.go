package chattest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// ZaloOptions are the fixed properties of a fake Zalo; zero values take the defaults named.
type ZaloOptions struct {
	Token string           // default "12345689:fake-zalo-token"
	Name  string           // display name people mention; default "Bot Trực Ban"
	Quota int              // messages per calendar month (UTC); default 3000
	Now   func() time.Time // default time.Now
	// Client delivers webhook calls and fetches photos; default http.DefaultClient.
	// Tests pass the client of the TLS server that receives them.
	Client *http.Client
	// PlainWebhook allows an http:// webhook, for playing on one machine. Zalo itself takes https only.
	PlainWebhook bool
}

// ZaloSwitches are the behaviours on which reports from real bots differ, or which a test wants to vary.
type ZaloSwitches struct {
	Wrapped  bool // webhook bodies stand in {"ok":true,"result":...}; otherwise bare
	PhotoURL bool // images carry photo_url; otherwise photo
	Seconds  bool // dates are epoch seconds; otherwise milliseconds
	Queue    bool // events without an open poll wait; otherwise they are lost, as on Zalo
	Download bool // sendPhoto fetches the picture and refuses a URL that does not answer 200
	NoGroups bool // getMe says can_join_groups false
	// Idle is how long an idle poll is held open; 0 is as long as the bot asks for.
	Idle time.Duration
	// LostCode is the error_code for an unknown chat or a group the bot was removed from; 0 is 404.
	LostCode int
}

// Zalo is a fake Zalo Bot Platform: an http.Handler that speaks the wire, and a
// control API that acts as the people on the other side. It holds what is known
// of the platform, not what would be convenient: one update per poll, errors
// inside HTTP 200, nothing delivered from a group without a mention or a reply
// to the bot, nothing replayed. It is safe for concurrent use.
type Zalo struct {
	opts ZaloOptions

	mu       sync.Mutex
	sw       ZaloSwitches
	users    map[string]*ZaloUser
	groups   map[string]*ZaloGroup
	sent     []ZaloSent
	read     int           // messages Next handed out
	grown    chan struct{} // closed and replaced when sent grows
	faults   []ZaloFault
	serial   int
	month    string
	used     int
	hook     zaloHook
	pollers  int
	pending  [][]byte
	arrived  chan struct{} // closed and replaced when pending grows
	emitted  map[string]zaloEvent
	requests []string
	asked    chan struct{} // closed and replaced when requests grows
}

// zaloHook is the webhook as set by the bot.
type zaloHook struct {
	url, secret string
	at          time.Time
	ever        bool
}

// ZaloSent is one message the bot got onto the platform.
type ZaloSent struct {
	ID     string
	Chat   string
	Method string
	Text   string // text or caption
	Photo  string
	At     time.Time
}

// NewZalo makes a fake with no users, no groups and no webhook.
func NewZalo(o ZaloOptions) *Zalo {
	if o.Token == "" {
		o.Token = "12345689:fake-zalo-token"
	}
	if o.Name == "" {
		o.Name = "Bot Trực Ban"
	}
	if o.Quota == 0 {
		o.Quota = 3000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	return &Zalo{
		opts:    o,
		users:   map[string]*ZaloUser{},
		groups:  map[string]*ZaloGroup{},
		emitted: map[string]zaloEvent{},
		grown:   make(chan struct{}),
		arrived: make(chan struct{}),
		asked:   make(chan struct{}),
	}
}

// Token is the one token the fake accepts.
func (z *Zalo) Token() string { return z.opts.Token }

// Name is the bot's display name.
func (z *Zalo) Name() string { return z.opts.Name }

// Switch changes behaviours from now on.
func (z *Zalo) Switch(f func(*ZaloSwitches)) {
	z.mu.Lock()
	defer z.mu.Unlock()
	f(&z.sw)
}

// newID makes an id as Zalo's look: 20 hex characters, the same at every run.
func (z *Zalo) newID(kind string) string {
	z.serial++
	sum := sha256.Sum256([]byte(kind + strconv.Itoa(z.serial)))
	return hex.EncodeToString(sum[:10])
}

// Used is how many messages were counted against the quota this month.
func (z *Zalo) Used() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.used
}

// SetQuota changes the monthly quota.
func (z *Zalo) SetQuota(n int) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.opts.Quota = n
}

// Webhook is the webhook as the bot set it; the URL is empty when there is none.
func (z *Zalo) Webhook() (url, secret string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.hook.url, z.hook.secret
}

// Polling reports how many polls are open.
func (z *Zalo) Polling() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.pollers
}

// ZaloUser is a person on the fake.
type ZaloUser struct {
	ID   string
	Name string

	z     *Zalo
	wrote bool // has written to the bot: only then may the bot write
}

// User makes a person who has not written to the bot yet.
func (z *Zalo) User(name string) *ZaloUser {
	z.mu.Lock()
	defer z.mu.Unlock()
	u := &ZaloUser{ID: z.newID("user"), Name: name, z: z}
	z.users[u.ID] = u
	return u
}

// ZaloGroup is a group on the fake.
type ZaloGroup struct {
	ID    string
	Title string

	z       *Zalo
	members map[string]bool
	bot     bool
}

// Group makes a group with the bot in it.
func (z *Zalo) Group(title string, members ...*ZaloUser) *ZaloGroup {
	z.mu.Lock()
	defer z.mu.Unlock()
	g := &ZaloGroup{ID: "zgr-" + z.newID("group"), Title: title, z: z, members: map[string]bool{}, bot: true}
	for _, u := range members {
		g.members[u.ID] = true
	}
	z.groups[g.ID] = g
	return g
}

// Join makes a person a member.
func (g *ZaloGroup) Join(u *ZaloUser) {
	g.z.mu.Lock()
	defer g.z.mu.Unlock()
	g.members[u.ID] = true
}

// RemoveBot takes the bot out of the group; the platform sends no event for it.
func (g *ZaloGroup) RemoveBot() { g.setBot(false) }

// AddBot puts the bot back; the platform sends no event for it.
func (g *ZaloGroup) AddBot() { g.setBot(true) }

func (g *ZaloGroup) setBot(in bool) {
	g.z.mu.Lock()
	defer g.z.mu.Unlock()
	g.bot = in
}

// Messages lists what the bot sent to a chat, oldest first; "" lists all chats.
func (z *Zalo) Messages(chat string) []ZaloSent {
	z.mu.Lock()
	defer z.mu.Unlock()
	var out []ZaloSent
	for _, m := range z.sent {
		if chat == "" || m.Chat == chat {
			out = append(out, m)
		}
	}
	return out
}

// store records a message of the bot; the lock is held.
func (z *Zalo) store(m ZaloSent) ZaloSent {
	m.ID, m.At = z.newID("message"), z.opts.Now()
	z.sent = append(z.sent, m)
	close(z.grown)
	z.grown = make(chan struct{})
	return m
}

// botPostedIn reports whether there is a message of the bot to reply to; the lock is held.
func (z *Zalo) botPostedIn(chat string) bool {
	for _, m := range z.sent {
		if m.Chat == chat {
			return true
		}
	}
	return false
}
