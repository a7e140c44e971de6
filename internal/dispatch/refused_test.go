package dispatch

import (
	"errors"
	"strings"
	"testing"
)

// lostText is a text whose glyphs outside Latin-1 are gone.
const lostText = " Y BAN NHÂN DÂN T NH KON TUM\nS : 79/UBND-KTTH\nKính g i: Các s , ban ngành,   n v  thu c UBND t nh; UBND các huy n, thành ph .\n" +
	"M t là, th c hi n nghiêm Ch  th  s  19-CT/TW c a Ban Bí th , Ch  th  s  22/CT-TTg c a Th  t  ng Chính ph .\nHai là, phân công tr c lãnh   o, tr c   a bàn, tr c b o v  c  quan.\n"

// TestRefused tells the texts that must not be read, and why, from those that look like them.
func TestRefused(t *testing.T) {
	body := "\nKính gửi: Các đơn vị.\nUBND phường yêu cầu:\n1. Rà soát hệ thống, bảo vệ bí mật nhà nước.\n2. Đổi mật khẩu.\nNơi nhận:\n- Lưu: VT.\n"
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"empty", "", ErrEmpty},
		{"blank", " \n\uFEFF\r\n\t\n", ErrEmpty},
		{"too long", strings.Repeat("Kính gửi\n", 40000), ErrTooLong},
		{"chat", "Chào anh, chiều nay họp lúc mấy giờ vậy anh ơi cho em biết với nhé", ErrNoDispatch},
		{"lost glyphs", lostText, ErrLostLetters},
		{"TCVN3", "Céng hßa x· héi chñ nghÜa ViÖt Nam\n§éc lËp - Tù do - H¹nh phóc\nKÝnh göi: C¸c ®¬n vÞ trùc thuéc\n1. Rµ so¸t hÖ thèng th«ng tin", ErrLostLetters},
		{"wrong decoding", "Cá»™ng hÃ²a xÃ£ há»™i chá»§ nghÄ©a Viá»‡t Nam KÃ\u00adnh gá»\u00adi CÃ¡c Ä‘Æ¡n vá»‹ trá»±c thuá»™c phÆ°á»ng yÃªu cáº§u", ErrLostLetters},
		{"question marks", "C\uFFFDng h\uFFFDa x\uFFFD h\uFFFDi ch\uFFFD ngh\uFFFDa Vi\uFFFDt Nam, c\uFFFDc \uFFFD\uFFFDn v\uFFFD tr\uFFFDc thu\uFFFDc", ErrLostLetters},
		{"Mật", "UBND PHƯỜNG HOA SEN\nMẬT\n" + body, ErrSecret},
		{"in a column", "UBND PHƯỜNG HOA SEN          MẬT\n" + body, ErrSecret},
		{"glued", "UBND PHƯỜNG HOA SEN TỐI MẬT\n" + body, ErrSecret},
		{"degree", "Độ mật: Tuyệt mật\n" + body, ErrSecret},
		{"bracketed", "[Tối mật]\n" + body, ErrSecret},
		{"without accents", "TUYET MAT\nKinh gui: Cac don vi.\nUBND phuong yeu cau:\n1. Ra soat he thong thong tin cua don vi.\n", ErrSecret},
		{"only mentions secrets", "UBND PHƯỜNG HOA SEN\n" + body, nil},
		{"secrets in the title", "KẾ HOẠCH\nBẢO VỆ BÍ MẬT NHÀ NƯỚC VÀ BẢO MẬT THÔNG TIN\n" + body, nil},
		{"a wrapped word", "Kính gửi: Các đơn vị.\nUBND phường yêu cầu:\n1. Bảo vệ bí\nmật\nnhà nước.\n", nil},
		{"accentless", "Kinh gui: Cac don vi.\nUBND phuong yeu cau:\n1. Ra soat he thong.\n2. Doi mat khau.\n", nil},
	} {
		d, err := Parse(c.text, Options{})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err != nil && d.TaskCount() > 0 {
			t.Errorf("%s: refused, and %d tasks", c.name, d.TaskCount())
		}
	}
}
