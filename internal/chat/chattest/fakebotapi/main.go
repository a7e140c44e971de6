// Command fakebotapi is a Telegram Bot API on one machine: a person can play with
// the bot without Telegram.
//
//	go run ./internal/chat/chattest/fakebotapi
//
// It prints the settings to start the bot with, shows what the bot sends, and
// takes lines of what people do, from the terminal or posted to /control:
//
//	lan: /start                  Lan writes to the bot in private
//	lan @to1: /ondanh            Lan writes in the group to1
//	lan @to1 reply 12: có mặt    Lan answers message 12 there
//	lan @to1 press 12 2          Lan presses the second button of message 12
//	lan photo: /suco cháy chợ    a picture with a caption; file: is a document
//	lan phone: 84912345678       Lan shares the own number
//	lan block, lan unblock       Lan blocks the bot, or lets it write again
//	!admin to1, !kick to1        the bot's standing in a group; also !member, !restrict
//	!upgrade to1                 the group becomes a supergroup with a new id
//	!502 sendMessage 3           faults: an HTTP status, 429, hang, cut or lost; method; how often
//	!heal                        takes all faults away
//
// People and groups come into being when they are named. State is in memory, and
// it listens on this machine only unless told otherwise: anybody who reaches it
// can act as anybody.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"trucban/internal/chat/chattest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fakebotapi:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends; without input it serves all the same.
func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("fakebotapi", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8081", "address to serve on")
	token := flags.String("token", "123456789:AAfake-token-of-the-test-server", "the token to accept")
	name := flags.String("name", "truc_ban_bot", "the bot's name without @")
	unlimited := flags.Bool("unlimited", false, "no rate limits; for measurements")
	privacy := flags.Bool("privacy", false, "privacy mode: groups deliver only what is meant for the bot")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return fmt.Errorf("read flags: %w", err)
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("listen on %s (choose another with -listen): %w", *listen, err)
	}
	fake := chattest.NewTelegram(chattest.TelegramOptions{Token: *token, Username: *name, Privacy: *privacy, NoLimits: *unlimited})
	stage := newStage(fake, out)
	srv := &http.Server{Handler: stage.handler(), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	stage.printf("A fake Bot API is at http://%s; state is in memory. Start the bot with\n", ln.Addr())
	stage.printf("  TRUCBAN_TELEGRAM_API=http://%s TRUCBAN_TELEGRAM_TOKEN=%s\n", ln.Addr(), *token)
	show, hide := context.WithCancel(ctx)
	shown := make(chan struct{})
	go func() { defer close(shown); stage.show(show) }()
	lines := make(chan string)
	go read(show, in, lines)
	err = play(ctx, stage, lines, served)
	hide()
	<-shown
	fake.Close()
	return errors.Join(err, srv.Close())
}

// play takes lines until ctx ends or the server does.
func play(ctx context.Context, s *stage, lines <-chan string, served <-chan error) error {
	for {
		select {
		case line, more := <-lines:
			if !more {
				lines = nil
				continue
			}
			if err := s.do(line); err != nil {
				s.printf("? %v\n", err)
			}
		case err := <-served:
			return fmt.Errorf("serve: %w", err)
		case <-ctx.Done():
			return nil
		}
	}
}

// read hands over lines until the input or ctx ends.
func read(ctx context.Context, in io.Reader, lines chan<- string) {
	defer close(lines)
	for sc := bufio.NewScanner(in); sc.Scan(); {
		select {
		case lines <- sc.Text():
		case <-ctx.Done():
			return
		}
	}
}
