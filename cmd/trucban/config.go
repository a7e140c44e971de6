package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Config is what the environment says. Secrets are of type secret and never print.
type Config struct {
	TelegramToken  secret
	TelegramAPI    string
	TelegramSecret secret // set: updates come by webhook under /telegram
	TelegramRate   string // messages a second Telegram lets the bot send over all chats
	ZaloToken      secret
	ZaloAPI        string
	ZaloSecret     secret // set: updates come by webhook under /zalo
	ZaloMonthly    string // messages Zalo lets the bot send in a calendar month
	RedisURL       secret // may hold a password
	Namespace      string
	Listen         string
	PublicURL      string
	BoardKey       secret // signs the board's links; one is made where it is not set
	Town           string
	Data           string // folder for the journal and the snapshot
	BackupKey      secret // passphrase backups are signed with
	Heartbeat      string // address asked each minute while all is well
}

// secret is a value that must not be printed.
type secret string

// String hides the value.
func (s secret) String() string {
	if s == "" {
		return "(not set)"
	}
	return "(set, hidden)"
}

// setting is one row of the settings table: README prints it, readConfig reads by it.
type setting struct {
	name, def, example, what string
	secret                   bool
	to                       func(*Config) *string
	check                    func(string) error
}

var (
	telegramForm  = regexp.MustCompile(`^\d{5,}:[A-Za-z0-9_-]{20,}$`)
	zaloForm      = regexp.MustCompile(`^\d+:\S+$`)
	namespaceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,30}$`)
	rateForm      = regexp.MustCompile(`^[1-9][0-9]{0,4}$`)
	monthlyForm   = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
	webhookSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{16,256}$`)
)

// settings is the one table of settings. Every secret can also come from a file named by NAME_FILE.
func settings() []setting {
	s := func(f func(*Config) *secret) func(*Config) *string {
		return func(c *Config) *string { return (*string)(f(c)) }
	}
	return []setting{
		{name: "TRUCBAN_TELEGRAM_TOKEN", example: "123456789:AAE…", what: "token of the Telegram bot, from BotFather", secret: true,
			to: s(func(c *Config) *secret { return &c.TelegramToken }), check: matches(telegramForm, "digits, a colon and a key, as BotFather gives it")},
		{name: "TRUCBAN_TELEGRAM_API", def: "https://api.telegram.org", example: "https://relay.example.vn", what: "base URL of the Bot API or of an own relay",
			to: func(c *Config) *string { return &c.TelegramAPI }, check: webURL},
		{name: "TRUCBAN_TELEGRAM_SECRET", example: "16 to 256 characters A-Za-z0-9_-", what: "webhook secret; set it to receive by webhook instead of polling", secret: true,
			to: s(func(c *Config) *secret { return &c.TelegramSecret }), check: matches(webhookSecret, "16 to 256 characters out of A-Z a-z 0-9 _ -")},
		{name: "TRUCBAN_TELEGRAM_PER_SECOND", def: "30", example: "1000", what: "messages a second to all chats together; more than 30 only where Telegram has granted it",
			to: func(c *Config) *string { return &c.TelegramRate }, check: matches(rateForm, "a number of messages, 1 to 99999")},
		{name: "TRUCBAN_ZALO_TOKEN", example: "12345689:abc-xyz", what: "token of the Zalo bot, from Zalo Bot Creator", secret: true,
			to: s(func(c *Config) *secret { return &c.ZaloToken }), check: matches(zaloForm, "digits, a colon and a key, as Zalo Bot Creator gives it")},
		{name: "TRUCBAN_ZALO_API", def: "https://bot-api.zaloplatforms.com", example: "https://bot-api.zapps.me", what: "base URL of the Zalo Bot Platform",
			to: func(c *Config) *string { return &c.ZaloAPI }, check: webURL},
		{name: "TRUCBAN_ZALO_SECRET", example: "16 to 256 characters A-Za-z0-9_-", what: "webhook secret; set it to receive by webhook (preferred) instead of polling", secret: true,
			to: s(func(c *Config) *secret { return &c.ZaloSecret }), check: matches(webhookSecret, "16 to 256 characters out of A-Z a-z 0-9 _ -")},
		{name: "TRUCBAN_ZALO_MONTHLY", def: "3000", example: "30000", what: "messages a month the Zalo bot's plan allows; the desk is warned at 80 %, and the last of them are kept for alarms",
			to: func(c *Config) *string { return &c.ZaloMonthly }, check: matches(monthlyForm, "a number of messages, 1 or more")},
		{name: "TRUCBAN_REDIS_URL", def: "redis://127.0.0.1:6379/0", example: "rediss://user:password@redis:6379/0", what: "Redis: redis://, rediss:// (TLS), or several host:port with ?master_name= (Sentinel) or ?cluster=true", secret: true,
			to: s(func(c *Config) *secret { return &c.RedisURL }), check: redisURL},
		{name: "TRUCBAN_NAMESPACE", def: "trucban", example: "nghean", what: "prefix of all keys; one for each organisation tree",
			to: func(c *Config) *string { return &c.Namespace }, check: matches(namespaceForm, "a-z, 0-9, - and _, at most 31 characters")},
		{name: "TRUCBAN_LISTEN", def: "127.0.0.1:8080", example: ":8080", what: "address of the web server (health, metrics, board, webhooks)",
			to: func(c *Config) *string { return &c.Listen }, check: hostPort},
		{name: "TRUCBAN_PUBLIC_URL", example: "https://truc.example.vn", what: "the address people and platforms reach the web server by; needed for webhooks and board links",
			to: func(c *Config) *string { return &c.PublicURL }, check: webURL},
		{name: "TRUCBAN_BOARD_KEY", example: "32 characters or more, for example from: openssl rand -hex 32", what: "signs the board's links; without it Redis keeps one made by chance", secret: true,
			to: s(func(c *Config) *secret { return &c.BoardKey }), check: longKey},
		{name: "TRUCBAN_TOWN", example: "/etc/trucban/town.yaml", what: "path of the organisation file; without it the bot starts with an empty organisation",
			to: func(c *Config) *string { return &c.Town }, check: readable},
		{name: "TRUCBAN_DATA", def: "data", example: "/var/lib/trucban", what: "folder for what must survive without Redis: held updates, the last duty snapshot",
			to: func(c *Config) *string { return &c.Data }, check: func(string) error { return nil }},
		{name: "TRUCBAN_BACKUP_KEY", example: "at least 12 characters", what: "passphrase `trucban backup` signs with and `trucban restore` checks; keep it apart from the backups", secret: true,
			to: s(func(c *Config) *secret { return &c.BackupKey }), check: longEnough},
		{name: "TRUCBAN_HEARTBEAT_URL", example: "https://hc.example.vn/ping/0000", what: "address asked each minute while the bot can commit; whoever answers it raises the alarm when it stops (dead man's switch)",
			to: func(c *Config) *string { return &c.Heartbeat }, check: webURL},
	}
}

