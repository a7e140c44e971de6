// Command trucban is the Trực Ban bot: the trial mode, the service, and the tools around it.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// Exit codes: 0 well, 1 a fault while working, 2 wrong use, settings or input.
const (
	exitFault = 1
	exitUsage = 2
)

// usageError marks what the user can mend: wrong flags, settings or input.
type usageError struct{ error }

// Unwrap gives the fault itself.
func (e usageError) Unwrap() error { return e.error }

type commands struct {
	Demo     demoCmd     `cmd:"" help:"Try it: a made-up ward on one web page; nothing is needed, nothing is kept."`
	Run      runCmd      `cmd:"" help:"Run the bot on Telegram or Zalo with Redis; settings come from the environment."`
	Init     initCmd     `cmd:"" help:"Ask five questions and write the organisation file and the settings."`
	Check    checkCmd    `cmd:"" help:"Try everything the service needs; one line each, with what mends it."`
	Health   healthCmd   `cmd:"" help:"Ask a running bot whether it is alive; for containers."`
	Watch    watchCmd    `cmd:"" help:"Watch a bot from beside it and tell the leaders when it is silent or hangs."`
	Export   exportCmd   `cmd:"" help:"Print the organisation in force as a file."`
	Apply    applyCmd    `cmd:"" help:"Show what an organisation file would change; with --yes make it the one in force."`
	Rehearse rehearseCmd `cmd:"" help:"Play the coming shifts on a fast clock and print what would be sent; nothing is."`
	Simulate simulateCmd `cmd:"" help:"Play a made-up country through a long holiday: how late reminders get, tokens and memory needed."`
	Backup   backupCmd   `cmd:"" help:"Write one signed, compressed file of everything the bot keeps."`
	Restore  restoreCmd  `cmd:"" help:"Read a backup into an empty namespace, here or on another server."`
	Audit    auditCmd    `cmd:"" help:"Check the log of what was done."`
	Dispatch dispatchCmd `cmd:"" help:"Read a dispatch (công văn) and print the draft directive."`
	Roster   rosterCmd   `cmd:"" help:"Read a roster file (Excel, Word, CSV) and print what it would change."`
}

func main() {
	redis.SetLogger(quietRedis{}) // what matters comes back as an error and is logged once
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// quietRedis drops the client's own lines on the error stream.
type quietRedis struct{}

// Printf drops the line.
func (quietRedis) Printf(context.Context, string, ...any) {}

// streams are where a command writes.
type streams struct{ out, err io.Writer }

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	var c commands
	exited, code := false, 0
	k, err := kong.New(&c, kong.Name("trucban"), kong.Writers(out, errOut), kong.UsageOnError(),
		kong.Description("Trực Ban: reminders, check-ins, directives and incidents for duty teams."),
		kong.Exit(func(n int) { exited, code = true, n }))
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "trucban:", err)
		return exitFault
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := k.Parse(longFlags(args))
	if exited {
		return code
	}
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "trucban:", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(streams{out, errOut})
	if err := parsed.Run(); err != nil {
		_, _ = fmt.Fprintln(errOut, "trucban:", err)
		if errors.As(err, new(usageError)) {
			return exitUsage
		}
		return exitFault
	}
	return 0
}

// longFlags lets a long flag be written with one dash, -listen for --listen.
func longFlags(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		if len(a) > 2 && a[0] == '-' && a[1] != '-' && a[2] != '=' && (a[1] < '0' || a[1] > '9') {
			a = "-" + a
		}
		out[i] = a
	}
	return out
}

// newLog writes JSON lines; people's words, phones and tokens never get there.
func newLog(w io.Writer, level zerolog.Level) zerolog.Logger {
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}

// codeLetters leaves out what is mistaken for something else when read aloud or copied.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// randomCode is a one-time code of 8 characters: 40 bits, single use, two days.
func randomCode() string {
	b := make([]byte, 8)
	for i := range b {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		if err != nil {
			panic(fmt.Errorf("the system's random source failed: %w", err))
		}
		b[i] = codeLetters[n.Int64()]
	}
	return string(b)
}
