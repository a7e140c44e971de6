package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// Retention is one job of the organisation: each night it goes on where it stood
// and takes what is personal out of what ended KeepDays ago. Each batch and the
// place it came to are one commit, so that a crash repeats nothing and skips nothing.
const (
	retainKind = "retain"
	retainAt   = 2*time.Hour + 30*time.Minute // wall time at UTC+7
)

// nextBatch sets batches apart: what a job sends is named by its moment.
const nextBatch = time.Millisecond

var retainRef = Ref{retainKind, "day"}

// retained is how far the job has come.
type retained struct {
	Month string           `json:"month"` // every month it begins again from the oldest, for what was open then
	Stage int              `json:"stage"`
	At    map[string]int64 `json:"at"` // index -> score
	Count map[string]int   `json:"count,omitempty"`
	// Gone are the people of this night whose number and accounts went.
	Gone []string `json:"gone,omitempty"`
}

// nextRetain is the next night.
func nextRetain(now time.Time) time.Time {
	at := calendar.DateOf(now).Midnight().Add(retainAt)
	if !at.After(now) {
		at = calendar.DateOf(now).AddDays(1).Midnight().Add(retainAt)
	}
	return at.UTC()
}

// planRetain puts the job on the clock.
func (t *turn) planRetain(ctx context.Context) error {
	var r retained
	if ok, err := t.get(ctx, retainRef, &r); err != nil || ok {
		return err
	}
	t.wake(retainRef.Kind, retainRef.ID, nextRetain(t.now))
	return t.put(retainRef, r, Doc{Index: []Entry{{Index: "open"}}})
}

// retainStages lists the indexes the job goes through: shifts, incidents, the
// checklists of each unit, then messages that were given up or came too late.
func (t *turn) retainStages() []string {
	out := []string{"watch/end", "incident/all"}
	for _, u := range t.town.Org.Units {
		out = append(out, "run/u/"+string(u.ID))
	}
	return append(out, indexDead, "stale")
}

// dueRetain takes one batch.
func dueRetain(ctx context.Context, t *turn) error {
	var r retained
	if _, err := t.get(ctx, retainRef, &r); err != nil {
		return err
	}
	if month := t.now.In(calendar.Zone).Format("2006-01"); r.Month != month {
		r = retained{Month: month}
	}
	if r.At == nil {
		r.At = map[string]int64{}
	}
	if r.Count == nil {
		r.Count = map[string]int{}
	}
	stages := t.retainStages()
	again := false
	if t.b.Alias != nil && r.Stage < len(stages) {
		done, err := t.retainBatch(ctx, &r, stages[r.Stage])
		if err != nil {
			return err
		}
		if done {
			r.Stage++
		}
		again = r.Stage < len(stages)
	}
	if !again {
		if err := t.tellRetained(ctx, &r); err != nil {
			return err
		}
		r.Stage, r.Count, r.Gone = 0, nil, nil
		t.wake(retainRef.Kind, retainRef.ID, nextRetain(t.now))
	} else {
		t.wake(retainRef.Kind, retainRef.ID, t.now.Add(nextBatch))
	}
	return t.put(retainRef, r, Doc{Index: []Entry{{Index: "open"}}})
}

// retainBatch looks through one page of an index; done says that it was the last.
func (t *turn) retainBatch(ctx context.Context, r *retained, index string) (bool, error) {
	before := t.town.People.ForgetBefore(t.now)
	refs, next, done, err := t.page(ctx, index, r.At[index], before.UnixMilli())
	if err != nil {
		return false, err
	}
	r.At[index] = next
	if index == indexDead || index == "stale" {
		for _, ref := range refs {
			t.drop(ref) // its text, and whom it was for
			r.Count[index]++
		}
		return done, nil
	}
	var met []team.MemberID
	rules, fault := t.forgetting(ctx, "", &met)
	for _, ref := range refs {
		changed, err := t.forgetDoc(ref, rules)
		if err != nil || *fault != nil {
			return false, fmt.Errorf("forget %s: %w", ref, firstError(err, *fault))
		}
		if changed {
			r.Count[ref.Kind]++
		}
	}
	if index != "watch/end" {
		return done, nil
	}
	return done, t.retainPeople(ctx, r, met, before)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// retainPeople takes number and accounts off those whose last duty was forgotten
// just now: officers without a later one.
func (t *turn) retainPeople(ctx context.Context, r *retained, met []team.MemberID, before time.Time) error {
	slices.Sort(met)
	var gone []team.Member
	for _, id := range slices.Compact(met) {
		m, known := t.town.Org.Member(id)
		if !known || m.Level() > team.LevelLinked {
			continue
		}
		later, err := t.b.Store.Find(ctx, Range{Index: "watch/m/" + string(id), From: before.UnixMilli() + 1, To: maxScore, Limit: 1})
		if err != nil {
			return fmt.Errorf("find later duties: %w", err)
		}
		if len(later) == 0 {
			gone = append(gone, m)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	town := t.town.clone()
	for i := range town.Org.Members {
		m := &town.Org.Members[i]
		if !slices.ContainsFunc(gone, func(g team.Member) bool { return g.ID == m.ID }) {
			continue
		}
		had, err := t.forgetReach(ctx, m.ID, messages.AccountForgotten{Days: t.town.People.KeepDays})
		if err != nil {
			return err
		}
		if m.Phone == "" && !had {
			continue
		}
		m.Phone = ""
		r.Gone = append(r.Gone, m.Name)
		t.note("person.retained", reachRef(m.ID), m.Unit)
	}
	return t.saveTown(town)
}

// forgetReach takes every account off the person and tells each of them; it says whether there was any.
func (t *turn) forgetReach(ctx context.Context, m team.MemberID, word any) (bool, error) {
	var r Reach
	if ok, err := t.get(ctx, reachRef(m), &r); err != nil || !ok || len(r.Doors) == 0 {
		return false, err
	}
	for _, d := range r.Doors {
		if err := t.load(ctx, accountRef(d.Account)); err != nil {
			return true, err
		}
		t.drop(accountRef(d.Account))
		if d.Started && !d.Blocked {
			t.send(outbox.Item{To: d.Addr, Kind: chat.Private, Class: outbox.Reply, Message: chat.Message{Text: t.text(word)}, NotAfter: t.clock.Add(24 * time.Hour), About: "xóa dữ liệu"})
		}
	}
	// For a while the empty document keeps back what still waits for the accounts.
	return true, t.put(reachRef(m), Reach{}, Doc{Marks: []string{"doors"}, TTL: 72 * time.Hour})
}

// tellRetained tells the desk what the night took, when it took anything of people.
func (t *turn) tellRetained(ctx context.Context, r *retained) error {
	total := 0
	for _, n := range r.Count {
		total += n
	}
	root := t.town.Org.Root()
	if total == 0 && len(r.Gone) == 0 || root == "" {
		return nil
	}
	t.note("data.retained", retainRef, root)
	if len(r.Gone) == 0 {
		return nil // the documents alone are no news
	}
	m := messages.DataRetained{Days: t.town.People.KeepDays, Docs: total, People: someNames(r.Gone)}
	return t.tellDesk(ctx, root, outbox.Digest, chat.Message{Text: t.text(m)}, "lưu giữ dữ liệu")
}
