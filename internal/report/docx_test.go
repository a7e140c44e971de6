package report

import (
	"bytes"
	"strings"
	"testing"

	"trucban/internal/incident"
	"trucban/internal/window"
)

func TestIncidentInitialReadsBack(t *testing.T) {
	in := sample(t)
	doc, err := IncidentInitial(in)
	if err != nil {
		t.Fatal(err)
	}
	got := lines(t, doc)
	for _, want := range []string{
		"UBND TỈNH VÍ DỤ UBND PHƯỜNG VÍ DỤ | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
		"Số: …………/BC-UBND DỰ THẢO | Ví Dụ, ngày 06 tháng 02 năm 2027",
		"BÁO CÁO BAN ĐẦU SỰ CỐ AN NINH MẠNG\n",
		"Tên tổ chức/cá nhân báo cáo sự cố (*): UBND phường Ví Dụ\n",
		"Điện thoại (*): 0238 3555 555\n",
		"Email (*):\n",
		"Cơ quan chủ quản:\n",
		"☐ Cấp độ 1     ☒ Cấp độ 2     ☐ Cấp độ 3",
		"Ngày phát hiện sự cố (dd/mm/yy) (*): 06/02/27\n",
		"Thời gian phát hiện (… giờ … phút) (*): 21 giờ 00 phút\n",
		"☐ Đã được xử lý     ☒ Chưa được xử lý\n",
		"21h24 06/02/2027 | Trần Thị Bình | Tiếp nhận",
		"21h40 06/02/2027 | Trần Thị Bình | Cập nhật: đã chuyển trang sang bảo trì",
		"- Thông báo ban đầu: hạn 21h00 ngày 07/02/2027.",
		"(chưa đối chiếu văn bản gốc)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	f, err := loadForm("mau-03")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Sections {
		for _, fd := range s.Fields {
			if !strings.Contains(got, fd.Label) {
				t.Errorf("label %q is missing", fd.Label)
			}
		}
	}
	again, err := IncidentInitial(in)
	if err != nil || !bytes.Equal(doc, again) {
		t.Errorf("the same input gives other bytes (%v)", err)
	}
}

func TestOldRegimeHasTheOldTitle(t *testing.T) {
	in := sample(t)
	in.Incident.FoundAt = local("2026-03-01 08:00")
	doc, err := IncidentInitial(in)
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(t, doc); !strings.Contains(got, "BÁO CÁO BAN ĐẦU SỰ CỐ MẠNG\n") || strings.Contains(got, "chưa đối chiếu") {
		t.Error(got)
	}
}

