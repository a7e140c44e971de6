package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"trucban/internal/viet"
)

type initCmd struct {
	Dir      string   `default:"." help:"Folder to write town.yaml and .env into." type:"path"`
	Name     string   `help:"Name of the office, e.g. \"UBND phường Hoa Sen\"."`
	Units    []string `help:"Names of its units, separated by commas." sep:","`
	Desk     string   `help:"Full name of the person who runs the duty desk."`
	Telegram string   `help:"Token of the Telegram bot." placeholder:"TOKEN"`
	Zalo     string   `help:"Token of the Zalo bot." placeholder:"TOKEN"`
}

// Run asks what the flags do not say (five questions at most) and writes the two
// files; it never overwrites one.
func (c initCmd) Run(s streams) error {
	in := bufio.NewReader(os.Stdin)
	for _, q := range []struct {
		text string
		to   *string
		need bool
	}{
		{"Tên cơ quan (ví dụ UBND phường Hoa Sen)", &c.Name, true},
		{"Họ tên người quản lý trực", &c.Desk, true},
		{"Mã bot Telegram (bỏ trống nếu không dùng)", &c.Telegram, false},
		{"Mã bot Zalo (bỏ trống nếu không dùng)", &c.Zalo, false},
	} {
		if err := ask(s.out, in, q.text, q.to, q.need); err != nil {
			return err
		}
	}
	if len(c.Units) == 0 {
		var list string
		if err := ask(s.out, in, "Các đơn vị, cách nhau dấu phẩy (bỏ trống: thêm sau)", &list, false); err != nil {
			return err
		}
		for _, u := range strings.Split(list, ",") {
			if u = strings.TrimSpace(u); u != "" {
				c.Units = append(c.Units, u)
			}
		}
	}
	town, err := yaml.Marshal(c.town())
	if err != nil {
		return fmt.Errorf("write the organisation file: %w", err)
	}
	if _, err := parseTown(town); err != nil {
		return usageError{err}
	}
	if err := writeNew(filepath.Join(c.Dir, "town.yaml"), town, 0o644); err != nil {
		return err
	}
	if err := writeNew(filepath.Join(c.Dir, ".env"), []byte(c.env()), 0o600); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Đã ghi town.yaml và .env vào %s. Kiểm tra: trucban check. Chạy: docker compose up -d, hoặc trucban run.\n", c.Dir)
	return err
}

func ask(out io.Writer, in *bufio.Reader, text string, to *string, need bool) error {
	for *to == "" {
		_, _ = fmt.Fprintf(out, "%s: ", text)
		line, err := in.ReadString('\n')
		*to = viet.Line(line)
		if *to != "" || !need && err == nil {
			return nil
		}
		if errors.Is(err, io.EOF) {
			if !need {
				return nil
			}
			return usageError{fmt.Errorf("%s: an answer is needed; give it as a flag (trucban init --help)", text)}
		}
		if err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
	}
	return nil
}

// unitID makes an id of a name: the first letters of its words, "vhxh" of "Văn hóa - Xã hội".
func unitID(name string, used map[string]bool) string {
	var b strings.Builder
	for _, w := range strings.Fields(viet.Fold(name)) {
		if r := rune(w[0]); r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	id := b.String()
	if id == "" {
		id = "dv"
	}
	for n, base := 2, id; used[id]; n++ {
		id = fmt.Sprintf("%s%d", base, n)
	}
	used[id] = true
	return id
}

func (c initCmd) town() yaml.MapSlice {
	used := map[string]bool{}
	root := unitID(c.Name, used)
	units := []yaml.MapSlice{{{Key: "id", Value: root}, {Key: "name", Value: c.Name}}}
	for _, u := range c.Units {
		units = append(units, yaml.MapSlice{
			{Key: "id", Value: unitID(u, used)}, {Key: "name", Value: u}, {Key: "parent", Value: root}, {Key: "tags", Value: []string{"coquan"}},
		})
	}
	people := []yaml.MapSlice{{
		{Key: "id", Value: unitID(c.Desk, map[string]bool{})}, {Key: "name", Value: c.Desk}, {Key: "unit", Value: root}, {Key: "roles", Value: []string{"desk", "owner"}},
	}}
	return yaml.MapSlice{
		{Key: "name", Value: c.Name}, {Key: "timezone", Value: "Asia/Ho_Chi_Minh"}, {Key: "units", Value: units}, {Key: "people", Value: people},
		{Key: "digest", Value: []string{"30 7 * * *", "0 16 * * *"}},
	}
}

func (c initCmd) env() string {
	return "# Settings of Trực Ban; this file holds secrets.\nTRUCBAN_TELEGRAM_TOKEN=" + c.Telegram + "\nTRUCBAN_ZALO_TOKEN=" + c.Zalo +
		"\nTRUCBAN_TOWN=./town.yaml\n"
}

// writeNew writes a file that must not exist yet.
func writeNew(path string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return usageError{fmt.Errorf("%s exists already; move it away or choose another folder with --dir", path)}
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
