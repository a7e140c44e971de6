// Package team is the kernel the other concepts share: the tree of units, the
// people in it, what they may do, and the accounts and chats they are reached by.
//
// It promises that an Org that passed Validate has no dangling reference and no
// cycle, so that the walks below end. It holds no state beyond its values and
// knows nothing of chats' platforms beyond their names.
package team

import (
	"errors"
	"fmt"
	"strings"
)

// UnitID names a unit inside one organisation.
type UnitID string

// MemberID names a person inside one organisation.
type MemberID string

// Role is what a person does for the office; one person may have several.
type Role string

// The closed set of roles, lowest first.
const (
	RoleOfficer Role = "officer" // cán bộ trực
	RoleHead    Role = "head"    // thủ trưởng đơn vị
	RoleLeader  Role = "leader"  // lãnh đạo
	RoleDesk    Role = "desk"    // quản lý trực
	RoleOwner   Role = "owner"   // runs the installation
)

// Level orders what somebody may do; a higher one includes the lower ones.
type Level int

// Levels from anyone to owner.
const (
	LevelAnyone Level = iota
	LevelLinked
	LevelHead
	LevelLeader
	LevelDesk
	LevelOwner
)

var levels = map[Role]Level{
	RoleOfficer: LevelLinked, RoleHead: LevelHead, RoleLeader: LevelLeader,
	RoleDesk: LevelDesk, RoleOwner: LevelOwner,
}

// Known reports whether r is one of the closed set.
func (r Role) Known() bool { _, ok := levels[r]; return ok }

// Unit is one node of the organisation: a committee, a department, an enterprise.
type Unit struct {
	ID     UnitID   `json:"id"`
	Name   string   `json:"name"`
	Short  string   `json:"short,omitempty"` // for narrow tables; Name when empty
	Parent UnitID   `json:"parent,omitempty"`
	Kind   string   `json:"kind,omitempty"`
	Tags   []string `json:"tags,omitempty"` // audience tags a directive addresses, e.g. coquan, congttdt
	// Profile is what the office keeps on file about the unit for its reports; nil: nothing.
	Profile *Profile `json:"profile,omitempty"`
}

// Profile is what a unit's incident reports are filled with; what is empty stays
// a blank line. The fields are those of the report form (Mẫu 03, TT 20/2017/TT-BTTTT).
type Profile struct {
	Address        string `json:"address,omitempty" yaml:"address"`
	Phone          string `json:"phone,omitempty" yaml:"phone"` // of the office, as it is dialled
	Email          string `json:"email,omitempty" yaml:"email"`
	Operator       string `json:"operator,omitempty" yaml:"operator"` // đơn vị vận hành; the unit when empty
	Owner          string `json:"owner,omitempty" yaml:"owner"`       // cơ quan chủ quản
	System         string `json:"system,omitempty" yaml:"system"`     // its main system, with domain
	Level          int    `json:"level,omitempty" yaml:"level"`       // cấp độ 1-5, 0 unknown
	SecurityVendor string `json:"security_vendor,omitempty" yaml:"security_vendor"`
	Connection     string `json:"connection,omitempty" yaml:"connection"` // nhà cung cấp kết nối
	Domains        string `json:"domains,omitempty" yaml:"domains"`
	PublicIPs      string `json:"public_ips,omitempty" yaml:"public_ips"`
	Purpose        string `json:"purpose,omitempty" yaml:"purpose"`
}

// Label is the name to print where room is short.
func (u Unit) Label() string {
	if u.Short != "" {
		return u.Short
	}
	return u.Name
}

// Member is one person of the organisation.
type Member struct {
	ID    MemberID `json:"id"`
	Name  string   `json:"name"`
	Title string   `json:"title,omitempty"` // chức vụ
	Unit  UnitID   `json:"unit"`
	Roles []Role   `json:"roles,omitempty"`
	Phone string   `json:"phone,omitempty"` // E.164; never logged, shown inside the unit and to the desk
}

// Level is the highest level among the member's roles, and at least LevelLinked.
func (m Member) Level() Level {
	best := LevelLinked
	for _, r := range m.Roles {
		if l := levels[r]; l > best {
			best = l
		}
	}
	return best
}

// Has reports whether the member holds the role.
func (m Member) Has(r Role) bool {
	for _, have := range m.Roles {
		if have == r {
			return true
		}
	}
	return false
}

// GivenName is the last word of the name, by which people are addressed and sorted in Vietnam.
func (m Member) GivenName() string {
	f := strings.Fields(m.Name)
	if len(f) == 0 {
		return m.Name
	}
	return f[len(f)-1]
}

// Org is the whole tree: one root, units, people.
type Org struct {
	Name    string   `json:"name"`
	Units   []Unit   `json:"units"`
	Members []Member `json:"members"`

	units    map[UnitID]int
	members  map[MemberID]int
	children map[UnitID][]UnitID
}

