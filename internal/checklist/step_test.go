package checklist_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"trucban/internal/checklist"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// shifts are whole-day shifts of one unit from 07:30 on.
func shifts(t testing.TB, unit team.UnitID, first string, days int) []roster.Shift {
	t.Helper()
	start := at(t, first+" 07:30")
	var out []roster.Shift
	for i := range days {
		s := start.AddDate(0, 0, i)
		out = append(out, roster.Shift{
			ID: roster.ShiftID(fmt.Sprintf("%s-%d", unit, i+1)), Unit: unit, Start: s, End: s.AddDate(0, 0, 1),
		})
	}
	return out
}

func find(es []checklist.Effect, k checklist.EffectKind, to checklist.Level) (checklist.Effect, bool) {
	i := slices.IndexFunc(es, func(e checklist.Effect) bool { return e.Kind == k && e.To == to })
	if i < 0 {
		return checklist.Effect{}, false
	}
	return es[i], true
}

func TestStandingTaskFollowsTheShifts(t *testing.T) {
	_, runs := issued(t)
	r := runs["vnm"]
	p := checklist.DefaultPolicy()
	roster := shifts(t, "vnm", "04/02/2027", 3)

	r, effects, wake := r.Step(at(t, "01/02/2027 09:00"), p, roster)
	if len(effects) != 0 || r.Tasks[0].State != checklist.StateWaiting {
		t.Fatalf("before the period: %+v %s", effects, r.Tasks[0].State)
	}
	if !wake.Equal(at(t, "01/02/2027 11:00")) {
		t.Errorf("wakes %s, want the receipt's first reminder", local(wake))
	}
	r, _ = r.Receive(checklist.Stamp{By: "x", At: at(t, "01/02/2027 10:00")})
	r, _, wake = r.Step(at(t, "01/02/2027 10:00"), p, roster)
	if !wake.Equal(at(t, "04/02/2027 07:30")) {
		t.Errorf("wakes %s, want the first shift", local(wake))
	}
	r, effects, wake = r.Step(wake, p, roster)
	open, ok := find(effects, checklist.OpenRounds, checklist.ToUnit)
	if !ok || open.Shift != "vnm-1" || !slices.Equal(open.Tasks, []int{1}) || !open.Until.Equal(at(t, "05/02/2027 07:30")) {
		t.Fatalf("opening: %+v", effects)
	}
	if got := r.StandingOn("vnm-1"); len(got) != 1 {
		t.Errorf("on the shift card: %v", got)
	}
	if !wake.Equal(at(t, "05/02/2027 07:00")) {
		t.Errorf("wakes %s, want half an hour before the end", local(wake))
	}
	r, err := r.Done("1", checklist.Stamp{By: "x", At: at(t, "04/02/2027 20:00")}, "thông suốt")
	if err != nil {
		t.Fatal(err)
	}
	r, effects, wake = r.Step(wake, p, roster)
	if len(effects) != 0 || !wake.Equal(at(t, "05/02/2027 07:30")) {
		t.Errorf("done round: %+v, wakes %s", effects, local(wake))
	}
	r, _, _ = r.Step(wake, p, roster) // second shift, nobody confirms
	if r.Tasks[0].State != checklist.StateTodo || len(r.Tasks[0].Past) != 1 || r.Tasks[0].Past[0].State != checklist.StateDone {
		t.Fatalf("second round: %+v", r.Tasks[0])
	}
	r, effects, _ = r.Step(at(t, "06/02/2027 07:30"), p, roster)
	if lapsed, ok := find(effects, checklist.Lapsed, checklist.ToHead); !ok || !slices.Equal(lapsed.Tasks, []int{1}) {
		t.Errorf("the head is not told of the lapse: %+v", effects)
	}
	if _, ok := find(effects, checklist.OpenRounds, checklist.ToUnit); !ok {
		t.Errorf("the third round is not opened: %+v", effects)
	}
	if last := r.Tasks[0].Past[1]; last.State != checklist.StateOverdue || last.Unseen {
		t.Errorf("lapsed round: %+v", last)
	}
	r, _ = r.Done("1", checklist.Stamp{By: "x", At: at(t, "06/02/2027 09:00")}, "")
	_, effects, wake = r.Step(at(t, "11/02/2027 00:00"), p, roster)
	if len(effects) != 0 || !wake.IsZero() {
		t.Errorf("after the period: %+v, wakes %s", effects, local(wake))
	}
}

