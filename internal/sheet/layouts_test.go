package sheet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// layout is a roster file in one of the forms offices use, and what it says.
type layout struct {
	name     string
	file     string
	data     func(t testing.TB) []byte
	want     []string
	problems []string
}

var head = [][]any{
	{"UBND THÀNH PHỐ X", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
	{"UBND PHƯỜNG SÔNG LAM", "", "", "Độc lập - Tự do - Hạnh phúc"},
	{"LỊCH TRỰC TẾT NGUYÊN ĐÁN GIÁP THÌN NĂM 2024"},
	{"(Kèm theo Kế hoạch số 12/KH-UBND ngày 15/01/2024 của UBND phường)"},
}

var layouts = []layout{
	{"rows with merged days, two-line heading, numbers, signatures", "lich.xlsx", func(t testing.TB) []byte {
		return book(t, append(append([][]any{}, head...),
			[]any{"STT", "Ngày", "Thứ", "Lãnh đạo trực", "", "Cán bộ trực", "", "Ghi chú"},
			[]any{"", "", "", "Họ và tên", "SĐT", "Họ và tên", "Số điện thoại", ""},
			[]any{"(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"},
			[]any{1, "08/02/2024\n(29 Tết)", "Năm", "Đ/c Nguyễn Văn An - PCT", 912345678, "Trần Thị Bình", "0987.654.321", ""},
			[]any{2, "", "", "", "", "Lê Văn Cường", "", "trực đêm"},
			[]any{3, "09/02/2024\n(30 Tết)", "Sáu", "Nguyễn Văn An", "0912345678", "Phạm Thị Dung\nĐặng Minh Đức", "", ""},
			[]any{},
			[]any{"", "Người lập biểu", "", "", "", "CHỦ TỊCH"},
			[]any{"", "Lê Văn Cường", "", "", "", "Nguyễn Văn An"},
		), merge(t, "A5:A6", "B5:B6", "C5:C6", "D5:E5", "F5:G5", "H5:H6", "B8:B9", "C8:C9", "D8:D9", "E8:E9"))
	}, []string{
		"08/02 07h30-07h30|leader|Nguyễn Văn An|0912 345 678|PCT", "08/02 07h30-07h30|duty|Trần Thị Bình|0987 654 321",
		"08/02 07h30-07h30|leader|Nguyễn Văn An|0912 345 678|PCT", "08/02 07h30-07h30|duty|Lê Văn Cường",
		"09/02 07h30-07h30|leader|Nguyễn Văn An|0912 345 678", "09/02 07h30-07h30|duty|Phạm Thị Dung", "09/02 07h30-07h30|duty|Đặng Minh Đức",
	}, []string{"warning hours D8"}},

	{"days as columns, posts as rows, hours above, phones in a line of their own", "tuan.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"BẢNG PHÂN CÔNG TRỰC"},
			{"Tuần từ ngày 05/02 đến ngày 11/02/2024"},
			{"Thời gian trực: từ 7h00 đến 7h00 ngày hôm sau"},
			{},
			{"Nội dung", "T2\n05/02", "T3\n06/02", "T4\n07/02"},
			{"Trực lãnh đạo", "Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Cường"},
			{"SĐT", "0912345678", "0987654321", ""},
			{"Cán bộ trực", "Phạm Thị Dung; Vũ Huy Hoàng", "", "Đặng Minh Đức"},
			{},
			{"Ghi chú: các đồng chí trực mang theo điện thoại."},
		})
	}, []string{
		"05/02 07h00-07h00|leader|Nguyễn Văn An|0912 345 678", "06/02 07h00-07h00|leader|Trần Thị Bình|0987 654 321", "07/02 07h00-07h00|leader|Lê Văn Cường",
		"05/02 07h00-07h00|duty|Phạm Thị Dung", "05/02 07h00-07h00|duty|Vũ Huy Hoàng", "06/02 07h00-07h00|duty|(trống)", "07/02 07h00-07h00|duty|Đặng Minh Đức",
	}, nil},

	{"rows as days, shifts as columns with hours in the heading, serial dates", "ca.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"LỊCH TRỰC THÁNG 02/2024"},
			{"Ngày trực", "Ca ngày (07h00 - 19h00)", "Ca đêm\n19h00 - 07h00 hôm sau", "Ghi chú"},
			{45330, "Nguyễn Văn An", "Trần Thị Bình - 0987 654 321", ""},
			{45331, "Lê Văn Cường", "", ""},
			{"10/2", "nghỉ", "Phạm Thị Dung + Đặng Minh Đức", ""},
		})
	}, []string{
		"08/02 07h00-19h00 Ca ngày|duty|Nguyễn Văn An", "08/02 19h00-07h00 Ca đêm|duty|Trần Thị Bình|0987 654 321",
		"09/02 07h00-19h00 Ca ngày|duty|Lê Văn Cường", "09/02 19h00-07h00 Ca đêm|duty|(trống)",
		"10/02 07h00-19h00 Ca ngày|duty|(trống)", "10/02 19h00-07h00 Ca đêm|duty|Phạm Thị Dung", "10/02 19h00-07h00 Ca đêm|duty|Đặng Minh Đức",
	}, nil},

	{"people as rows, marks under the days of a month", "cham.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"BẢNG PHÂN CÔNG TRỰC THÁNG 2 NĂM 2024"},
			{"TT", "Họ và tên", "Chức vụ", "SĐT", 1, 2, 3, 4, 5},
			{"", "", "", "", "T5", "T6", "T7", "CN", "T2"},
			{1, "Nguyễn Văn An", "CV", "0912.345.678", "x", "", "", "x", "P"},
			{2, "Trần Thị Bình", "CV", "", "", "Đ", "N,Đ", "", "S"},
		})
	}, []string{
		"01/02 07h30-07h30|duty|Nguyễn Văn An|0912 345 678|CV", "04/02 07h30-07h30|duty|Nguyễn Văn An|0912 345 678|CV",
		"02/02 19h00-07h00 Đêm|duty|Trần Thị Bình|CV", "03/02 07h00-19h00 Ngày|duty|Trần Thị Bình|CV", "03/02 19h00-07h00 Đêm|duty|Trần Thị Bình|CV",
		"05/02 07h30-11h30 Sáng|duty|Trần Thị Bình|CV",
	}, []string{"warning hours E4", "warning hours F5", "warning hours G5", "warning hours I5"}},

	{"csv with a byte order mark, semicolons and lunar days", "lich.csv", func(testing.TB) []byte {
		return []byte("\ufeffLịch trực Tết Bính Ngọ 2026;;;\r\nNgày;Ca;Người trực;Điện thoại\r\n" +
			"28 tháng Chạp;19h - 7h;Nguyễn Văn An;912345678\r\n\"30 Tết\";19h - 7h;\"Trần Thị Bình\nLê Văn Cường\";\r\nMùng 1;19h - 7h;đ/c Dung;\r\n")
	}, []string{
		"15/02 19h00-07h00|duty|Nguyễn Văn An|0912 345 678", "16/02 19h00-07h00|duty|Trần Thị Bình", "16/02 19h00-07h00|duty|Lê Văn Cường", "17/02 19h00-07h00|duty|Dung",
	}, []string{"warning eve hàng 4, cột 1"}},

	{"word grid with merged units", "lich.docx", func(t testing.TB) []byte {
		return document(t, []string{"ỦY BAN NHÂN DÂN", "LỊCH TRỰC TẾT GIÁP THÌN 2024", "Giờ trực: 7h30 hôm trước đến 7h30 hôm sau"}, [][]wordCell{
			{{text: "Đơn vị"}, {text: "Ngày"}, {text: "Người trực"}, {text: "Điện thoại"}},
			{{text: "Công an phường", vmerge: "restart"}, {text: "08/02"}, {text: "Đ/c Đặng Minh Đức"}, {text: "0933 333 333"}},
			{{vmerge: "continue"}, {text: "09/02"}, {text: "Nguyễn Thị Hòa"}, {text: "0911111111"}},
			{{text: "Trạm Y tế"}, {text: "08/02 - 09/02"}, {text: "Hoàng Thị Thủy"}, {text: ""}},
			{{text: "Ghi chú: trực tại chỗ.", span: 4}},
		})
	}, []string{
		"08/02 07h30-07h30|duty|Đặng Minh Đức|0933 333 333|@Công an phường", "09/02 07h30-07h30|duty|Nguyễn Thị Hòa|0911 111 111|@Công an phường",
		"08/02 07h30-07h30|duty|Hoàng Thị Thủy|@Trạm Y tế", "09/02 07h30-07h30|duty|Hoàng Thị Thủy|@Trạm Y tế",
	}, nil},

	{"days as section lines, units as section lines, two tables on a sheet", "nhieu.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"LỊCH TRỰC NĂM 2024"},
			{"STT", "Họ và tên", "Chức vụ", "Điện thoại"},
			{"Thứ Năm, ngày 08/02/2024"},
			{1, "Nguyễn Văn An", "Phó Chủ tịch", "0912345678"},
			{2, "Trần Thị Bình", "Công chức", ""},
			{"Thứ Sáu, ngày 09/02/2024"},
			{1, "Lê Văn Cường", "Chỉ huy trưởng", ""},
			{},
			{"LỊCH TRỰC KỸ THUẬT"},
			{"Ngày", "Ca", "Trực kỹ thuật"},
			{"08/02", "Sáng", "Phạm Thị Dung"},
			{"08/02", "Đêm", "Vũ Huy Hoàng"},
		})
	}, []string{
		"08/02 07h30-07h30|duty|Nguyễn Văn An|0912 345 678|Phó Chủ tịch", "08/02 07h30-07h30|duty|Trần Thị Bình|Công chức", "09/02 07h30-07h30|duty|Lê Văn Cường|Chỉ huy trưởng",
		"08/02 07h30-11h30 Sáng|tech|Phạm Thị Dung", "08/02 17h00-07h00 Đêm|tech|Vũ Huy Hoàng",
	}, []string{"warning hours B4", "warning hours C11", "warning hours C12"}},

	{"units as rows, days as columns", "donvi.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"PHÂN CÔNG TRỰC TẾT ẤT TỴ NĂM 2025"},
			{"TT", "Đơn vị", "Ngày 28/01 (29 Tết)", "Ngày 29/01 (Mùng 1)"},
			{1, "Công an phường", "Đặng Minh Đức\n0933333333", "Nguyễn Thị Hòa - 0922222222"},
			{2, "BCH Quân sự", "Vũ Huy Hoàng", "Vũ Huy Hoàng"},
			{}, {"", "", "", "TM. ỦY BAN NHÂN DÂN"},
		}, func(f *excelize.File) {})
	}, []string{
		"28/01 07h30-07h30|duty|Đặng Minh Đức|0933 333 333|@Công an phường", "29/01 07h30-07h30|duty|Nguyễn Thị Hòa|0922 222 222|@Công an phường",
		"28/01 07h30-07h30|duty|Vũ Huy Hoàng|@BCH Quân sự", "29/01 07h30-07h30|duty|Vũ Huy Hoàng|@BCH Quân sự",
	}, []string{"warning hours C3"}},

	{"units as columns, the weekday above its date", "coquan.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"LỊCH TRỰC TẾT ĐINH MÙI 2027", "", "", ""},
			{"Thời gian trực từ 07h00 đến 07h00 hôm sau"},
			{"Ngày", "Công an phường", "Trạm Y tế", "Ghi chú"},
			{"Thứ Năm", "Đặng Minh Đức", "Hoàng Thị Thủy", ""},
			{"04/02/2027", "", "", ""},
			{"Thứ Sáu", "Nguyễn Thị Hòa", "", ""},
			{"05/02/2027", "", "", ""},
		}, merge(t, "B4:B5", "C4:C5", "B6:B7", "C6:C7"))
	}, []string{
		"04/02 07h00-07h00|duty|Đặng Minh Đức|@Công an phường", "04/02 07h00-07h00|duty|Hoàng Thị Thủy|@Trạm Y tế",
		"04/02 07h00-07h00|duty|Đặng Minh Đức|@Công an phường", "04/02 07h00-07h00|duty|Hoàng Thị Thủy|@Trạm Y tế",
		"05/02 07h00-07h00|duty|Nguyễn Thị Hòa|@Công an phường", "05/02 07h00-07h00|duty|Nguyễn Thị Hòa|@Công an phường",
	}, nil},

	{"from day to day, from hour to hour, weekdays of a week", "tugio.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"LỊCH TRỰC"},
			{"TT", "Từ ngày", "Đến ngày", "Từ giờ", "Đến giờ", "Người trực"},
			{1, "08/02/2024", "10/02/2024", 0.3125, 0.75, "Nguyễn Văn An"},
			{2, "08/02/2024", "", "19h", "7h", "Lê Văn Cường"},
			{},
			{"Lịch trực tuần từ 05/02/2024 đến 11/02/2024"},
			{"Ca", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"},
			{"Đêm 19h00-07h00", "An", "", "Bình", "", "", "", "Cường"},
		})
	}, []string{
		"08/02 07h30-18h00|duty|Nguyễn Văn An", "09/02 07h30-18h00|duty|Nguyễn Văn An", "10/02 07h30-18h00|duty|Nguyễn Văn An", "08/02 19h00-07h00|duty|Lê Văn Cường",
		"05/02 19h00-07h00 Đêm|duty|An", "06/02 19h00-07h00 Đêm|duty|(trống)", "07/02 19h00-07h00 Đêm|duty|Bình", "08/02 19h00-07h00 Đêm|duty|(trống)",
		"09/02 19h00-07h00 Đêm|duty|(trống)", "10/02 19h00-07h00 Đêm|duty|(trống)", "11/02 19h00-07h00 Đêm|duty|Cường",
	}, nil},

	{"lunar days in a column, headings of other words", "am.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"DANH SÁCH TRỰC SẴN SÀNG CHIẾN ĐẤU TẾT 2027"},
			{"Ngày/tháng", "Âm lịch", "Trực chỉ huy", "Dân quân trực", "Số máy"},
			{"04/02", "28/12", "Nguyễn Văn An", "Vũ Huy Hoàng", "0911222333"},
			{"05/02", "30 Tết", "Lê Văn Cường", "Đặng Minh Đức", ""},
			{"06/02", "Mùng 2", "Lê Văn Cường", "Đặng Minh Đức", ""},
		})
	}, []string{
		"04/02 07h30-07h30|leader|Nguyễn Văn An", "04/02 07h30-07h30|duty|Vũ Huy Hoàng|0911 222 333",
		"05/02 07h30-07h30|leader|Lê Văn Cường", "05/02 07h30-07h30|duty|Đặng Minh Đức",
		"06/02 07h30-07h30|leader|Lê Văn Cường", "06/02 07h30-07h30|duty|Đặng Minh Đức",
	}, []string{"warning hours C3", "warning lunar B5"}},

	{"hidden rows, a wrong weekday, an impossible date, a list of days", "bay.xlsx", func(t testing.TB) []byte {
		return book(t, [][]any{
			{"Lịch trực tháng 02/2024"},
			{"Ngày", "Thứ", "Thời gian", "Cán bộ trực"},
			{"08/02/2024", "T6", "19h00-07h00", "Nguyễn Văn An"},
			{"09/02/2024", "T6", "19h00-07h00", "Trần Thị Bình"},
			{"31/02/2024", "", "19h00-07h00", "Lê Văn Cường"},
			{"12, 14/02", "", "19h00-07h00", "Phạm Thị Dung"},
			{"13/02", "", "19h00-07h00", "Công an phường"},
		}, func(f *excelize.File) {
			if err := f.SetRowVisible("Sheet1", 4, false); err != nil {
				t.Fatal(err)
			}
		})
	}, []string{
		"08/02 19h00-07h00|duty|Nguyễn Văn An", "12/02 19h00-07h00|duty|Phạm Thị Dung", "14/02 19h00-07h00|duty|Phạm Thị Dung", "13/02 19h00-07h00|duty|(trống)",
	}, []string{"warning weekday B3", "warning hidden_row A4", "fault date A5", "fault person D7"}},

	{"year turning, english-free csv with commas and no accents", "kip.csv", func(testing.TB) []byte {
		return []byte("LICH TRUC TU 30/12/2024 DEN 02/01/2025,,\nNGAY,LANH DAO TRUC,CAN BO TRUC\n30/12,Nguyen Van An,Tran Thi Binh\n1/1,Le Van Cuong,\"Dang Minh Duc, Vu Huy Hoang\"\n")
	}, []string{
		"30/12 07h30-07h30|leader|Nguyen Van An", "30/12 07h30-07h30|duty|Tran Thi Binh", "01/01 07h30-07h30|leader|Le Van Cuong",
		"01/01 07h30-07h30|duty|Dang Minh Duc", "01/01 07h30-07h30|duty|Vu Huy Hoang",
	}, []string{"warning hours hàng 3, cột 2"}},
}

func TestLayouts(t *testing.T) {
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			r, err := Read(l.file, l.data(t), now)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(l.want, lines(r)); d != "" {
				t.Errorf("rows:\n%s", d)
			}
			if d := cmp.Diff(l.problems, faults(r.Problems)); d != "" {
				t.Errorf("problems:\n%s\n%v", d, r.Problems)
			}
		})
	}
}

func TestYears(t *testing.T) {
	years := map[string][]int{"lich.csv": {2026}, "kip.csv": {2024, 2025}, "donvi.xlsx": {2025}}
	for _, l := range layouts {
		want, ok := years[l.file]
		if !ok || l.name == "" {
			continue
		}
		r, err := Read(l.file, l.data(t), now)
		if err != nil {
			t.Fatal(err)
		}
		if r.Rows[0].Date.Year != want[0] || r.Rows[len(r.Rows)-1].Date.Year != want[len(want)-1] {
			t.Errorf("%s: years %d to %d", l.file, r.Rows[0].Date.Year, r.Rows[len(r.Rows)-1].Date.Year)
		}
	}
}
