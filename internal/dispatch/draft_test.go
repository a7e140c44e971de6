package dispatch

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestStoredDraft: a draft that waits for the desk's confirmation comes back from JSON as it went.
func TestStoredDraft(t *testing.T) {
	for name, text := range corpus(t) {
		d, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		first, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Draft
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatal(name, err)
		}
		second, err := json.Marshal(back)
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, string(second), string(first))
	}
}

func TestAudienceTags(t *testing.T) {
	for audience, want := range map[string]string{
		"Các cơ quan, đơn vị trên địa bàn; các phòng, ban, ngành, tổ chức chính trị - xã hội thị xã; UBND các xã, phường": "coquan phongban ubnd_xa",
		"Giao Cổng TTĐT thị xã, Trang Thông tin điện tử các xã, phường":                                                   "congttdt trang_xa",
		"Các doanh nghiệp cung cấp dịch vụ viễn thông, Internet":                                                          "dn_vienthong",
		"các tổ chức, doanh nghiệp cung cấp nền tảng chuyển đổi số":                                                       "dn_nentang",
		"Các doanh nghiệp trên địa bàn":                                                                                   "doanhnghiep",
		"Đề nghị Công an phường, Ban Chỉ huy quân sự phường":                                                              "congan quansu",
		"Đối với các trường học; Trạm Y tế phường":                                                                        "truonghoc yte",
		"cac truong hoc":                    "truonghoc",
		"Ủy ban MTTQ và các đoàn thể":       "doanthe",
		"Các khu phố, tổ dân phố":           "khupho",
		"Trung tâm Phục vụ hành chính công": "hcc",
		"UỶ BAN NHÂN DÂN CÁC XÃ, PHƯỜNG":    "ubnd_xa",
		"ông Nguyễn Văn A":                  "",
	} {
		same(t, audience, strings.Join(AudienceTags(audience), " "), want)
	}
}

// TestWarnings shows each thing the desk is told to check, in words and with its line.
func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		text, want string
		code       WarnCode
	}{
		{"Kính gửi: A.\n1. Báo cáo trước ngày 31/02/2027.\n", `dòng 2: ngày "31/02/2027" cần kiểm tra lại`, WarnDate},
		{"1. Rà soát.\n2. Gửi.\n8. Báo cáo.\n", `dòng 3: số thứ tự in là "8.", đọc theo vị trí là "3."`, WarnRenumbered},
		{"1. Rà soát.\n| STT | Nội dung |\n| 1 | A |\n", "dòng 2: bảng biểu không được đọc thành nhiệm vụ", WarnTable},
		{"Kinh gui: Cac don vi.\n1. Ra soat he thong.\n", "văn bản không có dấu, đề nghị đối chiếu kỹ từng nhiệm vụ", WarnAccentless},
		{"Số:    /UBND-VP\nKính gửi: A\n1. Rà soát.\n", `dòng 1: số văn bản để trống: "/UBND-VP"`, WarnNoNumber},
		{"Kính gửi: A\n1. Gọi số điện thoại 0168 2345678 khi có việc.\n", `dòng 2: số điện thoại "0168 2345678" cần kiểm tra lại`, WarnPhone},
	} {
		d, err := Parse(c.text, Options{})
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		found := false
		for _, w := range d.Warnings {
			found = found || w.Code == c.code && w.String() == c.want
		}
		if !found {
			t.Errorf("%q warns %q, want %q", c.text, d.Warnings, c.want)
		}
	}
}

// TestTaskDetails shows what a task carries beside the contract.
func TestTaskDetails(t *testing.T) {
	d, err := Parse("Kính gửi: Các đơn vị.\nUBND phường yêu cầu:\n1. Các phòng:\n- Rà soát máy chủ.\n\n- Gỡ mã độc theo danh sách\nCụ An toàn thông tin gửi hàng tháng.\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	task := d.Groups[0].Tasks[1]
	if task.Every != "month" || task.Lines != (Span{6, 7}) || task.Mark != "1.-" {
		t.Errorf("every %q, lines %v, mark %q", task.Every, task.Lines, task.Mark)
	}
	if !strings.Contains(task.Clause, "Cụ An toàn thông tin") || strings.Contains(task.Text, "Cụ An toàn") {
		t.Error("the clause is not as printed, or the text not mended")
	}
	d, err = Parse("Kính gửi: Các đơn vị.\n1. Khi phát hiện sự cố, báo ngay trong vòng 24 giờ.\n2. Công an phường: tuần tra.\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var first, second Task
	for _, g := range d.Groups {
		for _, task := range g.Tasks {
			if first.ID == "" {
				first = task
			} else {
				second = task
			}
		}
	}
	if !first.OnEvent || len(first.Within) != 1 || first.Within[0] != "PT24H" || second.Audience != "Công an phường" {
		t.Errorf("%+v\n%+v", first, second)
	}
}
