package messages

import "time"

// PeopleUnit names the people of a unit no message reaches for certain.
type PeopleUnit struct {
	Unit                                   string
	Unlinked, NotStarted, Blocked, NoPhone []string
}

// PeopleMatrix answers /nguoi.
type PeopleMatrix struct {
	Unit         string
	Total, Ready int
	Units        []PeopleUnit
	More         int // units left out
}

// CodeLocked tells an account that it has tried too many wrong codes.
type CodeLocked struct{ Account string }

// CodeGuessing tells the desk of it.
type CodeGuessing struct {
	Account, Name string
	Times         int
	Since         time.Time
}

func persons() []any {
	return []any{
		PeopleMatrix{"UBND phường", 9, 4, []PeopleUnit{{"Văn phòng", []string{"Nguyễn Văn An"}, []string{"Lê Thị Bình"}, []string{"Phạm Văn Cường"}, []string{"Đỗ Thị Dung"}}}, 2},
		CodeLocked{"12345"}, CodeGuessing{"12345", "A B", 5, time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)},
	}
}
