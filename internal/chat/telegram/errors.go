package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
)

// ErrToken means that Telegram does not accept the token. Nothing helps but another one.
var ErrToken = errors.New("telegram does not accept the bot's token")

// APIError is Telegram's own refusal.
type APIError struct {
	Method      string
	Code        int    // the HTTP status Telegram gave, also for uploads
	Description string // Telegram's words; Error shows them without what they quote
	RetryAfter  time.Duration
	MigrateTo   int64 // the group's new id, with "group chat was upgraded"
}

var quoted = regexp.MustCompile(`"[^"]*"`)

// Error is the method, the code and Telegram's words; a piece of our text that Telegram quotes is left out.
func (e *APIError) Error() string {
	return fmt.Sprintf("%s: %d %s", e.Method, e.Code, quoted.ReplaceAllString(e.Description, `"…"`))
}

// Is makes a refused token known as ErrToken.
func (e *APIError) Is(target error) bool {
	return target == ErrToken && (e.Code == http.StatusUnauthorized || e.Code == http.StatusNotFound && e.Description == "Not Found")
}

// NotJSONError is an answer that Telegram did not write: of a gateway, a proxy, a carrier's block page.
type NotJSONError struct {
	Method     string
	Status     int
	RetryAfter time.Duration
}

// Error names the method and the HTTP status.
func (e *NotJSONError) Error() string {
	return e.Method + ": HTTP " + strconv.Itoa(e.Status) + " without a Bot API answer"
}

// rule is one row of the table of refusals: the first whose code and words match decides.
type rule struct {
	code    int
	words   string
	outcome chat.Outcome
	reason  chat.Reason
}

// rules are Telegram's words as its server writes them (client and engine of the
// Bot API server); rows without words stand for the rest of their code.
var rules = []rule{
	{400, "message is not modified", chat.Sent, ""},
	{400, "group chat was upgraded to a supergroup chat", chat.Migrated, ""},
	{400, "chat not found", chat.Permanent, chat.ReasonNoChat},
	{400, "message thread not found", chat.Permanent, chat.ReasonNoChat},
	{400, "topic_deleted", chat.Permanent, chat.ReasonNoChat},
	{400, "peer_id_invalid", chat.Permanent, chat.ReasonNoChat},
	{400, "user not found", chat.Permanent, chat.ReasonNoChat},
	{400, "group chat was deactivated", chat.Permanent, chat.ReasonKicked},
	{400, "chat_write_forbidden", chat.Permanent, chat.ReasonNoRights},
	{400, "chat_send_", chat.Permanent, chat.ReasonNoRights},
	{400, "topic_closed", chat.Permanent, chat.ReasonNoRights},
	{400, "chat_restricted", chat.Permanent, chat.ReasonNoRights},
	{400, "not enough rights", chat.Permanent, chat.ReasonNoRights},
	{400, "have no rights to send", chat.Permanent, chat.ReasonNoRights},
	{400, "need administrator rights", chat.Permanent, chat.ReasonNoRights},
	{400, "message to edit not found", chat.Permanent, chat.ReasonGone},
	{400, "message can't be edited", chat.Permanent, chat.ReasonGone},
	{400, "message_id_invalid", chat.Permanent, chat.ReasonGone},
	{400, "message identifier is not specified", chat.Permanent, chat.ReasonGone},
	{400, "", chat.Permanent, chat.ReasonRejected},
	{401, "", chat.Permanent, chat.ReasonToken},
	{403, "bot was kicked", chat.Permanent, chat.ReasonKicked},
	{403, "bot is not a member", chat.Permanent, chat.ReasonKicked},
	{403, "the group chat was deleted", chat.Permanent, chat.ReasonKicked},
	{403, "bot was blocked by the user", chat.Permanent, chat.ReasonBlocked},
	{403, "user is deactivated", chat.Permanent, chat.ReasonBlocked},
	{403, "bot can't initiate conversation", chat.Permanent, chat.ReasonNotStarted},
	{403, "bot can't send messages to the user", chat.Permanent, chat.ReasonNotStarted},
	{403, "", chat.Permanent, chat.ReasonNoRights},
	{404, "method not found", chat.Permanent, chat.ReasonRejected},
	{404, "", chat.Permanent, chat.ReasonToken},
	{409, "", chat.Temporary, ""},
	{413, "", chat.Permanent, chat.ReasonRejected},
	{420, "", chat.Throttled, ""},
	{429, "", chat.Throttled, ""},
}

// receipt is what a failed exchange means for the message it carried.
func receipt(x *exchange, err error) chat.Receipt {
	var api *APIError
	var foreign *NotJSONError
	switch {
	case errors.As(err, &api):
		return refused(api)
	case errors.As(err, &foreign):
		return gateway(foreign)
	case !x.written.Load():
		return chat.Receipt{Outcome: chat.Temporary, Err: err}
	default:
		return chat.Receipt{Outcome: chat.Unknown, Err: err}
	}
}

func refused(e *APIError) chat.Receipt {
	r := chat.Receipt{Outcome: chat.Temporary, RetryAfter: e.RetryAfter, Err: e}
	if e.RetryAfter > 0 {
		r.Outcome = chat.Throttled
		return r
	}
	words := strings.ToLower(e.Description)
	for _, row := range rules {
		if row.code == e.Code && strings.Contains(words, row.words) {
			r.Outcome, r.Reason = row.outcome, row.reason
			break
		}
	}
	switch {
	case r.Outcome == chat.Sent:
		r.Err = nil
	case r.Outcome == chat.Migrated && e.MigrateTo == 0:
		r.Outcome, r.Reason = chat.Permanent, chat.ReasonNoChat
	case r.Outcome == chat.Migrated:
		r.MovedTo = chat.Address{Platform: Platform, Chat: strconv.FormatInt(e.MigrateTo, 10)}
	}
	return r
}

// gateway judges an answer Telegram did not write. Only a gateway that waited in
// vain may have passed the message on; the others turned it away.
func gateway(e *NotJSONError) chat.Receipt {
	r := chat.Receipt{Outcome: chat.Temporary, Err: e}
	switch e.Status {
	case http.StatusGatewayTimeout:
		r.Outcome = chat.Unknown
	case http.StatusTooManyRequests:
		r.Outcome, r.RetryAfter = chat.Throttled, e.RetryAfter
	}
	return r
}

// fatal reports whether no retry will ever help a poll.
func fatal(err error) bool { return errors.Is(err, ErrToken) }

// ended reports whether the work was told to stop.
func ended(ctx context.Context) bool { return ctx.Err() != nil }
