package messages

import "time"

// DoorDeaf tells the desk from when to when one platform brought nothing in.
// Lost says that the platform does not deliver again what was written meanwhile.
type DoorDeaf struct {
	Door     string
	From, To time.Time
	Lost     bool
}

// DoorFailing tells the desk that nothing goes out through one platform; Others are those that take over.
type DoorFailing struct {
	Door   string
	Since  time.Time
	Others []string
}

// DoorBack tells the desk that a platform takes messages again.
type DoorBack struct {
	Door     string
	From, To time.Time
}

// DoorRefuses tells the desk that a platform refuses messages for their number.
type DoorRefuses struct {
	Door string
	At   time.Time
}

// DoorParked tells the desk that what somebody sent on a platform cannot be read.
type DoorParked struct {
	Door string
	At   time.Time
}

// DoorBudget warns the desk of the end of a platform's messages for the month; Percent is of Budget.
type DoorBudget struct {
	Door                   string
	Spent, Budget, Percent int
}

// CardChanged says in one line what has become of an incident, where its card cannot be changed.
type CardChanged struct {
	ID, Unit, State, By string
	At                  time.Time
	Drill               bool
}

// TooFast is the one answer to the first of what is refused because too much came
// at once, from a person or, with Group, from a whole group. Urgent says that even
// what is otherwise always taken was too much.
type TooFast struct {
	Group, Urgent bool
	Name          string // the person; "" where the platform does not say
	Since         time.Time
}

// TooLong refuses a message for its length; Most is in thousands of characters at most.
type TooLong struct{ Most int }

// Flooding tells the desk that a person or, without a Name, a whole group sends without end.
type Flooding struct {
	Name, Room, Door string
	Known            bool // the person is in the roster
	Since            time.Time
	Count            int // refused so far
}

func doors() []any {
	at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
	return []any{
		DoorDeaf{"Zalo", at, at.Add(35 * time.Minute), true}, DoorFailing{"Telegram", at, []string{"Zalo"}},
		DoorBack{"Telegram", at, at.Add(time.Hour)}, DoorRefuses{"Zalo", at}, DoorParked{"Telegram", at}, DoorBudget{"Zalo", 2400, 3000, 80},
		CardChanged{"SC-2027-0001", "Văn phòng", "acked", "Lê Thị Bình", at, true},
		TooLong{64}, TooFast{false, false, "Lê Thị Bình", at}, TooFast{Group: true, Since: at}, TooFast{Urgent: true, Name: "Lê Thị Bình", Since: at},
		Flooding{"Lê Thị Bình", "Văn phòng", "Telegram", true, at, 20}, Flooding{Room: "Văn phòng", Door: "Zalo", Since: at, Count: 20},
	}
}
