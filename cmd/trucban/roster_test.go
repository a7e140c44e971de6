package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

// TestRosterCommandPrintsThePreview reads a file against an organisation and changes nothing.
func TestRosterCommandPrintsThePreview(t *testing.T) {
	var out, errOut bytes.Buffer
	args := []string{"roster", "testdata/lich-nap.csv", "--town", "testdata/phuong.yaml", "--unit", "vhxh", "--now", "2027-02-03 09:00"}
	if code := run(t.Context(), args, &out, &errOut); code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	for _, want := range []string{"“Bình” chưa ghi đủ họ tên", "thêm 2, đổi 1, bỏ 0 ca", "hàng 7, cột 1", "trực hai đêm liền"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the preview lacks %q:\n%s", want, out.String())
		}
	}
	broken := filepath.Join(t.TempDir(), "x.xls")
	if err := os.WriteFile(broken, []byte("\xd0\xcf\x11\xe0"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := run(t.Context(), []string{"roster", broken, "--town", "testdata/phuong.yaml"}, &out, &errOut); code != exitUsage {
		t.Errorf("a file that cannot be read ends with %d", code)
	}
}

// TestRosterFormComesBackUnchanged sends the workbook of /maulich back as it is: nothing changes.
func TestRosterFormComesBackUnchanged(t *testing.T) {
	st, door := playTown(t, "testdata/phuong.yaml", time.Date(2027, 2, 3, 9, 0, 0, 0, calendar.Zone))
	say := func(u chat.Update, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		if err := st.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	say(door.Say("hoa", "hoa", "/maulich"))
	form := lastMessage(t, door, "hoa")
	if form.File == nil {
		t.Fatalf("no file came: %s", form.Text)
	}
	r, err := door.Open(t.Context(), *form.File, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if _, err := data.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	say(door.Upload("hoa", "hoa", local.Attachment{Name: form.File.Name, Data: data.Bytes(), Caption: "/naplich"}))
	if got := lastMessage(t, door, "hoa").Text; !strings.Contains(got, "không làm thay đổi lịch trực") || !strings.Contains(got, "Giữ nguyên 2 ca") {
		t.Errorf("the form sent back says: %s", got)
	}
}

func playTown(t *testing.T, file string, at time.Time) (*stage, *local.Platform) {
	t.Helper()
	setup, err := readTown(file)
	if err != nil {
		t.Fatal(err)
	}
	clock := local.NewStill(at)
	door := local.New(local.Options{Now: clock.Now})
	st, err := newStage(t.Context(), clock, door, &setup, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st, door
}

func lastMessage(t *testing.T, door *local.Platform, chatID string) local.Message {
	t.Helper()
	all := door.Messages(chatID)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].From == "" {
			return all[i]
		}
	}
	t.Fatalf("nothing was said in %s", chatID)
	return local.Message{}
}
