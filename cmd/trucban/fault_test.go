package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

// outageTown is a ward whose shift is on now, whenever the test runs.
const outageTown = `
name: UBND phường Hoa Sen
units:
  - {id: hoasen, name: UBND phường Hoa Sen, leaders: {local: lanhdao}}
  - {id: vhxh, name: Phòng Văn hóa - Xã hội, short: VH-XH, parent: hoasen, chats: {local: vhxh}}
people:
  - {id: minh, name: Trần Quang Minh, unit: hoasen, roles: [leader], phone: 0912 000 101, accounts: {local: minh}, started: [local]}
  - {id: hoa, name: Nguyễn Thị Hoa, unit: vhxh, roles: [head], phone: 0912 000 111, accounts: {local: hoa}, started: [local]}
  - {id: an, name: Nguyễn Văn An, unit: vhxh, roles: [officer], phone: 0912 000 112, accounts: {local: an}, started: [local]}
  - {id: binh, name: Phạm Thanh Bình, unit: vhxh, roles: [officer], phone: 0912 000 113, accounts: {local: binh}, started: [local]}
shifts:
  - {unit: vhxh, name: Ca trực, start: START, end: END, people: [{person: an, post: desk}, {person: binh, post: tech}]}
`

// outage is the running program on a real redis-server that can be killed under it.
type outage struct {
	t     *testing.T
	redis *redisServer
	parts Parts
	app   *App
	door  *local.Platform
	stop  func()
}

func newOutage(t *testing.T) *outage {
	t.Helper()
	o := &outage{t: t, redis: startRedis(t)}
	now := time.Now().In(local.Zone)
	const day = "2006-01-02 15:04"
	town := strings.NewReplacer("START", now.Add(-20*time.Minute).Format(day), "END", now.Add(8*time.Hour).Format(day)).Replace(outageTown)
	setup, err := parseTown([]byte(town))
	if err != nil {
		t.Fatal(err)
	}
	o.door = local.New(local.Options{Clock: local.NewClock(time.Now(), 1, time.Now)})
	if err := furnish(o.door, setup); err != nil {
		t.Fatal(err)
	}
	o.door.AddPerson(local.Person{ID: "la", Name: "Người Lạ"})
	if err := o.door.AddChat(local.Chat{ID: "nhomla", Kind: chat.Group, Title: "Nhóm chưa kết nối", Members: []string{"la", "an"}}); err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: o.redis.addr, MaxRetries: -1, DialTimeout: time.Second})
	t.Cleanup(func() { _ = client.Close() })
	o.parts = Parts{Redis: client, Namespace: "outage", Doors: []chat.Platform{o.door}, Setup: &setup, Data: t.TempDir(), Log: zerolog.Nop()}
	o.run()
	t.Cleanup(func() { o.stop() })
	return o
}

// run starts the program; stop ends it as a signal would.
func (o *outage) run() {
	o.t.Helper()
	app, err := NewApp(o.parts)
	if err != nil {
		o.t.Fatal(err)
	}
	o.app = app
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx) }()
	o.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			o.t.Error(err)
		}
		o.stop = func() {}
	}
}

// say writes as the person and waits until the program took the message.
func (o *outage) say(who, room, text string) {
	o.t.Helper()
	u, err := o.door.Say(who, room, text)
	if err != nil {
		o.t.Fatal(err)
	}
	o.until("the message is taken: "+text, func() bool {
		return !slices.ContainsFunc(o.door.Pending(), func(w chat.Update) bool { return w.ID == u.ID })
	})
}

// until waits for the world outside this process, at most half a minute.
func (o *outage) until(what string, ok func() bool) {
	o.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(2 * time.Minute)
	defer end.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end.C:
			o.t.Fatalf("not within two minutes: %s", what)
		}
	}
}

// holding counts the bot's messages in a chat that hold all the words.
func (o *outage) holding(room string, words ...string) int {
	n := 0
	for _, m := range o.door.Messages(room) {
		if m.From == "" && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(chat.Plain(m.Text), w) }) {
			n++
		}
	}
	return n
}

// answers says something, waits for the answer and prints how long it took.
func (o *outage) answers(who, room, text string, words ...string) {
	o.t.Helper()
	before := o.holding(room, words...)
	begin := time.Now()
	if _, err := o.door.Say(who, room, text); err != nil {
		o.t.Fatal(err)
	}
	o.until("an answer to "+text, func() bool { return o.holding(room, words...) > before })
	o.t.Logf("%s was answered after %v", text, time.Since(begin).Round(time.Millisecond))
}

const vncert = "+84869100317"

