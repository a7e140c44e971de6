package bot

import (
	"fmt"
	"slices"
	"strings"

	"github.com/robfig/cron/v3"

	"trucban/internal/calendar"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

func setUnit(_ *turn, town *Town, parts []string) (string, error) {
	if len(parts) < 2 || parts[0] == "" || parts[1] == "" {
		return "", fmt.Errorf("cần mã đơn vị và tên")
	}
	u := team.Unit{ID: team.UnitID(parts[0]), Name: viet.Line(parts[1])}
	if len(parts[0]) > 20 || viet.Fold(parts[0]) != parts[0] || strings.ContainsAny(parts[0], " :/#|") {
		return "", fmt.Errorf("mã đơn vị chỉ gồm a-z, 0-9, - và _, tối đa 20 ký tự")
	}
	if root := town.Org.Root(); root != u.ID {
		u.Parent = root
	}
	for _, p := range parts[2:] {
		key, value, _ := strings.Cut(p, " ")
		switch viet.Fold(key) {
		case "thuoc":
			u.Parent = team.UnitID(strings.TrimSpace(value))
		case "nhan":
			for _, tag := range strings.Split(value, ",") {
				u.Tags = append(u.Tags, viet.Fold(strings.TrimSpace(tag)))
			}
		case "tat", "viettat":
			u.Short = strings.TrimSpace(value)
		default:
			return "", fmt.Errorf("chưa hiểu phần %q", p)
		}
	}
	if i := slices.IndexFunc(town.Org.Units, func(have team.Unit) bool { return have.ID == u.ID }); i >= 0 {
		town.Org.Units[i] = u
		return "Đã sửa đơn vị " + u.Name, nil
	}
	town.Org.Units = append(town.Org.Units, u)
	return "Đã thêm đơn vị " + u.Name + ". Kết nối nhóm: /ketnoi " + string(u.ID), nil
}

func dropUnit(_ *turn, town *Town, parts []string) (string, error) {
	id := team.UnitID(parts[0])
	u, ok := town.Org.Unit(id)
	if !ok {
		return "", fmt.Errorf("không có đơn vị %q", parts[0])
	}
	if len(town.Org.In(id)) > 0 || len(town.Org.Children(id)) > 0 {
		return "", fmt.Errorf("đơn vị còn người hoặc còn đơn vị bên dưới")
	}
	town.Org.Units = slices.DeleteFunc(town.Org.Units, func(have team.Unit) bool { return have.ID == id })
	return "Đã bỏ đơn vị " + u.Name, nil
}

// roleWords are the roles in the words of an office, folded.
var roleWords = map[string]team.Role{
	"can bo": team.RoleOfficer, "can bo truc": team.RoleOfficer, "truc": team.RoleOfficer, "thu truong": team.RoleHead, "lanh dao": team.RoleLeader,
	"quan ly": team.RoleDesk, "quan ly truc": team.RoleDesk, "quan tri": team.RoleOwner,
}

func setPerson(_ *turn, town *Town, parts []string) (string, error) {
	if len(parts) < 2 || parts[0] == "" {
		return "", fmt.Errorf("cần họ tên và mã đơn vị")
	}
	m := team.Member{Name: viet.Line(parts[0]), Unit: team.UnitID(parts[1])}
	if _, ok := town.Org.Unit(m.Unit); !ok {
		return "", fmt.Errorf("không có đơn vị %q", parts[1])
	}
	if len(parts) > 2 {
		for _, w := range strings.Split(parts[2], ",") {
			role, ok := roleWords[viet.Fold(strings.TrimSpace(w))]
			if !ok {
				return "", fmt.Errorf("vai trò %q không có; chọn: cán bộ, thủ trưởng, lãnh đạo, quản lý, quản trị", strings.TrimSpace(w))
			}
			m.Roles = append(m.Roles, role)
		}
	}
	if len(parts) > 3 && parts[3] != "" {
		phones := viet.ParsePhones(parts[3])
		if len(phones) == 0 {
			return "", fmt.Errorf("số điện thoại chưa đúng")
		}
		m.Phone = phones[0]
	}
	same := func(have team.Member) bool {
		return viet.NameKey(have.Name) == viet.NameKey(m.Name) && have.Unit == m.Unit
	}
	if i := slices.IndexFunc(town.Org.Members, same); i >= 0 {
		m.ID = town.Org.Members[i].ID
		town.Org.Members[i] = m
		return "Đã sửa đ/c " + m.Name, nil
	}
	m.ID = newMemberID(town, m.Name)
	town.Org.Members = append(town.Org.Members, m)
	return "Đã thêm đ/c " + m.Name + ". Ghép tài khoản: /maghep " + string(m.ID), nil
}

// newMemberID makes an id of the given name and the initials before it: "an.nv" of Nguyễn Văn An.
func newMemberID(town *Town, name string) team.MemberID {
	words := strings.Fields(viet.Fold(name))
	base := "nguoi"
	if len(words) > 0 {
		base = words[len(words)-1] + "."
		for _, w := range words[:len(words)-1] {
			base += w[:1]
		}
	}
	id := base
	for n := 2; ; n++ {
		if _, used := town.Org.Member(team.MemberID(id)); !used {
			return team.MemberID(id)
		}
		id = fmt.Sprintf("%s%d", base, n)
	}
}

func dropPerson(t *turn, town *Town, parts []string) (string, error) {
	var found []team.Member
	for _, m := range town.Org.Members {
		if string(m.ID) == parts[0] || viet.NameKey(m.Name) == viet.NameKey(parts[0]) {
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 0:
		return "", fmt.Errorf("không có người này trong danh sách")
	case len(found) > 1:
		return "", fmt.Errorf("có %d người cùng tên; ghi mã người, ví dụ %s", len(found), found[0].ID)
	case found[0].ID == t.me.ID:
		return "", fmt.Errorf("không tự bỏ chính mình được")
	}
	town.Org.Members = slices.DeleteFunc(town.Org.Members, func(m team.Member) bool { return m.ID == found[0].ID })
	return "Đã bỏ đ/c " + found[0].Name + " khỏi danh sách", nil
}

func setDigest(_ *turn, town *Town, parts []string) (string, error) {
	town.Digest = nil
	for _, w := range strings.Split(parts[0], ",") {
		at, err := calendar.ParseClock(strings.TrimSpace(w))
		if err != nil {
			return "", fmt.Errorf("chưa đọc được giờ %q", strings.TrimSpace(w))
		}
		spec := fmt.Sprintf("%d %d * * *", int(at.Minutes())%60, int(at.Hours())%24)
		if _, err := cron.ParseStandard(spec); err != nil {
			return "", err
		}
		town.Digest = append(town.Digest, spec)
	}
	return "Đã đặt giờ báo cáo tổng hợp", nil
}

func setLang(_ *turn, town *Town, parts []string) (string, error) {
	if !slices.Contains(messages.Languages(), parts[0]) {
		return "", fmt.Errorf("có: %s", strings.Join(messages.Languages(), ", "))
	}
	town.Lang = parts[0]
	return "Đã đặt ngôn ngữ " + parts[0], nil
}
