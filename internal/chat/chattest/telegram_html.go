package chattest

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf16"
)

// tgEntity is a MessageEntity; offset and length count UTF-16 units.
type tgEntity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url,omitempty"`
}

var tgTags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
	"a": "text_link", "tg-spoiler": "spoiler", "blockquote": "blockquote",
}

type tgOpenTag struct {
	name  string
	href  string
	at    int // byte in the source
	begin int // byte in the output
}

// tgParseHTML reads Telegram's HTML. Its fault holds the server's words after "can't parse entities: ".
func tgParseHTML(src string) (text string, all []tgEntity, fault string) {
	var out strings.Builder
	var open []tgOpenTag
	var entities []tgEntity
	for i := 0; i < len(src); {
		switch src[i] {
		case '&':
			shown, n := tgCharRef(src[i:])
			out.WriteString(shown)
			i += n
		case '<':
			n := strings.IndexByte(src[i:], '>')
			if n < 0 {
				return "", nil, fmt.Sprintf("Unclosed start tag at byte offset %d", i)
			}
			tag := src[i+1 : i+n]
			if name, ok := strings.CutPrefix(tag, "/"); ok {
				e, fault := tgClose(&open, strings.ToLower(strings.TrimSpace(name)), i, out.String())
				if fault != "" {
					return "", nil, fault
				}
				if e.Length > 0 {
					entities = append(entities, e)
				}
			} else {
				o, fault := tgOpen(tag, i, out.Len())
				if fault != "" {
					return "", nil, fault
				}
				open = append(open, o)
			}
			i += n + 1
		default:
			out.WriteByte(src[i])
			i++
		}
	}
	if len(open) > 0 {
		o := open[len(open)-1]
		return "", nil, fmt.Sprintf("Can't find end tag corresponding to start tag %q", o.name)
	}
	return out.String(), entities, ""
}

func tgOpen(tag string, at, begin int) (tgOpenTag, string) {
	name, attrs, _ := strings.Cut(tag, " ")
	name = strings.ToLower(name)
	o := tgOpenTag{name: name, at: at, begin: begin}
	if tgTags[name] == "" {
		return o, fmt.Sprintf("Unsupported start tag %q at byte offset %d", name, at)
	}
	if _, href, ok := strings.Cut(attrs, "href="); ok {
		o.href = html.UnescapeString(strings.Trim(href, `"'`))
	}
	return o, ""
}

func tgClose(open *[]tgOpenTag, name string, at int, out string) (tgEntity, string) {
	if len(*open) == 0 {
		return tgEntity{}, fmt.Sprintf("Unexpected end tag at byte offset %d", at)
	}
	o := (*open)[len(*open)-1]
	*open = (*open)[:len(*open)-1]
	if name != "" && name != o.name {
		return tgEntity{}, fmt.Sprintf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", at, o.name, name)
	}
	e := tgEntity{Type: tgTags[o.name], Offset: tgUnits(out[:o.begin]), Length: tgUnits(out[o.begin:]), URL: o.href}
	if e.Type == "text_link" && e.URL == "" {
		e.Length = 0 // a link without an address is plain text
	}
	return e, ""
}

// tgUnits counts UTF-16 units.
func tgUnits(s string) int { return len(utf16.Encode([]rune(s))) }

// tgCharRef reads one of the four named references or a number; anything else stays as it is.
func tgCharRef(s string) (string, int) {
	n := strings.IndexByte(s, ';')
	if n < 2 || n > 12 {
		return "&", 1
	}
	name := s[1:n]
	if !slices.Contains([]string{"lt", "gt", "amp", "quot"}, name) && name[0] != '#' {
		return "&", 1
	}
	shown := html.UnescapeString(s[:n+1])
	if shown == s[:n+1] {
		return "&", 1
	}
	return shown, n + 1
}

// tgTrim takes white space off both ends and moves the entities along.
func tgTrim(text string, entities []tgEntity) (string, []tgEntity) {
	lead := len(text) - len(strings.TrimLeft(text, " \n\t\r"))
	cut := tgUnits(text[:lead])
	text = strings.TrimSpace(text)
	limit := tgUnits(text)
	var kept []tgEntity
	for _, e := range entities {
		e.Offset -= cut
		if e.Offset < 0 {
			e.Length += e.Offset
			e.Offset = 0
		}
		e.Length = min(e.Length, limit-e.Offset)
		if e.Length > 0 {
			kept = append(kept, e)
		}
	}
	return text, kept
}

// ShownByTelegram is the text people see of Telegram's HTML; the error is the
// server's refusal of it.
func ShownByTelegram(src string) (string, error) {
	text, _, fault := tgParseHTML(src)
	if fault != "" {
		return "", fmt.Errorf("can't parse entities: %s", fault)
	}
	return text, nil
}
