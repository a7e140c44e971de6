package incident

import "trucban/internal/team"

func teamID(s string) team.MemberID { return team.MemberID(s) }

func must(i Incident, err error) Incident {
	if err != nil {
		panic(err)
	}
	return i
}

func third(_, _ Incident, err error) error { return err }

func calls(fx []Effect) []Rung {
	var out []Rung
	for _, e := range fx {
		if e.Kind == Call {
			out = append(out, e.Rung)
		}
	}
	return out
}
