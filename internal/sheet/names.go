package sheet

import (
	"slices"
	"sort"
	"strings"

	"trucban/internal/team"
	"trucban/internal/viet"
)

// people is an index of everybody who may be meant.
type people struct {
	byName  map[string][]team.MemberID // folded full name, as written
	byWords map[string][]team.MemberID // its words sorted
	byPhone map[string][]team.MemberID
	byGiven map[string][]team.MemberID // last word
	all     []folded                   // everybody, with the folded name
}

type folded struct {
	member team.Member
	key    string
}

func indexPeople(org *team.Org, top team.UnitID) people {
	p := people{byName: map[string][]team.MemberID{}, byWords: map[string][]team.MemberID{}, byPhone: map[string][]team.MemberID{}, byGiven: map[string][]team.MemberID{}}
	within := map[team.UnitID]bool{}
	for _, u := range org.Units {
		within[u.ID] = org.Within(u.ID, top)
	}
	for _, mem := range org.Members {
		if !within[mem.Unit] {
			continue
		}
		key := viet.NameKey(mem.Name)
		p.all = append(p.all, folded{mem, key})
		p.byName[key] = append(p.byName[key], mem.ID)
		p.byWords[sorted(key)] = append(p.byWords[sorted(key)], mem.ID)
		given := key[strings.LastIndexByte(key, ' ')+1:]
		p.byGiven[given] = append(p.byGiven[given], mem.ID)
		if mem.Phone != "" {
			p.byPhone[mem.Phone] = append(p.byPhone[mem.Phone], mem.ID)
		}
	}
	return p
}

func sorted(key string) string {
	w := strings.Fields(key)
	sort.Strings(w)
	return strings.Join(w, " ")
}

// find returns the one person meant, or why it is not certain and who comes into question.
func (p people) find(org *team.Org, who Person, unit team.UnitID) (team.MemberID, QuestionKind, []team.MemberID) {
	key := viet.NameKey(who.Name)
	names := p.named(org, who.Name, key, unit)
	var phones []team.MemberID
	for _, n := range who.Phones {
		phones = append(phones, p.byPhone[n]...)
	}
	if both := intersect(names, phones); len(both) == 1 {
		return both[0], "", nil
	}
	if len(phones) > 0 {
		for _, id := range phones {
			if mem, _ := org.Member(id); len(phones) == 1 && fits(key, viet.NameKey(mem.Name)) {
				return id, "", nil
			}
		}
		return "", AskPhone, unique(append(phones, names...))
	}
	if len(names) == 1 {
		return names[0], "", nil
	}
	if len(names) > 1 {
		return "", AskWhich, names
	}
	if short := p.short(key, org, unit); len(short) > 0 {
		return "", AskShort, short
	}
	return "", AskUnknown, p.near(key, unit)
}

// named are the people of exactly that name; among several those who write it with
// the same accents, then those of the unit itself.
func (p people) named(org *team.Org, name, key string, unit team.UnitID) []team.MemberID {
	ids := p.byName[key]
	if len(ids) == 0 && strings.Contains(key, " ") {
		ids = p.byWords[sorted(key)]
	}
	for _, keep := range []func(team.Member) bool{
		func(mem team.Member) bool { return spelled(mem.Name) == spelled(name) },
		func(mem team.Member) bool { return mem.Unit == unit },
	} {
		if len(ids) < 2 {
			return ids
		}
		var some []team.MemberID
		for _, id := range ids {
			if mem, ok := org.Member(id); ok && keep(mem) {
				some = append(some, id)
			}
		}
		if len(some) > 0 {
			ids = some
		}
	}
	return ids
}

// spelled is the name as written but for case, space and the place of tone marks.
func spelled(name string) string {
	s := strings.ToLower(viet.StripHonorifics(name))
	return tonePlace.Replace(s)
}

// tonePlace brings the old style of tone marks (hòa, thủy) to the new one (hoà, thuỷ).
var tonePlace = strings.NewReplacer(
	"òa", "oà", "óa", "oá", "ỏa", "oả", "õa", "oã", "ọa", "oạ",
	"òe", "oè", "óe", "oé", "ỏe", "oẻ", "õe", "oẽ", "ọe", "oẹ",
	"ùy", "uỳ", "úy", "uý", "ủy", "uỷ", "ũy", "uỹ", "ụy", "uỵ",
)

// fits reports whether a name as written may be a short form of a full one: its
// last words, or initials and the given name ("N.V.An").
func fits(written, full string) bool {
	w, f := strings.Fields(written), strings.Fields(full)
	if len(w) == 0 || len(w) > len(f) {
		return false
	}
	if written == full || strings.HasSuffix(full, " "+written) || sorted(written) == sorted(full) {
		return true
	}
	if w[len(w)-1] != f[len(f)-1] {
		return false
	}
	j := 0
	for _, word := range w[:len(w)-1] { // each word must begin a word of the full name, in order
		for j < len(f)-1 && !strings.HasPrefix(f[j], word) {
			j++
		}
		if j == len(f)-1 {
			return false
		}
		j++
	}
	return true
}

// short are the people a name that is not written in full may mean, those of the unit first and alone if there are any.
func (p people) short(key string, org *team.Org, unit team.UnitID) []team.MemberID {
	given := key[strings.LastIndexByte(key, ' ')+1:]
	var own, all []team.MemberID
	for _, id := range p.byGiven[given] {
		mem, ok := org.Member(id)
		if !ok || !fits(key, viet.NameKey(mem.Name)) {
			continue
		}
		all = append(all, id)
		if mem.Unit == unit {
			own = append(own, id)
		}
	}
	if len(own) > 0 {
		return own
	}
	return all[:min(len(all), maxNear)]
}

// maxNear bounds the candidates offered.
const maxNear = 6

// near are people whose folded name is at most two letters off, those of the unit first.
func (p people) near(key string, unit team.UnitID) []team.MemberID {
	var own, others []team.MemberID
	for _, f := range p.all {
		if len(f.key) > len(key)+2 || len(key) > len(f.key)+2 || distance(key, f.key) > 2 {
			continue
		}
		if f.member.Unit == unit {
			own = append(own, f.member.ID)
		} else {
			others = append(others, f.member.ID)
		}
	}
	own = append(own, others...)
	return own[:min(len(own), maxNear)]
}

// distance is the number of letters to change, add or drop.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := left
			if a[i] != b[j] {
				cost = 1 + min(left, row[j], row[j+1])
			}
			left, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

func intersect(a, b []team.MemberID) []team.MemberID {
	var out []team.MemberID
	for _, x := range a {
		if slices.Contains(b, x) && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

func unique(ids []team.MemberID) []team.MemberID {
	var out []team.MemberID
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
