package telegram_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/telegram"
)

// store answers every line on loopback, as a database answers a write.
type store struct{ addr string }

func newStore(tb testing.TB) store {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = c.Close() }()
				for sc := bufio.NewScanner(c); sc.Scan(); {
					if _, err := io.WriteString(c, "+OK\n"); err != nil {
						return
					}
				}
			})
		}
	})
	tb.Cleanup(func() { _ = ln.Close(); wg.Wait() })
	return store{ln.Addr().String()}
}

// storeConns is a small pool of connections to a store.
type storeConns chan net.Conn

func (s store) conns(tb testing.TB, n int) storeConns {
	tb.Helper()
	pool := make(storeConns, n)
	for range n {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			tb.Fatal(err)
		}
		pool <- c
		tb.Cleanup(func() { _ = c.Close() })
	}
	return pool
}

// write is one round trip.
func (p storeConns) write(id string) error {
	c := <-p
	defer func() { p <- c }()
	if _, err := io.WriteString(c, "SET "+id+" 1\n"); err != nil {
		return err
	}
	var ok [4]byte
	_, err := io.ReadFull(c, ok[:])
	return err
}

// minimal is the least a bot can be: poll, write, answer, one after the other.
func minimal(ctx context.Context, api string, write func(string) error) error {
	offset := int64(0)
	for ctx.Err() == nil {
		var got struct {
			Result []struct {
				ID      int64 `json:"update_id"`
				Message struct {
					Text string `json:"text"`
					Chat struct {
						ID int64 `json:"id"`
					} `json:"chat"`
				} `json:"message"`
			} `json:"result"`
		}
		form := url.Values{"timeout": {"20"}, "offset": {strconv.FormatInt(offset, 10)}}
		if err := postForm(ctx, api+"getUpdates", form, &got); err != nil {
			return err
		}
		for _, u := range got.Result {
			if err := write(strconv.FormatInt(u.ID, 10)); err != nil {
				return err
			}
			form := url.Values{"chat_id": {strconv.FormatInt(u.Message.Chat.ID, 10)}, "text": {"Đã ghi: " + html.EscapeString(u.Message.Text)},
				"parse_mode": {"HTML"}, "link_preview_options": {`{"is_disabled":true}`}}
			var sent struct{ OK bool }
			if err := postForm(ctx, api+"sendMessage", form, &sent); err != nil {
				return err
			}
			offset = u.ID + 1
		}
	}
	return nil
}

func postForm(ctx context.Context, address string, form url.Values, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	return json.NewDecoder(resp.Body).Decode(out)
}

// course is a fake server with people in it, for a measurement.
type course struct {
	fake   *chattest.Telegram
	srv    *httptest.Server
	people []*chattest.TelegramUser
}

func newCourse(tb testing.TB, people int) *course {
	tb.Helper()
	c := &course{fake: chattest.NewTelegram(chattest.TelegramOptions{NoLimits: true, Now: time.Now})}
	c.srv = httptest.NewServer(c.fake)
	for i := range people {
		c.people = append(c.people, c.fake.User(fmt.Sprint("Người ", i)).Open())
	}
	tb.Cleanup(func() { c.fake.Close(); http.DefaultClient.CloseIdleConnections(); c.srv.Close() })
	return c
}

// run lets a bot answer n messages that wait, and returns the time it took.
func (c *course) run(tb testing.TB, n int, bot func(context.Context) error) time.Duration {
	tb.Helper()
	before := 0
	for _, u := range c.people {
		before += len(c.fake.Messages(u.ID()))
	}
	for i := range n {
		u := c.people[i%len(c.people)]
		u.Send(u.ID(), "/ondanh")
	}
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	begin := time.Now()
	go func() { end <- bot(ctx) }()
	for {
		changed := c.fake.Changed()
		if c.fake.Pending() == 0 {
			break
		}
		select {
		case <-changed:
		case err := <-end:
			tb.Fatalf("the bot ended: %v", err)
		}
	}
	took := time.Since(begin)
	cancel()
	if err := <-end; err != nil && ctx.Err() == nil {
		tb.Fatal(err)
	}
	after := -before
	for _, u := range c.people {
		after += len(c.fake.Messages(u.ID()))
	}
	if after != n {
		tb.Fatalf("%d answers to %d messages", after, n)
	}
	return took
}

