package checkin

import (
	"time"

	"trucban/internal/team"
)

// Handover is the record passed from one shift to the next (biên bản bàn giao ca).
type Handover struct {
	By       team.MemberID `json:"by"`
	At       time.Time     `json:"at"`
	Text     string        `json:"text,omitempty"` // state as the giver sees it
	Open     []string      `json:"open,omitempty"` // ids of open incidents and tasks, attached by the bot
	Taken    team.MemberID `json:"taken,omitempty"`
	TakenAt  time.Time     `json:"taken_at,omitempty"`
	Remark   string        `json:"remark,omitempty"`
	Appended []Entry       `json:"appended,omitempty"` // additions after the seal
}

// Sealed reports whether the next shift has taken over.
func (h *Handover) Sealed() bool { return h != nil && h.Taken != "" }
