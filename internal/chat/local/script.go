package local

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"

	"trucban/internal/chat"
)

// Zone is the wall clock of scripts and of the page: Vietnam, UTC+7 all year.
var Zone = time.FixedZone("ICT", 7*60*60)

// Script is a conversation as text: who writes or presses what and when, and
// every message the bot answers with.
//
// A script begins with a YAML header that ends at a line "---":
//
//	title: Điểm danh đầu ca
//	org: phuong-mau.yaml      # a file beside the script, or the YAML itself, indented
//	caps: full                # full, telegram (with its limits) or zalo (no buttons, no edits)
//	also: [zalo]              # played there as well; see On
//	clock: 2027-02-05 15:58   # at UTC+7
//	people: [{id: an, name: Nguyễn Văn An}]                           # added to those of the org
//	chats: [{id: vhxh, kind: group, title: Phòng VH-XH, members: [an]}]
//
// Below it stand steps and, after each, what the bot is expected to show:
//
//	# a remark
//	@ 2027-02-05 16:00              the clock moves; all that is due in between happens in order
//	@ 16:30                         the same day
//	@ +20m                          from where it stands
//	An > vhxh: /ondanh              An types into a chat; more lines follow indented
//	An > private: /catoi            into An's private chat with the bot
//	An > vhxh (reply "Ca đêm"): có  as an answer to the newest message that holds the words
//	An > vhxh (reply "Ca đêm" with a.png): như ảnh   the same with a file beside the script
//	An > vhxh (file lich.csv): /naplich   a file beside the script, with a caption
//	An > private (phone 0912345678)       shares the own number; (card 0912345678 Tên) somebody else's
//	An > vhxh (forward "Tên"): chữ        passes somebody's words on
//	An ! vhxh: [Điểm danh]          presses the button on the newest message that has it
//	An ! vhxh (on "Ca đêm"): [Xong] ... that has it and holds the words
//	* again                         the last update is delivered a second time
//	* stop, * start, * restart      the bot's process
//	* kick An vhxh, * admit An vhxh, * block An, * unblock An, * move An vhxh new-id
//	* fault vhxh down 3             see the FaultKinds; "all" is every chat; times, or a wait like 30s
//	* heal vhxh
//	* redis down                    any other verb goes to the system, when it is a Doer
//
//	bot > vhxh: Đã ghi nhận.        a message
//	bot > vhxh:                     a message of several lines
//	  Ca đêm 05/02
//	  [Điểm danh] [Có việc]         its buttons
//	bot ~ vhxh (16:00): ...         the message sent at 16:00 changed to this
//	16:10 bot > vhxh: ...           it came at 16:10, while the clock moved further
//	(not taken, it will be delivered again)
//
// Every message must be expected. Those of one chat come in the order shown; the
// order between chats at the same moment is free. "{*}" stands for any words.
type Script struct {
	Name  string // file name, for errors
	Title string
	Org   []byte // YAML of the organisation; empty when the header names none
	Caps  chat.Caps
	Also  []string // further caps it is played with
	Start time.Time
	// Files are the files the script names.
	Files fs.FS

	people []Person
	chats  []Chat
	header string // verbatim, with the closing "---"
	items  []item
	record bool // what is shown is written down, not held against expectations
}

// header as YAML.
type scriptHeader struct {
	Title  string         `yaml:"title"`
	Org    any            `yaml:"org"`
	Caps   string         `yaml:"caps"`
	Also   []string       `yaml:"also"`
	Clock  string         `yaml:"clock"`
	People []scriptPerson `yaml:"people"`
	Chats  []scriptChat   `yaml:"chats"`
}

type scriptPerson struct {
	ID        string `yaml:"id"`
	Name      string `yaml:"name"`
	Anonymous bool   `yaml:"anonymous"`
}

type scriptChat struct {
	ID      string   `yaml:"id"`
	Kind    string   `yaml:"kind"`
	Title   string   `yaml:"title"`
	Members []string `yaml:"members"`
	Dormant bool     `yaml:"dormant"`
}

const clockLayout = "2006-01-02 15:04"

