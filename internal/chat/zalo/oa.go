package zalo

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// VerifyOA reports whether a webhook call of a Zalo Official Account is genuine.
// header is X-ZEvent-Signature, with or without "mac=". The signature is the
// plain SHA-256, not an HMAC, of app id, body as received, the body's timestamp
// and the OA Secret Key (which is not the App Secret).
func VerifyOA(header, appID, timestamp, secret string, raw []byte) bool {
	if secret == "" {
		return false
	}
	h := sha256.New()
	h.Write([]byte(appID))
	h.Write(raw)
	h.Write([]byte(timestamp))
	h.Write([]byte(secret))
	want := hex.EncodeToString(h.Sum(nil))
	got := strings.TrimSpace(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(header)), "mac="))
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