// An outage over two shifts blames nobody for the one nobody was shown.
func TestOutageOverShifts(t *testing.T) {
	_, runs := issued(t)
	p := checklist.DefaultPolicy()
	all := shifts(t, "vnm", "04/02/2027", 4)
	r, _ := runs["vnm"].Receive(checklist.Stamp{By: "x", At: at(t, "01/02/2027 10:00")})
	r, _, _ = r.Step(at(t, "04/02/2027 07:30"), p, all)
	r, effects, _ := r.Step(at(t, "06/02/2027 10:00"), p, all)
	task := r.Tasks[0]
	if task.Key != "vnm-3" || task.State != checklist.StateTodo || len(task.Past) != 2 {
		t.Fatalf("task: %+v", task)
	}
	if task.Past[0].State != checklist.StateOverdue || task.Past[0].Unseen || !task.Past[1].Unseen {
		t.Errorf("past rounds: %+v", task.Past)
	}
	open, _ := find(effects, checklist.OpenRounds, checklist.ToUnit)
	if open.Late != 2*time.Hour+30*time.Minute {
		t.Errorf("the late opening is not said: %+v", open)
	}
	if _, ok := find(effects, checklist.Lapsed, checklist.ToHead); !ok {
		t.Errorf("the lapse of the shown round is not told: %+v", effects)
	}
}

