package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// turn is one update or one job on its way to its single commit.
type turn struct {
	b        *Bot
	u        chat.Update
	job      *due.Claim
	now      time.Time // the moment that counts: the platform's timestamp, or the claim's clock
	clock    time.Time // the shared clock now
	town     *Town
	me       team.Member
	linked   bool
	room     Room
	admitted bool
	testing  bool // in a test group, where nothing real is taken
	asked    *Dialog
	cause    string // prefix of every item id of this turn
	change   Change
	docs     map[Ref]Doc
	was      map[Ref]json.RawMessage // documents this turn writes, as they were before
	docAt    map[Ref]int             // where each document stands in change.Docs
	dueAt    map[string]int          // where each alarm stands in change.Due, by its key
	items    int
	routed   string
	lacking  map[string][]string         // by wave: those of it whom nothing can be sent to
	gentle   bool                        // what is sent now can wait; see gently
	subjects []roster.ShiftID            // the shifts it is about
	calm     map[string][]roster.ShiftID // items that can wait, by id, with the shifts they are about
	held     []heldBack                  // items that wait
	after    func()                      // done once the commit stands; for copies in memory only
}

// begin reads what every update needs in one round trip: the organisation's
// revision, the sender, the room and the open question.
func (b *Bot) begin(ctx context.Context, u chat.Update) (*turn, error) {
	u = cleaned(u)
	t := &turn{b: b, u: u, now: u.SentAt, clock: b.Now(), cause: u.ID, docs: map[Ref]Doc{}}
	t.change.Seen, t.change.Same = u.ID, u.Same
	whole := u.To
	whole.Thread = ""
	refs := []Ref{revRef, accountRef(u.From.Key()), roomRef(u.To), dialogRef(u.To, u.From), roomRef(whole)}
	ask := refs
	if whole == u.To {
		ask = refs[:4] // that room is asked for already
	}
	if err := t.load(ctx, ask...); err != nil {
		return nil, err
	}
	if err := t.useTown(ctx); err != nil {
		return nil, err
	}
	var acc Link
	if ok, err := t.read(refs[1], &acc); err != nil {
		return nil, err
	} else if ok && !u.From.Anonymous {
		t.me, t.linked = t.town.Org.Member(acc.Member)
	}
	// A topic that is no room of its own belongs to the room the whole chat is.
	for _, ref := range []Ref{refs[2], refs[4]} {
		if ok, err := t.read(ref, &t.room); err != nil {
			return nil, err
		} else if ok {
			_, t.admitted = t.town.Org.Unit(t.room.Unit)
			t.testing = t.admitted && t.room.Purpose == ForTest
			t.admitted = t.admitted && !t.testing
			break
		}
	}
	var d Dialog
	if ok, err := t.read(refs[3], &d); err != nil {
		return nil, err
	} else if ok {
		t.asked = &d
	}
	return t, nil
}

func (b *Bot) beginJob(ctx context.Context, c due.Claim) (*turn, error) {
	t := &turn{b: b, job: &c, now: c.Now, clock: c.Now, docs: map[Ref]Doc{}}
	t.cause = c.Key() + "@" + strconv.FormatInt(c.At.UnixMilli(), 36)
	t.change.Settle = &c
	if err := t.load(ctx, revRef); err != nil {
		return nil, err
	}
	return t, t.useTown(ctx)
}

// load reads the documents not read yet in this turn.
func (t *turn) load(ctx context.Context, refs ...Ref) error {
	var need []Ref
	for _, r := range refs {
		if _, have := t.docs[r]; !have {
			need = append(need, r)
		}
	}
	if len(need) == 0 {
		return nil
	}
	docs, err := t.b.Store.Load(ctx, need...)
	if err != nil {
		return fmt.Errorf("load %s: %w", need[0], err)
	}
	for i, d := range docs {
		d.Ref = need[i]
		t.docs[d.Ref] = d
	}
	return nil
}

// find reads an index; documents already read in this turn keep the state the turn has.
func (t *turn) find(ctx context.Context, r Range) ([]Ref, error) {
	docs, err := t.b.Store.Find(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", r.Index, err)
	}
	out := make([]Ref, 0, len(docs))
	for _, d := range docs {
		if _, have := t.docs[d.Ref]; !have {
			t.docs[d.Ref] = d
		}
		out = append(out, d.Ref)
	}
	return out, nil
}

// read decodes a loaded document; ok is false when there is none.
func (t *turn) read(r Ref, into any) (ok bool, err error) {
	d := t.docs[r]
	if len(d.Data) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(d.Data, into); err != nil {
		return false, fmt.Errorf("decode %s: %w", r, err)
	}
	return true, nil
}

// get loads and decodes one document.
func (t *turn) get(ctx context.Context, r Ref, into any) (ok bool, err error) {
	if err := t.load(ctx, r); err != nil {
		return false, err
	}
	return t.read(r, into)
}

