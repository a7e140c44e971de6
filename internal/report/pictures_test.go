package report

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden pictures")

// golden compares a picture with the kept one: the same size, and on average
// less than a hundredth of the range of brightness apart. Font rasterizers
// differ in the last bit between versions; a missing glyph or row does not pass.
func golden(t *testing.T, name string, p Picture) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, p.PNG, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, b := decode(t, p.PNG), decode(t, want)
	if a.Bounds() != b.Bounds() {
		t.Fatalf("%s is %v, was %v", name, a.Bounds(), b.Bounds())
	}
	if d := apart(a, b); d > 0.002 {
		t.Errorf("%s is %.4f apart from the golden picture; look at it, then run with -update", name, d)
	}
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func apart(a, b image.Image) float64 {
	var sum float64
	r := a.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			sum += diff(ar, br) + diff(ag, bg) + diff(ab, bb)
		}
	}
	return sum / float64(3*r.Dx()*r.Dy()) / 0xffff
}

func diff(a, b uint32) float64 {
	if a > b {
		return float64(a - b)
	}
	return float64(b - a)
}

func picture(t *testing.T) func(Picture, error) Picture {
	return func(p Picture, err error) Picture {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if p.Width != pictureWidth || p.Width+p.Height > 10000 || p.Height*20 < p.Width || p.Width*20 < p.Height {
			t.Errorf("%d x %d cannot be sent as a photo", p.Width, p.Height)
		}
		if strings.TrimSpace(p.Alt) == "" {
			t.Error("no words beside the picture")
		}
		return p
	}
}

func TestRosterPicture(t *testing.T) {
	in := RosterWeek{
		Title: "LỊCH TRỰC TUẦN 01/02 - 07/02/2027", Sub: "UBND phường Ví Dụ. Cập nhật 21h15 ngày 06/02/2027",
		Shifts: []string{"Trực lãnh đạo", "Ca ngày 07h-19h", "Ca đêm 19h-07h"},
	}
	names := []string{"Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Cường", "Phạm Thị Ngọc Dung", "Đỗ Quốc Đạt", "Hồ Thị Quỳnh Như"}
	for n, d := range []string{"Thứ Hai 01/02", "Thứ Ba 02/02", "Thứ Tư 03/02", "Thứ Năm 04/02", "Thứ Sáu 05/02", "Thứ Bảy 06/02", "Chủ nhật 07/02"} {
		row := RosterDay{Label: d, Cells: [][]string{{names[n%6]}, {names[(n+1)%6], names[(n+2)%6]}, {names[(n+3)%6]}}}
		switch n {
		case 4:
			row.Note, row.Cells[2] = "giao thừa", nil
		case 5:
			row.Note, row.Today = "mùng 1 Tết", true
		case 6:
			row.Note = "mùng 2 Tết"
		}
		in.Days = append(in.Days, row)
	}
	p := picture(t)(RosterPicture(in))
	if !strings.Contains(p.Alt, "\nThứ Sáu 05/02 (giao thừa): Trực lãnh đạo: Đỗ Quốc Đạt; Ca ngày 07h-19h: Hồ Thị Quỳnh Như, Nguyễn Văn An; Ca đêm 19h-07h: TRỐNG") {
		t.Errorf("alt:\n%s", p.Alt)
	}
	golden(t, "roster", p)
}

func TestAttendancePicture(t *testing.T) {
	in := Strip{Title: "ĐIỂM DANH DỊP TẾT ĐINH MÙI 2027", Sub: "04/02 - 10/02/2027"}
	marks := []Mark{MarkOnTime, MarkLate, MarkOnTime, MarkMissed, MarkCovered, MarkExcused, MarkNone}
	for n := range 14 {
		in.Columns = append(in.Columns, fmt.Sprintf("%02d/02", 4+n/2))
	}
	for r, unit := range []string{"UBND phường Thái Ví Dụ", "UBND xã Đông Ví Dụ", "Văn phòng HĐND và UBND", "Trung tâm Văn hóa, Thể thao và Truyền thông"} {
		row := StripRow{Name: unit}
		for n := range 14 {
			m := MarkOnTime
			if (n+r)%3 == 0 {
				m = marks[(n+2*r)%len(marks)]
			}
			if n > 10 {
				m = MarkAhead
			}
			row.Marks = append(row.Marks, m)
		}
		in.Rows = append(in.Rows, row)
	}
	p := picture(t)(AttendancePicture(in))
	for _, want := range []string{"đúng giờ ", "vắng ", "Cần lưu ý: "} {
		if !strings.Contains(p.Alt, want) {
			t.Errorf("no %q in alt:\n%s", want, p.Alt)
		}
	}
	golden(t, "attendance", p)
}

