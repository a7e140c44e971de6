package chat_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/chat"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"Ổn định":                   "Ổn định",
		"<b>Ca đêm</b> 5 &lt; 6":    "Ca đêm 5 < 6",
		"&amp;lt; &quot;x&quot;":    `&lt; "x"`,
		"a < b & c > d":             "a < b & c > d",
		"<script>x</script>":        "<script>x</script>",
		"<CODE>xong 3</CODE>":       "xong 3",
		"&#272;&#x1EC1; ngh&#7883;": "Đề nghị",
		`<a href="https://x.vn/b?c=1&amp;d=2">Bảng</a>.`:  "Bảng (https://x.vn/b?c=1&d=2).",
		`<a href="https://x.vn">https://x.vn</a>`:         "https://x.vn",
		`<a href="tel:+842438250114">024 3825 0114</a>`:   "024 3825 0114",
		`<a href='https://x.vn'><b>Bảng</b></a>, mở ngay`: "Bảng (https://x.vn), mở ngay",
	} {
		if got := chat.Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLengthCountsWhatIsShown(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "ế": 1, "<b>ế</b>": 1, "&lt;b&gt;": 3, "🚒🚒": 2, "e\u0302\u0301": 3, "<x>": 3,
	} {
		if got := chat.Length(in); got != want {
			t.Errorf("Length(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestFlatten(t *testing.T) {
	one := [][]chat.Button{{{Label: "Ổn định", Action: "v1", Hint: "ondanh"}}}
	many := [][]chat.Button{
		{{Label: "Xong <3>", Action: "v1", Hint: "xong 3"}, {Label: "Không làm", Action: "v2"}},
		{{Label: "Bảng", URL: "https://x.vn/?a=1&b=2"}},
	}
	bare := chat.Caps{}
	for name, c := range map[string]struct {
		in   chat.Message
		caps chat.Caps
		want chat.Message
	}{
		"one button": {chat.Message{Text: "<b>Ca đêm</b>", Buttons: one}, bare,
			chat.Message{Text: "Ca đêm\n\nTrả lời: ondanh (Ổn định)"}},
		"many buttons": {chat.Message{Text: "Việc", Buttons: many}, bare,
			chat.Message{Text: "Việc\n\nTrả lời:\nxong 3 = Xong <3>\n2 = Không làm\nBảng: https://x.vn/?a=1&b=2"}},
		"another language": {chat.Message{Text: "T", Buttons: one, Ask: "Reply:"}, bare,
			chat.Message{Text: "T\n\nReply: ondanh (Ổn định)", Ask: "Reply:"}},
		"markup is kept and labels are escaped": {chat.Message{Text: "<b>Việc</b>", Buttons: many}, chat.Caps{Markup: true},
			chat.Message{Text: "<b>Việc</b>\n\nTrả lời:\nxong 3 = Xong &lt;3&gt;\n2 = Không làm\nBảng: https://x.vn/?a=1&amp;b=2"}},
		"attachment and card": {chat.Message{Text: "T", Attach: &chat.Attachment{Fallback: "https://x.vn/f"},
			Contact: &chat.Card{Name: "Trực", Phone: "+842438250114"}}, bare,
			chat.Message{Text: "T\n\nhttps://x.vn/f\n\nTrực: +842438250114"}},
		"all caps": {chat.Message{Text: "<b>T</b>", Buttons: one, AskPhone: "Gửi số"},
			chat.Caps{Buttons: true, Markup: true, AskPhone: true, Upload: true, Contacts: true},
			chat.Message{Text: "<b>T</b>", Buttons: one, AskPhone: "Gửi số"}},
		"only a button": {chat.Message{Buttons: one}, bare, chat.Message{Text: "Trả lời: ondanh (Ổn định)"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, chat.Flatten(c.in, c.caps)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		max  int
		want []string
	}{
		"short":         {"Ổn định", 10, []string{"Ổn định"}},
		"no limit":      {"Ổn định", 0, []string{"Ổn định"}},
		"nothing":       {"<b> </b>\n", 10, nil},
		"at lines":      {"một\nhai\nba", 7, []string{"một\nhai", "ba"}},
		"at spaces":     {"một hai ba", 7, []string{"một hai", "ba"}},
		"inside a word": {"abcdefgh", 3, []string{"abc", "def", "gh"}},
		"tags":          {"<b>một\nhai</b> <i>ba</i>", 4, []string{"<b>một</b>", "<b>hai</b>", "<i>ba</i>"}},
		"link": {`<a href="https://x.vn">một hai</a>`, 4,
			[]string{`<a href="https://x.vn">một</a>`, `<a href="https://x.vn">hai</a>`}},
		"entities": {"&lt;&lt;&lt;", 2, []string{"&lt;&lt;", "&lt;"}},
		"marks":    {"abe\u0302\u0301c", 4, []string{"ab", "e\u0302\u0301c"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, chat.Split(c.in, c.max)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSplitKeepsEverythingShown(t *testing.T) {
	token := rapid.SampledFrom([]string{"a", "ế", "e\u0302", "🚒", " ", "\n", "&lt;", "&amp;", "<b>", "</b>", "<pre>", "</pre>",
		`<a href="https://x.vn">`, "</a>", "<", ">", "&"})
	visible := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(token).Draw(t, "text"), "")
		limit := rapid.IntRange(1, 12).Draw(t, "limit")
		var all strings.Builder
		for _, part := range chat.Split(text, limit) {
			if n := chat.Length(part); n > limit {
				t.Fatalf("part %q shows %d", part, n)
			}
			all.WriteString(strings.ReplaceAll(chat.Plain(part), "(https://x.vn)", ""))
		}
		whole := strings.ReplaceAll(chat.Plain(text), "(https://x.vn)", "")
		if got, want := visible(all.String()), visible(whole); got != want {
			t.Fatalf("shown %q of %q", got, want)
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add(`<a href="x">y</a> &lt; <b`)
	f.Add("&#;&#x;&lt;<a href=>z</a><a href=\"")
	f.Fuzz(func(t *testing.T, s string) {
		chat.Plain(s)
		for _, p := range chat.Split(s, 7) {
			if chat.Length(p) > 7 {
				t.Errorf("part %q of %q is too long", p, s)
			}
		}
	})
}
