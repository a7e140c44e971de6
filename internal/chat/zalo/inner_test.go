package zalo

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestSplitKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("aế🚒 \n\u0301b"))).Draw(t, "text")
		limit := rapid.IntRange(8, 40).Draw(t, "limit")
		parts := split(s, limit)
		for _, p := range parts {
			if len(utf16.Encode([]rune(p))) > limit || strings.TrimSpace(p) != p || p == "" || !utf8.ValidString(p) {
				t.Fatalf("part %q of %q at %d", p, s, limit)
			}
		}
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := bare(strings.Join(parts, "")); got != bare(s) {
			t.Fatalf("%q became %q", s, parts)
		}
	})
}

func TestSplitCutsAtLines(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 8, ""},
		{" \n ", 8, ""},
		{"một hai", 8, "một hai"},
		{"một\nhai ba", 8, "một|hai ba"},
		{"một hai ba", 8, "một hai|ba"},
		{"abcdefghij", 8, "abcdefgh|ij"},
		{"🚒🚒🚒🚒🚒", 8, "🚒🚒🚒🚒|🚒"},
		{"abcdefge\u0301j", 8, "abcdefg|e\u0301j"},
		{"a\xffb", 8, "a\ufffdb"},
	} {
		if got := strings.Join(split(c.in, c.limit), "|"); got != c.want {
			t.Errorf("split(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func TestStripMentions(t *testing.T) {
	b := &Bot{}
	b.addNames("Bot Trực", "@Bot Trực Ban", norm.NFD.String("Bot Điều Độ"), "bot.VDKyGxQvc", "", "Bot Trực")
	for in, want := range map[string]string{
		"@Bot Trực Ban /ondanh":              "/ondanh",
		"@Bot Trực Ban: ổn định":             "ổn định",
		"@bot trực ban   ổn định":            "ổn định",
		"@Bot\u00a0Trực Ban\u00a0ổn định":    "ổn định",
		"@Bot Trực xong 3":                   "xong 3",
		"@Bot Trực Bana xong 3":              "Bana xong 3",
		"xong 3 @Bot Trực Ban":               "xong 3",
		"/suco @Bot Trực Ban mất điện":       "/suco mất điện",
		"/suco mất điện\n@Bot Trực Ban, ok":  "/suco mất điện\nok",
		"@Bot Điều Độ on dinh":               "on dinh",
		"@bot.VDKyGxQvc /aitruc":             "/aitruc",
		"@An @Bot Trực Ban /xong 3":          "@An /xong 3",
		"@Bot Lạ Tên /aitruc hôm nay":        "/aitruc hôm nay",
		"@Bot Lạ Tên\n/aitruc":               "/aitruc",
		"@Ông Sáu\nnhờ /aitruc":              "@Ông Sáu\nnhờ /aitruc",
		"@Bot Lạ Tên ổn định":                "@Bot Lạ Tên ổn định",
		"@Bot Lạ Tên a/b":                    "@Bot Lạ Tên a/b",
		"@ /aitruc":                          "@ /aitruc",
		"truc@Bot Trực Ban.vn":               "truc@Bot Trực Ban.vn",
		"@Bot Trực Ban":                      "",
		"@Bot Trực Banx":                     "Banx",
		"":                                   "",
		"@":                                  "@",
		"@Bot Trực Ban @Bot Trực Ban aitruc": "aitruc",
	} {
		if got := stripMentions(norm.NFC.String(in), b.mentionNames()); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
