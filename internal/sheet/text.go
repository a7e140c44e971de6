package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"trucban/internal/viet"
)

// pdfTime bounds the PDF reader, a program of its own fed with a stranger's file.
const pdfTime = 20 * time.Second

// Text is the plain text of a .txt, .docx or .pdf file: NFC, LF, one line for a
// paragraph or table row (cells separated by tabs), the
// numbers of Word's lists written out. PDF needs the program
// pdftotext on the machine. Faults are a *Refusal with a sentence.
func Text(ctx context.Context, name string, data []byte) (text string, err error) {
	k, z, err := sniff(name, data)
	if err != nil {
		return "", err
	}
	defer func() {
		if r := recover(); r != nil {
			text, err = "", damaged()
		}
	}()
	switch k {
	case kindDOCX:
		text, err = docxText(z)
	case kindPDF:
		text, err = pdfText(ctx, data)
	case kindXLSX:
		return "", refuse("spreadsheet", "Đây là bảng tính. Văn bản cần gửi dạng .docx, .pdf hoặc .txt; lịch trực nạp bằng /naplich.")
	default:
		text, err = decode(data)
	}
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(strings.ReplaceAll(viet.Clean(text), "\uFFFD", "?"))
	if text == "" {
		return "", refuse("no_text", "Tệp không có chữ (có thể là ảnh quét). Đề nghị gửi bản có chữ hoặc dán nội dung.")
	}
	return text, nil
}

func docxText(z *zip.Reader) (string, error) {
	body, err := part(z, "word/document.xml")
	if err != nil {
		return "", damaged()
	}
	w := docx{numbers: readNumbering(z)}
	if err := w.walk(body); err != nil {
		return "", err
	}
	return strings.Join(w.lines, "\n"), nil
}

// pdfText runs pdftotext over standard input and output, with bounds on time and output.
func pdfText(ctx context.Context, data []byte) (string, error) {
	bin, err := exec.LookPath("pdftotext")
	if err != nil {
		return "", refuse("no_pdf", "Máy chủ chưa cài công cụ đọc PDF (pdftotext). Đề nghị gửi tệp .docx hoặc dán nội dung.")
	}
	ctx, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, "-q", "-enc", "UTF-8", "-nopgbrk", "-l", "200", "-", "-")
	cmd.Env = []string{"LC_ALL=C.UTF-8"}
	cmd.Stdin = bytes.NewReader(data)
	out := &bounded{max: MaxPlain}
	cmd.Stdout = out
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", refuse("pdf_slow", "Tệp PDF quá phức tạp, đọc quá lâu. Đề nghị gửi tệp .docx hoặc dán nội dung.")
	case ctx.Err() != nil:
		return "", fmt.Errorf("read pdf: %w", ctx.Err())
	case err != nil:
		return "", refuse("damaged", "Tệp PDF hỏng hoặc có mật khẩu, không đọc được.")
	}
	return out.String(), nil
}

// bounded is a buffer that fails when more is written than allowed.
type bounded struct {
	bytes.Buffer
	max int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.max {
		return 0, errors.New("too much output")
	}
	return b.Buffer.Write(p)
}
