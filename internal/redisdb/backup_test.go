package redisdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

const passphrase = "mật khẩu để thử"

// inNamespace is a DB on the server's own clock.
func inNamespace(t testing.TB, addr, ns string) *DB {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { shut(t, client) })
	db, err := New(Options{Client: client, Namespace: ns, Log: zerolog.Nop(), Limits: func(chat.Name) chat.Limits { return chat.Limits{GroupPerMinute: 20} }})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// sameKeys compares two contents; an expiry is told as the life left and added to a clock read
// in the same script, so it may come out some milliseconds apart.
var sameKeys = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Until" },
	cmp.Comparer(func(a, b int64) bool { return (a == 0) == (b == 0) && max(a-b, b-a) < 1000 }))

// contents is every key of the namespace with its value and its expiry.
func contents(t testing.TB, db *DB) map[string]backupKey {
	t.Helper()
	r, err := db.run(t.Context(), db.scripts.dump, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]backupKey{}
	for _, v := range r.vals {
		k, err := readDump(v, r.now)
		if err != nil {
			t.Fatal(err)
		}
		if k.Type == "hash" { // fields come in any order
			pairs := make([]string, 0, len(k.Value)/2)
			for i := 0; i+1 < len(k.Value); i += 2 {
				pairs = append(pairs, string(k.Value[i])+"="+string(k.Value[i+1]))
			}
			slices.Sort(pairs)
			k.Value = [][]byte{[]byte(strings.Join(pairs, "\n"))}
		}
		out[k.Key] = k
	}
	return out
}

