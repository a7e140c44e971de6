package bot

import "trucban/internal/team"

// incidentRoutes is what can be asked about incidents.
func incidentRoutes() []route {
	return []route{
		{cmd: "suco", takes: TakesText, aliases: []string{"su_co", "sc", "baosuco"}, words: []string{"có việc"}, code: "inc", need: team.LevelLinked, run: reportIncident},
		{cmd: "tiepnhan", takes: TakesID, words: []string{"tiếp nhận"}, code: "ack", need: team.LevelLinked, run: ackIncident},
		{cmd: "daxuly", takes: TakesID, words: []string{"đã xử lý"}, code: "fix", need: team.LevelLinked, run: resolveIncident},
		{cmd: "capnhat", takes: TakesText, aliases: []string{"cap_nhat"}, need: team.LevelLinked, run: updateIncident},
		{cmd: "dongsuco", takes: TakesID, aliases: []string{"dong_su_co", "ketthuc"}, code: "end", need: team.LevelHead, run: closeIncident},
	}
}

// hotlineRoutes is what can be asked about the people and offices to ring.
func hotlineRoutes() []route {
	return []route{
		{cmd: "hotline", takes: TakesText, aliases: []string{"danhba", "lienhe", "duongdaynong"}, words: []string{"đường dây nóng"}, open: true, run: showHotline},
	}
}
