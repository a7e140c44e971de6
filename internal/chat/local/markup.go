package local

import (
	"errors"
	"fmt"
	"html"
	"strings"
)

// Node is a piece of a message's text as a page builds it: text, or a tag of the
// subset around other nodes. A page that builds elements from nodes cannot be
// made to run what somebody typed.
type Node struct {
	Tag  string `json:"g,omitempty"` // b, i, u, s, code, pre, a; "" for text
	Href string `json:"h,omitempty"` // of an a
	Text string `json:"t,omitempty"` // of a text node, entities resolved
	Kids []Node `json:"k,omitempty"`
}

var errMarkup = errors.New("markup is not well formed")

// schemes a link may have; anything else could run in the page.
var schemes = []string{"https://", "http://", "tel:", "mailto:", "tg://"}

// parseMarkup reads the HTML subset of chat.Message. As platforms do, it refuses
// unknown tags, tags that are not closed in order, and a bare "<".
func parseMarkup(s string) ([]Node, error) {
	stack := []Node{{}}
	for s != "" {
		at := strings.IndexByte(s, '<')
		if at != 0 {
			if at < 0 {
				at = len(s)
			}
			top := &stack[len(stack)-1]
			top.Kids = append(top.Kids, Node{Text: html.UnescapeString(s[:at])})
			s = s[at:]
			continue
		}
		end := strings.IndexByte(s, '>')
		if end < 0 {
			return nil, fmt.Errorf("%w: \"<\" without \">\"", errMarkup)
		}
		tag := s[1:end]
		s = s[end+1:]
		if name, closing := strings.CutPrefix(tag, "/"); closing {
			last := stack[len(stack)-1]
			if len(stack) == 1 || last.Tag != name {
				return nil, fmt.Errorf("%w: </%s> closes nothing", errMarkup, name)
			}
			stack = stack[:len(stack)-1]
			top := &stack[len(stack)-1]
			top.Kids = append(top.Kids, last)
			continue
		}
		n, err := openTag(tag)
		if err != nil {
			return nil, err
		}
		stack = append(stack, n)
	}
	if len(stack) > 1 {
		return nil, fmt.Errorf("%w: <%s> is not closed", errMarkup, stack[len(stack)-1].Tag)
	}
	return stack[0].Kids, nil
}

func openTag(tag string) (Node, error) {
	switch tag {
	case "b", "i", "u", "s", "code", "pre":
		return Node{Tag: tag}, nil
	}
	href, ok := strings.CutPrefix(tag, `a href="`)
	href, closed := strings.CutSuffix(href, `"`)
	if !ok || !closed || strings.Contains(href, `"`) {
		return Node{}, fmt.Errorf("%w: <%s> is not in the subset", errMarkup, tag)
	}
	return Node{Tag: "a", Href: safeLink(html.UnescapeString(href))}, nil
}

// safeLink is the address if a page may link to it, else "".
func safeLink(href string) string {
	low := strings.ToLower(href)
	for _, s := range schemes {
		if strings.HasPrefix(low, s) {
			return href
		}
	}
	return ""
}
