package redisdb

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"trucban/bot"
	"trucban/internal/chat"
)

// aliasMark begins every pseudonym; no person's id begins so.
const aliasMark = "p-"

// personal are the kinds of documents whose ids are a person's or an account's.
var personal = []string{"reach", "account", "tries", "dialog", "linkwish", "member", "import", "imported"}

// Alias is the pseudonym of a person's or an account's id in this namespace: the
// same for every replica and for good, and without the namespace's secret nobody
// finds the id from it. The alias of an alias is itself.
func (db *DB) Alias(ctx context.Context, id string) (string, error) {
	if id == "" || strings.HasPrefix(id, aliasMark) {
		return id, nil
	}
	key := db.aliasKey.Load()
	if key == nil {
		fresh := make([]byte, 32)
		if _, err := rand.Read(fresh); err != nil {
			return "", fmt.Errorf("make a secret: %w", err)
		}
		have, err := db.Secret(ctx, "alias", fresh)
		if err != nil {
			return "", err
		}
		key = &have
		db.aliasKey.Store(key)
	}
	mac := hmac.New(sha256.New, *key)
	mac.Write([]byte(id))
	return aliasMark + hex.EncodeToString(mac.Sum(nil)[:6]), nil
}

// pseudonyms is the log as it is written: it outlives the people in it, and what is
// sealed cannot be taken out again, so it holds their pseudonyms from the start. Of a
// private chat it says the platform only.
func (db *DB) pseudonyms(ctx context.Context, log []bot.Event) ([]bot.Event, error) {
	out := slices.Clone(log)
	for i := range out {
		e := &out[i]
		var err error
		if e.By, err = db.Alias(ctx, e.By); err != nil {
			return nil, err
		}
		if slices.Contains(personal, e.Subject.Kind) {
			if e.Subject.ID, err = db.Alias(ctx, e.Subject.ID); err != nil {
				return nil, err
			}
		}
		if a, ok := chat.ParseAddress(e.From); ok && e.Private {
			e.From = string(a.Platform)
		}
	}
	return out, nil
}
