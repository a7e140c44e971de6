package dispatch

import (
	"strings"
	"unicode"
)

// lexicon is a set of phrases looked up at the head of a text. Phrases of two
// words or more are compared folded; single words with their marks, because "so",
// "ban" and "phong" mean too much without, unless the whole text is accentless.
type lexicon struct {
	multi  map[string]bool
	single map[string]bool
	plain  map[string]bool // single, folded
}

func newLexicon(phrases string) lexicon {
	x := lexicon{multi: map[string]bool{}, single: map[string]bool{}, plain: map[string]bool{}}
	for _, p := range strings.Split(phrases, ",") {
		p = strings.TrimSpace(p)
		if strings.Contains(p, " ") {
			x.multi[fold(p)] = true
		} else {
			x.single[p] = true
			x.plain[fold(p)] = true
		}
	}
	return x
}

// word is one word of a text: where it begins and ends in runes.
type word struct{ from, to int }

// wordsOf lists at most n words of a text, without the signs around them.
func wordsOf(t txt, n int) []word {
	var out []word
	start := -1
	for i := 0; i <= t.len() && len(out) < n; i++ {
		inside := i < t.len() && (unicode.IsLetter(t.r[i]) || unicode.IsDigit(t.r[i]) || t.f[i] == '/' || t.f[i] == '&')
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			out = append(out, word{start, i})
			start = -1
		}
	}
	return out
}

// match is the number of words, from word i on, that form a phrase of the set; 0 for none.
func (x lexicon) match(t txt, ws []word, i int, accentless bool) int {
	for n := 3; n > 1; n-- {
		if i+n <= len(ws) && ws[i+n-1].to-ws[i].from < 40 && x.multi[t.f[ws[i].from:ws[i+n-1].to]] {
			return n
		}
	}
	if i < len(ws) {
		if x.single[strings.ToLower(string(t.r[ws[i].from:ws[i].to]))] || accentless && x.plain[t.f[ws[i].from:ws[i].to]] {
			return 1
		}
	}
	return 0
}

// verbs begin an order.
var verbs = newLexicon(`rà soát, kiểm tra, phân công, bố trí, bảo đảm, đảm bảo, tổ chức, đăng tải, triển khai, tuân thủ,
chủ động, tăng cường, thực hiện, báo cáo, tổng hợp, cập nhật, sao lưu, xây dựng, ban hành, theo dõi, giám sát, phối hợp,
chủ trì, chỉ đạo, hướng dẫn, tuyên truyền, phổ biến, quán triệt, nâng cao, duy trì, tiếp tục, khắc phục, xử lý, phát hiện,
ngăn chặn, phòng ngừa, phòng chống, mở rộng, mở đợt, cài đặt, nâng cấp, tham mưu, đề xuất, cung cấp, tiếp nhận, điều tra, làm rõ, trực tiếp,
khẩn trương, kịp thời, đẩy mạnh, hoàn thành, hoàn thiện, thông báo, thống kê, công bố, niêm yết, đôn đốc, đánh giá,
xác minh, chuẩn bị, hạn chế, nghiêm cấm, thành lập, kiện toàn, huy động, chấp hành, nghiêm túc, đồng loạt, quản lý,
vận hành, ứng dụng, ứng phó, sơ tán, di dời, gia cố, chằng chống, thăm hỏi, hỗ trợ, động viên, bổ sung, điều chỉnh,
xem xét, phê duyệt, thẩm định, bảo vệ, tích cực, ưu tiên, tập trung, trang bị, tập huấn, đào tạo, bồi dưỡng, diễn tập,
thường xuyên, định kỳ, hàng tháng, hằng tháng, hàng ngày, hằng ngày, liên hệ, xác định, phân loại, tuần tra, canh gác, công khai, trả lời,
giải quyết, nắm bắt, nắm chắc, giữ gìn, bám sát, chia sẻ, trao đổi, mã hóa, bóc gỡ, đối chiếu, lắp đặt, sử dụng,
khai thác, phát thanh, phát động, đưa tin, tham gia, kêu gọi, vận động, nhắc nhở, xử phạt, kiểm soát, kiểm kê, kiểm đếm, điểm danh,
thiết lập, vô hiệu, khôi phục, kết nối, theo sát, rà phá, lập danh sách, điều phối, điều động, điều hành, thay đổi, thay thế, đổi mật khẩu,
tạm dừng, ngừng hoạt động, cảnh báo, tuyên dương, khen thưởng, lưu ý, chú ý, cam kết, ký cam kết, thực thi, áp dụng, lưu trữ, ghi nhận, ghi chép,
bàn giao, gia hạn, giao ban, treo cờ, vệ sinh, dọn dẹp, trang trí, nghiên cứu, tổng kết, sơ kết, tra cứu, tạo điều kiện, có trách nhiệm, có phương án, có kế hoạch,
quan tâm, chăm lo, thăm viếng, đấu tranh, xử trí, sẵn sàng, kích hoạt, rà quét, gỡ bỏ, loại bỏ, tắt bỏ, căn cứ,
chịu trách nhiệm, định hướng, làm đầu mối, phản ánh, tiến hành, giúp việc, kiến nghị, tự kiểm tra, chuyển giao,
vá, đổi, bật, tắt, gửi, lập, ghi, trực, cử, mở, khóa, khoá, đóng, báo, cấm, không, rút, ngắt, treo, nộp, trình, giữ, nắm, ký, đăng, quét, gỡ, thay, cài, tạo, tăng, giảm, siết, xóa, xoá, dừng, tháo, chuyển, mời, họp, dùng, lưu, thu, phát, đưa, bắn, nghiêm`)

