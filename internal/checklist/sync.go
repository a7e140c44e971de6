package checklist

// Sync brings a run to its directive as it stands after an extension: new tasks
// are appended under the next numbers, deadlines and titles follow, dropped tasks
// leave the list and stay in the record. Numbers never change, so that "xong 3"
// keeps its meaning. Answers stay; a run that is in step is returned unchanged.
func (r Run) Sync(d Directive, s Stamp) Run {
	if r.Closed != nil {
		return r
	}
	next := r.clone()
	next.Title, next.Number, next.Period = d.Title, d.Number, d.Period
	for _, g := range d.Groups {
		for _, t := range g.Tasks {
			for i := range next.Tasks {
				if next.Tasks[i].ID == t.ID {
					next.follow(i, t, g, s)
				}
			}
		}
	}
	var choice Choice
	for _, c := range d.Addressed() {
		if c.Unit == r.Unit {
			choice = c
		}
	}
	n := len(next.Tasks)
	next.fill(d, choice)
	for i := n; i < len(next.Tasks); i++ {
		t := &next.Tasks[i]
		t.Told = s.At
		if t.State == StateTodo {
			t.Opened = s.At
		}
		next.note(s, "added", t.ID, d.ID)
	}
	return next
}

// follow takes over what the directive changed in one task.
func (r *Run) follow(i int, t Task, g Group, s Stamp) {
	st := &r.Tasks[i]
	st.Title, st.NeedEvidence = t.Title, t.NeedEvidence
	if t.Dropped != st.Dropped {
		st.Dropped = t.Dropped
		r.note(s, "dropped", t.ID, "")
	}
	due := g.DueOf(t)
	if st.Kind == Once && !due.Equal(st.Due) {
		st.Due = due
		st.rebase(due, s.At)
		r.note(s, "due", t.ID, "")
	}
}
