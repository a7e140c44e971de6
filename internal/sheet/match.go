package sheet

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
)

// Options say how a file's rows become shifts of an organisation.
type Options struct {
	// Unit is the unit of rows that name none, and the top of the subtree in which
	// units and people are looked for. "" is the whole tree, and then rows must name a unit.
	Unit   team.UnitID
	Period string // the duty period the shifts belong to
	// Answers are those given to Questions before, by Question.Key. An empty id leaves the person out.
	Answers map[string]team.MemberID
}

// QuestionKind says why a person is asked about.
type QuestionKind string

// The kinds of questions.
const (
	AskWhich   QuestionKind = "which"   // several people have the name
	AskShort   QuestionKind = "short"   // the name is not written in full; Candidates fit it
	AskUnknown QuestionKind = "unknown" // nobody has the name; Candidates are near it, if any
	AskPhone   QuestionKind = "phone"   // the phone belongs to somebody of another name
)

// Question is a name that fits no one person for certain. One question stands for
// every place the same name occurs in the same unit.
type Question struct {
	Key        string          `json:"key"`
	Kind       QuestionKind    `json:"kind"`
	Name       string          `json:"name"`
	Title      string          `json:"title,omitempty"`
	Phone      string          `json:"phone,omitempty"`
	Unit       team.UnitID     `json:"unit"`
	Candidates []team.MemberID `json:"candidates,omitempty"`
	Places     []string        `json:"places"` // the first few
	Times      int             `json:"times"`
}

// Matched is a file as shifts. While there are questions the people asked about
// are missing from Shifts.
type Matched struct {
	Shifts    []roster.Shift
	Problems  []Problem
	Questions []Question
}

// Ready reports whether nothing is left to be asked.
func (m Matched) Ready() bool { return len(m.Questions) == 0 }

// Match turns rows into shifts: it finds the units and people the rows name and
// gathers those of one unit, start and name in one shift. Names are compared
// folded, honorifics aside, in any order of their words; a phone counts as much
// as a full name. Whatever fits more or less than one person is asked, never guessed.
func Match(r Roster, org *team.Org, o Options) Matched {
	m := matcher{org: org, Options: o, people: indexPeople(org, o.Unit), keys: unitKeys(org, o.Unit), sure: map[string]team.MemberID{}, units: map[string]unitHit{}, asked: map[string]int{}, at: map[roster.ShiftID]int{}}
	m.problems.problems = slices.Clone(r.Problems)
	for _, row := range r.Rows {
		m.row(row)
	}
	roster.Sort(m.out.Shifts)
	m.out.Problems = m.problems.all()
	return m.out
}

type matcher struct {
	Options
	org      *team.Org
	people   people
	keys     []unitKey
	sure     map[string]team.MemberID // people found, by unit and all that was written
	units    map[string]unitHit
	asked    map[string]int // question key to its place in Questions
	at       map[roster.ShiftID]int
	problems list
	out      Matched
}

func (m *matcher) problem(level Level, code string, row Row, text string) {
	m.problems.add(Problem{level, code, row.Sheet, row.Cell, text})
}

// row puts one row into its shift.
func (m *matcher) row(row Row) {
	unit, ok := m.unit(row)
	if !ok {
		return
	}
	s := m.shift(row, unit)
	if s == nil || row.Empty {
		return
	}
	who, ok := m.person(row.Person, unit, row)
	if !ok {
		return
	}
	a := roster.Assignment{Post: row.Post, Member: who}
	if row.Person.part && !m.part(&a, *s, row) {
		return
	}
	if row.Person.For != "" {
		a.For, _ = m.person(Person{Name: row.Person.For, ID: strings.TrimPrefix(row.Person.For, "#")}, unit, row)
	}
	for _, have := range s.People {
		if have.Member != who {
			continue
		}
		if hf, ht := s.Hours(have); have.Post == a.Post || overlaps(hf, ht, *s, a) {
			if have == a {
				return // the same line twice, or a merged cell read twice
			}
			if overlaps(hf, ht, *s, a) {
				m.problem(Warning, "twice", row, fmt.Sprintf("“%s” đã có trong ca này, bỏ qua lần ghi sau.", row.Person.Name))
				return
			}
		}
	}
	s.People = append(s.People, a)
}

