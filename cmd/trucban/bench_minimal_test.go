package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// What the minimal bot is told by its environment.
const (
	minimalEnv   = "TRUCBAN_BENCH_MINIMAL" // address of its Bot API
	minimalRedis = "TRUCBAN_BENCH_REDIS"
	minimalDoc   = "TRUCBAN_BENCH_DOC" // fields of the document it writes, as a JSON object
)

// TestMain lets this binary be the minimal bot, in a process of its own.
func TestMain(m *testing.M) {
	api := os.Getenv(minimalEnv)
	if api == "" {
		os.Exit(m.Run())
	}
	if err := minimalBot(context.Background(), api); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// minimalBot is the least a bot can be: poll, write, answer; one after the other, with
// nothing but net/http. What it writes in one durable round trip is what the program
// records of a check-in (that the update was seen, the shift's document with its
// indexes, its next alarm, a line of the log), without having read or decided anything.
func minimalBot(ctx context.Context, api string) error {
	db := redis.NewClient(&redis.Options{Addr: os.Getenv(minimalRedis)})
	var doc map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(minimalDoc)), &doc); err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	indexes := strings.Split(strings.TrimSpace(doc["x"]), "\n")
	offset := int64(0)
	for {
		var got struct {
			Result []struct {
				ID      int64 `json:"update_id"`
				Message struct {
					Chat struct {
						ID int64 `json:"id"`
					} `json:"chat"`
				} `json:"message"`
			} `json:"result"`
		}
		if err := call(ctx, api+"getUpdates", url.Values{"timeout": {"20"}, "offset": {strconv.FormatInt(offset, 10)}}, &got); err != nil {
			return err
		}
		for _, u := range got.Result {
			who := strconv.FormatInt(u.Message.Chat.ID, 10)
			_, err := db.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Set(ctx, "min:seen:"+strconv.FormatInt(u.ID, 10), 1, 50*time.Hour)
				p.HSet(ctx, "min:watch:"+who, doc)
				for _, x := range indexes {
					name, _, _ := strings.Cut(x, "\t")
					p.ZAdd(ctx, "min:x:"+name, redis.Z{Score: float64(u.ID), Member: "watch:" + who})
				}
				p.ZAdd(ctx, "min:due", redis.Z{Score: float64(u.ID), Member: "watch:" + who})
				p.XAdd(ctx, &redis.XAddArgs{Stream: "min:log", MaxLen: 200_000, Approx: true, Values: []string{"e",
					`{"at":"2026-11-23T00:00:00Z","what":"checkin.in","subject":{"k":"watch","i":"` + who + `"},"by":"p1","from":"telegram:` + who + `","unit":"u1"}`}})
				return nil
			})
			if err != nil {
				return fmt.Errorf("write: %w", err)
			}
			var sent struct{ OK bool }
			answer := url.Values{"chat_id": {who}, "text": {minimalAnswer}, "parse_mode": {"HTML"}, "link_preview_options": {`{"is_disabled":true}`}}
			if err := call(ctx, api+"sendMessage", answer, &sent); err != nil {
				return err
			}
			offset = u.ID + 1
		}
	}
}

// minimalAnswer is about as long as the program's.
const minimalAnswer = "<b>Đã ghi nhận đ/c Nguyễn Văn 100 có mặt lúc 18:35 ngày 23/11</b>\nCa trực, 19:00 ngày 23/11 đến 03:00 ngày 24/11"

func call(ctx context.Context, address string, form url.Values, out any) error {
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
