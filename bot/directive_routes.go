package bot

import "trucban/internal/team"

// directiveRoutes is what can be asked about directives and the tasks made of them.
func directiveRoutes() []route {
	linked, head, desk := team.LevelLinked, team.LevelHead, team.LevelDesk
	return []route{
		{cmd: "vanban", takes: TakesText, aliases: []string{"congvan", "napvanban"}, need: desk, run: readDirective},
		{cmd: "sua", takes: TakesText, aliases: []string{"suavanban"}, words: []string{"sửa văn bản"}, code: "edit", need: desk, run: changeDirective},
		{cmd: "banhanh", takes: TakesNote, words: []string{"ban hành"}, code: "iss", need: desk, run: issueDirective},
		{cmd: "dongvb", takes: TakesNote, aliases: []string{"dongvanban"}, code: "dvb", need: desk, run: closeDirective},
		{cmd: "doichieu", takes: TakesNote, aliases: []string{"doi_chieu", "matran"}, words: []string{"đối chiếu"}, code: "dc", need: head, run: showMatrix},
		{cmd: "nhacviec", takes: TakesNote, words: []string{"nhắc đơn vị chưa xong"}, code: "nudge", need: head, run: nudgeLaggards},
		{cmd: "baocaovb", takes: TakesNote, code: "xvb", need: head, run: exportDirective},
		{cmd: "giaods", takes: TakesNote, aliases: []string{"giaodanhsach"}, code: "gds", need: desk, run: handOut},
		{cmd: "xongds", takes: TakesNote, code: "hds", need: linked, run: handled},
		{cmd: "khongchapnhan", takes: TakesNote, code: "nare", need: desk, run: refuseNA},
		{cmd: "datrogiup", takes: TakesNote, code: "helped", need: desk, run: helped},

		{cmd: "nhiemvu", takes: TakesNumber, aliases: []string{"viec", "nv", "checklist"}, words: []string{"nhiệm vụ"}, code: "run", need: linked, run: showChecklist},
		{cmd: "xong", takes: TakesNumber, aliases: []string{"hoanthanh"}, code: "tick", need: linked, run: answering("done")},
		{code: "rcv", need: linked, run: receive, words: []string{"đã quán triệt", "đã nhận đã quán triệt", "đã nhận - đã quán triệt"}},
		{cmd: "danglam", takes: TakesNote, aliases: []string{"dangthuchien"}, code: "doing", need: linked, run: answering("doing")},
		{cmd: "khongapdung", takes: TakesNote, code: "na", need: linked, run: answering("na")},
		{cmd: "cantro", takes: TakesNote, aliases: []string{"cantrogiup", "canhotro"}, code: "help", need: linked, run: answering("help")},
		{cmd: "hoan", takes: TakesNote, aliases: []string{"hoannhac"}, code: "hold", need: linked, run: answering("hold")},
		{cmd: "hoantac", takes: TakesNumber, aliases: []string{"hoan_tac"}, words: []string{"hoàn tác"}, code: "undo", need: linked, run: undoLast},
		{cmd: "traloi", takes: TakesNumber, code: "opt", need: linked, run: otherAnswers},
		{cmd: "lohong", takes: TakesText, aliases: []string{"lo_hong"}, words: []string{"lỗ hổng"}, code: "vul", need: linked, run: vulns},
	}
}