func overlaps(from, to time.Time, s roster.Shift, a roster.Assignment) bool {
	f, t := s.Hours(a)
	return f.Before(to) && from.Before(t)
}

// part sets the hours of somebody on duty for a part of the shift.
func (m *matcher) part(a *roster.Assignment, s roster.Shift, row Row) bool {
	from := row.Date.At(row.Person.Start)
	if from.Before(s.Start) {
		from = row.Date.AddDays(1).At(row.Person.Start)
	}
	to := from.Add(row.Person.Length)
	if from.Before(s.Start) || to.After(s.End) {
		m.problem(Fault, "part", row, fmt.Sprintf("Giờ ghi cạnh “%s” nằm ngoài ca trực.", row.Person.Name))
		return false
	}
	if from.After(s.Start) {
		a.From = from
	}
	if to.Before(s.End) {
		a.To = to
	}
	return true
}

// shift finds or makes the shift of a row; nil when another of the same start and name has other hours.
func (m *matcher) shift(row Row, unit team.UnitID) *roster.Shift {
	start := row.Date.At(row.Start)
	id := roster.ID(unit, start, row.Shift)
	if i, ok := m.at[id]; ok {
		s := &m.out.Shifts[i]
		if s.End.Sub(s.Start) != row.Length {
			m.problem(Fault, "hours", row, "Cùng một ca mà giờ kết thúc ghi khác nhau, dòng này không nạp.")
			return nil
		}
		if row.Note != "" && s.Note == "" {
			s.Note = row.Note
		}
		return s
	}
	m.at[id] = len(m.out.Shifts)
	m.out.Shifts = append(m.out.Shifts, roster.Shift{ID: id, Unit: unit, Name: row.Shift, Start: start, End: start.Add(row.Length), Period: m.Period, Note: row.Note})
	return &m.out.Shifts[len(m.out.Shifts)-1]
}

// person finds the one person a cell means, or asks.
func (m *matcher) person(p Person, unit team.UnitID, row Row) (team.MemberID, bool) {
	written := string(unit) + "\x00" + p.Name + "\x00" + p.ID + "\x00" + strings.Join(p.Phones, ",")
	if who, ok := m.sure[written]; ok {
		return who, true
	}
	if p.ID != "" {
		if mem, ok := m.org.Member(team.MemberID(p.ID)); ok && (p.Name == p.ID || strings.HasPrefix(p.Name, "#") || viet.NameKey(p.Name) == viet.NameKey(mem.Name)) {
			return mem.ID, true
		}
	}
	key := questionKey(unit, p)
	if who, ok := m.Answers[key]; ok {
		if _, known := m.org.Member(who); known {
			return who, true
		}
		if who == "" {
			return "", false
		}
	}
	if i, ok := m.asked[key]; ok {
		m.ask(m.out.Questions[i], p, row)
		return "", false
	}
	who, kind, candidates := m.people.find(m.org, p, unit)
	if who != "" {
		m.sure[written] = who
		return who, true
	}
	m.ask(Question{Key: key, Kind: kind, Name: p.Name, Title: p.Title, Unit: unit, Candidates: candidates}, p, row)
	return "", false
}

func questionKey(unit team.UnitID, p Person) string {
	phone := ""
	if len(p.Phones) > 0 {
		phone = p.Phones[0]
	}
	return string(unit) + "/" + viet.NameKey(p.Name) + "/" + phone
}

// maxPlaces bounds the places a question lists.
const maxPlaces = 5

func (m *matcher) ask(q Question, p Person, row Row) {
	i, ok := m.asked[q.Key]
	if !ok {
		i = len(m.out.Questions)
		m.asked[q.Key] = i
		if len(p.Phones) > 0 {
			q.Phone = p.Phones[0]
		}
		m.out.Questions = append(m.out.Questions, q)
	}
	have := &m.out.Questions[i]
	have.Times++
	if place := (Problem{Sheet: row.Sheet, Cell: row.Cell}).Place(); len(have.Places) < maxPlaces && !slices.Contains(have.Places, place) {
		have.Places = append(have.Places, place)
	}
}