// TestRedisKilledUnderTheProgram kills the store and checks what is promised for
// that day: the numbers in under a second for anyone, one word of the outage in
// each chat, who is on duty from the copy on disk, and every message that was
// taken recorded once, with the time it was sent, also across a restart.
func TestRedisKilledUnderTheProgram(t *testing.T) {
	o := newOutage(t)
	o.until("a snapshot on disk", func() bool {
		_, err := os.Stat(filepath.Join(o.parts.Data, "duty-snapshot.json"))
		return err == nil
	})
	o.answers("la", "nhomla", "/hotline vncert", vncert)

	o.redis.kill()
	killed := time.Now()
	defer func() { o.t.Logf("the outage took %v", time.Since(killed).Round(time.Second)) }()
	o.answers("la", "nhomla", "/hotline vncert", vncert)
	o.say("an", "vhxh", "có mặt")
	sent := time.Now().In(local.Zone).Format("15h04")
	o.say("an", "vhxh", "/suco web phường bị đổi giao diện từ 7h sáng")
	o.say("hoa", o.door.PrivateChat("hoa"), "/suco mất điện phòng máy")
	o.answers("an", "vhxh", "/aitruc", "theo bản lưu lúc", "Nguyễn Văn An", "Phạm Thanh Bình")
	o.answers("an", "vhxh", "/hotline vncert", vncert)
	if n := o.holding("vhxh", "Hệ thống đang gián đoạn", "đã được giữ lại"); n != 1 {
		t.Errorf("the outage was said %d times in the chat, not once", n)
	}
	if n := o.holding(o.door.PrivateChat("hoa"), "Hệ thống đang gián đoạn"); n != 1 {
		t.Errorf("the outage was said %d times in the other chat, not once", n)
	}

	// The program itself is started again while the store is still away.
	o.stop()
	o.run()
	o.say("la", "nhomla", "/hotline") // the door opens when the store was found away
	o.answers("la", "nhomla", "/hotline vncert", vncert)
	o.answers("an", "vhxh", "/aitruc", "theo bản lưu lúc", "Nguyễn Văn An")
	o.say("binh", "vhxh", "ổn định")

	o.redis.start()
	o.until("what was held is recorded", func() bool {
		return o.holding("vhxh", "Đã ghi nhận", "Nguyễn Văn An", sent) == 1 && o.holding("vhxh", "Đã ghi nhận", "Phạm Thanh Bình") == 1 &&
			o.holding("vhxh", "Đã nhận báo sự cố", "Thay đổi giao diện") == 1 &&
			o.holding(o.door.PrivateChat("hoa"), "Đã nhận báo sự cố", "Mất điện") == 1
	})
	o.until("the leaders are told from when to when", func() bool { return o.holding("lanhdao", "Hệ thống gián đoạn từ") > 0 })
	o.say("an", "vhxh", "/dssuco")
	o.until("both incidents are open", func() bool { return o.holding("vhxh", "Sự cố đang mở: 2") == 1 })
	if n := o.holding("vhxh", "Đã ghi nhận", "Nguyễn Văn An"); n != 1 {
		t.Errorf("a check-in that was held is confirmed %d times", n)
	}
}

// TestHotlineWhateverTheStoreDoes asks for the numbers while the store hangs and
// while what it holds cannot be read.
func TestHotlineWhateverTheStoreDoes(t *testing.T) {
	o := newOutage(t)
	o.answers("la", "nhomla", "/hotline vncert", vncert)
	t.Run("hung", func(t *testing.T) {
		if err := o.redis.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = o.redis.cmd.Process.Signal(syscall.SIGCONT) }()
		o.answers("la", "nhomla", "/hotline vncert", vncert)
		o.answers("an", "vhxh", "/hotline công an", "113")
	})
	t.Run("corrupt", func(t *testing.T) {
		ctx := t.Context()
		keys, err := o.parts.Redis.Keys(ctx, "*d:town:*").Result()
		if err != nil || len(keys) == 0 {
			t.Fatal(keys, err)
		}
		for _, k := range keys {
			if err := o.parts.Redis.Del(ctx, k).Err(); err != nil {
				t.Fatal(err)
			}
			if err := o.parts.Redis.Set(ctx, k, "{nonsense", 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		o.answers("la", "nhomla", "/hotline vncert", vncert)
	})
}

// TestPhoneListIsKeptOnDisk: the printable list is there after the first minute and is made anew every night.
func TestPhoneListIsKeptOnDisk(t *testing.T) {
	clock := local.NewStill(time.Date(2027, 2, 6, 3, 0, 0, 0, time.UTC))
	door := local.New(local.Options{Clock: clock})
	setup, err := sampleTown(clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	st, err := newStage(t.Context(), clock, door, &setup, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	path := filepath.Join(st.parts.Data, "danh-ba-truc.txt")
	read := func() string {
		st.app.snapshot(t.Context())
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if s := read(); !strings.Contains(s, "Lập lúc 10h00 ngày 06/02/2027") || !strings.Contains(s, "0912 000 101") {
		t.Errorf("the first list is\n%s", s)
	}
	clock.Set(time.Date(2027, 2, 6, 18, 59, 0, 0, time.UTC)) // 01:59 of the next day
	if s := read(); !strings.Contains(s, "Lập lúc 10h00 ngày 06/02/2027") {
		t.Errorf("the list was made anew before its hour:\n%s", s)
	}
	clock.Set(time.Date(2027, 2, 6, 19, 1, 0, 0, time.UTC))
	if s := read(); !strings.Contains(s, "Lập lúc 02h01 ngày 07/02/2027") {
		t.Errorf("the list of the night is\n%s", s)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the list with people's numbers has the mode %v, %v", info.Mode(), err)
	}
	docx, err := os.ReadFile(filepath.Join(st.parts.Data, "danh-ba-truc.docx"))
	if err != nil || len(docx) < 1000 {
		t.Errorf("the document has %d bytes, %v", len(docx), err)
	}
}
