package bot

import (
	"trucban/internal/calendar"
	"trucban/internal/digest"
	"trucban/messages"
)

// How much of a summary is written out; the rest is counted and found behind the buttons.
const (
	digestNames = 5
	digestNews  = 8
)

// digestMessage puts a summary into the words' struct.
func (t *turn) digestMessage(s digest.Summary) messages.Digest {
	m := messages.Digest{
		At: s.At, Day: calendar.DateOf(s.At).Heading(), Scope: t.unitName(s.Scope), Light: string(s.Light), Quiet: false, Count: digestCount(s.Count),
		People: t.digestLine(s, digest.People), Attendance: t.digestLine(s, digest.Attendance), Tasks: t.digestLine(s, digest.Tasks),
		Incidents: t.digestLine(s, digest.Incidents), Reports: t.digestLine(s, digest.Reports), Unreachable: t.digestLine(s, digest.Unreachable),
	}
	for i, c := range s.Changes {
		if i == digestNews {
			m.MoreNews = len(s.Changes) - i
			break
		}
		it := digestItem(c.Item, s)
		it.Change = string(c.Kind)
		m.News = append(m.News, it)
	}
	return m
}

func (t *turn) digestLine(s digest.Summary, topic digest.Topic) messages.DigestLine {
	l := s.Line(topic)
	out := messages.DigestLine{Light: string(l.Light)}
	for i, it := range l.Items {
		if i == digestNames {
			out.More = len(l.Items) - i
			break
		}
		out.Items = append(out.Items, digestItem(it, s))
	}
	return out
}

func digestItem(it digest.Item, s digest.Summary) messages.DigestItem {
	out := messages.DigestItem{
		Topic: string(it.Topic), State: it.State, Light: string(it.Light), Unit: it.Name, Subject: it.Subject, Kind: it.Kind,
		Owner: it.Owner, Reason: it.Reason, N: it.N,
	}
	if it.Topic == digest.Incidents {
		out.Age = s.At.Sub(it.Since)
	}
	return out
}

func digestCount(c digest.Count) messages.DigestCount {
	return messages.DigestCount{
		Expected: c.Expected, Present: c.Present(), Pending: c.Pending(), OnTime: c.OnTime, Late: c.Late, Missed: c.Missed,
		Settled: c.Settled, Owed: c.Owed, Percent: c.Percent(), Open: c.Open, Waiting: c.Waiting, Closed: c.Closed,
		Asked: c.Asked, Missing: c.Missing, Tardy: c.Tardy, None: c.None, Unreachable: c.Unreachable,
	}
}
