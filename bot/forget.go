package bot

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/forget"
	"trucban/internal/incident"
	"trucban/internal/team"
)

// aliasMark begins the pseudonym of a person who was forgotten.
const aliasMark = "p-"

// harmless are the text fields of stored documents that hold no words of a person:
// codes, titles of official documents, names of shifts. Every other text is blanked.
var harmless = map[string]bool{
	"roster.Shift.Name": true, "roster.Shift.Period": true,
	"checkin.Entry.What": true, "checkin.Matter.ID": true,
	"incident.Incident.Kind": true, "incident.Incident.System": true, "incident.Answer.Question": true, "incident.Task.Text": true,
	"incident.Deadline.ID": true, "incident.Deadline.Regime": true, "incident.Deadline.What": true, "incident.Deadline.To": true,
	"checklist.Run.Directive": true, "checklist.Run.Title": true, "checklist.Run.Number": true,
	"checklist.TaskState.ID": true, "checklist.TaskState.Title": true, "checklist.TaskState.Cron": true, "checklist.Round.Key": true,
	"checklist.VulnState.ID": true, "checklist.VulnState.About": true, "checklist.Entry.What": true, "checklist.Entry.Task": true,
	"checklist.Evidence.Kind": true, "checklist.Evidence.Platform": true,
}

// codes are the entries of an incident's timeline whose text is a code and no words of a person.
var codes = map[incident.What]bool{
	incident.WhatKind: true, incident.WhatLevel: true, incident.WhatFound: true, incident.WhatAdopted: true,
	incident.WhatUnreached: true, incident.WhatDeadline: true, incident.WhatMissed: true, incident.WhatTask: true,
}

func keepText(field string, of reflect.Value) bool {
	if field == "incident.Entry.Text" {
		e, ok := of.Interface().(incident.Entry)
		return ok && codes[e.What]
	}
	return harmless[field]
}

// forgetting are the rules for everybody, or for one person only.
func (t *turn) forgetting(ctx context.Context, only team.MemberID, met *[]team.MemberID) (forget.Rules, *error) {
	fault := new(error)
	return forget.Rules{Only: only, Keep: keepText, Alias: func(m team.MemberID) team.MemberID {
		if only != "" && m != only || strings.HasPrefix(string(m), aliasMark) {
			return m
		}
		alias, err := t.b.Alias(ctx, string(m))
		if err != nil {
			*fault = err
			return m
		}
		if met != nil {
			*met = append(*met, m)
		}
		return team.MemberID(alias)
	}}, fault
}

// keep is how long a document that is over and in no index is kept.
func (t *turn) keep() time.Duration {
	return t.clock.Sub(t.town.People.ForgetBefore(t.clock))
}

// forgetDoc takes what is personal out of one document that was read, and plans its
// write when there was anything. Documents of matters that are not over stay as they are.
func (t *turn) forgetDoc(ref Ref, r forget.Rules) (bool, error) {
	var v any
	switch ref.Kind {
	case "watch":
		v = &checkin.Watch{}
	case "incident":
		v = &incident.Incident{}
	case "run":
		v = &checklist.Run{}
	default:
		return false, fmt.Errorf("forget %s: nothing is known of this kind", ref)
	}
	if ok, err := t.read(ref, v); err != nil || !ok {
		return false, err
	}
	switch d := v.(type) {
	case *checkin.Watch:
		if !d.Shift.End.Before(t.now) {
			return false, nil
		}
		applied := r.Apply(d)
		w, renamed := d.Rename(r.Alias)
		if !applied && !renamed {
			return false, nil
		}
		return true, t.putWatch(w.Note(checkin.Entry{At: t.now, What: "wiped"}))
	case *incident.Incident:
		if d.IsOpen() && r.Only == "" || !leaving(r, d.IsOpen()).Apply(d) {
			return false, nil
		}
		return true, t.putIncident(*d)
	case *checklist.Run:
		if d.Closed == nil && r.Only == "" || !leaving(r, d.Closed == nil).Apply(d) {
			return false, nil
		}
		return true, t.putRun(*d)
	}
	return false, nil
}

// leaving are the rules for a matter that is not over: its words are still needed.
func leaving(r forget.Rules, open bool) forget.Rules {
	if open {
		r.Keep = func(string, reflect.Value) bool { return true }
	}
	return r
}

// stillOnClock is how long after its end a shift may have something left to do.
const stillOnClock = 7 * 24 * time.Hour

// putWatch writes a shift that is over. Its clock does not change: a step that a
// newer policy has and this shift never took would alarm somebody for the past.
func (t *turn) putWatch(w checkin.Watch) error {
	var next time.Time
	if t.now.Sub(w.Shift.End) < stillOnClock {
		next = w.NextAt(t.rule(w.Shift.Unit))
	}
	return t.put(watchRef(w.Shift.ID), w, t.watchDoc(w, next))
}

// putIncident writes an incident whose clock does not change.
func (t *turn) putIncident(i incident.Incident) error {
	score := i.ReportedAt.UnixMilli()
	index := []Entry{{"incident/all", score}, {"incident/u/" + string(i.Unit), score}}
	if i.IsOpen() {
		index = append(index, Entry{"incident/open", score})
	}
	if !i.Next.IsZero() {
		index = append(index, Entry{"open", score})
	}
	return t.put(incidentRef(i.ID), i, Doc{Index: index, Marks: i.Marks()})
}

// putRun writes a run whose clock does not change.
func (t *turn) putRun(r checklist.Run) error {
	at := r.Issued.UnixMilli()
	index := []Entry{{directiveIndex(r.Directive), at}, {"run/u/" + string(r.Unit), at}}
	if r.Closed == nil {
		index = append(index, Entry{"run/open", at}, Entry{"open", at})
	}
	return t.put(runRef(r.ID()), r, Doc{Index: index, Marks: r.Marks()})
}

// page reads documents of an index from a score on, oldest first, and says where to
// go on; done is true at the end. All documents of one score are on one page.
func (t *turn) page(ctx context.Context, index string, from, to int64) (refs []Ref, next int64, done bool, err error) {
	for n := forgetBatch; ; n *= 2 {
		docs, err := t.b.Store.Find(ctx, Range{Index: index, From: from, To: to, Limit: n})
		if err != nil {
			return nil, 0, false, fmt.Errorf("find in %s: %w", index, err)
		}
		refs = refs[:0]
		for _, d := range docs {
			t.docs[d.Ref] = d
			refs = append(refs, d.Ref)
		}
		if len(docs) < n {
			return refs, to, true, nil
		}
		if last := t.scoreOf(refs[len(refs)-1]); last > from {
			return refs, last, false, nil
		}
	}
}

// forgetBatch is how many documents one commit looks through.
const forgetBatch = 100

// scoreOf is where a document stands in the index it is forgotten by.
func (t *turn) scoreOf(ref Ref) int64 {
	switch ref.Kind {
	case "watch":
		var w checkin.Watch
		if ok, err := t.read(ref, &w); ok && err == nil {
			return w.Shift.End.UnixMilli()
		}
	case "incident":
		var i incident.Incident
		if ok, err := t.read(ref, &i); ok && err == nil {
			return i.ReportedAt.UnixMilli()
		}
	case "run":
		var r checklist.Run
		if ok, err := t.read(ref, &r); ok && err == nil {
			return r.Issued.UnixMilli()
		}
	}
	return 0
}
