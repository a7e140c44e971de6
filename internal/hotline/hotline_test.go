package hotline

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/viet"
)

func shipped(t testing.TB) Book {
	t.Helper()
	data, err := os.ReadFile("../../messages/hotlines.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var now = time.Date(2027, 2, 6, 14, 0, 0, 0, time.UTC)

func ids(list []Contact) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.ID)
	}
	return out
}

func TestShippedContactsClaimNoCheck(t *testing.T) {
	b := shipped(t)
	for _, c := range b.Contacts {
		if !c.VerifiedOn.IsZero() || c.Freshness(now) == Fresh {
			t.Errorf("%s claims to have been checked", c.ID)
		}
		if len(c.Phones) > 0 && c.Source == "" {
			t.Errorf("%s has a number without a source", c.ID)
		}
		for _, p := range c.Phones {
			if p.E164 == "" {
				continue
			}
			if got := viet.ParsePhones(p.Printed); !slices.Equal(got, []string{p.E164}) {
				t.Errorf("%s: %q is %v, not %s", c.ID, p.Printed, got, p.E164)
			}
		}
	}
	want := map[string]string{
		"vncert-office": "tel:+842436404421", "vncert-hotline": "tel:+84869100317", "ncsc-office": "tel:+842432091616",
		"ncsc-hotline": "tel:+84389942878", "nghean-csirt": "tel:+842383500027", "police": "tel:113", "fire": "tel:114", "ambulance": "tel:115", "rescue": "tel:112",
	}
	for id, tel := range want {
		c, _ := b.Get(id)
		if len(c.Phones) != 1 || c.Phones[0].Tel() != tel {
			t.Errorf("%s: %+v, want %s", id, c.Phones, tel)
		}
	}
	for _, id := range []string{"a05-national", "pa05-province", "bvdlcn"} {
		if c, ok := b.Get(id); !ok || c.Freshness(now) != Missing {
			t.Errorf("%s: %+v", id, c)
		}
	}
}