func matches(re *regexp.Regexp, form string) func(string) error {
	return func(v string) error {
		if !re.MatchString(v) {
			return errors.New(form)
		}
		return nil
	}
}

func webURL(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("an http or https address")
	}
	return nil
}

func redisURL(v string) error {
	if _, err := redisOptions(v); err != nil {
		return errors.New("redis://host:6379/0, rediss://user:password@host:6379/0, or a comma-separated list of host:port")
	}
	return nil
}

func longKey(v string) error {
	if len(v) < boardKey {
		return fmt.Errorf("at least %d characters", boardKey)
	}
	return nil
}

func hostPort(v string) error {
	if _, _, err := net.SplitHostPort(v); err != nil {
		return errors.New("host:port, or :port for every address of the machine")
	}
	return nil
}

func longEnough(v string) error {
	if len(v) < leastPassphrase {
		return fmt.Errorf("at least %d characters", leastPassphrase)
	}
	return nil
}

func readable(v string) error {
	info, err := os.Stat(v)
	if err != nil || info.IsDir() {
		return errors.New("the path of a file that can be read")
	}
	return nil
}

// readConfig reads the settings; the error lists everything that is wrong or
// missing at once, each with what a right value looks like, and no secret.
func readConfig(env func(string) string) (Config, error) {
	c, faults := readSettings(env)
	if c.TelegramToken == "" && c.ZaloToken == "" && len(faults) == 0 {
		faults = append(faults, errors.New("TRUCBAN_TELEGRAM_TOKEN or TRUCBAN_ZALO_TOKEN is needed: the bot has no door without one (for example 123456789:AAE…, from BotFather)"))
	}
	if (c.TelegramSecret != "" || c.ZaloSecret != "") && c.PublicURL == "" {
		faults = append(faults, errors.New("TRUCBAN_PUBLIC_URL is needed with a webhook secret (for example https://truc.example.vn)"))
	}
	return c, errors.Join(faults...)
}

// readSettings reads every setting by itself, for tools that need only some.
func readSettings(env func(string) string) (c Config, faults []error) {
	for _, s := range settings() {
		v, err := lookUp(env, s)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if v == "" {
			v = s.def
		}
		if v == "" {
			continue
		}
		if err := s.check(v); err != nil {
			shown := fmt.Sprintf("%q", v)
			if s.secret {
				shown = "the value (hidden)"
			}
			faults = append(faults, fmt.Errorf("%s: %s does not fit; right is: %w (for example %s)", s.name, shown, err, s.example))
			continue
		}
		*s.to(&c) = v
	}
	return c, faults
}

// lookUp reads a setting or, for a secret, the file that NAME_FILE names.
func lookUp(env func(string) string, s setting) (string, error) {
	v := strings.TrimSpace(env(s.name))
	file := strings.TrimSpace(env(s.name + "_FILE"))
	if !s.secret || file == "" {
		return v, nil
	}
	if v != "" {
		return "", fmt.Errorf("%s and %s_FILE are both set: keep one", s.name, s.name)
	}
	data, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return "", fmt.Errorf("%s_FILE: the file cannot be read: %w", s.name, err)
	}
	return strings.TrimSpace(string(data)), nil
}
