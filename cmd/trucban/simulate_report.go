package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
)

// carried is what one token can do.
type carried struct {
	groups int
	wait   time.Duration // of 99 of 100 reminders
}

// simulated is what a simulation found.
type simulated struct {
	cmd     simulateCmd
	columns []column
	token   carried
	redis   *weight // nil: not measured
}

// scale is what the played provinces stand for.
func (c column) scale() float64 {
	n := 0
	for _, p := range c.played {
		n += p.groups
	}
	return float64(c.groups) / float64(n)
}

// sum adds a figure of the provinces up and counts those that were not played in proportion.
func (c column) sum(of func(*played) int) int {
	n := 0
	for _, p := range c.played {
		n += of(p)
	}
	return int(math.Round(float64(n) * c.scale()))
}

func (c column) most(of func(*played) int) int {
	n := 0
	for _, p := range c.played {
		n = max(n, of(p))
	}
	return n
}

// waits are those of all provinces that were played.
func (c column) waits() *waits {
	all := newWaits(nil)
	for _, p := range c.played {
		all.add(p.f.waits)
	}
	return all
}

func (c column) communes() int {
	n := 0
	for _, d := range c.districts {
		n += d.communes
	}
	return n
}

func (c column) busiestHour() int {
	hours := map[int64]int{}
	most := 0
	for _, p := range c.played {
		for h, n := range p.f.hours {
			hours[h] += n
			most = max(most, hours[h])
		}
	}
	return int(math.Round(float64(most) * c.scale()))
}

// givenUp says for which reasons messages were given up: quota is Zalo's month, blocked are the people who blocked the bot.
func (c column) givenUp() string {
	dead := c.waits().dead
	var out []string
	for _, why := range slices.Sorted(maps.Keys(dead)) {
		out = append(out, fmt.Sprintf("%s %s", why, number(int(math.Round(float64(dead[why])*c.scale())))))
	}
	return strings.Join(out, ", ")
}

// zaloTokens is how many bots of Zalo's free plan a province needs for its groups, people and messages.
func zaloTokens(groups, people, messages, days int) int {
	const planGroups, planPeople, planMonth = 3, 50, 3000
	up := func(n, per int) int { return (n + per - 1) / per }
	return max(up(groups, planGroups), up(people, planPeople), up(messages*30/max(1, days), planMonth))
}

// line is one line of the table: its name and its value for each number of groups.
type line struct {
	name string
	of   func(column) string
}

func number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }

// lines are what depends on nothing but the flags; machine says the rest.
func (s simulated) lines() []line {
	out := []line{
		{"communes", func(c column) string { return number(c.communes()) }},
		{"namespaces (groups in the largest)", func(c column) string { return fmt.Sprintf("%d (%s)", len(c.districts), number(c.districts[0].groups)) }},
		{"of them played, the others in proportion", func(c column) string { return fmt.Sprint(len(c.played)) }},
		{"messages and edits", func(c column) string { return number(c.sum((*played).messages)) }},
		{"busiest hour", func(c column) string { return number(c.busiestHour()) }},
		{"too late, not sent", func(c column) string { return number(c.sum(func(p *played) int { return p.f.late })) }},
		{"given up, told upwards", func(c column) string { return number(c.sum(func(p *played) int { return p.f.dead })) }},
		{"answers 429", func(c column) string {
			return number(c.sum(func(p *played) int { return p.f.refused["telegram"] + p.f.refused["zalo"] }))
		}},
		{"tokens needed for the bound", func(c column) string { return fmt.Sprint(s.tokens(c)) }},
	}
	if s.cmd.Zalo > 0 {
		out = append(out, line{"bots on Zalo's free plan", func(c column) string {
			return number(c.sum(func(p *played) int {
				return zaloTokens(p.zaloGroups, p.zaloGroups*unitPeople, p.f.sent["zalo"], s.cmd.Days)
			}))
		}})
	}
	for _, class := range outbox.Classes {
		out = append(out, line{"wait of " + string(class) + ", s", func(c column) string {
			w := c.waits()
			return seconds(w.quantile(0.5, class)) + " / " + seconds(w.quantile(0.99, class)) + " / " + seconds(w.quantile(1, class))
		}})
	}
	return out
}

// tokens is how many tokens keep the bound: as many as provinces, and more where the largest is too large for one.
func (s simulated) tokens(c column) int {
	n := 0
	for _, d := range c.districts {
		n += (d.groups + max(1, s.token.groups) - 1) / max(1, s.token.groups)
	}
	return n
}

// machine are the lines that depend on the machine or the server.
func (s simulated) machine() []line {
	bytes := func(p *played) int { return int(p.size.Bytes) }
	memory := line{"Redis content, MB (largest)", func(c column) string {
		return fmt.Sprintf("%.1f (%.1f)", float64(c.sum(bytes))/1e6, float64(c.most(bytes))/1e6)
	}}
	if w := s.redis; w != nil {
		memory = line{"Redis memory, MB (largest)", func(c column) string {
			return fmt.Sprintf("%.1f (%.1f)", float64(c.sum(bytes))*w.perByte/1e6, float64(c.most(bytes))*w.perByte/1e6)
		}}
	}
	return []line{
		{"Redis keys", func(c column) string { return number(c.sum(func(p *played) int { return p.size.Keys })) }},
		memory,
		{"simulated in", func(c column) string { return c.took.Round(time.Second).String() }},
	}
}

// print writes the table, as Markdown, and what it stands on.
func (s simulated) print(w io.Writer) {
	head, rule := []string{"groups"}, []string{"---"}
	for _, c := range s.columns {
		head, rule = append(head, number(c.groups)), append(rule, "---:")
	}
	row := func(cells []string) { _, _ = fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
	row(head)
	row(rule)
	for _, l := range append(s.lines(), s.machine()...) {
		cells := []string{l.name}
		for _, c := range s.columns {
			cells = append(cells, l.of(c))
		}
		row(cells)
	}
	_, _ = fmt.Fprintf(w, "\nOver %d days from %s. Waits for the platforms: half of them / 99 of 100 / the longest.\n", s.cmd.Days, s.cmd.From)
	_, _ = fmt.Fprintf(w, "One token carries %s groups, played for a day: 99 of 100 reminders wait at most %s s, the bound is %s s.\n",
		number(s.token.groups), seconds(s.token.wait), seconds(s.cmd.Bound))
	for _, c := range s.columns {
		if why := c.givenUp(); why != "" {
			_, _ = fmt.Fprintf(w, "Given up at %s groups, and why: %s.\n", number(c.groups), why)
		}
	}
	if s.redis == nil {
		_, _ = fmt.Fprintln(w, "Redis was not measured: its size is that of names and values alone, the server needs about twice as much.")
	} else {
		_, _ = fmt.Fprintf(w, "Redis memory: content x %.2f, measured on redis-server %s with a day of %d and of %d groups.\n", s.redis.perByte, s.redis.version, weighed[0], weighed[1])
	}
	if limits := realLimits(chat.Name("telegram")); s.cmd.Zalo > 0 {
		_, _ = fmt.Fprintf(w, "Limits kept: Telegram %d a second, %d a minute in a group, one a second in a chat; Zalo %d messages a month.\n",
			limits.PerSecond, limits.GroupPerMinute, realLimits("zalo").PerMonth)
	}
}
