package checklist

import (
	"slices"
	"strings"
	"time"

	"trucban/internal/team"
)

// VulnAnswer is what a unit says about a vulnerability; "" is no answer yet.
type VulnAnswer string

// The closed set of answers.
const (
	VulnNotUsed  VulnAnswer = "not_used" // không dùng
	VulnPatched  VulnAnswer = "patched"  // đã vá
	VulnPatching VulnAnswer = "patching" // đang vá, đến khi
	VulnNeedHelp VulnAnswer = "need_help"
)

func (a VulnAnswer) settled() bool { return a == VulnNotUsed || a == VulnPatched }

// Known reports whether a is one of the closed set.
func (a VulnAnswer) Known() bool { return a.settled() || a == VulnPatching || a == VulnNeedHelp }

// VulnState is one vulnerability in one unit.
type VulnState struct {
	ID     string        `json:"id"`
	About  string        `json:"about,omitzero"`
	Due    time.Time     `json:"due,omitzero"`
	Answer VulnAnswer    `json:"answer,omitzero"`
	Until  time.Time     `json:"until,omitzero"` // of VulnPatching
	By     team.MemberID `json:"by,omitzero"`
	At     time.Time     `json:"at,omitzero"`
	Note   string        `json:"note,omitzero"`
	ladder
}

func (r Run) vuln(id string) int {
	return slices.IndexFunc(r.Vulns, func(v VulnState) bool { return strings.EqualFold(v.ID, id) })
}

// VulnReply is what a unit says about a vulnerability. VulnPatching names until when.
type VulnReply struct {
	Answer VulnAnswer
	Until  time.Time
	Note   string
}

// AnswerVuln records the unit's answer; a later one replaces it. The ladder of
// VulnPatching counts from the moment it names.
func (r Run) AnswerVuln(id string, s Stamp, a VulnReply) (Run, error) {
	if r.Closed != nil {
		return r, ErrClosed
	}
	i := r.vuln(id)
	switch {
	case i < 0:
		return r, ErrNoVuln
	case !a.Answer.Known():
		return r, ErrBadAnswer
	case a.Answer == VulnPatching && !a.Until.After(s.At):
		return r, ErrNeedUntil
	}
	next := r.clone()
	v := &next.Vulns[i]
	v.Answer, v.By, v.At, v.Note, v.Until = a.Answer, s.By, s.At, a.Note, time.Time{}
	if a.Answer == VulnPatching {
		v.Until = a.Until
		v.ladder = ladder{Base: a.Until, Told: s.At}
	}
	next.note(s, "vuln_"+string(a.Answer), v.ID, a.Note)
	return next, nil
}

// behind reports whether the answer is owed past its moment, or a promised patch is.
func (v VulnState) behind(now time.Time) bool {
	return !v.Answer.settled() && !v.Base.IsZero() && !now.Before(v.Base)
}

// VulnTotal is one vulnerability over all units.
type VulnTotal struct {
	ID       string        `json:"id"`
	About    string        `json:"about,omitzero"`
	NotUsed  int           `json:"not_used"`
	Patched  int           `json:"patched"`
	Patching int           `json:"patching"`
	NeedHelp int           `json:"need_help"`
	Silent   int           `json:"silent"`           // no answer
	Exposed  []team.UnitID `json:"exposed,omitzero"` // patching or need help
	Unheard  []team.UnitID `json:"unheard,omitzero"` // no answer
}

// VulnTotals counts the answers of all runs, in the order the vulnerabilities first appear.
func VulnTotals(runs []Run) []VulnTotal {
	var out []VulnTotal
	at := map[string]int{}
	for _, r := range runs {
		for _, v := range r.Vulns {
			i, ok := at[v.ID]
			if !ok {
				i = len(out)
				at[v.ID] = i
				out = append(out, VulnTotal{ID: v.ID, About: v.About})
			}
			out[i].add(v, r.Unit)
		}
	}
	return out
}

func (t *VulnTotal) add(v VulnState, u team.UnitID) {
	switch v.Answer {
	case VulnNotUsed:
		t.NotUsed++
	case VulnPatched:
		t.Patched++
	case VulnPatching:
		t.Patching++
		t.Exposed = append(t.Exposed, u)
	case VulnNeedHelp:
		t.NeedHelp++
		t.Exposed = append(t.Exposed, u)
	default:
		t.Silent++
		t.Unheard = append(t.Unheard, u)
	}
}