// fillNamespace leaves a key of every kind: documents that expire and that do not, indexes,
// alarms handed out and waiting, messages waiting, on their way, sent and given up, a sealed log.
func fillNamespace(t testing.TB, db *DB) {
	t.Helper()
	ctx := t.Context()
	now, err := db.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		d := doc("watch", fmt.Sprint(i), bot.AnyVersion, fmt.Sprintf(`{"tên":"Nguyễn Văn %d","n":"\u0000"}`, i))
		d.Index, d.Marks = []bot.Entry{{Index: "watch/end", Score: now.UnixMilli() + int64(i)}, {Index: IndexOpen, Score: 1 << 52}}, []string{"open"}
		brief := doc("dialog", fmt.Sprint(i), bot.AnyVersion, `"?"`)
		brief.TTL = time.Hour
		it := item(fmt.Sprintf("i%d", i), chatAddr(i%7), outbox.Reminder)
		it.Kind, it.Wave, it.For = chat.Group, "wave", fmt.Sprint(i)
		mustCommit(t, db, bot.Change{
			Seen: fmt.Sprintf("u%d", i), Docs: []bot.Doc{d, brief}, Out: []outbox.Item{it},
			Due: []due.Job{{Kind: "watch", ID: fmt.Sprint(i), At: now.Add(time.Duration(i-5) * time.Minute)}},
			Log: []bot.Event{{At: now, What: "filled", Subject: d.Ref}},
		})
	}
	if _, _, err := db.Due().Claim(ctx, 3, time.Minute); err != nil {
		t.Fatal(err)
	}
	claims, _, err := db.Outbox().Claim(ctx, chatAddr(0).Platform, 5, time.Minute)
	if err != nil || len(claims) < 3 {
		t.Fatalf("%d claims, %v", len(claims), err)
	}
	for i, v := range []outbox.Verdict{{Done: true, Message: "m1", Spent: true}, {Bury: "kicked"}, {After: time.Minute, Hold: true}} {
		if err := db.Outbox().Settle(ctx, claims[i], v); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Seal(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestBackupMovesANamespace takes a backup of one server and restores it on another under
// another name: every key is there with its value and its expiry, and the work goes on.
func TestBackupMovesANamespace(t *testing.T) {
	a, b := inNamespace(t, startServer(t).addr(), "xa-a"), inNamespace(t, startServer(t).addr(), "tinh_b")
	fillNamespace(t, a)
	var file bytes.Buffer
	info, err := a.Backup(t.Context(), &file, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	want := contents(t, a)
	if info.Keys != len(want) || info.Namespace != "xa-a" || info.Schema != "1" || info.At.IsZero() {
		t.Errorf("head of the backup: %+v, the namespace has %d keys", info, len(want))
	}
	if _, err := b.Restore(t.Context(), bytes.NewReader(file.Bytes()), passphrase); err != nil {
		t.Fatal(err)
	}
	got := contents(t, b)
	if diff := cmp.Diff(want, got, sameKeys); diff != "" {
		t.Errorf("the restored namespace differs (-was, +is):\n%s", diff)
	}
	kinds := map[string]bool{}
	for _, k := range want {
		kinds[k.Type] = true
	}
	if len(kinds) < 5 {
		t.Errorf("only keys of the types %v were tried", kinds)
	}
	if v, err := b.Verify(t.Context()); err != nil || v.Events != 40 {
		t.Errorf("the log is not the one that was sealed: %+v, %v", v, err)
	}
	if err := b.Migrate(t.Context()); err != nil {
		t.Error(err)
	}
	mustCommit(t, b, bot.Change{Seen: "new", Log: []bot.Event{{What: "after"}}})
	if err := b.Commit(t.Context(), bot.Change{Seen: "u3", Log: []bot.Event{{What: "again"}}}); !errors.Is(err, bot.ErrSeen) {
		t.Errorf("an update handled before the move is handled again: %v", err)
	}
	if n, err := b.Wipe(t.Context()); err != nil || n < len(want) || len(contents(t, b)) != 0 {
		t.Errorf("wiped %d keys, %v; %d are left", n, err, len(contents(t, b)))
	}
}

// TestRestoreRefuses a namespace in use, another passphrase, a changed, cut or foreign file; nothing is written.
func TestRestoreRefuses(t *testing.T) {
	addr := startServer(t).addr()
	a, b := inNamespace(t, addr, "a"), inNamespace(t, addr, "b")
	fillNamespace(t, a)
	var file bytes.Buffer
	if _, err := a.Backup(t.Context(), &file, passphrase); err != nil {
		t.Fatal(err)
	}
	good := file.Bytes()
	changed := slices.Clone(good)
	changed[len(changed)/2] ^= 1
	renamed := bytes.Replace(slices.Clone(good), []byte(`"namespace":"a"`), []byte(`"namespace":"c"`), 1)
	newer := bytes.Replace(slices.Clone(good), []byte("trucban-backup 1"), []byte("trucban-backup 2"), 1)
	for name, c := range map[string]struct {
		into *DB
		data []byte
		pass string
		want error
	}{
		"in use":           {a, good, passphrase, ErrNotEmpty},
		"other passphrase": {b, good, "another one", ErrBackupSigned},
		"changed":          {b, changed, passphrase, ErrBackupSigned},
		"changed head":     {b, renamed, passphrase, ErrBackupSigned},
		"cut":              {b, good[:len(good)-7], passphrase, ErrBackupSigned},
		"newer":            {b, newer, passphrase, ErrBackupForm},
		"empty":            {b, nil, passphrase, ErrBackupForm},
		"foreign":          {b, []byte("PK\x03\x04"), passphrase, ErrBackupForm},
		"head only":        {b, good[:len(backupMagic)], passphrase, ErrBackupForm},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(contents(t, c.into))
			if _, err := c.into.Restore(t.Context(), bytes.NewReader(c.data), c.pass); !errors.Is(err, c.want) {
				t.Errorf("restore: %v, want %v", err, c.want)
			}
			if n := len(contents(t, c.into)); n != before {
				t.Errorf("%d keys were written", n-before)
			}
		})
	}
	// A restore that was cut off leaves a namespace no program starts on; restoring again mends it.
	if err := b.client.MSet(t.Context(), b.restoringKey(), "a", b.keys.prefix+"d:watch:half", "x").Err(); err != nil {
		t.Fatal(err)
	}
	if err := b.Migrate(t.Context()); !errors.Is(err, ErrRestoring) {
		t.Errorf("a half restored namespace is taken for a whole one: %v", err)
	}
	if err := b.client.Del(t.Context(), b.keys.prefix+"turn:lease:schema", b.keys.prefix+"turn:schema").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Restore(t.Context(), bytes.NewReader(good), passphrase); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(contents(t, a), contents(t, b), sameKeys); diff != "" {
		t.Errorf("(-was, +is):\n%s", diff)
	}
}

// TestBackupIsOfOneMoment takes backups while two documents are changed together: no backup has one without the other.
func TestBackupIsOfOneMoment(t *testing.T) {
	addr := startServer(t).addr()
	a := inNamespace(t, addr, "a")
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	began := make(chan struct{})
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			n := fmt.Sprint(i)
			err := a.Commit(ctx, bot.Change{Docs: []bot.Doc{doc("pair", "left", bot.AnyVersion, n), doc("pair", "right", bot.AnyVersion, n)}})
			if err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
			if i == 0 {
				close(began)
			}
		}
	})
	<-began
	seen := map[string]bool{}
	for i := range 15 {
		var file bytes.Buffer
		if _, err := a.Backup(t.Context(), &file, passphrase); err != nil {
			t.Fatal(err)
		}
		b := inNamespace(t, addr, fmt.Sprintf("b%d", i))
		if _, err := b.Restore(t.Context(), bytes.NewReader(file.Bytes()), passphrase); err != nil {
			t.Fatal(err)
		}
		docs, err := b.Load(t.Context(), bot.Ref{Kind: "pair", ID: "left"}, bot.Ref{Kind: "pair", ID: "right"})
		if err != nil {
			t.Fatal(err)
		}
		if l, r := string(docs[0].Data), string(docs[1].Data); l != r || l == "" {
			t.Fatalf("left %s, right %s", l, r)
		}
		seen[string(docs[0].Data)] = true
	}
	stop()
	wg.Wait()
	if len(seen) < 2 {
		t.Error("nothing was changed between the backups")
	}
}

