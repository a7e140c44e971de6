package messages

import "time"

// Bearer is one person with the years of the eves of Tết and of mùng 1 they were on
// duty, and how many further holidays.
type Bearer struct {
	Name         string
	Eves, Firsts []string
	Others       int
}

// Bearers answers /giaothua, those with the fewest eves first.
type Bearers struct {
	Unit   string
	People []Bearer
	More   int
}

// EveLine says who is on in the night before the Tết of the year.
type EveLine struct {
	Unit   string
	Year   int
	People []Bearer
}

// PeriodUnit is what a duty period does to one unit's roster. Own: shifts that stand by
// hand and stay; Filled: shifts proposed; Paused: shifts of the rotation that give way;
// Resume: the rotation's first shift after it.
type PeriodUnit struct {
	Unit                string
	Own, Filled, Paused int
	Resume              string
}

// PeriodPreview shows a duty period before it is set, or with Drop before it is taken away.
type PeriodPreview struct {
	Name, Span string
	Days       []string
	Count      int
	NoThirty   bool   // "30 Chạp" was written, and this year's Chạp has 29 days
	Tet        bool   // the period holds the eve of Tết
	Announced  string // the notice of its days off; "" while there is none
	Drop       bool
	Units      []PeriodUnit
	MoreUnits  int
	Eves       []EveLine
	Lines      []RosterChange
	More       int
	Gaps       []GapLine
	MoreGaps   int
}

// PeriodDone confirms a period that was set or, with Drop, taken away.
type PeriodDone struct {
	Name, Span string
	Drop       bool
	Changed    int
	Without    []string
}

// PeriodLine is one period of a list.
type PeriodLine struct {
	Name, Span string
	Units      []string
}

// PeriodList answers /kytruc alone.
type PeriodList struct{ Periods []PeriodLine }

// PeriodFault says why a period cannot be set: days, long, past, overlap, norotation, number.
type PeriodFault struct{ Why, Name string }

// GapUnit are the gaps of one unit.
type GapUnit struct {
	Unit  string
	Lines []GapLine
	More  int
}

// GapReport lists what is to be mended in the rosters of the next days. New: what was
// not told before; by itself it is said only when there is something.
type GapReport struct {
	Scope string
	Days  int
	Total int
	New   bool
	Units []GapUnit
	More  int // units left out
}

func periods() []any {
	at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
	shift := "Ca đêm 19h00–07h00, T6 05/02"
	eve := EveLine{"Văn phòng", 2027, []Bearer{{"Nguyễn Văn An", []string{"2024", "2026"}, nil, 0}, {"Lê Thị Bình", nil, nil, 0}}}
	gap := GapLine{"post", "VH-XH", shift, "", "trực ban", "", at, at.Add(time.Hour)}
	p := PeriodPreview{"Tết Đinh Mùi", "04/02/2027 - 11/02/2027", []string{"T5 04/02 (28 tháng Chạp)"}, 8, true, true, "10065/VPCP-KGVX", false,
		[]PeriodUnit{{"Văn phòng", 2, 14, 12, shift}}, 1, []EveLine{eve}, []RosterChange{{"added", shift, "đ/c Nguyễn Văn An", ""}}, 3, []GapLine{gap}, 1}
	drop := p
	drop.Drop, drop.Announced = true, ""
	out := []any{Bearers{"Văn phòng", []Bearer{{"Nguyễn Văn An", []string{"2026"}, []string{"2024"}, 3}}, 2}, Bearers{Unit: "Văn phòng"}, p, drop,
		PeriodDone{"Tết Đinh Mùi", p.Span, false, 20, []string{"đ/c Lê Thị Bình"}}, PeriodDone{Name: "Tết Đinh Mùi", Drop: true},
		PeriodList{[]PeriodLine{{"Tết Đinh Mùi", p.Span, []string{"Văn phòng"}}}}, PeriodList{},
		GapReport{"UBND phường", 30, 4, true, []GapUnit{{"Văn phòng", []GapLine{gap}, 1}}, 2}, GapReport{Scope: "UBND phường", Days: 30}}
	for _, why := range []string{"days", "long", "past", "overlap", "norotation", "number"} {
		out = append(out, PeriodFault{why, "Tết Đinh Mùi"})
	}
	return out
}
