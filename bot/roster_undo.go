package bot

import (
	"context"
	"slices"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

const (
	askUndo = "hoantac"
	maxUndo = 100 // changes of a week that are looked through
)

// undoLast is "/hoantac": with a number it takes the answer to that task back, alone
// the newest change of the roster the sender may take back, where there is one.
func undoLast(ctx context.Context, t *turn, c call) error {
	if c.act.Code == "" && c.arg == "" && len(c.refs) == 0 && t.me.Level() >= team.LevelHead {
		all, err := t.undoable(ctx)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			return undoImport(ctx, t, c)
		}
	}
	return answering("undo")(ctx, t, c)
}

// undoable lists the changes of rosters the sender is a head of, the own ones first, then the newest.
func (t *turn) undoable(ctx context.Context) ([]Applied, error) {
	refs, err := t.find(ctx, Range{Index: "applied", To: maxScore, Desc: true, Limit: maxUndo})
	if err != nil {
		return nil, err
	}
	var out []Applied
	for _, ref := range refs {
		var a Applied
		if ok, err := t.read(ref, &a); err != nil {
			return nil, err
		} else if ok && t.town.Org.May(t.me, team.LevelHead, a.Unit) {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Applied) int {
		switch mine, other := a.By == t.me.ID, b.By == t.me.ID; {
		case mine == other:
			return 0
		case mine:
			return -1
		}
		return 1
	})
	return out, nil
}

// undoImport takes a change of the roster back: the sender's own at once, that of
// somebody else after a yes.
func undoImport(ctx context.Context, t *turn, c call) error {
	all, err := t.undoable(ctx)
	if err != nil {
		return err
	}
	id := c.act.Arg(0)
	i := slices.IndexFunc(all, func(a Applied) bool { return id == "" || a.ID == id })
	if i < 0 {
		t.reply(messages.NothingToUndo{})
		return nil
	}
	if a := all[i]; a.By != t.me.ID {
		t.reply(messages.UndoAsk{File: a.File, By: t.memberName(a.By), Unit: t.unitName(a.Unit), At: a.At},
			[]chat.Button{t.button("undo", "đồng ý", "yes", askUndo, a.ID), t.button("cancel", "hủy", "huy")})
		return t.ask(Dialog{Ask: askUndo, Data: map[string]string{"id": a.ID}})
	}
	return t.undo(ctx, all[i])
}

// undoAgreed is the yes to taking back somebody else's change.
func (t *turn) undoAgreed(ctx context.Context, id string) error {
	all, err := t.undoable(ctx)
	if err != nil {
		return err
	}
	t.done()
	for _, a := range all {
		if a.ID == id {
			return t.undo(ctx, a)
		}
	}
	t.reply(messages.NothingToUndo{})
	return nil
}

// undo makes the roster what it was before the change, as long as nothing it touched
// has changed since or begun.
func (t *turn) undo(ctx context.Context, a Applied) error {
	var d roster.Diff
	ok, err := t.get(ctx, appliedDiffRef(a.ID), &d)
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.NothingToUndo{})
		return nil
	}
	back := d.Invert()
	var refs []Ref
	var now []roster.Shift
	for _, s := range touched(back) {
		refs = append(refs, watchRef(s.ID))
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	for _, r := range refs {
		var w checkin.Watch
		if ok, err := t.read(r, &w); err != nil {
			return err
		} else if ok {
			now = append(now, w.Shift)
			if !w.Shift.Start.After(t.now) {
				t.reply(messages.UndoRefused{File: a.File, Shift: t.shiftTitle(w.Shift), Begun: true})
				return nil
			}
		}
	}
	if _, ok := back.Apply(now); !ok {
		t.reply(messages.UndoRefused{File: a.File})
		return nil
	}
	if err := t.changeRoster(ctx, back); err != nil {
		return err
	}
	t.drop(appliedRef(a.ID))
	t.drop(appliedDiffRef(a.ID))
	t.note("roster.undone", appliedRef(a.ID), a.Unit)
	if _, err := t.tellChange(ctx, back); err != nil {
		return err
	}
	t.reply(messages.Undone{File: a.File, At: a.At})
	return nil
}
