package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/courtesy"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/policy"
	"trucban/internal/reach"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// Town is the organisation as it is applied: the tree and the policies.
type Town struct {
	Rev      string          `json:"rev"`
	File     string          `json:"file,omitempty"` // revision of the organisation file that was applied last
	Org      team.Org        `json:"org"`
	Lang     string          `json:"lang"`
	Checkin  checkin.Policy  `json:"checkin"`
	Courtesy courtesy.Policy `json:"courtesy,omitzero"`
	// Local is what single units set for themselves and those below; see Policy.
	Local    map[team.UnitID]policy.Rules `json:"local,omitempty"`
	Incident IncidentPolicy               `json:"incident"`
	Tasks    checklist.Policy             `json:"tasks"`
	People   reach.Policy                 `json:"people"`
	Digest   []string                     `json:"digest"` // cron specs in local time
	// Picture says when a picture goes with a summary.
	Picture digest.PictureMode `json:"picture,omitempty"`
	// Base is the rotations and duty periods; History who had the eves of Tết before the
	// program knew of them; Posts what every shift must have where no rotation says so.
	Base    roster.Base   `json:"base,omitzero"`
	History []roster.Past `json:"history,omitempty"`
	Posts   []roster.Post `json:"posts,omitempty"`
}

// IncidentPolicy is what an office decides about incidents; the rules themselves are data of the product.
type IncidentPolicy struct {
	Times  map[incident.Level]incident.Times `json:"times,omitempty"` // levels that are missing have the default
	Regime string                            `json:"regime,omitempty"`
}

// Purpose is what a room is for.
type Purpose string

// Purposes of rooms.
const (
	ForUnit    Purpose = "unit"
	ForLeaders Purpose = "leaders"
	ForDesk    Purpose = "desk"
	ForTest    Purpose = "test" // for rehearsals; nothing real is sent there or taken from there
)

// Room binds one chat to a unit.
type Room struct {
	Addr    chat.Address `json:"addr"`
	Kind    chat.Kind    `json:"kind"`
	Unit    team.UnitID  `json:"unit"`
	Purpose Purpose      `json:"purpose"`
	Title   string       `json:"title,omitempty"`
}

// Link binds one account to a member.
type Link struct {
	Member team.MemberID `json:"member"`
}

// linkDoc is how an account's document is stored: the last word wins.
func linkDoc() Doc { return Doc{Version: AnyVersion, Index: []Entry{{Index: "accounts"}}} }

// Door is one way to reach a person privately.
type Door struct {
	Account string       `json:"account"` // chat.Account.Key
	Addr    chat.Address `json:"addr"`
	Started bool         `json:"started"` // the person has written first
	Blocked bool         `json:"blocked,omitempty"`
	Seen    time.Time    `json:"seen,omitempty"`
}

// Reach is every door of one person.
type Reach struct {
	Doors []Door `json:"doors"`
}

// Best is the door to use: open, most recently used first; ok is false when there is none.
func (r Reach) Best() (Door, bool) { return r.best(func(Door) bool { return true }) }

// best is Best among the doors that fit.
func (r Reach) best(fits func(Door) bool) (Door, bool) {
	open := make([]Door, 0, len(r.Doors))
	for _, d := range r.Doors {
		if d.Started && !d.Blocked && fits(d) {
			open = append(open, d)
		}
	}
	if len(open) == 0 {
		return Door{}, false
	}
	sort.SliceStable(open, func(i, j int) bool { return open[i].Seen.After(open[j].Seen) })
	return open[0], true
}

// set adds or changes the door of an account.
func (r *Reach) set(d Door) {
	for i, have := range r.Doors {
		if have.Account == d.Account {
			r.Doors[i] = d
			return
		}
	}
	r.Doors = append(r.Doors, d)
}

func (r Reach) door(account string) (Door, bool) {
	for _, d := range r.Doors {
		if d.Account == account {
			return d, true
		}
	}
	return Door{}, false
}

