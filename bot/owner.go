package bot

import (
	"context"
	"maps"
	"slices"
	"time"

	"trucban/internal/team"
	"trucban/messages"
)

// ownerTTL is how long the first owner's code can be used after a start.
const ownerTTL = 24 * time.Hour

// OwnerCode makes a one-time code for the first owner, "" when somebody who owns
// the installation can be reached already. Whoever sends it to the bot in private
// becomes the owner, so it is shown to the operator only, on the machine.
func (b *Bot) OwnerCode(ctx context.Context) (string, error) {
	code := b.Code()
	made := false
	err := b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "owner:"+code)
		if err != nil {
			return err
		}
		for _, m := range t.town.Org.Members {
			var r Reach
			if !m.Has(team.RoleOwner) {
				continue
			}
			if _, err := t.get(ctx, reachRef(m.ID), &r); err != nil {
				return err
			}
			if len(r.Doors) > 0 {
				return nil
			}
		}
		made = true
		if err := t.put(codeRef(code), Code{Owner: true, Until: t.now.Add(ownerTTL)}, Doc{TTL: ownerTTL}); err != nil {
			return err
		}
		t.note("owner.code", Ref{"town", "main"}, "")
		return t.commit(ctx)
	})
	if err != nil || !made {
		return "", err
	}
	return code, nil
}

// becomeOwner makes the sender the owner: the person the organisation names as
// owner, or a new one at the top of the tree.
func (t *turn) becomeOwner() (team.Member, error) {
	for _, m := range t.town.Org.Members {
		if m.Has(team.RoleOwner) {
			return m, nil
		}
	}
	town := t.town.clone()
	if town.Org.Root() == "" {
		town.Org.Units = append(town.Org.Units, team.Unit{ID: "goc", Name: "Cơ quan"})
	}
	m := team.Member{ID: "quantri", Name: t.u.From.Name, Unit: town.Org.Root(), Roles: []team.Role{team.RoleOwner, team.RoleDesk}}
	if m.Name == "" {
		m.Name = "Người quản trị"
	}
	town.Org.Members = append(town.Org.Members, m)
	return m, t.saveTown(town)
}

// clone copies the organisation so that a change does not touch the one in force.
func (t *Town) clone() *Town {
	c := *t
	c.Org.Units = slices.Clone(t.Org.Units)
	c.Org.Members = slices.Clone(t.Org.Members)
	c.Digest = slices.Clone(t.Digest)
	c.Local = maps.Clone(t.Local)
	c.Base.Periods = slices.Clone(t.Base.Periods)
	c.Org.Index()
	return &c
}

// saveTown plans the organisation changed in chat as the one in force. It stays
// until the organisation file itself changes.
func (t *turn) saveTown(town *Town) error {
	town.Rev = "chat-" + t.cause
	town.Org.Index()
	if err := town.Org.Validate(); err != nil {
		return err
	}
	if err := t.put(townRef, town, Doc{Version: AnyVersion}); err != nil {
		return err
	}
	if err := t.put(revRef, town.Rev, Doc{}); err != nil {
		return err
	}
	t.town = town
	t.note("town.changed", townRef, town.Org.Root())
	return nil
}

// health answers /suckhoe with what the desk can do something about.
func health(ctx context.Context, t *turn, _ call) error {
	m := messages.Health{At: t.now, Delay: t.clock.Sub(t.now)}
	m.Units, m.People = len(t.town.Org.Units), len(t.town.Org.Members)
	refs := make([]Ref, 0, m.Units+m.People)
	for _, u := range t.town.Org.Units {
		refs = append(refs, roomsRef(u.ID))
	}
	for _, p := range t.town.Org.Members {
		refs = append(refs, reachRef(p.ID))
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	for _, u := range t.town.Org.Units {
		rooms, err := t.rooms(ctx, u.ID, ForUnit)
		if err != nil {
			return err
		}
		if len(rooms) == 0 {
			m.NoRoom = append(m.NoRoom, u.Label())
		}
	}
	for _, p := range t.town.Org.Members {
		if _, ok, err := t.door(ctx, p.ID); err != nil {
			return err
		} else if !ok {
			m.NoDoor++
		}
	}
	for name := range t.b.Senders {
		m.Doors = append(m.Doors, string(name))
	}
	slices.Sort(m.Doors)
	if t.b.Queues != nil {
		q, err := t.b.Queues(ctx)
		if err != nil {
			return err
		}
		m.Waiting, m.Dead, m.Lag, m.Buried = q.Waiting, q.Dead, q.Lag, q.Buried
		m.Aside = q.Aside
	}
	t.reply(m)
	return nil
}

// Queues are the figures of the machinery shown in chat.
type Queues struct {
	Waiting int           // messages not sent yet
	Dead    int           // messages given up
	Buried  int           // automatic jobs given up
	Lag     time.Duration // how late the alarm clock is
	Aside   int           // updates nobody could read or handle, kept for a person to look at
}
