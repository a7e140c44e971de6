package chattest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// botAPI is the published shape of the Bot API: names, types and what is required.
//
//go:embed botapi.json
var botAPI []byte

// Schema is the shape of the Bot API: what methods take and what types hold.
type Schema struct {
	Version string                       `json:"version"`
	Methods map[string]map[string]string `json:"methods"` // parameter -> "!Integer|String"; ! is required
	Types   map[string]SchemaType        `json:"types"`
}

// SchemaType is an object with fields or a union of other types.
type SchemaType struct {
	Fields   map[string]string `json:"fields"`
	Subtypes []string          `json:"subtypes"`
}

// TelegramSchema reads the embedded schema.
var TelegramSchema = sync.OnceValue(func() *Schema {
	var s Schema
	if err := json.Unmarshal(botAPI, &s); err != nil {
		panic("the embedded Bot API schema: " + err.Error())
	}
	return &s
})

// method finds a method in any letter case, as the server does.
func (s *Schema) method(name string) (string, map[string]string, bool) {
	if f, ok := s.Methods[name]; ok {
		return name, f, true
	}
	for n, f := range s.Methods {
		if strings.EqualFold(n, name) {
			return n, f, true
		}
	}
	return "", nil, false
}

// checkParams says what is wrong with a call's parameters, or "".
func (s *Schema) checkParams(fields map[string]string, p tgParams) string {
	for name, v := range p {
		want, ok := fields[name]
		if !ok {
			return fmt.Sprintf("unknown parameter %q", name)
		}
		if v.file != nil {
			if !strings.Contains(want, "InputFile") {
				return fmt.Sprintf("parameter %q cannot be a file", name)
			}
			continue
		}
		if err := s.checkParam(want, v); err != "" {
			return fmt.Sprintf("parameter %q: %s", name, err)
		}
	}
	for name, want := range fields {
		if _, ok := p[name]; !ok && strings.HasPrefix(want, "!") {
			return fmt.Sprintf("parameter %q is required", name)
		}
	}
	return ""
}

// checkParam checks one value, which in a form is text and in a JSON body is JSON.
func (s *Schema) checkParam(want string, v tgParam) string {
	want, required := strings.CutPrefix(want, "!")
	if v.text == "null" && !required {
		return ""
	}
	var faults []string
	for _, t := range strings.Split(want, "|") {
		err := s.checkText(t, v)
		if err == "" {
			return ""
		}
		faults = append(faults, err)
	}
	return strings.Join(faults, "; ")
}

func (s *Schema) checkText(t string, v tgParam) string {
	if v.json { // a body in JSON: numbers and booleans may come as strings too
		raw := []byte(v.text)
		if s.Check(t, raw) == "" {
			return ""
		}
		var inner string
		if json.Unmarshal(raw, &inner) != nil {
			return s.Check(t, raw)
		}
		v.text = inner
	}
	switch t {
	case "String", "InputFile":
		return ""
	case "Integer", "Float":
		return s.Check(t, []byte(v.text))
	case "Boolean":
		if slices.Contains([]string{"true", "false", "True", "False", "1", "0"}, v.text) {
			return ""
		}
		return "not a Boolean"
	}
	return s.Check(t, []byte(v.text))
}

// Check says what is wrong with a JSON value of a type ("Array of X" nests), or "".
// An unknown field of a known type is wrong too.
func (s *Schema) Check(t string, raw []byte) string {
	if elem, ok := strings.CutPrefix(t, "Array of "); ok {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil || list == nil {
			return "not an array"
		}
		for i, e := range list {
			if err := s.Check(elem, e); err != "" {
				return fmt.Sprintf("[%d]: %s", i, err)
			}
		}
		return ""
	}
	switch t {
	case "Integer":
		if _, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64); err != nil {
			return "not an Integer"
		}
		return ""
	case "String":
		return jsonKind[string](raw, "a String")
	case "Boolean":
		return jsonKind[bool](raw, "a Boolean")
	case "Float":
		return jsonKind[float64](raw, "a Float")
	}
	return s.checkObject(t, raw)
}

func jsonKind[T any](raw []byte, name string) string {
	var v *T
	if json.Unmarshal(raw, &v) != nil || v == nil {
		return "not " + name
	}
	return ""
}

func (s *Schema) checkObject(t string, raw []byte) string {
	def, ok := s.Types[t]
	if !ok {
		return "no type " + t
	}
	if len(def.Subtypes) > 0 {
		var faults []string
		for _, sub := range def.Subtypes {
			err := s.Check(sub, raw)
			if err == "" {
				return ""
			}
			faults = append(faults, sub+": "+err)
		}
		return strings.Join(faults, "; ")
	}
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return "not an object"
	}
	var obj map[string]json.RawMessage
	if err := json.Unmarshal(raw, &obj); err != nil {
		return "not JSON"
	}
	for name, v := range obj {
		want, ok := def.Fields[name]
		if !ok {
			return fmt.Sprintf("%s has no field %q", t, name)
		}
		if err := s.checkField(want, v); err != "" {
			return name + ": " + err
		}
	}
	for name, want := range def.Fields {
		if _, ok := obj[name]; !ok && strings.HasPrefix(want, "!") {
			return fmt.Sprintf("%s lacks %q", t, name)
		}
	}
	return ""
}

func (s *Schema) checkField(want string, v json.RawMessage) string {
	want, required := strings.CutPrefix(want, "!")
	if string(v) == "null" && !required {
		return ""
	}
	fault := ""
	for _, t := range strings.Split(want, "|") {
		if fault = s.Check(t, v); fault == "" {
			return ""
		}
	}
	return fault
}
