package messages

import "time"

// FeedAddress gives the address of a calendar; without URL nothing is served, with
// Since there is one already, which is not shown again.
type FeedAddress struct {
	Who, Unit, URL string
	Since          time.Time
}

// FeedEnded confirms that addresses work no more.
type FeedEnded struct {
	Name  string
	Count int
}

// FeedTitle is the name of a calendar in other programs.
type FeedTitle struct{ Who string }

// FeedShift is one shift in such a calendar.
type FeedShift struct{ Shift string }

func feeds() []any {
	return []any{
		FeedAddress{"đ/c Nguyễn Văn An", "", "https://truc.example.vn/lich/ABCDEFGHIJKLMNOPQRSTUVWXYZ.ics", time.Time{}}, FeedAddress{Who: "Văn phòng", Unit: "vp"},
		FeedAddress{Who: "Văn phòng", Unit: "vp", Since: time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)}, FeedEnded{"Nguyễn Văn An", 2}, FeedEnded{"Nguyễn Văn An", 0}, FeedTitle{"đ/c Nguyễn Văn An"}, FeedShift{"Ca đêm"},
	}
}
