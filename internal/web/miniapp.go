package web

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MiniApp opens the board inside Telegram.
type MiniApp struct {
	// Token is the bot's. A server that shall not hold it names BotID instead and
	// checks Telegram's own signature.
	Token string
	BotID int64
	// Who is the member with that Telegram account; ErrForbidden when there is none.
	Who func(ctx context.Context, account string) (member string, err error)
	// MaxAge is how old the signed data may be; an hour when zero.
	MaxAge time.Duration
}

// telegramKey is the Ed25519 key Telegram signs Mini App data with, production servers.
const telegramKey = "e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d"

// check checks the data in the way the settings allow.
func (m *MiniApp) check(raw string) (initData, error) {
	if m.Token != "" {
		return checkInitData(raw, m.Token)
	}
	key, err := hex.DecodeString(telegramKey)
	if err != nil {
		return initData{}, errInitData
	}
	return checkInitDataThirdParty(raw, m.BotID, key)
}

// errInitData is any fault of a Mini App's data.
var errInitData = errors.New("mini app data is not valid")

// initData are the signed facts Telegram gives a Mini App.
type initData struct {
	User   string // account id
	Signed time.Time
}

// checkInitData checks data signed for the bot with this token, by the rule of
// core.telegram.org/bots/webapps: HMAC-SHA256 over the sorted fields without
// hash, keyed with HMAC-SHA256("WebAppData", token).
func checkInitData(raw, botToken string) (initData, error) {
	fields, err := initFields(raw)
	if err != nil {
		return initData{}, err
	}
	given, err := hex.DecodeString(fields["hash"])
	if err != nil {
		return initData{}, errInitData
	}
	key := hmacSHA256([]byte("WebAppData"), botToken)
	if !hmac.Equal(hmacSHA256(key, checkString(fields, "hash")), given) {
		return initData{}, errInitData
	}
	return readInitData(fields)
}

// checkInitDataThirdParty checks the same data without the bot's token, by
// Telegram's Ed25519 signature over "<bot id>:WebAppData" and the sorted fields
// without hash and signature.
func checkInitDataThirdParty(raw string, botID int64, key ed25519.PublicKey) (initData, error) {
	fields, err := initFields(raw)
	if err != nil {
		return initData{}, err
	}
	sig, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(fields["signature"], "="))
	if err != nil {
		return initData{}, errInitData
	}
	text := strconv.FormatInt(botID, 10) + ":WebAppData\n" + checkString(fields, "hash", "signature")
	if !ed25519.Verify(key, []byte(text), sig) {
		return initData{}, errInitData
	}
	return readInitData(fields)
}

// initFields reads the query string; a field given twice is refused, since the two
// sides might read different ones.
func initFields(raw string) (map[string]string, error) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errInitData
	}
	fields := make(map[string]string, len(q))
	for k, v := range q {
		if len(v) != 1 {
			return nil, fmt.Errorf("%w: %q is given twice", errInitData, k)
		}
		fields[k] = v[0]
	}
	return fields, nil
}

// checkString is the signed text: key=value lines in the order of the keys.
func checkString(fields map[string]string, without ...string) string {
	var lines []string
	for k, v := range fields {
		if !slices.Contains(without, k) {
			lines = append(lines, k+"="+v)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func readInitData(fields map[string]string) (initData, error) {
	at, err := strconv.ParseInt(fields["auth_date"], 10, 64)
	if err != nil {
		return initData{}, fmt.Errorf("%w: auth_date", errInitData)
	}
	var user struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal([]byte(fields["user"]), &user); err != nil || user.ID == 0 {
		return initData{}, fmt.Errorf("%w: user", errInitData)
	}
	return initData{User: strconv.FormatInt(user.ID, 10), Signed: time.Unix(at, 0)}, nil
}

func hmacSHA256(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// miniApp is the page Telegram opens; its script sends the signed data on.
func (s *Server) miniApp(w http.ResponseWriter, r *http.Request) { s.render(w, r, "app.html", nil) }

// miniAppLogin starts a session for the person Telegram vouches for.
func (s *Server) miniAppLogin(w http.ResponseWriter, r *http.Request) {
	data, err := s.opts.MiniApp.check(r.PostFormValue("data"))
	maxAge := s.opts.MiniApp.MaxAge
	if maxAge <= 0 {
		maxAge = time.Hour
	}
	if age := s.opts.Now().Sub(data.Signed); err == nil && (age > maxAge || age < -time.Minute) {
		err = errExpired
	}
	if err != nil {
		s.fail(w, r, http.StatusForbidden, "telegram")
		return
	}
	member, err := s.opts.MiniApp.Who(r.Context(), data.User)
	switch {
	case errors.Is(err, ErrForbidden):
		s.fail(w, r, http.StatusForbidden, "unlinked")
	case err != nil:
		s.fail(w, r, http.StatusServiceUnavailable, "failed")
	default:
		s.start(w, r, member)
	}
}
