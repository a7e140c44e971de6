package bot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"trucban/internal/due"
	"trucban/internal/outbox"
)

// Ref names one stored document: an aggregate, or a small record beside one.
type Ref struct {
	Kind string `json:"k"`
	ID   string `json:"i"`
}

// String is "kind:id".
func (r Ref) String() string { return r.Kind + ":" + r.ID }

// ParseRef is the inverse of Ref.String; a kind holds no colon.
func ParseRef(s string) Ref {
	kind, id, _ := strings.Cut(s, ":")
	return Ref{Kind: kind, ID: id}
}

// AnyVersion as Doc.Version writes whatever stands there. It is for records with
// one writer or where the last word wins; aggregates name the version they read.
const AnyVersion int64 = -1

// Doc is a document as read, or as it shall be written.
type Doc struct {
	Ref
	// Version is the one read (0: there was none); a commit on another version is a conflict.
	Version int64
	// Data is the JSON of the document; nil when absent, and nil deletes on commit.
	Data json.RawMessage
	// Marks are the conditions that hold in this state; outbox guards ask for them.
	Marks []string
	// Index is the complete list of entries this document shall have; entries it had before and that are not listed go.
	Index []Entry
	// TTL lets the document expire; zero keeps it.
	TTL time.Duration
}

// Entry puts a document into a sorted index; Score is usually a UTC millisecond.
type Entry struct {
	Index string `json:"x"`
	Score int64  `json:"s"`
}

// Range asks for the documents of an index with From <= score <= To, lowest first.
type Range struct {
	Index string
	From  int64
	To    int64
	Limit int  // 0: all
	Desc  bool // highest first
}

// Event is one line of the audit log. It names units by id and never holds a text
// somebody typed; people and private chats are written as pseudonyms.
type Event struct {
	At      time.Time         `json:"at"`
	What    string            `json:"what"`
	Subject Ref               `json:"subject"`
	By      string            `json:"by,omitempty"`   // member id
	From    string            `json:"from,omitempty"` // chat address
	Private bool              `json:"-"`              // From is a private chat, and so a person's account
	Unit    string            `json:"unit,omitempty"`
	Data    map[string]string `json:"data,omitempty"`
}

// Change is everything one update or one due job does, made in one step or not at all.
type Change struct {
	Seen   string     // id of the update; "" for a job
	Same   string     // what makes another update within a minute the same one; "" nothing does
	Settle *due.Claim // the job this change answers; its lease must still be held
	Docs   []Doc
	Out    []outbox.Item
	Due    []due.Job // the next moment of each aggregate; settles the claimed job when it names it
	Log    []Event
}

// Faults of a commit. All others mean that nothing is known about it and the
// caller may make the same change again: the seen mark keeps it from being made twice.
var (
	ErrSeen        = errors.New("update was handled before")
	ErrConflict    = errors.New("a document changed since it was read")
	ErrLeaseLost   = due.ErrLost
	ErrUnavailable = errors.New("the store cannot be reached")
)

// Store is what the bot needs of the database.
type Store interface {
	// Load reads the documents in one round trip, in the order asked; an absent one has nil Data.
	Load(ctx context.Context, refs ...Ref) ([]Doc, error)
	// Find reads the documents of an index in one round trip.
	Find(ctx context.Context, r Range) ([]Doc, error)
	// Commit makes the change, or returns ErrSeen, ErrConflict or ErrLeaseLost and makes nothing of it.
	Commit(ctx context.Context, c Change) error
}
