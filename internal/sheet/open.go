package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// kind is what a file is by its content; its name is only asked where content does not tell.
type kind int

const (
	kindText kind = iota
	kindXLSX
	kindDOCX
	kindPDF
)

// sniff finds the kind of a file, or refuses it.
func sniff(name string, data []byte) (kind, *zip.Reader, error) {
	ext := strings.ToLower(path.Ext(name))
	switch {
	case len(data) == 0:
		return 0, nil, refuse("empty", "Tệp rỗng, không có nội dung.")
	case len(data) > MaxFile:
		return 0, nil, refuse("too_big", fmt.Sprintf("Tệp lớn hơn %d MB, không nhận.", MaxFile>>20))
	case bytes.HasPrefix(data, []byte("%PDF")):
		return kindPDF, nil, nil
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return 0, nil, refuseOLE(ext, data)
	case bytes.HasPrefix(data, []byte("PK")):
		return sniffZip(data)
	case ext == ".xlsx" || ext == ".docx" || ext == ".xlsm":
		return 0, nil, refuse("damaged", "Tệp hỏng hoặc không đúng định dạng "+ext+". Đề nghị mở lại, lưu lại rồi gửi.")
	case ext == ".xls" || ext == ".doc" || ext == ".rtf" || bytes.HasPrefix(data, []byte(`{\rtf`)):
		return 0, nil, refuseOLE(ext, data)
	}
	return kindText, nil, nil
}

// refuseOLE tells old Office files and protected new ones apart; both come in the same container.
func refuseOLE(ext string, data []byte) error {
	if bytes.Contains(data, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
		return refuse("password", "Tệp có đặt mật khẩu, không đọc được. Đề nghị bỏ mật khẩu rồi gửi lại.")
	}
	if ext == ".doc" || ext == ".rtf" {
		return refuse("old_word", "Tệp Word kiểu cũ (.doc) không đọc được. Đề nghị mở bằng Word, chọn Lưu thành .docx rồi gửi lại.")
	}
	return refuse("old_excel", "Tệp Excel kiểu cũ (.xls) không đọc được. Đề nghị mở bằng Excel, chọn Lưu thành .xlsx rồi gửi lại.")
}

// sniffZip checks the bounds of a package before anything is unpacked. The
// declared sizes can be relied on: archive/zip stops a part that grows beyond its own.
func sniffZip(data []byte) (kind, *zip.Reader, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0, nil, refuse("damaged", "Tệp hỏng hoặc tải lên chưa hết. Đề nghị gửi lại.")
	}
	total := uint64(0)
	k := kindText
	for _, f := range z.File {
		total += f.UncompressedSize64
		switch f.Name {
		case "xl/workbook.xml":
			k = kindXLSX
		case "word/document.xml":
			k = kindDOCX
		}
		if total > MaxPlain || f.UncompressedSize64 > MaxPlain || len(z.File) > MaxParts {
			return 0, nil, refuse("too_big", "Tệp bung ra quá lớn, không đọc để giữ an toàn.")
		}
	}
	if k == kindText {
		return 0, nil, refuse("format", "Tệp nén này không phải .xlsx hay .docx. Đề nghị gửi tệp Excel, Word hoặc CSV.")
	}
	return k, z, nil
}

// part reads one file of a package, bounded; nil when there is none of that name.
func part(z *zip.Reader, name string) ([]byte, error) {
	for _, f := range z.File {
		if f.Name != name {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		b, err := io.ReadAll(io.LimitReader(r, MaxPlain+1))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		return b, nil
	}
	return nil, nil
}

// Open reads the tables of a file as they stand, merged areas filled. The error is
// a *Refusal; problems are of sheets that were left out.
func Open(name string, data []byte) (grids []Grid, problems []Problem, err error) {
	k, z, err := sniff(name, data)
	if err != nil {
		return nil, nil, err
	}
	// The decoders below are libraries fed with strangers' files: whatever breaks in
	// them breaks this file only.
	defer func() {
		if r := recover(); r != nil {
			grids, problems, err = nil, nil, damaged()
		}
	}()
	switch k {
	case kindXLSX:
		grids, problems, err = openXLSX(z, data)
	case kindDOCX:
		grids, err = openDOCX(z)
	case kindPDF:
		err = refuse("pdf", "Lịch trực dạng PDF không nạp được. Đề nghị gửi tệp Excel (.xlsx), Word (.docx) hoặc CSV.")
	default:
		grids, err = openCSV(data)
	}
	var r *Refusal
	if err != nil && !errors.As(err, &r) {
		err = damaged()
	}
	if err == nil && len(grids) == 0 && len(problems) == 0 {
		err = refuse("no_table", "Tệp không có bảng nào.")
	}
	return grids, problems, err
}

func damaged() error {
	return refuse("damaged", "Tệp hỏng, không đọc được. Đề nghị mở lại, lưu lại rồi gửi.")
}

func tooMany() error {
	return refuse("too_big", fmt.Sprintf("Bảng có hơn %d dòng hoặc quá nhiều ô. Đề nghị xóa các dòng, cột trống đã kẻ sẵn rồi gửi lại.", MaxRows))
}
