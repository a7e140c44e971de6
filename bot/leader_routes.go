package bot

import "trucban/internal/team"

// leaderRoutes are the rows of summaries, the board, receipts, report windows and exports.
func leaderRoutes() []route {
	return []route{
		{cmd: "baocao", aliases: []string{"bc", "tonghop", "tomtat"}, need: team.LevelLinked, run: showDigest},
		{cmd: "chitiet", takes: TakesText, aliases: []string{"xemchitiet"}, words: []string{"chi tiết"}, code: "dd", need: team.LevelHead, run: showDetail},
		{cmd: "bang", aliases: []string{"board", "bangtruc"}, words: []string{"bảng trực"}, need: team.LevelLinked, run: openBoard},
		{code: "noted", need: team.LevelLeader, run: noted, words: []string{"đã nắm"}},

		{code: "rpn", need: team.LevelLinked, run: fileNone, words: []string{"không có sự cố"}},
		{code: "rpf", need: team.LevelLinked, run: beginForm, words: []string{"có báo cáo"}},
		{cmd: "chedobaocao", takes: TakesText, aliases: []string{"chedo"}, words: []string{"chế độ báo cáo"}, code: "rpw", need: team.LevelDesk, run: setWindow},

		{code: "xp", need: team.LevelLinked, run: exportPressed},
		{cmd: "danhan", aliases: []string{"dagui"}, need: team.LevelDesk, run: showReceipts},
		{cmd: "chuagui", aliases: []string{"tinloi"}, words: []string{"chưa gửi"}, need: team.LevelDesk, run: showDead},
		{cmd: "guilai", takes: TakesText, code: "again", need: team.LevelDesk, run: retryDead},
	}
}
