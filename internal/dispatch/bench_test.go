package dispatch

import (
	"os"
	"strings"
	"testing"
	"time"
)

// heavy are texts of n bytes that press on one step each.
func heavy(n int) map[string]string {
	one := func(s string) string { return strings.Repeat(s, n/len(s)) }
	seed, err := os.ReadFile("testdata/01-hai-cot-dinh-304.txt")
	if err != nil {
		panic(err)
	}
	head := "Kính gửi: Các đơn vị.\nUBND phường yêu cầu:\n"
	return map[string]string{
		"seed again":     one(string(seed)),
		"seed, one foot": one(strings.ReplaceAll(string(seed), "Nơi nhận", "Nơi gửi")),
		"items":          head + one("1. Rà soát hệ thống thông tin, báo cáo trước 17 giờ 00 ngày 03/02/2027.\n"),
		"bullets":        head + one("- Đổi mật khẩu.\n"),
		"one line":       head + one("Rà soát hệ thống; báo cáo. "),
		"inline":         head + one("x: 1. Rà soát; 2. Báo cáo; - Gửi. a) làm "),
		"mends":          head + one("cá bộ Zimba khi cho nhu cầu "),
		"numbers":        head + one("số 15/UBND-VP ngày 01/02/2027 của UBND tỉnh, "),
		"attachments":    head + one("lỗ hổng (văn bản gửi kèm) "),
		"dates":          head + one("trước 17h ngày 03/02/2027, "),
		"phones":         head + one("điện thoại 0912 000 111; "),
		"mails":          head + one("a@b.vn "),
		"short lines":    one("a\n"),
		"spaces":         one(" "),
		"digits":         head + one("1"),
		"brackets":       head + one("("),
		"letters":        head + one("a b c "),
		"nested":         head + one("I. A:\n1. B:\na) C:\n- D:\n+ E\n"),
		"capitals":       one("ỦY BAN NHÂN DÂN "),
		"recipients":     head + "1. Gửi.\nNơi nhận:\n" + one("- Như trên;\n"),
		"windows":        head + one("từ 04/02 đến hết 10/02/2027 "),
		"headings":       head + one("1. PHÒNG VĂN HÓA VÀ THÔNG TIN\n- Gửi báo cáo.\n"),
		"dots":           head + one("1.1.1."),
		"slashes":        head + one("1/A"),
		"from":           head + one("tu 1 ngay "),
	}
}

func BenchmarkParse200kB(b *testing.B) {
	for name, text := range heavy(200 << 10) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_, _ = Parse(text, Options{})
			}
		})
	}
}

// BenchmarkGrowth prints how many times as long a text eight times as long takes: 8 is
// linear, a step that grows with the square would come near 64.
func BenchmarkGrowth(b *testing.B) {
	const small, times = 8 << 10, 8
	long := heavy(small * times)
	for name, text := range heavy(small) {
		b.Run(name, func(b *testing.B) {
			ratio := 0.0
			for b.Loop() {
				ratio = float64(best(long[name], 3)) / float64(best(text, 4))
			}
			b.ReportMetric(ratio, "times")
		})
	}
}

func best(text string, runs int) time.Duration {
	least := time.Duration(1 << 62)
	for range runs {
		start := time.Now()
		_, _ = Parse(text, Options{})
		least = min(least, time.Since(start))
	}
	return least
}
