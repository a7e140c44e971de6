package messages

import "time"

// Contact is one line of the emergency list: a number, how people read it, and how far it may be trusted.
type Contact struct {
	Name, Role, Phone, Printed, Email, Source string
	Checked                                   time.Time // zero: never
	Never                                     bool      // nobody ever checked it
	Stale                                     bool      // checked longer ago than is good
	Note, Why                                 string    // why it is to be doubted
}

// Hotline is the emergency list. Query is what was looked for.
type Hotline struct {
	Query    string
	Contacts []Contact
	Missing  []string // bodies whose number the office has to fill in
	Unit     *UnitNumbers
	Desk     bool // the reader may check and change them
}

// UnitNumbers are the people of one unit to ring.
type UnitNumbers struct {
	Unit    string
	OnDuty  []MissingLine
	Heads   []MissingLine
	Hidden  bool      // the numbers are for the unit and the desk only
	Offline time.Time // known from a copy of that moment; zero: from the store
}

// HotlineDesk lists what the desk has to check.
type HotlineDesk struct {
	Unsure []HotlineRow
	Total  int
}

// HotlineRow is one contact as the desk sees it. State is fresh, stale, never, missing or retired.
type HotlineRow struct {
	ID, Name, Phone, State string
	Checked                time.Time
	By                     string
}

// HotlineChanged confirms a change; What is added, edited, verified, retired or restored.
type HotlineChanged struct {
	What, ID, Name, By string
	Fields             []HotlineField
	Reason             string
	At                 time.Time
}

// HotlineField is one value that was changed.
type HotlineField struct{ What, Was, Is string }

// HotlineHistory tells what became of one contact.
type HotlineHistory struct {
	Row   HotlineRow
	Lines []HotlineChanged
}

// HotlineRefused answers a change that is not possible; Why is unknown, exists, phone, nophone, retired, reason, nothing or usage.
type HotlineRefused struct{ Why, ID string }

// PhoneTree comes with the printable list.
type PhoneTree struct {
	Text  string // the whole list in words
	Whole bool   // of the whole office
	File  bool   // the list is in the file that comes along
	At    time.Time
}

func hotlineTexts() []any {
	at := time.Date(2027, 2, 5, 14, 15, 0, 0, time.UTC)
	c := Contact{"VNCERT/CC", "Trực ứng cứu sự cố", "086 910 0317", "086.9100.317", "ir@vncert.vn", "2024", at, false, true, "nguồn 2024", "đã chuyển cơ quan"}
	row := HotlineRow{"vncert-hotline", "VNCERT/CC", "086 910 0317", "never", at, "Lê Thu Hương"}
	people := []MissingLine{{"Nguyễn Văn An", "0912 000 112"}}
	change := HotlineChanged{"edited", "vncert-hotline", "VNCERT/CC", "Lê Thu Hương", []HotlineField{{"phones", "086 910 0317", "024 3640 4421"}}, "đã đổi số", at}
	return []any{
		Hotline{"vncert", []Contact{c}, []string{"A05"}, &UnitNumbers{"Văn phòng", people, people, true, at}, true},
		HotlineDesk{[]HotlineRow{row}, 12}, change, HotlineHistory{row, []HotlineChanged{change}}, HotlineRefused{"phone", "vncert-hotline"},
		PhoneTree{"DANH BẠ", true, true, at},
	}
}
