package web

import (
	"encoding/hex"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The two vectors are published with the algorithms: the first with the token it
// was signed for, the second with Telegram's production key.
const (
	vectorHMAC = "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"
	vectorEd   = "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private&auth_date=1733584787&hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ"
	vectorBot  = 7342037359
)

func TestInitDataVectors(t *testing.T) {
	hmacApp, edApp := MiniApp{Token: botToken}, MiniApp{BotID: vectorBot}
	for name, c := range map[string]struct {
		app  MiniApp
		raw  string
		date int64 // 0: refused
	}{
		"hmac":            {hmacApp, vectorHMAC, 1662771648},
		"ed25519":         {edApp, vectorEd, 1733584787},
		"other token":     {MiniApp{Token: botToken + "x"}, vectorHMAC, 0},
		"other bot":       {MiniApp{BotID: vectorBot + 1}, vectorEd, 0},
		"other user":      {hmacApp, strings.Replace(vectorHMAC, "279058397", "279058398", 1), 0},
		"other user, ed":  {edApp, strings.Replace(vectorEd, "279058397", "279058398", 1), 0},
		"other date":      {hmacApp, strings.Replace(vectorHMAC, "1662771648", "1999999999", 1), 0},
		"no hash":         {hmacApp, vectorHMAC[:strings.Index(vectorHMAC, "&hash")], 0},
		"a field twice":   {hmacApp, vectorHMAC + "&auth_date=1662771648", 0},
		"hash of nothing": {hmacApp, "hash=", 0},
		"rubbish":         {hmacApp, "%zz", 0},
		"empty, ed":       {edApp, "", 0},
	} {
		got, err := c.app.check(c.raw)
		switch {
		case c.date == 0 && !errors.Is(err, errInitData):
			t.Errorf("%s: taken, or refused with %v", name, err)
		case c.date != 0 && (err != nil || got.User != "279058397" || got.Signed.Unix() != c.date):
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

// signed is data as Telegram makes it for this bot.
func signed(user string, at time.Time) string {
	fields := map[string]string{"user": `{"id":` + user + `}`, "auth_date": strconv.FormatInt(at.Unix(), 10), "signature": "x"}
	q := url.Values{"hash": {hex.EncodeToString(hmacSHA256(hmacSHA256([]byte("WebAppData"), botToken), checkString(fields)))}}
	for k, v := range fields {
		q.Set(k, v)
	}
	return q.Encode()
}

func TestMiniAppLogin(t *testing.T) {
	_, b, srv := testServer(t, nil)
	for name, c := range map[string]struct {
		data string
		code int
	}{
		"member":       {signed("279058397", b.now.Add(-time.Minute)), 200},
		"nobody's":     {signed("5", b.now), 403},
		"old":          {signed("279058397", b.now.Add(-2*time.Hour)), 403},
		"of tomorrow":  {signed("279058397", b.now.Add(time.Hour)), 403},
		"forged":       {strings.Replace(signed("5", b.now), "%3A5", "%3A279058397", 1), 403},
		"empty":        {"", 403},
		"store is out": {signed("13", b.now), 503},
	} {
		v := newVisitor(t)
		code, body := v.post(srv.URL+"/app", url.Values{"data": {c.data}})
		if code != c.code || (code == 200) != strings.Contains(body, "Văn phòng") {
			t.Errorf("%s: %d", name, code)
		}
		want := 401
		if c.code == 200 {
			want = 200
		}
		if code, _ := v.get(srv.URL + "/board"); code != want {
			t.Errorf("%s: the board answered %d", name, code)
		}
	}
}

// FuzzInitData looks for panics and for anything that passes without the signature.
func FuzzInitData(f *testing.F) {
	f.Add(vectorHMAC)
	f.Add(vectorEd)
	app, ed := MiniApp{Token: "1:x"}, MiniApp{BotID: 1}
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := app.check(raw); err == nil {
			t.Error("passed without the token")
		}
		if _, err := ed.check(raw); err == nil {
			t.Error("passed without the key")
		}
	})
}
