package bot

import (
	"testing"

	"trucban/internal/hotline"
)

func TestContactVerbs(t *testing.T) {
	for in, want := range map[string][2]string{
		"đúng": {"verify", ""}, "da kiem tra": {"verify", ""}, "Số: 024 3640 4421": {"phones", "024 3640 4421"}, "số 113": {"phones", "113"},
		"bỏ đã đổi số": {"retire", "đã đổi số"}, "vai trò trực 24/7": {"role", "trực 24/7"}, "ghi chú gọi giờ hành chính": {"note", "gọi giờ hành chính"},
		"khôi phục": {"restore", ""}, "lịch sử": {"history", ""}, "": {"", ""}, "xyz abc": {"?", "xyz abc"},
	} {
		if what, value := contactVerb(in); what != want[0] || value != want[1] {
			t.Errorf("%q is %q %q, want %q", in, what, value, want)
		}
	}
}

func TestReadPhones(t *testing.T) {
	for in, want := range map[string][]hotline.Phone{
		"024 3640 4421":         {{E164: "+842436404421", Printed: "024 3640 4421"}},
		"113":                   {{Short: "113", Printed: "113"}},
		"1900 6769, 0912000101": {{Short: "19006769", Printed: "1900 6769"}, {E164: "+84912000101", Printed: "0912000101"}},
		"abc":                   nil,
	} {
		got := readPhones(in)
		if len(got) != len(want) {
			t.Errorf("%q reads %+v, want %+v", in, got, want)
			continue
		}
		for n := range want {
			if got[n] != want[n] {
				t.Errorf("%q reads %+v, want %+v", in, got[n], want[n])
			}
		}
	}
}

// TestShippedContactsStayKnown: what the product adds later appears beside what the desk keeps.
func TestShippedContactsStayKnown(t *testing.T) {
	stored := hotline.Book{Contacts: []hotline.Contact{{ID: "a", Label: "A của cơ quan", Retired: true}}}
	shipped := hotline.Book{Contacts: []hotline.Contact{{ID: "a", Label: "A"}, {ID: "b", Label: "B"}}}
	got := withShipped(stored, shipped)
	if len(got.Contacts) != 2 || got.Contacts[0].Label != "A của cơ quan" || !got.Contacts[0].Retired || got.Contacts[1].ID != "b" {
		t.Errorf("the joined list is %+v", got.Contacts)
	}
}

func TestCutInto(t *testing.T) {
	for in, want := range map[string][2]string{
		"SC-2027-0002 vào SC-2027-0001 trùng tin": {"SC-2027-0002", "SC-2027-0001 trùng tin"},
		"SC-2 SC-1 trùng":                         {"SC-2", "SC-1 trùng"},
		"sc 2 vao sc 1 x":                         {"sc 2", "sc 1 x"}, "": {"", ""},
	} {
		if l, r := cutInto(in); l != want[0] || r != want[1] {
			t.Errorf("%q is cut into %q and %q", in, l, r)
		}
	}
}