func TestIncidentClosingInventsNothing(t *testing.T) {
	in := sample(t)
	doc, err := IncidentClosing(in)
	if err != nil {
		t.Fatal(err)
	}
	got := lines(t, doc)
	for _, want := range []string{"BÁO CÁO KẾT THÚC ỨNG PHÓ SỰ CỐ", "Số ký hiệu:\n", "Kết quả xử lý sự cố:\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	in.Incident, err = in.Incident.Close("Khôi phục từ bản sao lưu ngày 05/02", incident.Act{By: "binh", At: local("2027-02-07 08:00")})
	if err != nil {
		t.Fatal(err)
	}
	in.FirstNo, in.FirstAt = "12/BC-UBND", local("2027-02-06 23:00")
	doc, err = IncidentClosing(in)
	if err != nil {
		t.Fatal(err)
	}
	got = lines(t, doc)
	for _, want := range []string{"Số ký hiệu: 12/BC-UBND", "Ngày báo cáo: 06/02/2027", "Kết quả xử lý sự cố: Khôi phục từ bản sao lưu ngày 05/02."} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestDrillIsMarked(t *testing.T) {
	in := sample(t)
	in.Incident.Drill = true
	doc, err := IncidentInitial(in)
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(t, doc); !strings.HasPrefix(got, "DIỄN TẬP - KHÔNG PHẢI SỰ CỐ THẬT\n") || strings.Contains(got, "hạn 21h00") {
		t.Error(got)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	in := sample(t)
	evil := "</w:t></w:r><w:p/>&lt;script&gt;]]>\x00\x0b\u202e\xff\"'<!--\nhai dòng\tcột\ufffe𝕏"
	in.Incident.Text, in.Profile.Org, in.Office.Issuer, in.Contact.Name = evil, evil, evil, evil
	in.Names["an"] = evil
	doc, err := IncidentInitial(in)
	if err != nil {
		t.Fatal(err)
	}
	got := lines(t, doc) // fails when the XML is broken
	if !strings.Contains(got, "</w:t></w:r><w:p/>&lt;script&gt;]]>") || !strings.Contains(got, `"'<!-- / hai dòng cột𝕏`) {
		t.Errorf("the text is not what was typed:\n%s", got)
	}
	if bytes.ContainsAny(part(t, doc, "word/document.xml"), "\x00\x0b") {
		t.Error("control characters in the document")
	}
	part(t, doc, "docProps/core.xml")
}

func TestEmptyInputLeavesBlanks(t *testing.T) {
	for name, make := range map[string]func() ([]byte, error){
		"initial":   func() ([]byte, error) { return IncidentInitial(IncidentReport{}) },
		"closing":   func() ([]byte, error) { return IncidentClosing(IncidentReport{}) },
		"period":    func() ([]byte, error) { return PeriodReport(Period{}) },
		"directive": func() ([]byte, error) { return DirectiveReport(DirectiveClosing{}) },
		"handover":  func() ([]byte, error) { return HandoverRecord(Handover{}) },
		"window":    func() ([]byte, error) { return WindowReport(Office{}, window.Draft{}) },
	} {
		doc, err := make()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := lines(t, doc)
		if !strings.Contains(got, "ngày …… tháng …… năm ………") || !strings.Contains(got, "DỰ THẢO") {
			t.Errorf("%s has no blanks:\n%s", name, got)
		}
		if strings.Contains(got, "0001") || strings.Contains(got, "01/01/01") {
			t.Errorf("%s writes the zero time:\n%s", name, got)
		}
	}
}

func TestPeriodReportReadsBack(t *testing.T) {
	got := lines(t, must(PeriodReport(samplePeriod())))
	for _, want := range []string{
		"BÁO CÁO\nKết quả trực Tết Nguyên đán Đinh Mùi 2027\n",
		"2 | UBND xã B | 14 | 13 | 0 | 1",
		"| Cộng | 28 | 25 | 2 | 1",
		"1 | Trực giám sát 24/7 | 1/2 | 1 | 0",
		"Trong kỳ có 2 sự cố, 1 chưa đóng; 1 báo động giả; 0 báo cáo trùng được gộp. Thời gian tiếp nhận (trung vị): 6 phút. Thời gian xử lý (trung vị): 2 giờ 05 phút.",
		"SC-2027-0003 | 21h00 06/02 | UBND phường A | Thay đổi giao diện | Nghiêm trọng | Đã đóng",
		"Chưa gửi báo cáo: UBND xã B.", "- Nhân lực kỹ thuật còn thiếu",
		"TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH", "- Lưu: VT, VHXH.", "./.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestDirectiveReportReadsBack(t *testing.T) {
	got := lines(t, must(DirectiveReport(sampleDirective())))
	for _, want := range []string{
		"Kết quả thực hiện văn bản số 07/STTTT-CĐS ngày 02 tháng 01 năm 2024 của Sở Thông tin và Truyền thông\n",
		"1 | Đăng toàn văn 6410 | 1/2 | 1 | 0",
		"2 | UBND xã B | Đăng toàn văn 6410 | Quá hạn | trang đang bảo trì",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestWindowReportReadsBack(t *testing.T) {
	got := lines(t, must(WindowReport(office, sampleRound())))
	for _, want := range []string{
		"DỰ THẢO", "BÁO CÁO\nTổng hợp báo cáo nhanh, hạn 15h00 ngày 06/02/2027\n",
		"Có 3/4 đơn vị gửi báo cáo, trong đó 1 đơn vị gửi muộn, 1 đơn vị không có sự cố.", "Chưa gửi báo cáo (1): Tổ TTĐT.",
		"2 | Trạm Y tế | đ/c Vũ Thu Hà | 15h05 06/02 | muộn", "- Công an phường: Trật tự ổn định", "Không có sự cố: Phòng VH-XH.",
		"- Công an phường: một vụ mất điện 30 phút ở khu 3", "- Trạm Y tế: cấp thêm máy phát", "./.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	unseen := lines(t, must(WindowReport(Office{}, window.Draft{Unseen: true, Asked: 3})))
	if !strings.Contains(unseen, "chưa hỏi đơn vị nào") || strings.Contains(unseen, "Có 0/3") {
		t.Errorf("a deadline nobody was asked at reads\n%s", unseen)
	}
}

func TestHandoverReadsBack(t *testing.T) {
	got := lines(t, must(HandoverRecord(sampleHandover())))
	for _, want := range []string{
		"BIÊN BẢN\nBàn giao ca trực\n", "07h00 ngày 07/02/2027, tại UBND phường A",
		"Bên giao: đ/c Nguyễn Văn An, chức vụ Công chức;", "- SC-2027-0003: đổi giao diện, đang xử lý",
		"Bên nhận xác nhận trên hệ thống lúc 07h05 ngày 07/02/2027.",
		"BÊN GIAO (Ký, ghi rõ họ tên) Nguyễn Văn An | BÊN NHẬN (Ký, ghi rõ họ tên) Trần Thị Bình",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestPhoneTreeSaysWhatIsNotChecked(t *testing.T) {
	tree := sampleTree(t)
	got := lines(t, must(PhoneTree(office, tree)))
	text := PhoneTreeText(office, tree)
	for _, want := range []string{"0912 345 678", "024 3640 4421", "CHƯA KIỂM TRA", "113"} {
		if !strings.Contains(got, want) || !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s\n%s", want, got, text)
		}
	}
	if !strings.Contains(text, "- VNCERT/CC - điện thoại (Ứng cứu sự cố (quốc gia), điện thoại cơ quan): 024 3640 4421 [CHƯA KIỂM TRA]\n") {
		t.Error(text)
	}
}

// TestPrinted has LibreOffice open every document and reads what it prints.
func TestPrinted(t *testing.T) {
	cases := map[string]struct {
		doc   []byte
		pages int // at most
		want  []string
	}{
		"initial":   {must(IncidentInitial(sample(t))), 4, []string{"BÁO CÁO BAN ĐẦU SỰ CỐ AN NINH MẠNG", "HIỆN TRẠNG SỰ CỐ", "CÁCH THỨC PHÁT HIỆN", "21 giờ 00 phút", "(Ký tên, đóng dấu)"}},
		"closing":   {must(IncidentClosing(sample(t))), 3, []string{"BÁO CÁO KẾT THÚC ỨNG PHÓ SỰ CỐ", "Kết quả xử lý sự cố"}},
		"period":    {must(PeriodReport(samplePeriod())), 3, []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "Độc lập - Tự do - Hạnh phúc", "DỰ THẢO", "Nơi nhận:", "PHÓ CHỦ TỊCH"}},
		"directive": {must(DirectiveReport(sampleDirective())), 2, []string{"Kết quả thực hiện văn bản số", "trang đang bảo trì"}},
		"window":    {must(WindowReport(office, sampleRound())), 2, []string{"Tổng hợp báo cáo nhanh", "DỰ THẢO", "Chưa gửi báo cáo (1): Tổ TTĐT.", "Nơi nhận:"}},
		"handover":  {must(HandoverRecord(sampleHandover())), 2, []string{"BIÊN BẢN", "BÊN GIAO", "BÊN NHẬN"}},
		"tree":      {must(PhoneTree(office, sampleTree(t))), 1, []string{"DANH BẠ TRỰC KHẨN CẤP", "0912 345 678", "0869 100 317"}},
	}
	docs := map[string][]byte{}
	for name, c := range cases {
		docs[name] = c.doc
	}
	for name, p := range printed(t, docs) {
		c := cases[name]
		for _, want := range c.want {
			if !strings.Contains(p.text, want) {
				t.Errorf("%s: no %q on paper:\n%s", name, want, p.text)
			}
		}
		if p.count < 1 || p.count > c.pages {
			t.Errorf("%s: %d pages, want at most %d", name, p.count, c.pages)
		}
	}
}
