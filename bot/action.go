package bot

import (
	"fmt"
	"strings"

	"trucban/internal/chat"
)

// Action is what a button means: a code of the route table and its arguments.
type Action struct {
	Code string
	Args []string
}

// actionVersion starts every payload, so that buttons of an older build are
// recognised and answered instead of misread.
const actionVersion = "1"

// maxAction is the platforms' limit in bytes (Bot API: callback_data 1-64 bytes).
const maxAction = 64

// EncodeAction writes an action as a button's payload of at most 64 bytes.
func EncodeAction(code string, args ...string) (string, error) {
	parts := append([]string{actionVersion, code}, args...)
	for _, p := range parts[1:] {
		if strings.ContainsAny(p, ":\n") {
			return "", fmt.Errorf("encode action %q: argument holds a separator", code)
		}
	}
	s := strings.Join(parts, ":")
	if len(s) > maxAction {
		return "", fmt.Errorf("encode action %q: %d bytes, at most %d", code, len(s), maxAction)
	}
	return s, nil
}

// DecodeAction reads a payload; ok is false for anything this build did not write.
func DecodeAction(s string) (a Action, ok bool) {
	if len(s) > maxAction {
		return Action{}, false
	}
	parts := strings.Split(s, ":")
	if len(parts) < 2 || parts[0] != actionVersion || parts[1] == "" {
		return Action{}, false
	}
	return Action{Code: parts[1], Args: parts[2:]}, true
}

// Arg is the i-th argument, "" when there is none.
func (a Action) Arg(i int) string {
	if i < len(a.Args) {
		return a.Args[i]
	}
	return ""
}

// button makes a button with its text form. An action that does not fit is a
// fault of the caller's ids; the button then shows only its text form.
func (t *turn) button(label, hint, code string, args ...string) chat.Button {
	payload, err := EncodeAction(code, args...)
	if err != nil {
		t.b.Log.Error().Err(err).Str("cause", t.cause).Msg("button left out")
	}
	return chat.Button{Label: t.label(label), Action: payload, Hint: hint}
}
