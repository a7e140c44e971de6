package bot

import (
	"slices"

	"trucban/internal/team"
)

// ManualRow is one row of the route table as a manual shows it.
type ManualRow struct {
	Command string   // without the slash
	Also    []string // other commands and the bare words that do the same
	Level   team.Level
	Open    bool // for anyone, also where the bot was not admitted
	About   string
}

// Reference lists everything that can be typed as a command, in the table's order.
func (b *Bot) Reference(lang string) []ManualRow {
	var out []ManualRow
	for _, r := range b.routes.rows {
		if r.cmd == "" {
			continue
		}
		e := ManualRow{Command: r.cmd, Level: r.need, Open: r.open, Also: slices.Clone(r.words)}
		for _, a := range r.aliases {
			e.Also = append(e.Also, "/"+a)
		}
		e.About = b.Texts.About(lang, r.cmd)
		out = append(out, e)
	}
	return out
}
