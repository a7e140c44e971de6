package bot

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"trucban/internal/chat"
	"trucban/internal/hotline"
	"trucban/internal/team"
	"trucban/messages"
)

// noStore is a store in which there is nothing.
type noStore struct{}

func (noStore) Load(_ context.Context, refs ...Ref) ([]Doc, error) {
	return make([]Doc, len(refs)), nil
}
func (noStore) Find(context.Context, Range) ([]Doc, error) { return nil, nil }
func (noStore) Commit(context.Context, Change) error       { return nil }

func rolesBot(t *testing.T) *Bot {
	t.Helper()
	texts, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Deps{
		Store: noStore{}, Texts: texts, Hotlines: hotline.Book{}, Now: func() time.Time { return time.Unix(0, 0) },
		Senders: map[chat.Name]chat.Sender{}, Code: func() string { return "K1" },
		ReadText: func(context.Context, string, []byte) (string, error) { return "", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rolesTown has one person of every level.
func rolesTown() *Town {
	town := EmptyTown()
	town.Org.Units = []team.Unit{{ID: "goc", Name: "UBND phường"}}
	for _, r := range []team.Role{team.RoleOfficer, team.RoleHead, team.RoleLeader, team.RoleDesk, team.RoleOwner} {
		town.Org.Members = append(town.Org.Members, team.Member{ID: team.MemberID(r), Name: "Người " + string(r), Unit: "goc", Roles: []team.Role{r}})
	}
	town.Org.Index()
	return town
}

// needs are the levels of the rows as they were agreed on, by key; a row that is not
// in the list is held to what it says itself.
func needs(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open("testdata/roles.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	out := map[string]string{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if key, level, ok := strings.Cut(sc.Text(), " "); ok && !strings.HasPrefix(key, "#") {
			out[key] = level
		}
	}
	return out
}

func needName(r route) string {
	if r.open {
		return "anyone"
	}
	return []string{"anyone", "linked", "head", "leader", "desk", "owner"}[r.need]
}

// TestEveryRouteAsksItsLevel lets everybody, from a stranger to the owner, ask for every
// row of the table in every kind of chat: the handler is reached exactly by those who may,
// and everybody else is told what is needed and, where it is a level, who has it.
func TestEveryRouteAsksItsLevel(t *testing.T) {
	b, town, agreed := rolesBot(t), rolesTown(), needs(t)
	if len(agreed) < 60 {
		t.Fatalf("only %d rows are agreed on", len(agreed))
	}
	tried := 0
	for _, row := range b.routes.rows {
		if want, ok := agreed[row.key()]; ok && want != needName(row) {
			t.Errorf("%s is for %s, agreed was %s", row.key(), needName(row), want)
		} else if !ok {
			t.Logf("%s %s is not in the list yet", row.key(), needName(row))
		}
		for level := team.LevelAnyone; level <= team.LevelOwner; level++ {
			for _, place := range []string{"private", "unit", "stranger's group", "anonymous"} {
				tried++
				got := askRow(t, b, town, row, level, place)
				if want := allowedRow(row, level, place); got != want {
					t.Errorf("%s by level %d in %s: %s, want %s", row.key(), level, place, got, want)
				}
			}
		}
	}
	t.Logf("%d rows, %d tries", len(b.routes.rows), tried)
}

// allowedRow is the rule.
func allowedRow(row route, level team.Level, place string) string {
	switch {
	case row.open:
		return "done"
	case place == "stranger's group":
		return "not admitted"
	case place == "anonymous":
		return "anonymous"
	case level == team.LevelAnyone:
		return "not linked"
	case level < row.need:
		return "not allowed"
	}
	return "done"
}

// askRow asks for a row and says what came of it, by the words of the answer.
func askRow(t *testing.T, b *Bot, town *Town, row route, level team.Level, place string) string {
	t.Helper()
	tn := &turn{b: b, town: town, docs: map[Ref]Doc{}, cause: "test", now: time.Unix(0, 0), clock: time.Unix(0, 0)}
	tn.u = chat.Update{ID: "1", Event: chat.EventMessage, Kind: chat.Private, From: chat.Account{Platform: "local", ID: "a"}, To: chat.Address{Platform: "local", Chat: "a"}}
	if place != "private" {
		tn.u.Kind = chat.Group
		tn.room, tn.admitted = Room{Unit: "goc", Purpose: ForUnit}, place != "stranger's group"
	}
	tn.u.From.Anonymous = place == "anonymous"
	role := map[team.Level]team.Role{
		team.LevelLinked: team.RoleOfficer, team.LevelHead: team.RoleHead, team.LevelLeader: team.RoleLeader, team.LevelDesk: team.RoleDesk, team.LevelOwner: team.RoleOwner,
	}[level]
	if level > team.LevelAnyone && place != "anonymous" {
		tn.me, tn.linked = town.Org.Member(team.MemberID(role))
	}
	done := false
	row.run = func(context.Context, *turn, call) error { done = true; return nil }
	if err := b.run(t.Context(), tn, row, call{}); err != nil {
		t.Fatal(err)
	}
	if done {
		if len(tn.change.Out) > 0 {
			return "done, and refused"
		}
		return "done"
	}
	if len(tn.change.Out) != 1 {
		return fmt.Sprintf("%d answers", len(tn.change.Out))
	}
	text := chat.Plain(tn.change.Out[0].Message.Text)
	holder := map[team.Level]string{team.LevelHead: "đ/c Người head", team.LevelLeader: "đ/c Người leader", team.LevelDesk: "đ/c Người desk", team.LevelOwner: "đ/c Người owner"}[row.need]
	switch {
	case strings.Contains(text, "Việc này cần quyền") && holder != "" && strings.Contains(text, holder):
		return "not allowed"
	case strings.HasPrefix(text, "Nhóm này chưa được kết nối"):
		return "not admitted"
	case strings.HasPrefix(text, "Tin gửi ẩn danh"):
		return "anonymous"
	case strings.HasPrefix(text, "Chưa biết đ/c là ai"):
		return "not linked"
	}
	return text
}
