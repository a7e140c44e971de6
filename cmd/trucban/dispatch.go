package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"trucban/internal/dispatch"
	"trucban/internal/sheet"
)

type dispatchCmd struct {
	File string `arg:"" help:"Text, Word (.docx) or PDF file of the dispatch." type:"path"`
	JSON bool   `name:"json" help:"Print JSON instead of YAML."`
}

// Run prints the draft; a text that cannot be used is refused with a sentence and exit code 2.
func (c dispatchCmd) Run(ctx context.Context, s streams) error {
	data, err := readAtMost(c.File, sheet.MaxFile+1)
	if err != nil {
		return usageError{fmt.Errorf("the file cannot be read: %w", err)}
	}
	text, err := sheet.Text(ctx, filepath.Base(c.File), data)
	if err != nil {
		return usageError{err}
	}
	d, err := dispatch.Parse(text, dispatch.Options{})
	if err != nil {
		return usageError{refusal(err)}
	}
	var out []byte
	if c.JSON {
		out, err = d.JSON()
	} else {
		out, err = d.YAML()
	}
	if err != nil {
		return fmt.Errorf("print the draft: %w", err)
	}
	if _, err := s.out.Write(out); err != nil {
		return fmt.Errorf("print the draft: %w", err)
	}
	return nil
}

// refusal is why a text is not read, in a sentence that says what to do.
func refusal(err error) error {
	for fault, sentence := range map[error]string{
		dispatch.ErrLostLetters: "văn bản bị mất dấu, hãy gửi lại bản khác (the Vietnamese letters are lost: ask for another copy, Word or the original PDF)",
		dispatch.ErrSecret:      "văn bản có dấu Mật, không được đưa vào hệ thống (the document is marked secret and must not be handled here)",
		dispatch.ErrEmpty:       "văn bản không có chữ (the file has no text: a scanned picture needs its text layer)",
		dispatch.ErrTooLong:     "văn bản quá dài (the text is too long: send the part that gives the tasks)",
		dispatch.ErrNoDispatch:  "không thấy nhiệm vụ nào (this does not look like a dispatch: send the whole text)",
	} {
		if errors.Is(err, fault) {
			return errors.New(sentence)
		}
	}
	return err
}
