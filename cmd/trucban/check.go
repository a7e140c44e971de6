package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/internal/hotline"
	"trucban/internal/incident"
	"trucban/internal/redisdb"
	"trucban/messages"
)

type healthCmd struct {
	URL string `help:"Address to ask; default: the one of TRUCBAN_LISTEN." placeholder:"URL"`
}

// Run asks the running bot whether it is alive; exit code 1 when not.
func (c healthCmd) Run(ctx context.Context, s streams) error {
	if c.URL == "" {
		listen := os.Getenv("TRUCBAN_LISTEN")
		if listen == "" {
			listen = "127.0.0.1:8080"
		}
		if listen[0] == ':' {
			listen = "127.0.0.1" + listen
		}
		c.URL = "http://" + listen + "/healthz"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return usageError{fmt.Errorf("ask %s: %w", c.URL, err)}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("the bot does not answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot answers %s", res.Status)
	}
	_, err = fmt.Fprintln(s.out, "alive")
	return err
}

type checkCmd struct{}

// finding is one line of the check.
type finding struct {
	what, is, mend string
	ok             bool
}

// Run tries everything the service needs and prints one line each, with what mends it.
func (c checkCmd) Run(ctx context.Context, s streams) error {
	cfg, err := readConfig(os.Getenv)
	list := []finding{{"settings", "complete", "", true}}
	if err != nil {
		list[0] = finding{"settings", err.Error(), "see the table of settings in README", false}
	}
	list = append(list, checkTexts(), checkTown(cfg), checkData(cfg))
	list = append(list, checkRedis(ctx, cfg)...)
	list = append(list, checkDoors(ctx, cfg)...)
	bad := printFindings(s.out, list)
	if bad > 0 {
		return usageError{fmt.Errorf("%d of %d checks failed", bad, len(list))}
	}
	return nil
}

func printFindings(w io.Writer, list []finding) (bad int) {
	for _, f := range list {
		mark := "ok  "
		if !f.ok {
			mark, bad = "FAIL", bad+1
		}
		line := fmt.Sprintf("%s %-12s %s", mark, f.what, f.is)
		if !f.ok && f.mend != "" {
			line += "\n     mend: " + f.mend
		}
		_, _ = fmt.Fprintln(w, line)
	}
	return bad
}

func failed(what string, err error, mend string) finding {
	return finding{what: what, is: err.Error(), mend: mend}
}

func checkTexts() finding {
	if _, err := messages.Load(); err != nil {
		return failed("texts", err, "the build is broken: take another release")
	}
	book, err := hotline.Parse(messages.Hotlines())
	if err != nil {
		return failed("texts", err, "the build is broken: take another release")
	}
	if _, err := incident.ParseRules(messages.Rules()); err != nil {
		return failed("texts", err, "the build is broken: take another release")
	}
	return finding{"texts", fmt.Sprintf("%d languages, %d emergency contacts, %d of them never checked", len(messages.Languages()), len(book.Active()), len(book.Unsure(time.Now()))), "", true}
}

func checkTown(cfg Config) finding {
	if cfg.Town == "" {
		return finding{"organisation", "no file; what was set up in chat is used", "", true}
	}
	s, err := readTown(cfg.Town)
	if err != nil {
		return failed("organisation", err, "mend the lines named; the file is described in README")
	}
	return finding{"organisation", fmt.Sprintf("%d units, %d people, %d chats, %d shifts", len(s.Town.Org.Units), len(s.Town.Org.Members), len(s.Rooms), len(s.Shifts)), "", true}
}

// leastFree is the free space below which the journal of held updates is in danger.
const leastFree = 512 << 20

func checkData(cfg Config) finding {
	mend := "make the folder named by TRUCBAN_DATA writable for the bot's user"
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return failed("data folder", err, mend)
	}
	probe := filepath.Join(cfg.Data, ".probe")
	if err := os.WriteFile(probe, []byte("x"), 0o600); err != nil {
		return failed("data folder", err, mend)
	}
	if err := os.Remove(probe); err != nil {
		return failed("data folder", err, mend)
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(cfg.Data, &fs); err == nil {
		return enoughSpace(cfg.Data, fs.Bavail*uint64(fs.Bsize))
	}
	return finding{"data folder", cfg.Data + " is writable", "", true}
}

// enoughSpace judges the free bytes of the data folder's disk.
func enoughSpace(folder string, free uint64) finding {
	if free < leastFree {
		return finding{"data folder", fmt.Sprintf("only %d MB free", free>>20), "free some space: updates are held there while Redis is away", false}
	}
	return finding{"data folder", fmt.Sprintf("%s is writable, %d MB free", folder, free>>20), "", true}
}

// leastRedis is the oldest major version the scripts are tried on.
const leastRedis = 7

// judgeServer says whether a server is new enough and keeps what it confirmed.
func judgeServer(s redisdb.Server) finding {
	f := finding{what: "redis", is: s.Version + ", an acknowledged write survives " + s.Durable()}
	major, _, _ := strings.Cut(s.Version, ".")
	switch n, err := strconv.Atoi(major); {
	case err != nil || n < leastRedis:
		f.mend = fmt.Sprintf("install Redis %d or newer", leastRedis)
	case !s.AOF:
		f.mend = "start redis-server with --appendonly yes --appendfsync always"
	default:
		f.ok = true
	}
	return f
}

// mostSkew is how far the machine's clock may be off before it is worth a word;
// the bot itself goes by the clock of Redis.
const mostSkew = 2 * time.Second

func checkRedis(ctx context.Context, cfg Config) []finding {
	mend := "start Redis 7 or newer and set TRUCBAN_REDIS_URL"
	opt, err := redisOptions(string(cfg.RedisURL))
	if err != nil {
		return []finding{failed("redis", err, mend)}
	}
	opt.DialTimeout, opt.MaxRetries = 3*time.Second, -1
	client := redis.NewUniversalClient(opt)
	defer closeQuietly(client, zerolog.Nop())
	namespace := cfg.Namespace
	if namespace == "" {
		namespace = "trucban"
	}
	db, err := redisdb.New(redisdb.Options{Client: client, Namespace: namespace, Log: zerolog.Nop()})
	if err != nil {
		return []finding{failed("redis", err, mend)}
	}
	before := time.Now()
	now, err := db.Now(ctx)
	if err != nil {
		return []finding{failed("redis", fmt.Errorf("cannot be reached"), mend)}
	}
	skew := now.Sub(before.Add(time.Since(before) / 2)).Abs()
	servers, err := db.CheckServer(ctx)
	if err != nil {
		return []finding{failed("redis", err, "set maxmemory-policy noeviction and appendonly yes")}
	}
	out := make([]finding, 0, len(servers)+1)
	for _, s := range servers {
		out = append(out, judgeServer(s))
	}
	if skew > mostSkew {
		return append(out, finding{"clock", fmt.Sprintf("this machine is %s off Redis's clock", skew.Round(time.Second)), "run a time service (systemd-timesyncd, chrony) on both", false})
	}
	return append(out, finding{"clock", "agrees with Redis; wall times are UTC+7 whatever the machine's zone", "", true})
}
