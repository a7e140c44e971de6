package report

import (
	"os"
	"testing"
	"time"

	"trucban/internal/hotline"
	"trucban/internal/window"
)

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func samplePeriod() Period {
	return Period{
		Office: office, Title: "Kết quả trực Tết Nguyên đán Đinh Mùi 2027", Basis: []string{"Công văn số 12/UBND-VHXH ngày 20/01/2027 của UBND tỉnh Ví Dụ"},
		From: local("2027-02-04 07:00"), To: local("2027-02-10 17:00"), At: local("2027-02-10 17:30"),
		Overview: "Tình hình an toàn thông tin mạng trên địa bàn cơ bản ổn định; các đơn vị duy trì trực 24/24.",
		Units: []UnitDuty{
			{Unit: "UBND phường A", Shifts: 14, OnTime: 12, Late: 2},
			{Unit: "UBND xã B", Shifts: 14, OnTime: 13, Missed: 1},
		},
		Absences: []string{"đ/c Lê Văn Cường, UBND xã B, ca đêm 06/02: vắng, đã có người trực thay"},
		Tasks:    []TaskLine{{Task: "Trực giám sát 24/7", Done: 1, All: 2, Overdue: 1}, {Task: "Rà soát lỗ hổng", Done: 2, All: 2}},
		Incidents: []IncidentLine{
			{ID: "SC-2027-0003", Unit: "UBND phường A", Kind: "Thay đổi giao diện", Level: "Nghiêm trọng", State: "Đã đóng", Found: local("2027-02-06 21:00")},
			{ID: "SC-2027-0004", Unit: "UBND xã B", Kind: "Mất điện, đứt cáp, hỏng máy", Level: "Thấp", State: "Đang xử lý", Found: local("2027-02-08 05:10")},
		},
		Incident: IncidentSums{Total: 2, Open: 1, False: 1, ToAck: 6 * time.Minute, ToResolve: 125 * time.Minute},
		Missing:  []string{"UBND xã B"}, Problems: []string{"Nhân lực kỹ thuật còn thiếu"},
	}
}

func sampleDirective() DirectiveClosing {
	return DirectiveClosing{
		Office: office, Number: "07/STTTT-CĐS", Issuer: "Sở Thông tin và Truyền thông", Date: local("2024-01-02 08:00"), At: local("2024-02-15 09:00"),
		About: "về việc tăng cường bảo đảm an toàn thông tin mạng dịp Tết Nguyên đán",
		Tasks: []TaskLine{{Task: "Đăng toàn văn 6410", Done: 1, All: 2, Overdue: 1}},
		Results: []UnitResult{
			{Unit: "UBND phường A", Task: "Đăng toàn văn 6410", State: "Đã xong", Note: "ảnh chụp trang, 03/01/2024"},
			{Unit: "UBND xã B", Task: "Đăng toàn văn 6410", State: "Quá hạn", Note: "trang đang bảo trì"},
		},
		Open: []string{"UBND xã B: đăng toàn văn 6410, trang đang bảo trì"},
	}
}

func sampleRound() window.Draft {
	return window.Draft{
		Window: "BC-2027-01", Name: "Báo cáo nhanh", Closes: local("2027-02-06 15:00"), At: local("2027-02-06 15:00"), Asked: 4, None: 1, Late: 1,
		Filed: []window.Line{
			{Name: "Công an phường", By: "Vũ Ngọc Khánh", At: local("2027-02-06 13:10"), Form: window.Form{Situation: "Trật tự ổn định", Issues: "một vụ mất điện 30 phút ở khu 3"}},
			{Name: "Trạm Y tế", By: "Vũ Thu Hà", At: local("2027-02-06 15:05"), Late: 5 * time.Minute, Form: window.Form{Situation: "Trực đủ 24/24", Proposals: "cấp thêm máy phát"}},
		},
		Quiet: []window.Line{{Name: "Phòng VH-XH", By: "Nguyễn Văn An", At: local("2027-02-06 13:00")}}, Missing: []window.Line{{Name: "Tổ TTĐT"}},
	}
}

func sampleHandover() Handover {
	return Handover{
		Office: office, Unit: "UBND phường A", Shift: "ca đêm 06/02/2027, 19h00 - 07h00", At: local("2027-02-07 07:00"),
		From: []Person{{Name: "Nguyễn Văn An", Title: "Công chức"}}, To: []Person{{Name: "Trần Thị Bình", Title: "Công chức"}},
		Staff: "Đủ 2/2", Events: []string{"SC-2027-0003: đổi giao diện, đang xử lý"}, Pending: []string{"Theo dõi trang thông tin đến 12h00"},
		ReceivedAt: local("2027-02-07 07:05"),
	}
}

func sampleTree(t testing.TB) hotline.Tree {
	t.Helper()
	data, err := os.ReadFile("../../messages/hotlines.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book, err := hotline.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	at := local("2027-02-06 00:10")
	return hotline.Tree{At: at, Sections: []hotline.Section{
		{Title: "ĐANG TRỰC", Rows: []hotline.Row{
			hotline.Person("Lê Thị Dung", "Trực lãnh đạo", "+84987654321"), hotline.Person("Nguyễn Văn An", "Trực ban", "+84912345678"), hotline.Person("Trần Thị Bình", "Trực kỹ thuật", ""),
		}},
		{Title: "ĐẦU MỐI NGOÀI CƠ QUAN", Rows: hotline.Rows(book.Active(), at)},
	}}
}