// put plans the write of a document, on the version this turn has read.
func (t *turn) put(r Ref, v any, with Doc) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", r, err)
	}
	with.Ref, with.Data = r, data
	t.write(with)
	return nil
}

// drop plans the removal of a document.
func (t *turn) drop(r Ref) { t.write(Doc{Ref: r}) }

func (t *turn) write(d Doc) {
	if d.Version == 0 {
		d.Version = t.docs[d.Ref].Version
	}
	seen := t.docs[d.Ref]
	if _, again := t.was[d.Ref]; !again {
		if t.was == nil {
			t.was = map[Ref]json.RawMessage{}
		}
		t.was[d.Ref] = seen.Data
	}
	seen.Ref, seen.Data = d.Ref, d.Data
	t.docs[d.Ref] = seen
	if i, again := t.docAt[d.Ref]; again {
		t.change.Docs[i] = d
		return
	}
	if t.docAt == nil {
		t.docAt = map[Ref]int{}
	}
	t.docAt[d.Ref] = len(t.change.Docs)
	t.change.Docs = append(t.change.Docs, d)
}

// wake names the next moment of an aggregate; the zero time takes it off the clock.
func (t *turn) wake(kind, id string, at time.Time) {
	j := due.Job{Kind: kind, ID: id, At: at}
	if i, again := t.dueAt[j.Key()]; again {
		t.change.Due[i] = j
		return
	}
	if t.dueAt == nil {
		t.dueAt = map[string]int{}
	}
	t.dueAt[j.Key()] = len(t.change.Due)
	t.change.Due = append(t.change.Due, j)
}

// note adds a line to the audit log.
func (t *turn) note(what string, subject Ref, unit team.UnitID) {
	e := Event{At: t.now, What: what, Subject: subject, By: string(t.me.ID), Unit: string(unit)}
	if !t.u.To.IsZero() {
		e.From, e.Private = t.u.To.Key(), t.u.Kind == chat.Private
	}
	t.change.Log = append(t.change.Log, e)
}

// text renders a message in the office's language. A text that cannot be
// rendered is a fault of the build, caught by the catalogue's test; people get
// the apology instead of nothing.
func (t *turn) text(m any) string {
	s, err := t.b.Texts.Render(t.town.Lang, m)
	if err != nil {
		t.b.Log.Error().Err(err).Str("cause", t.cause).Msg("text failed")
		s, _ = t.b.Texts.Render(t.town.Lang, messages.Apology{Ref: "TEXT"})
	}
	return s
}

func (t *turn) label(key string) string { return t.b.Texts.Label(t.town.Lang, key) }

// send queues an item; its id is derived from the cause, so that the same turn
// made again queues the same items.
func (t *turn) send(it outbox.Item) {
	it.ID = t.cause + "#" + strconv.Itoa(t.items)
	t.items++
	if t.gentle && (it.Class == outbox.Reminder || it.Class == outbox.Digest) {
		if t.calm == nil {
			t.calm = map[string][]roster.ShiftID{}
		}
		t.calm[it.ID] = t.subjects
	}
	t.spell(&it)
	t.change.Out = append(t.change.Out, it)
}

// replyFor is how long an answer to a person is worth sending.
const replyFor = time.Hour

// reply answers in the chat the update came from.
func (t *turn) reply(m any, buttons ...[]chat.Button) {
	msg := chat.Message{Text: t.text(m), Buttons: buttons}
	if t.u.Kind == chat.Group && t.u.Event == chat.EventMessage {
		msg.ReplyTo = t.u.Message
	}
	t.send(outbox.Item{To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Message: msg, NotAfter: t.clock.Add(replyFor), About: "trả lời"})
}

// refused answers with a refusal: what is the sender's to mend is no fault of the turn.
func (t *turn) refused(m any) error {
	t.reply(m)
	return nil
}

// passed notes that a decision was left out, and why that is right.
func (t *turn) passed(err error, why string) {
	t.b.Log.Debug().Err(err).Str("cause", t.cause).Str("why", why).Msg("left out")
}

// caps says what the platform of the chat can do.
func (t *turn) caps(a chat.Address) chat.Caps {
	if s, ok := t.b.Senders[a.Platform]; ok {
		return s.Caps()
	}
	return chat.Caps{}
}

func (t *turn) commit(ctx context.Context) error {
	if err := t.notables(ctx); err != nil {
		return err
	}
	if err := t.keepBack(ctx); err != nil {
		return err
	}
	if err := t.receipts(ctx); err != nil {
		return err
	}
	if err := t.mirror(); err != nil {
		return err
	}
	c := t.change
	if c.Settle == nil && len(c.Docs)+len(c.Out)+len(c.Due)+len(c.Log) == 0 {
		return nil
	}
	if err := t.b.Store.Commit(ctx, c); err != nil {
		return fmt.Errorf("commit %s: %w", t.cause, err)
	}
	if t.after != nil {
		t.after()
	}
	return nil
}
