// Package forget takes what is personal out of a stored value: the ids of people
// become pseudonyms and whatever somebody typed is blanked, so that what was
// counted can still be counted.
//
// It promises that a text field nobody declared harmless is blanked: a new field
// is personal until somebody says otherwise. It knows people by the type
// team.MemberID, wherever it stands, map keys included; names that somebody typed
// into a text go with the text. It looks into values by reflection and holds no
// state.
package forget

import (
	"reflect"
	"time"

	"trucban/internal/team"
)

// Rules say what is done to a value.
type Rules struct {
	// Alias gives the pseudonym of a person; the id itself leaves the person alone.
	Alias func(team.MemberID) team.MemberID
	// Only limits the blanking to what that person said: the texts of a struct that
	// has them as By or Reporter, or that a map has under their id, with what lies in
	// it and names nobody of its own. Empty blanks everybody's.
	Only team.MemberID
	// Keep reports whether a text field holds no words of a person: "checkin.Entry.What".
	Keep func(field string, of reflect.Value) bool
}

// Apply changes the value the pointer leads to and reports whether anything changed.
func (r Rules) Apply(pointer any) bool {
	return r.walk(reflect.ValueOf(pointer).Elem(), r.Only == "")
}

var (
	memberType = reflect.TypeFor[team.MemberID]()
	timeType   = reflect.TypeFor[time.Time]()
	textType   = reflect.TypeFor[string]()
)

// walk goes through a value that can be set; blank says that its texts go.
func (r Rules) walk(v reflect.Value, blank bool) bool {
	switch {
	case v.Type() == memberType:
		return r.alias(v)
	case v.Type() == timeType:
		return false
	case v.Type() == textType:
		if !blank || v.Len() == 0 {
			return false
		}
		v.SetString("")
		return true
	}
	changed := false
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && r.walk(v.Elem(), blank)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			changed = r.walk(v.Index(i), blank) || changed
		}
	case reflect.Map:
		return r.walkMap(v, blank)
	case reflect.Struct:
		return r.walkStruct(v, blank)
	}
	return changed
}

func (r Rules) alias(v reflect.Value) bool {
	had := team.MemberID(v.String())
	if had == "" {
		return false
	}
	next := r.Alias(had)
	v.SetString(string(next))
	return next != had
}

func (r Rules) walkStruct(v reflect.Value, blank bool) bool {
	if said, somebody := r.author(v); r.Only != "" && somebody {
		blank = said
	}
	changed := false
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() && !f.Anonymous || !v.Field(i).CanSet() && f.Type.Kind() != reflect.Struct {
			continue
		}
		texts := blank
		if texts && holdsText(f.Type) && r.Keep(v.Type().String()+"."+f.Name, v) {
			texts = false
		}
		changed = r.walk(v.Field(i), texts) || changed
	}
	return changed
}

// author reports whether the struct says who said what is in it, and whether that is the person.
func (r Rules) author(v reflect.Value) (said, somebody bool) {
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		switch {
		case f.Type() == memberType:
			if who := team.MemberID(f.String()); t.Name == "By" || t.Name == "Reporter" {
				said, somebody = said || who == r.Only, somebody || who != ""
			}
		case t.Anonymous && f.Kind() == reflect.Struct && f.Type() != timeType:
			s, any := r.author(f)
			said, somebody = said || s, somebody || any
		}
	}
	return said, somebody
}

// walkMap makes the map anew, since what it holds cannot be changed in place.
func (r Rules) walkMap(v reflect.Value, blank bool) bool {
	if v.IsNil() {
		return false
	}
	changed := false
	next := reflect.MakeMapWithSize(v.Type(), v.Len())
	for _, k := range v.MapKeys() {
		key := reflect.New(v.Type().Key()).Elem()
		key.Set(k)
		own := blank
		if key.Type() == memberType {
			if r.Only != "" {
				own = team.MemberID(key.String()) == r.Only
			}
			changed = r.alias(key) || changed
		}
		val := reflect.New(v.Type().Elem()).Elem()
		val.Set(v.MapIndex(k))
		changed = r.walk(val, own) || changed
		next.SetMapIndex(key, val)
	}
	v.Set(next)
	return changed
}

// holdsText reports whether a field of the type is a text or a list of them.
func holdsText(t reflect.Type) bool {
	return t == textType || t.Kind() == reflect.Slice && t.Elem() == textType
}
