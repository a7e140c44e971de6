package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat/local"
	"trucban/internal/sheet"
)

var exportDir = flag.String("exports", "", "folder to write the sample ward's documents and pictures to")

// TestExportsOfTheSampleWard asks the whole App for every document and reads them back.
func TestExportsOfTheSampleWard(t *testing.T) {
	d, err := newDemo(t.Context(), time.Date(2027, 2, 5, 2, 30, 0, 0, time.UTC), zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	get := func(text string) (name string, data []byte) {
		t.Helper()
		if _, err := d.door.Say("huong", "huong", text); err != nil {
			t.Fatal(err)
		}
		if err := d.door.DeliverPending(t.Context(), d.Handle); err != nil {
			t.Fatal(err)
		}
		if err := d.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		name, data = lastFile(t, d.door, "huong")
		if *exportDir != "" {
			if err := os.WriteFile(filepath.Join(*exportDir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return name, data
	}
	for text, want := range map[string][]string{
		"/xuat kỳ":      {"DỰ THẢO", "SC-2027-0001", "Phòng Văn hóa - Xã hội", "đ/c Đặng Hồng Phúc"},
		"/xuat sổ trực": {"SỔ TRỰC", "Vũ Ngọc Khánh", "muộn", "vắng", "đường truyền chập chờn"},
		"/xuat ma trận": {"Đơn vị", "Công an phường", "xong", "đang làm"},
	} {
		name, data := get(text)
		got := readBack(t, name, data)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %s has no %q:\n%.1500s", text, name, w, got)
			}
		}
	}
	for _, text := range []string{"/xuat lịch tuần", "/xuat ảnh điểm danh", "/xuat ảnh sự cố"} {
		name, data := get(text)
		pic, err := png.Decode(bytes.NewReader(data))
		if err != nil || pic.Bounds().Dx() < 300 {
			t.Errorf("%s: %s is no readable picture: %v", text, name, err)
		}
	}
	_, raw := get("/xuat dữ liệu")
	kinds := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		var v struct {
			Kind  string          `json:"kind"`
			Value json.RawMessage `json:"value"`
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("a line of the raw data: %v", err)
		}
		kinds[v.Kind]++
	}
	if kinds["shift"] == 0 || kinds["run"] == 0 || kinds["incident"] == 0 {
		t.Errorf("the raw data holds %v", kinds)
	}
}

func readBack(t *testing.T, name string, data []byte) string {
	t.Helper()
	if strings.HasSuffix(name, ".docx") {
		text, err := sheet.Text(t.Context(), name, data)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	grids, _, err := sheet.Open(name, data)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, g := range grids {
		for _, r := range g.Rows {
			for _, c := range r {
				b.WriteString(c.Text + "\t")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// lastFile is the newest file the bot sent into the chat.
func lastFile(t *testing.T, p *local.Platform, chatID string) (string, []byte) {
	t.Helper()
	list := p.Messages(chatID)
	for i := len(list) - 1; i >= 0; i-- {
		m := list[i]
		if m.From != "" || m.File == nil {
			continue
		}
		r, err := p.Open(t.Context(), *m.File, 16<<20)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return m.File.Name, data
	}
	t.Fatal("the bot sent no file")
	return "", nil
}