// capsByName are the platforms a script can be played on.
func capsByName(name string) (chat.Caps, bool) {
	switch name {
	case "", "full":
		return FullCaps(), true
	case "zalo":
		c := ZaloCaps()
		c.Replies = false // a reply there does not say what it answers
		return c, true
	case "telegram":
		c := FullCaps()
		c.MaxText = 4096
		c.MaxKeys = 100
		c.Limits = chat.Limits{ChatEvery: time.Second, GroupPerMinute: 20, PerSecond: 30}
		return c, true
	}
	return chat.Caps{}, false
}

// On is the same conversation on another platform: its steps without its
// expectations, so that Play writes down whatever is shown. A press becomes the
// words that stand for the button where there are none. RunScripts holds the
// transcript against the file of the same name in the folder named like the caps.
func (s *Script) On(caps string) (*Script, error) {
	c, ok := capsByName(caps)
	if !ok {
		return nil, fmt.Errorf("%s: caps %q is not one of full, telegram, zalo", s.Name, caps)
	}
	other := *s
	other.Name, other.Caps, other.record, other.items = caps+"/"+s.Name, c, true, nil
	for _, it := range s.items {
		if it.kind != expected {
			other.items = append(other.items, it)
		}
	}
	return &other, nil
}

// LoadScript reads a script and the organisation file it names.
func LoadScript(path string) (*Script, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load script: %w", err)
	}
	defer func() { _ = f.Close() }()
	s, err := parseScript(f, filepath.Base(path), os.DirFS(filepath.Dir(path)))
	if err != nil {
		return nil, fmt.Errorf("load script %s: %w", filepath.Base(path), err)
	}
	return s, nil
}

func (s *Script) readHeader(text string) error {
	var h scriptHeader
	if err := yaml.UnmarshalWithOptions([]byte(text), &h, yaml.Strict(), yaml.UseOrderedMap()); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	var ok bool
	if s.Caps, ok = capsByName(h.Caps); !ok {
		return fmt.Errorf("header: caps %q is not one of full, telegram, zalo", h.Caps)
	}
	for _, name := range h.Also {
		if _, ok := capsByName(name); !ok || name == "" {
			return fmt.Errorf("header: also names %q, which is not one of full, telegram, zalo", name)
		}
	}
	s.Also = h.Also
	var err error
	if s.Start, err = time.ParseInLocation(clockLayout, h.Clock, Zone); err != nil {
		return fmt.Errorf("header: clock %q is not a time like 2027-02-05 15:58", h.Clock)
	}
	s.Title = h.Title
	for _, p := range h.People {
		s.people = append(s.people, Person{ID: p.ID, Name: p.Name, Anonymous: p.Anonymous})
	}
	for _, c := range h.Chats {
		s.chats = append(s.chats, Chat{ID: c.ID, Kind: chat.Kind(c.Kind), Title: c.Title, Members: c.Members, Dormant: c.Dormant})
	}
	return s.readOrg(h.Org)
}

func (s *Script) readOrg(org any) error {
	switch v := org.(type) {
	case nil:
		return nil
	case string:
		if s.Files == nil {
			return fmt.Errorf("header: org names the file %q, but there is no folder to look in", v)
		}
		data, err := fs.ReadFile(s.Files, v)
		if err != nil {
			return fmt.Errorf("header: org: %w", err)
		}
		s.Org = data
		return nil
	default:
		data, err := yaml.Marshal(v)
		if err != nil {
			return fmt.Errorf("header: org: %w", err)
		}
		s.Org = data
		return nil
	}
}

// Scene is what a script is played on: a clock that stands at its start and a
// platform with the people and chats of its header.
type Scene struct {
	Script   *Script
	Clock    *Clock
	Platform *Platform
}

// Scene sets the stage. The system to be played adds the people and chats of the
// organisation and moves the clock.
func (s *Script) Scene() (*Scene, error) {
	clock := NewStill(s.Start.UTC())
	caps := s.Caps
	p := New(Options{Clock: clock, Caps: &caps})
	for _, who := range s.people {
		p.AddPerson(who)
	}
	for _, c := range s.chats {
		if err := p.AddChat(c); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return &Scene{Script: s, Clock: clock, Platform: p}, nil
}
