package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"trucban/bot"
	"trucban/internal/team"
)

// townFile is the organisation file as it is written.
type townFile struct {
	Name     string      `yaml:"name,omitempty"`
	Timezone string      `yaml:"timezone,omitempty"`
	Lang     string      `yaml:"lang,omitempty"`
	Units    []townUnit  `yaml:"units,omitempty"`
	People   []townMan   `yaml:"people,omitempty"`
	Policy   townPolicy  `yaml:"policy,omitempty"`
	Digest   []string    `yaml:"digest,omitempty"`
	Picture  string      `yaml:"digest_picture,omitempty"` // daily, each or none
	Shifts   []townShift `yaml:"shifts,omitempty"`
	Rosters  []townSheet `yaml:"rosters,omitempty"`

	Rotations []townRotation `yaml:"rotations,omitempty"`
	Periods   []townPeriod   `yaml:"periods,omitempty"`
	Eves      []townEve      `yaml:"eves,omitempty"` // who had the eves of Tết before
}

// townSheet is a roster file beside the organisation file.
type townSheet struct {
	File string `yaml:"file,omitempty"`
	Unit string `yaml:"unit,omitempty"` // of rows that name none
}

type townUnit struct {
	ID      string           `yaml:"id,omitempty"`
	Name    string           `yaml:"name,omitempty"`
	Short   string           `yaml:"short,omitempty"`
	Parent  string           `yaml:"parent,omitempty"`
	Kind    string           `yaml:"kind,omitempty"`
	Tags    []string         `yaml:"tags,omitempty"`
	Chats   map[string]chats `yaml:"chats,omitempty"`   // platform -> the unit's group
	Leaders map[string]chats `yaml:"leaders,omitempty"` // platform -> the leaders' group
	Desk    map[string]chats `yaml:"desk,omitempty"`    // platform -> the duty desk's group
	Profile *team.Profile    `yaml:"profile,omitempty"` // for the unit's incident reports
	Checkin *townCheckin     `yaml:"checkin,omitempty"` // its own, over what stands above
}

type townMan struct {
	ID       string            `yaml:"id,omitempty"`
	Name     string            `yaml:"name,omitempty"`
	Title    string            `yaml:"title,omitempty"`
	Unit     string            `yaml:"unit,omitempty"`
	Roles    []string          `yaml:"roles,omitempty"`
	Phone    string            `yaml:"phone,omitempty"`
	Accounts map[string]string `yaml:"accounts,omitempty"` // platform -> account id
	Started  []string          `yaml:"started,omitempty"`  // platforms on which the private chat is known to be open
}

type townPolicy struct {
	Checkin  *townCheckin  `yaml:"checkin,omitempty"`
	Incident *townIncident `yaml:"incident,omitempty"`
	People   *townPeople   `yaml:"people,omitempty"`
	Posts    []string      `yaml:"posts,omitempty"` // that every shift must have
}

type townPeople struct {
	Report     *string         `yaml:"report,omitempty"`      // hour of the daily list of people not reached, or none
	WarnEve    *string         `yaml:"warn_eve,omitempty"`    // hour of the day before a shift, or none
	WarnBefore []time.Duration `yaml:"warn_before,omitempty"` // before the shift
	KeepDays   *int            `yaml:"keep_days,omitempty"`   // personal data, after a duty's end
}

type townIncident struct {
	Regime string                   `yaml:"regime,omitempty"`
	Times  map[string]townIncidentT `yaml:"times,omitempty"`
}

type townIncidentT struct {
	Head     *time.Duration `yaml:"head,omitempty"`
	Duty     *time.Duration `yaml:"duty,omitempty"`
	Leaders  *time.Duration `yaml:"leaders,omitempty"`
	Everyone *time.Duration `yaml:"everyone,omitempty"`
	Repeat   *time.Duration `yaml:"repeat,omitempty"`
	Idle     *time.Duration `yaml:"idle,omitempty"`
}

type townShift struct {
	Unit   string     `yaml:"unit,omitempty"`
	Name   string     `yaml:"name,omitempty"`
	Start  string     `yaml:"start,omitempty"`
	End    string     `yaml:"end,omitempty"`
	People []townPost `yaml:"people,omitempty"`
	Note   string     `yaml:"note,omitempty"`
}

type townPost struct {
	Person string `yaml:"person,omitempty"`
	Post   string `yaml:"post,omitempty"`
}

// chats is one chat id or a list of them; numbers are taken as they are written.
type chats []string

// UnmarshalYAML reads "-1001", -1001 or a list of either.
func (c *chats) UnmarshalYAML(read func(any) error) error {
	var list []any
	if err := read(&list); err != nil {
		var one any
		if err := read(&one); err != nil {
			return fmt.Errorf("a chat id or a list of them: %w", err)
		}
		list = []any{one}
	}
	for _, v := range list {
		*c = append(*c, strings.TrimSpace(fmt.Sprint(v)))
	}
	return nil
}

// readTown reads and checks an organisation file; the error lists every fault with its line.
func readTown(path string) (bot.Setup, error) {
	data, err := readAtMost(path, maxTown+1)
	if err != nil {
		return bot.Setup{}, fmt.Errorf("read the organisation file: %w", err)
	}
	f, s, err := parseTownFile(data)
	if err != nil {
		return s, err
	}
	return s, addRosters(&s, path, f.Rosters)
}

// parseTown reads an organisation that has no files beside it.
func parseTown(data []byte) (bot.Setup, error) {
	f, s, err := parseTownFile(data)
	if err == nil && len(f.Rosters) > 0 {
		err = errors.New("organisation file: rosters: there is no folder to look in")
	}
	return s, err
}

var wrongType = regexp.MustCompile(`^\[(\d+):\d+\] cannot unmarshal \w+ into Go struct field \S+ of type (\w+)`)

// plainFault says in the words of the file what the reader says in those of Go.
func plainFault(text string) string {
	m := wrongType.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	needed := map[string]string{"bool": "true or false", "int": "a number", "string": "a text"}[m[2]]
	if needed == "" {
		needed = "something else"
	}
	return fmt.Sprintf("line %s: %s is needed here", m[1], needed)
}

func parseTownFile(data []byte) (townFile, bot.Setup, error) {
	var f townFile
	if err := plainYAML(data); err != nil {
		return f, bot.Setup{}, err
	}
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return f, bot.Setup{}, fmt.Errorf("organisation file: %s", plainFault(yaml.FormatError(err, false, false)))
	}
	doc, err := parser.ParseBytes(data, 0)
	if err != nil {
		return f, bot.Setup{}, fmt.Errorf("organisation file: %w", err)
	}
	r := townReader{doc: doc}
	sum := sha256.Sum256(data)
	s := r.setup(f, hex.EncodeToString(sum[:8]))
	return f, s, errors.Join(r.faults...)
}
