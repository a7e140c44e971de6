package messages

import "time"

// Settings answers /caidat with what is set and how to change it.
type Settings struct {
	Units, People int
	Policy        PolicyView
	Own           []string // units that set something themselves
	Digest        []string
	Lang          string
	FromFile      bool
	Examples      []string
}

// SettingDone confirms a change.
type SettingDone struct{ What string }

// SettingRefused says why a setting was not changed.
type SettingRefused struct{ Why, Example string }

// Health answers /suckhoe.
type Health struct {
	At            time.Time
	Delay         time.Duration // from the question to the answer
	Doors         []string
	Units, People int
	NoRoom        []string // units without a chat
	NoDoor        int      // people who cannot be reached privately
	Waiting, Dead int
	Buried        int
	Lag           time.Duration
	Aside         int // updates kept apart, because nobody could read them
}

func configs() []any {
	return []any{
		Settings{4, 10, PolicyView{Ladder: []RungLine{{15 * time.Minute, "head"}}}, []string{"VH-XH"}, []string{"0 16 * * *"}, "vi", true, []string{"/caidat ngôn ngữ vi"}},
		SettingDone{"Đã thêm đơn vị Văn phòng"}, SettingRefused{"không có đơn vị này", "/caidat bỏ đơn vị vhxh"},
		Health{time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC), 2 * time.Second, []string{"telegram", "zalo"}, 4, 10, []string{"Văn phòng"}, 3, 12, 1, 1, time.Minute, 2},
	}
}
