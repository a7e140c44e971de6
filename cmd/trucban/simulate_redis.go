package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

var errRefused = errors.New("too many requests")

// weight is how much memory a redis-server needs for what a namespace holds.
type weight struct {
	version string
	keys    int     // of the sample
	perByte float64 // bytes of memory for each byte of names and values, beyond what an empty server needs
}

// weighed are the sizes of the two samples, in groups.
var weighed = [2]int{10, 60}

// hasRedis reports whether a redis-server is installed.
func hasRedis() bool {
	_, err := exec.LookPath("redis-server")
	return err == nil
}

// weigh plays one day of two small provinces on a redis-server of its own and in memory, and compares how both grow.
func (s simulation) weigh(ctx context.Context) (*weight, error) {
	var w weight
	var memory, content [2]float64
	for i, groups := range weighed {
		d := district{number: 1, groups: groups, communes: groups}
		in, err := s.play(ctx, d, 1, newMemoryStage)
		if err != nil {
			return nil, err
		}
		content[i] = float64(in.size.Bytes)
		err = withRedis(ctx, func(client redis.UniversalClient) error {
			on := func(ctx context.Context, clock *local.Clock, doors []chat.Platform, setup *bot.Setup) (*stage, error) {
				return newClientStage(ctx, client, clock, doors, setup)
			}
			if _, err := s.play(ctx, d, 1, on); err != nil {
				return err
			}
			return w.read(ctx, client, &memory[i])
		})
		if err != nil {
			return nil, err
		}
		s.say("redis-server %s: %d groups, one day: %d keys, %.1f MB", w.version, groups, w.keys, memory[i]/1e6)
	}
	w.perByte = (memory[1] - memory[0]) / (content[1] - content[0])
	return &w, nil
}

// read asks the server for its version, its keys and the memory they take.
func (w *weight) read(ctx context.Context, client redis.UniversalClient, memory *float64) error {
	info, err := client.Info(ctx, "server", "memory").Result()
	if err != nil {
		return fmt.Errorf("ask for the memory: %w", err)
	}
	keys, err := client.DBSize(ctx).Result()
	if err != nil {
		return fmt.Errorf("count the keys: %w", err)
	}
	w.keys = int(keys)
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "redis_version":
			w.version = value
		case "used_memory":
			if *memory, err = strconv.ParseFloat(value, 64); err != nil {
				return fmt.Errorf("read the memory: %w", err)
			}
		}
	}
	return nil
}

// redisPatience bounds how long a redis-server of our own may take to start.
const redisPatience = time.Minute

// withRedis runs f with a redis-server of its own, on a socket in a folder of its own, and ends it.
func withRedis(ctx context.Context, f func(redis.UniversalClient) error) (err error) {
	dir, err := os.MkdirTemp("", "trucban-redis-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	socket := filepath.Join(dir, "s")
	ctx, stop := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, "redis-server", "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no", "--loglevel", "warning")
	if err := cmd.Start(); err != nil {
		stop()
		return fmt.Errorf("start redis-server: %w", err)
	}
	defer func() {
		stop()
		_ = cmd.Wait() // it was killed; what it says does not matter
	}()
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	defer func() { err = errors.Join(err, client.Close()) }()
	limited, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for client.Ping(limited).Err() != nil {
		select {
		case <-limited.Done():
			return fmt.Errorf("redis-server does not answer: %w", limited.Err())
		case <-tick.C:
		}
	}
	return f(client)
}