func TestMatrixPicture(t *testing.T) {
	in := TaskMatrix{Title: "TIẾN ĐỘ CÔNG VĂN 07/STTTT-CĐS", Sub: "đến 16h00 ngày 10/02/2024", Tasks: []string{
		"Rà soát biện pháp bảo vệ theo cấp độ", "Phân công trực giám sát 24/7", "Rà soát, bóc gỡ mã độc; ưu tiên địa chỉ IP trong danh sách mạng botnet được cảnh báo hằng tháng hoặc đột xuất",
		"Khắc phục lỗ hổng F5 BIG-IP, Zimbra, Microsoft", "Duy trì kết nối giám sát", "Tuyên truyền cho cán bộ",
	}}
	cells := []Cell{CellDone, CellDone, CellOverdue, CellDoing, CellTodo, CellNotApp}
	for n := range 9 {
		row := MatrixRow{Unit: fmt.Sprintf("UBND phường số %d", n+1)}
		for k := range in.Tasks {
			row.Cells = append(row.Cells, cells[(n*k+n+k)%len(cells)])
		}
		in.Rows = append(in.Rows, row)
	}
	p := picture(t)(MatrixPicture(in))
	if !strings.Contains(p.Alt, "xong ") || !strings.Contains(p.Alt, "\nQuá hạn: ") {
		t.Errorf("alt:\n%s", p.Alt)
	}
	golden(t, "matrix", p)
}

func TestIncidentPicture(t *testing.T) {
	in := IncidentChart{Title: "SỰ CỐ THEO NGÀY", Sub: "28/01 - 10/02/2027, không tính diễn tập", Levels: []string{"Thấp", "Trung bình", "Nghiêm trọng", "Đặc biệt nghiêm trọng"}}
	for n := range 14 {
		d := ChartDay{Label: fmt.Sprintf("%02d/%02d", (27+n)%31+1, 1+(27+n)/31), Counts: []int{n % 3, n % 2, 0, 0}}
		if n == 9 {
			d.Counts = []int{1, 2, 3, 1}
		}
		in.Days = append(in.Days, d)
	}
	p := picture(t)(IncidentPicture(in))
	if p.Alt != "SỰ CỐ THEO NGÀY: 26 sự cố, thấp 14, trung bình 8, nghiêm trọng 3, đặc biệt nghiêm trọng 1." {
		t.Errorf("alt: %s", p.Alt)
	}
	golden(t, "incidents", p)
}

func TestLightsPicture(t *testing.T) {
	in := Lights{Title: "UBND phường Ví Dụ, 18h00: tình hình các đơn vị", Topics: []string{"Quân số, điểm danh (bên phải: có mặt)", "Nhiệm vụ", "Sự cố", "Báo cáo", "Liên lạc"}, Green: "ổn", Amber: "cần chú ý", Red: "khẩn"}
	lights := []string{"green", "amber", "red", ""}
	for n, name := range []string{"Trung tâm Văn hóa, Thể thao và Truyền thông", "Công an phường", "Trạm Y tế", "Trường THCS Ví Dụ"} {
		row := LightRow{Name: name, Sum: fmt.Sprintf("%d/%d", n, n+1)}
		for k := range in.Topics {
			row.Lights = append(row.Lights, lights[(n*k+n)%len(lights)])
		}
		in.Rows = append(in.Rows, row)
	}
	p := picture(t)(LightsPicture(in))
	if !strings.HasPrefix(p.Alt, in.Title+": khẩn – ") || !strings.Contains(p.Alt, "Trạm Y tế") {
		t.Errorf("alt: %s", p.Alt)
	}
	golden(t, "lights", p)
}

func TestPicturesTakeAnything(t *testing.T) {
	long := strings.Repeat("Trung tâm Ứng cứu \u202e\x00\n", 40)
	big := TaskMatrix{Title: long, Tasks: make([]string, 10)}
	for range 80 {
		big.Tasks = append(big.Tasks, long)
		big.Rows = append(big.Rows, MatrixRow{Unit: long, Cells: make([]Cell, 120)})
	}
	for name, p := range map[string]func() (Picture, error){
		"empty roster":        func() (Picture, error) { return RosterPicture(RosterWeek{Title: "x"}) },
		"empty strip":         func() (Picture, error) { return AttendancePicture(Strip{Title: "x"}) },
		"empty matrix":        func() (Picture, error) { return MatrixPicture(TaskMatrix{Title: "x"}) },
		"no units":            func() (Picture, error) { return LightsPicture(Lights{Title: long}) },
		"empty chart":         func() (Picture, error) { return IncidentPicture(IncidentChart{Title: "x"}) },
		"more units than fit": func() (Picture, error) { return MatrixPicture(big) },
		"long names": func() (Picture, error) {
			return RosterPicture(RosterWeek{Title: long, Shifts: []string{long}, Days: []RosterDay{{Label: long, Cells: [][]string{{long}, {"extra"}}}}})
		},
		"a crowd every day": func() (Picture, error) {
			in := RosterWeek{Title: "x", Shifts: []string{"a", "b"}}
			for range 25 {
				in.Days = append(in.Days, RosterDay{Label: "x", Cells: [][]string{make([]string, 0), strings.Split(strings.Repeat("Nguyễn Văn An,", 60), ",")}})
			}
			return RosterPicture(in)
		},
		"more counts than levels": func() (Picture, error) {
			return IncidentPicture(IncidentChart{Title: "x", Levels: []string{"a"}, Days: []ChartDay{{Counts: []int{1, 2, 3, 4, 5, 6, -1}}}})
		},
	} {
		t.Run(name, func(t *testing.T) { picture(t)(p()) })
	}
}
