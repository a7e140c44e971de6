package calendar

import "errors"

// Faults of reading a text.
var (
	// ErrNoSuchDay: the words name a day the calendar does not have (31/02, 30/13).
	ErrNoSuchDay = errors.New("there is no such day")
	// ErrNoDate: the text holds no date, or more than a date.
	ErrNoDate = errors.New("no date can be read")
	// ErrTwoDates: the text names two different days where one is wanted.
	ErrTwoDates = errors.New("two different dates")
	// ErrNoTime: the text holds no time of day, or more than that.
	ErrNoTime = errors.New("no time of day can be read")
	// ErrBackwards: a range that ends before it begins.
	ErrBackwards = errors.New("the range ends before it begins")
)