// TestBackupInMemory does the same on the store of the trial mode.
func TestBackupInMemory(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, _ *clock) {
		mustCommit(t, db, bot.Change{Docs: []bot.Doc{doc("watch", "1", bot.AnyVersion, `{"a":1}`)}, Log: []bot.Event{{What: "x"}}})
		var file bytes.Buffer
		if _, err := db.Backup(t.Context(), &file, passphrase); err != nil {
			t.Fatal(err)
		}
		want := contents(t, db)
		if _, err := db.Wipe(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Restore(t.Context(), bytes.NewReader(file.Bytes()), passphrase); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, contents(t, db)); diff != "" {
			t.Errorf("(-was, +is):\n%s", diff)
		}
	})
}

// BenchmarkBackup measures how long a namespace of 20,000 documents holds Redis up, and the file's size.
func BenchmarkBackup(b *testing.B) {
	db := inNamespace(b, startServer(b).addr(), "big")
	body := fmt.Sprintf("%q", strings.Repeat("Nguyễn Văn An trực ban ", 40))
	for i := range 200 {
		var c bot.Change
		for j := range 100 {
			c.Docs = append(c.Docs, doc("watch", fmt.Sprint(i*100+j), bot.AnyVersion, body))
		}
		mustCommit(b, db, c)
	}
	began := time.Now()
	if _, err := db.run(b.Context(), db.scripts.dump, nil); err != nil {
		b.Fatal(err)
	}
	held := time.Since(began)
	var n int
	for b.Loop() {
		var file bytes.Buffer
		if _, err := db.Backup(b.Context(), &file, passphrase); err != nil {
			b.Fatal(err)
		}
		n = file.Len()
	}
	b.ReportMetric(float64(held.Milliseconds()), "held-ms")
	b.ReportMetric(float64(n)/1e6, "file-MB")
	b.ReportMetric(float64(20_000*len(body))/1e6, "data-MB")
}
