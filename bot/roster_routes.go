package bot

import "trucban/internal/team"

// rosterRoutes is what can be asked about rosters as a whole.
func rosterRoutes() []route {
	return []route{
		{cmd: "naplich", aliases: []string{"nap_lich", "naplichtruc"}, words: []string{"nạp lịch"}, code: "nap", need: team.LevelHead, run: importRoster},
		{cmd: "maulich", aliases: []string{"mau_lich", "maulichtruc"}, need: team.LevelHead, run: rosterForm},
		{code: "unimp", words: []string{"hoàn tác lịch"}, need: team.LevelHead, run: undoImport},
		{code: "lta", words: []string{"lịch trực ảnh", "ảnh lịch trực", "lịch trực tuần ảnh"}, need: team.LevelLinked, run: rosterAs("tuần ảnh")},
		{code: "lte", words: []string{"lịch trực excel", "lịch trực tuần excel"}, need: team.LevelLinked, run: rosterAs("tuần excel")},
		{code: "ltt", words: []string{"lịch trực tuần"}, need: team.LevelLinked, run: rosterAs("tuần")},
		{cmd: "kytruc", takes: TakesText, aliases: []string{"ky_truc"}, words: []string{"kỳ trực"}, need: team.LevelHead, run: setPeriod},
		{cmd: "giaothua", takes: TakesText, aliases: []string{"giao_thua", "tructet"}, words: []string{"ai trực giao thừa"}, need: team.LevelLinked, run: showBearers},
		{cmd: "kiemlich", takes: TakesText, aliases: []string{"kiem_lich", "kiemtralich"}, words: []string{"kiểm lịch", "kiểm tra lịch"}, need: team.LevelHead, run: showGaps},
		{cmd: "dongbolich", aliases: []string{"dong_bo_lich"}, words: []string{"đồng bộ lịch"}, need: team.LevelLinked, run: followRoster},
		{cmd: "doica", takes: TakesNote, aliases: []string{"doi_ca", "doicatruc"}, words: []string{"đổi ca"}, need: team.LevelLinked, run: swapShift},
		{cmd: "khongdongy", aliases: []string{"khong_dong_y"}, words: []string{"không đồng ý"}, code: "no", need: team.LevelLinked, run: refuse},
		{cmd: "dongy", aliases: []string{"dong_y"}, words: []string{"đồng ý"}, code: "yes", need: team.LevelLinked, run: agree},
	}
}