func TestRecurringByCron(t *testing.T) {
	_, runs := issued(t)
	p := checklist.DefaultPolicy()
	r := runs["kt"] // 1.3 comes daily at 08:00 inside 04-10/02
	r, _, _ = r.Step(at(t, "04/02/2027 08:00"), p, nil)
	task, _ := r.Find("1.3")
	if task.State != checklist.StateTodo || !task.Due.Equal(at(t, "05/02/2027 08:00")) {
		t.Fatalf("first round: %+v", task)
	}
	r, err := r.Raise("1.3", "GL-2027-001", checklist.Stamp{By: "desk", At: at(t, "04/02/2027 10:00")}, at(t, "04/02/2027 14:00"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.Raise("1.3", "GL-2027-001", checklist.Stamp{By: "desk", At: at(t, "04/02/2027 10:05")}, at(t, "04/02/2027 14:00"))
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("the same list raised the task twice: %v", err)
	}
	r, effects, _ := r.Step(at(t, "04/02/2027 14:00"), p, nil)
	remind, ok := find(effects, checklist.RemindTasks, checklist.ToUnit)
	if !ok || !slices.Contains(remind.Tasks, 3) || !remind.Overdue {
		t.Errorf("the raised round is not asked for: %+v", effects)
	}
	r, _, _ = r.Step(at(t, "05/02/2027 08:00"), p, nil)
	task, _ = r.Find("1.3")
	if task.Key != "2027-02-05T01:00:00Z" || len(task.Past) != 2 || task.Past[1].State != checklist.StateOverdue {
		t.Errorf("next round: %+v", task)
	}
	r, _, _ = r.Step(at(t, "12/02/2027 08:00"), p, nil)
	if task, _ = r.Find("1.3"); task.Key != "2027-02-10T01:00:00Z" || !task.Due.Equal(at(t, "11/02/2027 00:00")) {
		t.Errorf("after the period: %+v", task)
	}
}

func TestSnooze(t *testing.T) {
	_, runs := issued(t)
	r := runs["kt"]
	p := checklist.DefaultPolicy()
	s := checklist.Stamp{By: "an", At: at(t, "03/02/2027 16:50")}
	for name, try := range map[string]struct {
		until  string
		reason string
	}{"no reason": {"03/02/2027 20:00", ""}, "past": {"03/02/2027 16:00", "x"}, "too long": {"05/02/2027 20:00", "x"}} {
		if _, err := r.Snooze("1", s, at(t, try.until), try.reason); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	r, _, _ = r.Step(s.At, p, nil)
	r, err := r.Snooze("1", s, at(t, "04/02/2027 09:00"), "Chờ nhà cung cấp")
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	now := s.At
	for range 20 {
		next, effects, wake := r.Step(now, p, nil)
		for _, e := range effects {
			if e.Kind == checklist.RemindTasks && slices.Contains(e.Tasks, 1) {
				calls = append(calls, local(now)[:5]+local(now)[10:]+" "+string(e.To))
			}
		}
		if r, now = next, wake; len(calls) >= 3 {
			break
		}
	}
	want := []string{"04/02 09:00 unit", "04/02 10:00 head", "04/02 11:00 leaders"}
	if !slices.Equal(calls, want) {
		t.Errorf("calls %v, want %v", calls, want)
	}
	if r.Progress(at(t, "03/02/2027 18:00")).Late == 0 {
		t.Error("a snoozed task is still late in the matrix")
	}
}

// A directive issued in the evening: the three levels of the receipt ladder stay hours apart.
func TestQuietTimeKeepsTheLevelsApart(t *testing.T) {
	d, err := checklist.FromPlain("VB-2027-002", plain(t))
	if err != nil {
		t.Fatal(err)
	}
	d, _ = d.SelectUnits(org(t)).Confirm(checklist.Stamp{By: "desk", At: at(t, "01/02/2027 21:00")})
	_, runs, err := d.Issue(checklist.Stamp{By: "desk", At: at(t, "01/02/2027 21:00")})
	if err != nil {
		t.Fatal(err)
	}
	r, now := runs[2], at(t, "01/02/2027 21:00")
	var calls []string
	for len(calls) < 3 {
		next, effects, wake := r.Step(now, checklist.DefaultPolicy(), nil)
		for _, e := range effects {
			if e.Kind == checklist.RemindReceipt {
				calls = append(calls, local(now)[:5]+local(now)[10:]+" "+string(e.To))
			}
		}
		r, now = next, wake
	}
	want := []string{"02/02 08:00 unit", "02/02 10:00 head", "02/02 14:00 leaders"}
	if !slices.Equal(calls, want) {
		t.Errorf("calls %v, want %v", calls, want)
	}
}

func TestExtensionKeepsNumbersAndHistory(t *testing.T) {
	d, runs := issued(t)
	s := checklist.Stamp{By: "desk", At: at(t, "02/02/2027 09:00")}
	r, err := runs["kt"].Done("1", checklist.Stamp{By: "an", At: at(t, "01/02/2027 15:00")}, "")
	if err != nil {
		t.Fatal(err)
	}
	d2, err := d.Extend(checklist.Extension{
		By: "VB-2027-004", Due: map[string]time.Time{"1.1": at(t, "05/02/2027 17:00")}, Drop: []string{"1.3"},
		Tasks: map[string][]checklist.Task{"1": {{Text: "Rà soát thêm lỗ hổng Zimbra.", Due: at(t, "05/02/2027 17:00")}}},
	}, s)
	if err != nil {
		t.Fatal(err)
	}
	synced := r.Sync(d2, s)
	if len(synced.Tasks) != 4 || synced.Tasks[3].N != 4 || synced.Tasks[3].ID != "1.4" || !synced.Tasks[2].Dropped {
		t.Fatalf("tasks: %+v", synced.Tasks)
	}
	if synced.Tasks[0].State != checklist.StateDone || !synced.Tasks[0].Due.Equal(at(t, "05/02/2027 17:00")) {
		t.Errorf("first task: %+v", synced.Tasks[0])
	}
	if again := synced.Sync(d2, s); !reflect.DeepEqual(again, synced) {
		t.Error("a second sync changes the run")
	}
	if _, err := synced.Find("3"); err == nil {
		t.Error("a dropped task can still be ticked")
	}
	if task, _, _ := d.Task("1.3"); task.Dropped {
		t.Error("the extension changed the value it was made from")
	}
	later, err := checklist.FromPlain("VB-2027-005", plain(t))
	if err != nil {
		t.Fatal(err)
	}
	later, _ = later.SelectUnits(org(t)).Confirm(s)
	later, _, _ = later.Issue(s)
	old, latest, err := d2.Supersede(later, s)
	if err != nil || old.State != checklist.Closed || old.SupersededBy != latest.ID || !slices.Equal(latest.Supersedes, []string{d.ID}) {
		t.Errorf("supersede: %v %+v", err, old)
	}
	closed, err := synced.Close(s, "superseded")
	if err != nil {
		t.Fatal(err)
	}
	if _, effects, wake := closed.Step(at(t, "09/02/2027 09:00"), checklist.DefaultPolicy(), nil); len(effects) != 0 || !wake.IsZero() {
		t.Error("a closed run goes on")
	}
}

// A unit without a roster is asked once for the whole period, until a shift is entered.
func TestStandingTaskWithoutARoster(t *testing.T) {
	_, runs := issued(t)
	p := checklist.DefaultPolicy()
	r, _ := runs["vnm"].Receive(checklist.Stamp{By: "x", At: at(t, "01/02/2027 10:00")})
	r, effects, wake := r.Step(at(t, "01/02/2027 10:00"), p, nil)
	if len(effects) != 0 || !wake.Equal(at(t, "04/02/2027 00:00")) {
		t.Fatalf("before the period: %+v, wakes %s", effects, local(wake))
	}
	r, effects, _ = r.Step(wake, p, nil)
	if e, ok := find(effects, checklist.OpenRounds, checklist.ToUnit); !ok || e.Shift != "" || r.Tasks[0].State != checklist.StateTodo || !r.Tasks[0].Due.Equal(at(t, "11/02/2027 00:00")) {
		t.Fatalf("at its beginning: %+v, %+v", effects, r.Tasks[0])
	}
	if _, effects, _ := r.Step(at(t, "05/02/2027 00:00"), p, nil); len(effects) != 0 {
		t.Errorf("asked again: %+v", effects)
	}
	r, effects, _ = r.Step(at(t, "05/02/2027 08:00"), p, shifts(t, "vnm", "05/02/2027", 2))
	if e, ok := find(effects, checklist.OpenRounds, checklist.ToUnit); !ok || e.Shift != "vnm-1" || r.Tasks[0].Past[0].State != checklist.StateTodo {
		t.Errorf("with a roster: %+v, %+v", effects, r.Tasks[0])
	}
}
