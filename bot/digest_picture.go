package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"trucban/internal/chat"
	"trucban/internal/digest"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// pictureKind is the kind of the job that draws the picture of a summary: the text
// never waits for it.
const pictureKind = "picture"

// pictureFor is how long after its summary a picture is still worth sending.
const pictureFor = time.Hour

// duePicture sends the picture that goes with a summary to those of the leaders'
// chats that take pictures; the others have it all in words.
func duePicture(ctx context.Context, t *turn) error {
	unit := team.UnitID(t.job.ID)
	t.wake(pictureKind, t.job.ID, time.Time{})
	rooms, err := t.rooms(ctx, unit, ForLeaders)
	if err != nil {
		return err
	}
	rooms = slices.DeleteFunc(rooms, func(r Room) bool { return !t.caps(r.Addr).Upload })
	if len(rooms) == 0 || t.b.Exports == nil {
		return nil
	}
	s, err := t.summary(ctx, unit, nil)
	if err != nil {
		return err
	}
	if len(s.Units) < 2 {
		return nil // one row says nothing that six lines do not
	}
	p, m := t.lights(s)
	png, words, err := t.b.Exports.Picture(p)
	if err != nil {
		return fmt.Errorf("draw the summary of %s: %w", unit, err)
	}
	a := chat.Attachment{Name: "tong-hop-" + string(unit) + ".png", MIME: pngMIME, Photo: true, Data: png, Fallback: chat.Escape(words)}
	for _, r := range rooms {
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Digest, Message: chat.Message{Text: t.text(m), Attach: &a}, NotAfter: t.now.Add(pictureFor), About: "ảnh tổng hợp",
		})
	}
	return nil
}

// lightTopics are the columns of the picture; who is present and who is late are one.
var lightTopics = []struct {
	key    string
	topics []digest.Topic
}{
	{"people", []digest.Topic{digest.People, digest.Attendance}}, {"tasks", []digest.Topic{digest.Tasks}}, {"incidents", []digest.Topic{digest.Incidents}},
	{"reports", []digest.Topic{digest.Reports}}, {"reach", []digest.Topic{digest.Unreachable}},
}

// lights lays out how the units stand, the worst first, with the words to go along.
func (t *turn) lights(s digest.Summary) (Picture, messages.DigestPicture) {
	m := messages.DigestPicture{Scope: t.unitName(s.Scope), At: s.At}
	bad := map[team.UnitID]map[digest.Topic]digest.Light{}
	for _, l := range s.Lines {
		for _, it := range l.Items {
			if bad[it.Unit] == nil {
				bad[it.Unit] = map[digest.Topic]digest.Light{}
			}
			if bad[it.Unit][l.Topic] != digest.Red {
				bad[it.Unit][l.Topic] = it.Light
			}
		}
	}
	p := Picture{Kind: "lights", Title: t.text(m), Words: map[string]string{}}
	for _, l := range []digest.Light{digest.Green, digest.Amber, digest.Red} {
		p.Words[string(l)] = t.label("light." + string(l))
	}
	for _, c := range lightTopics {
		p.Heads = append(p.Heads, t.label("topic."+c.key))
	}
	units := slices.Clone(s.Units)
	digest.WorstFirst(units)
	for _, u := range units {
		row := PictureRow{Label: u.Name, Note: "–"}
		if u.Count.Expected > 0 {
			row.Note = fmt.Sprintf("%d/%d", u.Count.Present(), u.Count.Expected)
		}
		for _, c := range lightTopics {
			light := digest.Green
			for _, topic := range c.topics {
				if l := bad[u.Unit][topic]; l == digest.Red || l == digest.Amber && light == digest.Green {
					light = l
				}
			}
			row.Lights = append(row.Lights, string(light))
		}
		switch u.Light {
		case digest.Red:
			m.Red++
		case digest.Amber:
			m.Amber++
		default:
			m.Green++
		}
		p.Rows = append(p.Rows, row)
	}
	return p, m
}