var (
	revRef  = Ref{"town", "rev"}
	townRef = Ref{"town", "main"}
)

func accountRef(key string) Ref                    { return Ref{"account", key} }
func roomRef(a chat.Address) Ref                   { return Ref{"room", a.Key()} }
func roomsRef(u team.UnitID) Ref                   { return Ref{"rooms", string(u)} }
func reachRef(m team.MemberID) Ref                 { return Ref{"reach", string(m)} }
func dialogRef(a chat.Address, f chat.Account) Ref { return Ref{"dialog", a.Key() + "|" + f.Key()} }

// useTown gives the turn the organisation, from memory when its revision stands.
func (t *turn) useTown(ctx context.Context) error {
	var rev string
	if _, err := t.read(revRef, &rev); err != nil {
		return err
	}
	t.b.mu.RLock()
	have := t.b.town
	t.b.mu.RUnlock()
	if have == nil || have.Rev != rev {
		town, err := t.b.readTown(ctx)
		if err != nil {
			return err
		}
		t.b.mu.Lock()
		t.b.town, have = town, town
		t.b.mu.Unlock()
	}
	t.town = have
	return nil
}

func (b *Bot) readTown(ctx context.Context) (*Town, error) {
	docs, err := b.Store.Load(ctx, townRef)
	if err != nil {
		return nil, fmt.Errorf("load the organisation: %w", err)
	}
	town := EmptyTown()
	if len(docs[0].Data) > 0 {
		if err := json.Unmarshal(docs[0].Data, town); err != nil {
			return nil, fmt.Errorf("decode the organisation: %w", err)
		}
	}
	town.Org.Index()
	return town, nil
}

// EmptyTown is what stands before an organisation is applied: nobody and nothing,
// with the default policies.
func EmptyTown() *Town {
	t := &Town{Lang: "vi", Checkin: checkin.DefaultPolicy(), People: reach.DefaultPolicy(), Tasks: checklist.DefaultPolicy()}
	t.Org.Index()
	return t
}

// rooms lists the chats of one unit with the purpose.
func (t *turn) rooms(ctx context.Context, unit team.UnitID, p Purpose) ([]Room, error) {
	var all []Room
	if _, err := t.get(ctx, roomsRef(unit), &all); err != nil {
		return nil, err
	}
	var out []Room
	for _, r := range all {
		if r.Purpose == p {
			out = append(out, r)
		}
	}
	return out, nil
}

// roomsAbove lists the chats with the purpose of the nearest unit, going up from unit, that has any.
func (t *turn) roomsAbove(ctx context.Context, unit team.UnitID, p Purpose) ([]Room, error) {
	for n := 0; n <= len(t.town.Org.Units) && unit != ""; n++ {
		rooms, err := t.rooms(ctx, unit, p)
		if err != nil || len(rooms) > 0 {
			return rooms, err
		}
		u, ok := t.town.Org.Unit(unit)
		if !ok {
			break
		}
		unit = u.Parent
	}
	return nil, nil
}

// door finds how to reach a person privately: by the best door on a platform that
// takes messages, else by the best there is.
func (t *turn) door(ctx context.Context, m team.MemberID) (Door, bool, error) {
	var r Reach
	if _, err := t.get(ctx, reachRef(m), &r); err != nil {
		return Door{}, false, err
	}
	if d, ok := r.best(func(d Door) bool { return !t.b.isFailing(d.Addr.Platform) }); ok {
		return d, true, nil
	}
	d, ok := r.Best()
	return d, ok, nil
}

func (t *turn) unitName(id team.UnitID) string {
	if u, ok := t.town.Org.Unit(id); ok {
		return u.Name
	}
	return string(id)
}

func (t *turn) memberName(id team.MemberID) string {
	if m, ok := t.town.Org.Member(id); ok {
		return m.Name
	}
	if strings.HasPrefix(string(id), aliasMark) {
		return t.label("forgotten")
	}
	return string(id)
}
