package bot

import "trucban/internal/team"

// incidentRoutes is what can be asked about incidents.
func incidentRoutes() []route {
	return []route{
		{cmd: "suco", takes: TakesText, aliases: []string{"su_co", "sc", "baosuco"}, words: []string{"có việc"}, code: "inc", urgent: true, need: team.LevelLinked, run: reportIncident},
		{cmd: "tiepnhan", takes: TakesID, words: []string{"tiếp nhận"}, code: "ack", urgent: true, need: team.LevelLinked, run: ackIncident},
		{cmd: "nhanxuly", takes: TakesID, aliases: []string{"nhan_xu_ly", "dangxuly"}, words: []string{"nhận xử lý"}, code: "take", urgent: true, need: team.LevelLinked, run: takeIncident},
		{cmd: "daxuly", takes: TakesID, words: []string{"đã xử lý"}, code: "fix", urgent: true, need: team.LevelLinked, run: resolveIncident},
		{cmd: "capnhat", takes: TakesText, aliases: []string{"cap_nhat"}, urgent: true, need: team.LevelLinked, run: updateIncident},
		{cmd: "giao", takes: TakesText, aliases: []string{"giaoviec"}, need: team.LevelHead, run: assignIncident},
		{cmd: "dongsuco", takes: TakesID, aliases: []string{"dong_su_co", "ketthuc"}, code: "end", need: team.LevelHead, run: closeIncident},
		{cmd: "baonham", takes: TakesText, aliases: []string{"bao_nham", "baogia"}, code: "false", urgent: true, need: team.LevelLinked, run: falseAlarm},
		{cmd: "molai", takes: TakesText, aliases: []string{"mo_lai"}, code: "reopen", need: team.LevelLinked, run: reopenIncident},
		{cmd: "gop", takes: TakesText, aliases: []string{"gopsuco"}, need: team.LevelHead, run: mergeIncident},
		{code: "join", need: team.LevelHead, run: joinIncidents},

		{code: "q", urgent: true, need: team.LevelLinked, run: pressAnswer},
		{cmd: "loai", takes: TakesText, aliases: []string{"doiloai"}, code: "kind", need: team.LevelLinked, run: setKind},
		{cmd: "mucdo", takes: TakesText, aliases: []string{"muc_do", "doimuc"}, code: "level", need: team.LevelLinked, run: setLevel},
		{cmd: "giodau", takes: TakesText, aliases: []string{"gio_dau", "viecgiodau"}, code: "hour", need: team.LevelLinked, run: firstHour},
		{cmd: "dabaocao", takes: TakesText, aliases: []string{"da_bao_cao"}, code: "met", need: team.LevelLinked, run: reportSent},
		{cmd: "dssuco", aliases: []string{"ds_su_co", "danhsachsuco"}, words: []string{"sự cố đang mở"}, need: team.LevelLinked, run: listIncidents},
		{cmd: "thongke", takes: TakesText, aliases: []string{"thong_ke"}, need: team.LevelLinked, run: incidentStats},
		{cmd: "dientap", takes: TakesText, aliases: []string{"dien_tap"}, tests: true, need: team.LevelLinked, run: drill},
		{cmd: "sucothat", takes: TakesText, aliases: []string{"su_co_that"}, need: team.LevelLinked, run: realIncident},
		{cmd: "xuat", takes: TakesText, aliases: []string{"xuatbaocao"}, code: "paper", need: team.LevelLinked, run: export},
	}
}

// hotlineRoutes is what can be asked about the people and offices to ring.
func hotlineRoutes() []route {
	return []route{
		{cmd: "hotline", takes: TakesText, aliases: []string{"lienhe", "duongdaynong"}, words: []string{"đường dây nóng"}, open: true, urgent: true, run: showHotline},
		{cmd: "suahotline", takes: TakesText, aliases: []string{"sua_hotline"}, code: "hok", need: team.LevelDesk, run: editHotline},
		{cmd: "danhba", aliases: []string{"danh_ba", "danhbatruc"}, words: []string{"danh bạ"}, need: team.LevelLinked, run: sendPhoneTree},
	}
}