// Index builds the look-ups; call it once after filling or decoding an Org.
func (o *Org) Index() {
	o.units = make(map[UnitID]int, len(o.Units))
	o.members = make(map[MemberID]int, len(o.Members))
	o.children = make(map[UnitID][]UnitID)
	for i, u := range o.Units {
		o.units[u.ID] = i
		if u.Parent != "" {
			o.children[u.Parent] = append(o.children[u.Parent], u.ID)
		}
	}
	for i, m := range o.Members {
		o.members[m.ID] = i
	}
}

// Validate lists every fault of the tree at once: doubled ids, unknown parents
// and units, unknown roles, cycles.
func (o *Org) Validate() error {
	var faults []error
	seenU := map[UnitID]bool{}
	for _, u := range o.Units {
		if p := u.Profile; p != nil && (p.Level < 0 || p.Level > 5) {
			faults = append(faults, fmt.Errorf("unit %q: profile: level is 1 to 5", u.ID))
		}
		if u.ID == "" || u.Name == "" {
			faults = append(faults, fmt.Errorf("unit %q: id and name are needed", u.ID))
		}
		if seenU[u.ID] {
			faults = append(faults, fmt.Errorf("unit %q: id used twice", u.ID))
		}
		seenU[u.ID] = true
	}
	for _, u := range o.Units {
		if u.Parent != "" && !seenU[u.Parent] {
			faults = append(faults, fmt.Errorf("unit %q: parent %q is not a unit", u.ID, u.Parent))
		}
	}
	seenM := map[MemberID]bool{}
	for _, m := range o.Members {
		if m.ID == "" || m.Name == "" {
			faults = append(faults, fmt.Errorf("person %q: id and name are needed", m.ID))
		}
		if seenM[m.ID] {
			faults = append(faults, fmt.Errorf("person %q: id used twice", m.ID))
		}
		seenM[m.ID] = true
		if !seenU[m.Unit] {
			faults = append(faults, fmt.Errorf("person %q: unit %q is not a unit", m.ID, m.Unit))
		}
		for _, r := range m.Roles {
			if !r.Known() {
				faults = append(faults, fmt.Errorf("person %q: role %q is not one of officer, head, leader, desk, owner", m.ID, r))
			}
		}
	}
	o.Index()
	for _, u := range o.Units {
		if o.depth(u.ID) > len(o.Units) {
			faults = append(faults, fmt.Errorf("unit %q: its parents go round in a circle", u.ID))
		}
	}
	return errors.Join(faults...)
}

func (o *Org) depth(id UnitID) int {
	n := 0
	for id != "" && n <= len(o.Units) {
		u, ok := o.Unit(id)
		if !ok {
			break
		}
		id = u.Parent
		n++
	}
	return n
}

// Unit returns the unit with that id.
func (o *Org) Unit(id UnitID) (Unit, bool) {
	i, ok := o.units[id]
	if !ok {
		return Unit{}, false
	}
	return o.Units[i], true
}

// Member returns the person with that id.
func (o *Org) Member(id MemberID) (Member, bool) {
	i, ok := o.members[id]
	if !ok {
		return Member{}, false
	}
	return o.Members[i], true
}

// Children returns the ids of the units directly below.
func (o *Org) Children(id UnitID) []UnitID { return o.children[id] }

// Within reports whether unit lies in the subtree whose top is root (root itself included).
// An empty root is the whole tree.
func (o *Org) Within(unit, root UnitID) bool {
	for n := 0; n <= len(o.Units); n++ {
		if unit == root || root == "" {
			return true
		}
		u, ok := o.Unit(unit)
		if !ok || u.Parent == "" {
			return false
		}
		unit = u.Parent
	}
	return false
}

// In lists the people of one unit (not of those below it) in file order.
func (o *Org) In(unit UnitID) []Member {
	var out []Member
	for _, m := range o.Members {
		if m.Unit == unit {
			out = append(out, m)
		}
	}
	return out
}

// With lists the people of one unit who hold the role.
func (o *Org) With(unit UnitID, r Role) []Member {
	var out []Member
	for _, m := range o.In(unit) {
		if m.Has(r) {
			out = append(out, m)
		}
	}
	return out
}

// Above lists, nearest first, the people holding the role in the unit and in every unit above it.
func (o *Org) Above(unit UnitID, r Role) []Member {
	var out []Member
	for n := 0; n <= len(o.Units) && unit != ""; n++ {
		out = append(out, o.With(unit, r)...)
		u, ok := o.Unit(unit)
		if !ok {
			break
		}
		unit = u.Parent
	}
	return out
}

// Root is the first unit without a parent, "" when there is none.
func (o *Org) Root() UnitID {
	for _, u := range o.Units {
		if u.Parent == "" {
			return u.ID
		}
	}
	return ""
}

// May reports whether the member holds at least the level over the unit: the desk,
// leaders and the owner within the subtree of their own unit, heads likewise.
func (o *Org) May(m Member, need Level, unit UnitID) bool {
	return m.Level() >= need && (unit == "" || o.Within(unit, m.Unit))
}