// notVerbs look like a verb of one syllable.
var notVerbs = newLexicon(`thường trực, quản lý nhà, trực thuộc, trực tuyến, trực quan, không gian, không khí, không quân, không những, không chỉ, ký hiệu, ký túc, thu nhập, thu phí, phát triển, dùng chung, mở rộng, giữ chức, trình độ, trình tự, chuyển đổi, họp báo, lưu lượng, lưu động, lập trình, đóng góp, nắm giữ, báo chí, báo và, báo đài, ghi chú, treo thưởng`)

// verbAt is the number of words, from word i on, that are an order's verb.
func (rd *reader) verbAt(t txt, ws []word, i int) int {
	if notVerbs.match(t, ws, i, false) > 1 {
		return 0
	}
	if i > 0 && ws[i].from-ws[i-1].to == 1 {
		if pair := t.f[ws[i-1].from:ws[i].to]; notVerbs.multi[pair] || verbs.multi[pair] && t.upperAt(ws[i-1].from) {
			return 0 // the second syllable of "thường trực", of "Giáo dục và Đào tạo"
		}
	}
	n := verbs.match(t, ws, i, rd.accentless)
	if n == 2 && ws[i].to+1 == ws[i+1].from && verbs.match(t, ws, i+1, rd.accentless) > 1 && t.f[ws[i].from:ws[i+1].to] == "cong bo" {
		return 0 // "hành chính công bố trí"
	}
	return n
}

// fillers stand before the verb that carries the order.
var fillers = newLexicon(`chủ động, tích cực, tiếp tục, khẩn trương, kịp thời, thường xuyên, nghiêm túc, tập trung, trực tiếp, bảo đảm, đảm bảo,
tổ chức, định kỳ, hàng tháng, hằng tháng, hàng ngày, hằng ngày, ngay lập tức, đồng loạt, phải, cần, có trách nhiệm, chỉ đạo, lưu ý, chú ý, ưu tiên, quan tâm, thực hiện việc, triển khai việc, đồng thời, ngay, đề nghị, yêu cầu`)

