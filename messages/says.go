package messages

// Comrade is a person as others speak of them.
type Comrade struct{ Name string }

// sayLabels are sentences beside the buttons' words ("say."), the words of tables
// and pictures ("sheet."), and what messages are about ("about."), in the list of
// what could not be delivered. Heads of a table stand in one text, a bar between them.
func sayLabels() []string {
	return []string{
		"say.notdraft", "say.nounits", "say.notasks", "say.received", "say.evidence", "say.docclosed", "say.notissued", "say.notsettled", "say.notrefusable", "say.nohelp",
		"say.holdlong", "say.holdmany", "say.nodeadline", "say.badkind", "say.needreason", "say.baddate", "say.nounit", "say.nounitmine", "say.updateempty", "say.noperson",
		"say.nodrill", "say.joinhow", "say.spanhow", "say.rosterdays", "say.codehow", "say.nothingowed", "say.whichreport", "sheet.nofile", "sheet.log.name",
		"sheet.log.title", "sheet.log.heads", "sheet.log.wrote", "sheet.events.heads", "sheet.matrix.heads", "sheet.matrix.read", "sheet.matrix.unread", "sheet.matrix.at",
		"sheet.people.name", "sheet.people.title", "sheet.people.heads", "sheet.lack.unlinked", "sheet.lack.notstarted", "sheet.lack.blocked", "sheet.lack.phone",
		"sheet.lack.none", "sheet.from", "sheet.to", "sheet.strip", "sheet.chart", "sheet.roster", "sheet.incidents", "sheet.status.ontime", "sheet.status.late",
		"sheet.status.missing", "sheet.status.absent", "sheet.status.excused", "sheet.status.covered", "sheet.status.expected", "sheet.cell.done", "sheet.cell.open",
		"sheet.cell.waiting", "sheet.cell.late", "sheet.cell.help", "sheet.cell.na", "sheet.kind.unknown", "about.anh-tong-hop", "about.ban-giao-ca", "about.bao-cao-tong-hop",
		"about.bao-on", "about.bo-ghep", "about.co-the-cung-nguyen-nhan", "about.danh-sach-giao", "about.diem-danh-ho", "about.dien-tap", "about.doi-ca",
		"about.don-doc-nhiem-vu", "about.du-thao-bao-cao", "about.ghep-tai-khoan", "about.gian-doan", "about.giao-nhiem-vu", "about.han-bao-cao-su-co", "about.han-muc-tin",
		"about.het-bao-dong", "about.het-canh-bao", "about.hoi-tien-do-su-co", "about.ket-qua-gui-tin", "about.khong-gui-duoc", "about.khong-lien-lac-duoc",
		"about.lo-hong-can-tro-giup", "about.mat-nhom", "about.nhac-bao-cao", "about.nhac-ca-truc", "about.nhap-sai-ma-nhieu-lan", "about.nhiem-vu-den-luot",
		"about.niem-nhat-ky", "about.su-co", "about.su-co-chua-tiep-nhan", "about.su-co-thieu-buoc-tiep-theo", "about.tai-lieu", "about.tep-kem-van-ban",
		"about.thay-doi-lich-truc", "about.thay-doi-nhiem-vu", "about.thay-doi-trang-thai", "about.the-ca-truc", "about.the-nhiem-vu", "about.the-su-co", "about.tin-cua-nhom", "about.tin-giu-trong-gio-nghi", "about.lien-lac-truoc-ca", "about.kiem-tra-lich-truc", "about.nguoi-chua-lien-lac-duoc",
		"about.tin-qua-gio", "about.tin-rieng", "about.tinh-trang-kenh", "about.tong-hop-bao-cao", "about.tra-loi", "about.tra-loi-nhiem-vu", "about.tu-kiem-tra",
		"about.vang-co-ly-do", "about.vang-diem-danh", "about.viec-gio-dau", "about.viec-tu-dong-hong", "about.y-kien-quan-ly-truc",
	}
}

func says() []any { return []any{Comrade{"Nguyễn Văn An"}} }