func TestSearch(t *testing.T) {
	b := shipped(t)
	for query, want := range map[string][]string{
		"vncert":          {"vncert-hotline", "vncert-office"},
		"VNCERT ĐIỆN":     {"vncert-office"},
		"nghe an":         {"nghean-csirt"},
		"Nghệ An":         {"nghean-csirt"},
		"cap cuu":         {"ambulance"},
		"114":             {"fire"},
		"0869100317":      {"vncert-hotline"},
		"du lieu ca nhan": {"bvdlcn"},
		"mat dien":        {"power"},
		"khong co ai":     {},
	} {
		if got := ids(b.Search(query)); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	all := b.Search("  ")
	if len(all) != len(b.Contacts) || len(all[len(all)-1].Phones) != 0 || len(all[0].Phones) == 0 {
		t.Errorf("the empty query gives %v", ids(all))
	}
}

func TestRingPutsNumbersFirst(t *testing.T) {
	b := shipped(t)
	if got := ids(b.Ring([]string{"pa05-province", "hosting", "vncert-hotline", "no-such"})); !slices.Equal(got, []string{"vncert-hotline", "pa05-province", "hosting"}) {
		t.Errorf("ring %v", got)
	}
}

func TestFreshness(t *testing.T) {
	c := Contact{ID: "a", Label: "A", Phones: []Phone{{Short: "113"}}}
	for _, x := range []struct {
		checked time.Time
		want    Freshness
	}{{time.Time{}, Never}, {now.Add(-MaxAge), Fresh}, {now.Add(-MaxAge - time.Second), Stale}, {now, Fresh}} {
		c.VerifiedOn = Date{x.checked}
		if got := c.Freshness(now); got != x.want {
			t.Errorf("checked %v: %s, want %s", x.checked, got, x.want)
		}
	}
}

func TestChangesLeaveATrace(t *testing.T) {
	b, a := shipped(t), Act{By: "desk", At: now}
	phones := []Phone{{E164: "+842438222222", Printed: "024 3822 2222"}}
	source := "Văn bản của Công an tỉnh"
	next, err := b.Change("pa05-province", Edit{Phones: phones, Source: &source}, a)
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := b.Get("pa05-province"); len(c.Phones) != 0 || len(c.History) != 0 {
		t.Error("the list it came from was changed")
	}
	next, err = next.Verify("pa05-province", a)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := next.Get("pa05-province")
	if c.Freshness(now) != Fresh || c.VerifiedBy != "desk" || c.Note != "" || len(c.History) != 2 {
		t.Errorf("%+v", c)
	}
	want := []Field{{Name: "source", Is: source}, {Name: "phones", Is: "+842438222222"}}
	if d := cmp.Diff(want, c.History[0].Fields); d != "" {
		t.Error(d)
	}
	moved, err := next.Change("pa05-province", Edit{Phones: []Phone{{Short: "1900"}}}, a)
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := moved.Get("pa05-province"); c.Freshness(now) != Never {
		t.Error("a new number kept the check of the old one")
	}
	gone, err := moved.Retire("pa05-province", "đổi số", a)
	if err != nil {
		t.Fatal(err)
	}
	if len(gone.Search("pa05-province")) != 0 {
		t.Error("a retired contact is found")
	}
	back, err := gone.Restore("pa05-province", a)
	if err != nil || len(back.Search("pa05")) != 1 {
		t.Errorf("restored: %v", err)
	}
	raw, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	var again Book
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(back, again); d != "" {
		t.Errorf("a reload changes the list:\n%s", d)
	}
}

func TestRefusedChanges(t *testing.T) {
	b, a, empty := shipped(t), Act{By: "desk", At: now}, " "
	gone, _ := b.Retire("police", "thử", a)
	same := "Công an"
	for name, c := range map[string]struct {
		err, want error
	}{
		"verify without number": {second(b.Verify("a05-national", a)), ErrNoPhone},
		"verify unknown":        {second(b.Verify("x", a)), ErrUnknown},
		"verify retired":        {second(gone.Verify("police", a)), ErrRetired},
		"retire twice":          {second(gone.Retire("police", "x", a)), ErrRetired},
		"retire without reason": {second(b.Retire("police", " ", a)), ErrReason},
		"no change":             {second(b.Change("police", Edit{Label: &same}, a)), ErrNothing},
		"empty label":           {second(b.Change("police", Edit{Label: &empty}, a)), ErrLabel},
		"bad number":            {second(b.Change("police", Edit{Phones: []Phone{{E164: "0912"}}}, a)), ErrPhone},
		"add twice":             {second(b.Add(Contact{ID: "police", Label: "x"}, a)), ErrExists},
		"restore in use":        {second(b.Restore("police", a)), ErrNothing},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
}

func second(_ Book, err error) error { return err }

func TestParseNamesEveryFault(t *testing.T) {
	_, err := Parse([]byte("contacts: [{id: a, label: A}, {id: a, label: A}, {id: b}, {id: c, label: C, phones: [{e164: '0912'}]}]"))
	for _, want := range []string{`"a": id used twice`, `"b": id and label`, `"c": a number`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	for _, bad := range []string{"contacts: {", "numbers: []", "contacts: [{id: a, label: A, verified_on: soon}]"} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func TestVCardCannotBeBrokenInto(t *testing.T) {
	c := Contact{ID: "x", Label: "Ông A\r\nTEL:+666; B, C", Org: strings.Repeat("Trung tâm Ứng cứu ", 12), Role: "a\\b\x00", Phones: []Phone{{E164: "+842436404421"}}}
	card := c.VCard()
	lines := strings.Split(strings.TrimSuffix(card, "\r\n"), "\r\n")
	names := []string{}
	for _, l := range lines {
		if len(l) > 75 || !utf8.ValidString(l) {
			t.Errorf("line of %d octets: %q", len(l), l)
		}
		if strings.ContainsAny(l, "\r\n\x00") {
			t.Errorf("control characters in %q", l)
		}
		if !strings.HasPrefix(l, " ") {
			name, _, _ := strings.Cut(l, ":")
			names = append(names, name)
		}
	}
	want := []string{"BEGIN", "VERSION", "N", "FN", "ORG", "TITLE", "TEL;TYPE=WORK,VOICE", "END"}
	if d := cmp.Diff(want, names); d != "" {
		t.Errorf("lines:\n%s", d)
	}
	if !strings.Contains(card, `FN:Ông A\nTEL:+666\; B\, C`) {
		t.Errorf("label is not escaped:\n%s", card)
	}
}

func TestRows(t *testing.T) {
	b := shipped(t)
	rows := Rows(b.Ring([]string{"vncert-office", "pa05-province"}), now)
	if len(rows) != 2 || rows[0].Phones[0] != "024 3640 4421" || rows[0].State != Never || rows[1].State != Missing {
		t.Errorf("%+v", rows)
	}
	if p := Person("Nguyễn Văn An", "Trực ban", "+84912345678"); p.Phones[0] != "0912 345 678" || p.State != Fresh {
		t.Errorf("%+v", p)
	}
}
