package telegram_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/telegram"
)

// odd stands in for any value: of a wrong type, out of range, empty.
var odd = []any{nil, "", "x", "🚒\u0000", -1, 0, 1e300, json.Number("99999999999999999999"), true, []any{}, []any{nil}, map[string]any{}, map[string]any{"id": nil}}

// offline is a bot that cannot reach Telegram and knows its name.
func offline(t testing.TB) *telegram.Bot {
	t.Helper()
	b, err := telegram.New(telegram.Options{Token: "123456789:AAfake-token-of-the-test-server", Username: "truc_ban_bot",
		Now: newClock().Now, Log: zerolog.Nop(), Transport: refuser{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// checkUpdate says what no update may break.
func checkUpdate(t testing.TB, u chat.Update) {
	t.Helper()
	if !strings.HasPrefix(u.ID, "telegram:") || u.Event == "" || u.Kind == "" || u.To.Chat == "" || u.To.Platform != telegram.Platform {
		t.Errorf("a broken update %+v", u)
	}
	if u.Event == chat.EventPress && u.From.Anonymous && u.From.ID == "" {
		t.Errorf("a press of nobody %+v", u)
	}
	if _, err := json.Marshal(u); err != nil {
		t.Errorf("an update that cannot be kept: %v", err)
	}
}

// TestEveryFieldAbsentNullAndOdd takes every field of the schema, reachable from
// an update of each kind, and of the recorded session, away or makes it odd.
func TestEveryFieldAbsentNullAndOdd(t *testing.T) {
	b := offline(t)
	tried := 0
	try := func(v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		tried++
		if code := deliverTo(t, b, raw, func(u chat.Update) { checkUpdate(t, u) }); code != 200 {
			t.Errorf("%s answered %d", raw, code)
		}
	}
	schema := chattest.TelegramSchema()
	deep := map[string]bool{} // types whose optional fields are done
	for kind, want := range schema.Types["Update"].Fields {
		if kind == "update_id" {
			continue
		}
		name := strings.TrimPrefix(want, "!")
		body := example(schema, want, 0).(map[string]any) // what is required
		u := map[string]any{"update_id": 7, kind: body}
		raw, _ := json.Marshal(map[string]any{"update_id": 7, kind: example(schema, want, 2)})
		if fault := schema.Check("Update", raw); fault != "" {
			t.Fatalf("the example of %s is wrong: %s", kind, fault)
		}
		m := &mutator{try: func() { try(u) }}
		m.walk(u)
		if deep[name] {
			continue
		}
		deep[name] = true
		for field, f := range schema.Types[name].Fields {
			old, required := body[field]
			body[field] = example(schema, f, 1)
			try(u)
			m.walk(map[string]any{"": body[field]})
			m.replace(func(o any) { body[field] = o })
			if delete(body, field); required {
				body[field] = old
			}
		}
	}
	for _, r := range session(t) {
		var u map[string]any
		if err := json.Unmarshal(r.Update, &u); err != nil {
			t.Fatal(err)
		}
		(&mutator{try: func() { try(u) }}).walk(u)
	}
	t.Logf("%d updates", tried)
}

// example is a value of a type with every field down to a depth, then only those required.
func example(s *chattest.Schema, want string, depth int) any {
	want, _, _ = strings.Cut(strings.TrimPrefix(want, "!"), "|")
	if elem, ok := strings.CutPrefix(want, "Array of "); ok {
		return []any{example(s, elem, depth)}
	}
	switch want {
	case "Integer":
		return 5
	case "Float":
		return 0.5
	case "Boolean":
		return true
	case "String":
		return "/chuỗi@truc_ban_bot x"
	}
	def := s.Types[want]
	if len(def.Subtypes) > 0 {
		return example(s, def.Subtypes[0], depth)
	}
	obj := map[string]any{}
	for name, f := range def.Fields {
		if depth > 0 || strings.HasPrefix(f, "!") {
			obj[name] = example(s, f, depth-1)
		}
	}
	return obj
}

// mutator takes away and replaces every value inside v in turn, and calls try each
// time. Each place is absent, null and three more of the odd values, by turns.
type mutator struct {
	try  func()
	turn int
}

func (m *mutator) walk(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			old := v[k]
			delete(v, k)
			m.try()
			m.replace(func(o any) { v[k] = o })
			v[k] = old
			m.walk(old)
		}
	case []any:
		for i, old := range v {
			m.replace(func(o any) { v[i] = o })
			v[i] = old
			m.walk(old)
		}
	}
}

func (m *mutator) replace(set func(any)) {
	set(nil)
	m.try()
	for range 3 {
		m.turn++
		set(odd[m.turn%len(odd)])
		m.try()
	}
}

func FuzzUpdate(f *testing.F) {
	for _, r := range session(f) {
		f.Add([]byte(r.Update))
	}
	f.Add([]byte(`{"update_id":1e3}`))
	f.Add([]byte(`[]`))
	b := offline(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if code := deliverTo(t, b, raw, func(u chat.Update) { checkUpdate(t, u) }); code != 200 {
			t.Errorf("%q answered %d", raw, code)
		}
	})
}
