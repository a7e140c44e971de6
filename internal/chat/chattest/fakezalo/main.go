// Command fakezalo is a Zalo Bot Platform on one machine: a person can play with
// the bot without a Zalo account.
//
//	go run ./internal/chat/chattest/fakezalo
//
// It prints the settings to start the bot with, shows what the bot sends, and
// takes lines of what people do:
//
//	an: xin chào                 An writes to the bot in private
//	an @doi1: ổn định            An mentions the bot in the group doi1
//	an >doi1: ổn định            An replies to a message of the bot there
//	an doi1: chào cả nhà         An writes there without a mention: the bot never learns of it
//	an photo https://x/y.jpg: chữ   a picture with a caption, in private
//	again                        the last update is delivered a second time
//	!502 sendMessage 3           faults: an HTTP status, stored, hang, cut or quota; method; how often
//	!wrapped on                  switches: wrapped, photo_url, seconds, queue
//	!kick doi1, !invite doi1     the bot leaves or joins a group
//
// People and groups come into being when they are named. State is in memory.
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
		fmt.Fprintln(os.Stderr, "fakezalo:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends; without input it serves all the same.
func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("fakezalo", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8091", "address to serve on")
	token := flags.String("token", "12345689:fake-zalo-token", "the token to accept")
	name := flags.String("name", "Bot Trực Ban", "the bot's display name")
	quota := flags.Int("quota", 3000, "messages a month")
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
	fake := chattest.NewZalo(chattest.ZaloOptions{Token: *token, Name: *name, Quota: *quota, PlainWebhook: true})
	srv := &http.Server{Handler: fake, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	stage := newStage(fake, out)
	stage.printf("A fake Zalo is at http://%s; state is in memory. Start the bot with\n", ln.Addr())
	stage.printf("  TRUCBAN_ZALO_API=http://%s TRUCBAN_ZALO_TOKEN=%s\n", ln.Addr(), *token)
	show, hide := context.WithCancel(ctx)
	shown := make(chan struct{})
	go func() { defer close(shown); stage.show(show) }()
	lines := make(chan string)
	go read(show, in, lines)
	err = play(ctx, stage, lines, served)
	hide()
	<-shown
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
			s.do(line)
		case err := <-served:
			return fmt.Errorf("serve: %w", err)
		case <-ctx.Done():
			return nil
		}
	}
}

// read hands over lines; a line that is being waited for at the end is left to the process's end.
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
