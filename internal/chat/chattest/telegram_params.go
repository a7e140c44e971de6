package chattest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// tgParam is one parameter: text of a form, JSON of a JSON body, or a file.
type tgParam struct {
	text string
	json bool
	file *tgFile
}

type tgFile struct {
	id, name string
	data     []byte
	size     int64
}

type tgParams map[string]tgParam

func (p tgParams) str(name string) string {
	v := p[name]
	if !v.json {
		return v.text
	}
	var s string
	if json.Unmarshal([]byte(v.text), &s) == nil {
		return s
	}
	return v.text
}

func (p tgParams) num(name string) int64 {
	n, _ := strconv.ParseInt(p.str(name), 10, 64)
	return n
}

func (p tgParams) yes(name string) bool {
	s := p.str(name)
	return strings.EqualFold(s, "true") || s == "1"
}

// readTelegram reads parameters from the query, a form, a multipart form or a JSON body.
func readTelegram(r *http.Request) (tgParams, error) {
	p := tgParams{}
	for k, v := range r.URL.Query() {
		p[k] = tgParam{text: v[0]}
	}
	if r.Method != http.MethodPost {
		return p, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		var body map[string]json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("can't parse JSON encoded request")
		}
		for k, v := range body {
			p[k] = tgParam{text: string(v), json: true}
		}
	case "multipart/form-data":
		return p, readMultipart(r, p)
	default:
		if err := r.ParseForm(); err != nil {
			return nil, fmt.Errorf("can't parse form")
		}
		for k, v := range r.PostForm {
			p[k] = tgParam{text: v[0]}
		}
	}
	return p, nil
}

func readMultipart(r *http.Request, p tgParams) error {
	mr, err := r.MultipartReader()
	if err != nil {
		return fmt.Errorf("can't parse multipart form")
	}
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the multipart form is broken")
		}
		data, err := io.ReadAll(io.LimitReader(part, 51<<20))
		if err != nil {
			return fmt.Errorf("the multipart form is broken")
		}
		if part.FileName() == "" {
			p[part.FormName()] = tgParam{text: string(data)}
			continue
		}
		p[part.FormName()] = tgParam{file: &tgFile{name: part.FileName(), data: data, size: int64(len(data))}}
	}
}