// door is the bot under measurement: write, then answer, behind Listen.
func (c *course) door(tb testing.TB, write func(string) error) func(context.Context) error {
	tb.Helper()
	b, err := telegram.New(telegram.Options{Token: c.fake.Token(), Username: c.fake.Username(), API: c.srv.URL,
		Now: time.Now, PollTimeout: 20 * time.Second, Log: zerolog.Nop()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(b.Close)
	return func(ctx context.Context) error {
		return b.Listen(ctx, func(ctx context.Context, u chat.Update) error {
			if err := write(u.ID); err != nil {
				return err
			}
			return b.Send(ctx, u.To, chat.Message{Text: "Đã ghi: " + chat.Escape(u.Text)}).Err
		})
	}
}

// BenchmarkAgainstMinimal compares the door with the minimal bot, round by round
// on the same machine: ratio is the door's messages a second to the other's.
func BenchmarkAgainstMinimal(b *testing.B) {
	for _, chats := range []int{1, 50} {
		b.Run(fmt.Sprintf("chats=%d", chats), func(b *testing.B) {
			const n = 500
			conns := newStore(b).conns(b, 16)
			ours, theirs := time.Hour, time.Hour // the best round of each: the rest is other people's work on the machine
			rounds := 0
			run := func(door bool) {
				c := newCourse(b, chats) // each on a fresh server, in turns
				if door {
					ours = min(ours, c.run(b, n, c.door(b, conns.write)))
					return
				}
				theirs = min(theirs, c.run(b, n, func(ctx context.Context) error {
					return minimal(ctx, c.srv.URL+"/bot"+c.fake.Token()+"/", conns.write)
				}))
			}
			for b.Loop() {
				run(rounds%2 == 0)
				run(rounds%2 == 1)
				rounds++
			}
			b.ReportMetric(n/ours.Seconds(), "door/s")
			b.ReportMetric(n/theirs.Seconds(), "minimal/s")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
		})
	}
}

// BenchmarkAnswer500 measures how long people wait for an answer at 500 messages
// a second from 50 chats, from the moment they write to the moment it is there.
func BenchmarkAnswer500(b *testing.B) {
	conns := newStore(b).conns(b, 16)
	var waits []time.Duration
	for b.Loop() {
		c := newCourse(b, 50)
		waits = append(waits, c.paced(b, 1000, 2*time.Millisecond, c.door(b, conns.write))...)
	}
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
}

// paced lets people write one message every beat and returns how long each waited.
func (c *course) paced(tb testing.TB, n int, beat time.Duration, bot func(context.Context) error) []time.Duration {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- bot(ctx) }()
	begun := make([]time.Time, n)
	waits := make([]time.Duration, 0, n)
	shown := make([]int, len(c.people))
	seen := func() {
		now := time.Now()
		for p, u := range c.people {
			for all := len(c.fake.Messages(u.ID())); shown[p] < all; shown[p]++ {
				waits = append(waits, now.Sub(begun[shown[p]*len(c.people)+p]))
			}
		}
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for sent := 0; len(waits) < n; {
		changed := c.fake.Changed()
		seen()
		next := tick.C
		if sent == n {
			next = nil
		}
		select {
		case <-next:
			u := c.people[sent%len(c.people)]
			begun[sent] = time.Now()
			u.Send(u.ID(), "/ondanh")
			sent++
		case <-changed:
		case err := <-end:
			tb.Fatalf("the bot ended: %v", err)
		}
	}
	cancel()
	if err := <-end; err != nil {
		tb.Fatal(err)
	}
	return waits
}
