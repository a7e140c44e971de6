package sheet

import (
	"fmt"
	"strings"

	"trucban/internal/team"
	"trucban/internal/viet"
)

// unitHit is what a unit's text was found to mean.
type unitHit struct {
	id team.UnitID
	ok bool
}

// unit finds the unit a row names, under the unit of the options.
func (m *matcher) unit(row Row) (team.UnitID, bool) {
	if row.Unit == "" {
		if m.Unit == "" {
			m.once("no_unit", row, "Tệp không ghi đơn vị. Đề nghị chọn đơn vị trước khi nạp.")
			return "", false
		}
		return m.Unit, true
	}
	if hit, ok := m.units[row.Unit]; ok {
		return hit.id, hit.ok
	}
	id, ok, several := m.findUnit(row.Unit)
	m.units[row.Unit] = unitHit{id, ok}
	switch {
	case several:
		m.problem(Fault, "unit", row, fmt.Sprintf("Có nhiều đơn vị tên gần với “%s”, các dòng của đơn vị này không nạp. Đề nghị ghi tên đầy đủ.", row.Unit))
	case !ok:
		m.problem(Fault, "unit", row, fmt.Sprintf("Không có đơn vị “%s”, các dòng của đơn vị này không nạp.", row.Unit))
	}
	return id, ok
}

func (m *matcher) once(code string, row Row, text string) {
	if _, ok := m.units[code]; !ok {
		m.units[code] = unitHit{}
		m.problem(Fault, code, row, text)
	}
}

// unitKey is a unit under the options' unit with its names folded.
type unitKey struct {
	id          team.UnitID
	name, short string
}

func unitKeys(org *team.Org, top team.UnitID) []unitKey {
	var out []unitKey
	for _, u := range org.Units {
		if org.Within(u.ID, top) {
			out = append(out, unitKey{u.ID, viet.NameKey(u.Name), viet.NameKey(u.Short)})
		}
	}
	return out
}

// findUnit compares with id, name and short name; then with names that contain the text.
func (m *matcher) findUnit(text string) (id team.UnitID, ok, several bool) {
	key := viet.NameKey(text)
	var exact, near []team.UnitID
	for _, u := range m.keys {
		switch {
		case string(u.id) == strings.TrimSpace(text), key == u.name, key != "" && key == u.short:
			exact = append(exact, u.id)
		case len(key) >= 4 && u.name != "" && (strings.Contains(" "+u.name+" ", " "+key+" ") || strings.Contains(" "+key+" ", " "+u.name+" ")):
			near = append(near, u.id)
		}
	}
	if len(exact) == 0 {
		exact = near
	}
	if len(exact) == 1 {
		return exact[0], true, false
	}
	return "", false, len(exact) > 1
}