// bodies begin the name of who has to do something.
var bodies = newLexicon(`các cơ quan, cơ quan, các đơn vị, đơn vị, các phòng, các ban, các sở, các bộ, các cục, các tổ chức, các doanh nghiệp, doanh nghiệp,
uỷ ban, ủy ban, hội đồng, văn phòng, trung tâm, các trường, các trung tâm, các trạm, công an, quân sự, bộ chỉ huy, ban chỉ huy, ban chỉ đạo, đồn biên phòng,
mặt trận, cổng ttđt, cổng thông tin, trang thông tin, trang ttđt, thủ trưởng, người đứng đầu, chủ tịch, phó chủ tịch, giám đốc, hiệu trưởng, trưởng phòng, trưởng ban, trưởng các, bí thư, người trực,
cán bộ, công chức, khu phố, các khu, tổ dân phố, các thôn, các tổ, các xã, các phường, các hội, các đoàn, tổng cục, chi cục, kho bạc, bưu điện, điện lực, ngân hàng, công ty, tập đoàn,
nhà trường, chi bộ, đảng ủy, đảng uỷ, bộ phận, lực lượng, các ngành, các cấp, lãnh đạo, toàn thể, các địa phương, địa phương, thị xã, thành phố, bệnh viện, bảo hiểm, thanh tra, y tế, bộ trưởng, các lực lượng, các nhà, các đồn, đồn biên, nhà mạng,
chính quyền, cấp ủy, cấp uỷ, chánh văn, viện trưởng, cục trưởng, tổng giám, hai bên, các bên, các ông, các đồng, các chi, các tập, trưởng thôn, trưởng ấp, trưởng khu, tổ trưởng, trưởng bản, quý đơn, quý cơ, viễn thông,
từng cơ quan, tất cả các, mỗi đơn vị, hợp tác, chủ đầu, chủ rừng, chủ hộ, hộ gia, nhân viên, giáo viên, đội xung, tổ công, tổ chuyển, tổ chức chính, tổ chức đoàn, đoàn thể, đoàn thanh, kế toán, quản trị,
ubnd, hđnd, phòng, ban, sở, bộ, trường, trạm, hội, đoàn, đài, cục, vụ, viện, đội, thôn, xã, phường, huyện, tỉnh, ttđt, vnpt, viettel, mobifone, vncert, vncert/cc, cổng, trang, bch, ubmttq, mttq, công, tổ, khối, khoa`)

// notBodies look like one at the first word.
var notBodies = newLexicon(`trường hợp, bộ máy, cổng trường, công tác, công việc, công trình, công nghệ, công khai, công bố, công dân, công điện, công văn, công nhân, phòng chống, phòng ngừa, ban hành, trang bị, trang trí, tổ chức tuyên, tổ chức kiểm, tổ chức trực, đội ngũ, hội nghị, hội họp, đoàn kết, sở hữu, vụ việc, viện dẫn, bộ tiêu, bộ chỉ số, khối lượng, khoa học`)

// verbLed reports a text that begins with an order, perhaps after fillers.
func (rd *reader) verbLed(t txt) bool {
	ws := wordsOf(t, 3)
	if len(ws) == 0 {
		return false
	}
	if t.starts("to chuc chinh") || t.starts("to chuc doan") || t.starts("to chuc,") {
		return false
	}
	return rd.verbAt(t, ws, 0) > 0 || fillers.match(t, ws, 0, rd.accentless) > 0
}

// bodyLed reports a text that begins with an office or a person.
func (rd *reader) bodyLed(t txt) bool {
	ws := wordsOf(t, 3)
	if len(ws) == 0 || notBodies.match(t, ws, 0, rd.accentless) > 0 {
		return false
	}
	if len(ws) > 1 && t.f[ws[0].from:ws[0].to] == "cac" && t.upperAt(ws[0].from) && t.upperAt(ws[1].from) && !t.upperAt(ws[1].from+1) {
		return true // "Các Điện lực"
	}
	n := bodies.match(t, ws, 0, rd.accentless)
	if n == 0 || n == 1 && !rd.accentless && !t.upperAt(ws[0].from) {
		return false
	}
	return n > 1 || len(ws) < 2 || ws[1].from-ws[0].to == 1 || t.slice(ws[0].from, ws[0].to).allCaps()
}
