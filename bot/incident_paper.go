package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/hotline"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// Papers makes the documents of incidents and contacts; whoever wires the bot
// says how, since documents know nothing of chats.
type Papers interface {
	// IncidentReport is a .docx: the initial report, or the closing one.
	IncidentReport(p IncidentPaper) ([]byte, error)
	// PhoneTree is the printable list as .docx and as plain text.
	PhoneTree(issuer string, tree hotline.Tree) (docx []byte, text string, err error)
}

// IncidentPaper is what a report is filled from.
type IncidentPaper struct {
	Incident incident.Incident
	Rules    incident.Rules
	Regime   string
	Unit     team.Unit
	Issuer   string // the office the unit belongs to
	Superior string
	Contact  team.Member // whom the authorities may ask
	Names    map[team.MemberID]string
	At       time.Time
	Closing  bool
	FirstAt  time.Time // closing: when the initial report was sent, zero when it is not known
}

// docxType is the media type of a Word document.
const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// export sends a document: an incident's report, or the phone list.
func export(ctx context.Context, t *turn, c call) error {
	if id, _ := cutListID(c.arg); id != "" {
		return exportDirective(ctx, t, c)
	}
	if done, err := t.exportPeriod(ctx, c); done || err != nil {
		return err
	}
	if t.b.Papers == nil {
		t.reply(messages.PaperRefused{Why: "off"})
		return nil
	}
	word := viet.Fold(strings.ReplaceAll(strings.TrimSpace(c.arg), " ", ""))
	if word == "danhba" || word == "danhbatruc" {
		return sendPhoneTree(ctx, t, c)
	}
	_, named := incident.FindID(c.arg, t.now)
	ref, answered, err := t.subject(ctx)
	if err != nil {
		return err
	}
	onCard := answered && ref.Kind == "incident"
	if c.act.Arg(0) == "" && !named && !onCard {
		t.reply(messages.PaperRefused{Why: "none"})
		return nil
	}
	i, _, ok, err := t.incidentFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	return t.sendReport(i)
}

// sendReport sends the initial report while the incident is open and the closing
// one once it is resolved. It holds the reporter's number, so not every chat gets it.
func (t *turn) sendReport(i incident.Incident) error {
	alone := t.u.Kind == chat.Private && t.mayTouch(i)
	if !t.phonesFor(i.Unit) && !alone {
		t.reply(messages.PaperRefused{Why: "place"})
		return nil
	}
	p := t.incidentPaper(i)
	data, err := t.b.Papers.IncidentReport(p)
	if err != nil {
		return fmt.Errorf("make the report of %s: %w", i.ID, err)
	}
	name := "bao-cao-ban-dau-" + string(i.ID) + ".docx"
	if p.Closing {
		name = "bao-cao-ket-thuc-" + string(i.ID) + ".docx"
	}
	if i.Drill {
		name = "DIEN-TAP-" + name
	}
	t.note("incident.paper", incidentRef(i.ID), i.Unit)
	t.sendFile(messages.IncidentPaper{ID: string(i.ID), Closing: p.Closing, Drill: i.Drill}, chat.Attachment{
		Name: name, MIME: docxType, Data: data, Fallback: t.incidentCard(i, true).Text,
	})
	return nil
}

// sendFile answers with a document.
func (t *turn) sendFile(m any, a chat.Attachment) {
	msg := chat.Message{Text: t.text(m), Attach: &a}
	if t.u.Kind == chat.Group && t.u.Event == chat.EventMessage {
		msg.ReplyTo = t.u.Message
	}
	t.send(outbox.Item{To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Message: msg, NotAfter: t.clock.Add(replyFor), About: "tài liệu"})
}

func (t *turn) incidentPaper(i incident.Incident) IncidentPaper {
	p := IncidentPaper{
		Incident: i, Rules: t.b.Rules, Regime: t.town.Incident.Regime, At: t.now, Names: map[team.MemberID]string{},
		Closing: !i.ResolvedAt.IsZero(), Issuer: t.town.Org.Name,
	}
	p.Unit, _ = t.town.Org.Unit(i.Unit)
	contact := i.Reporter
	if i.Handler != "" {
		contact = i.Handler
	}
	p.Contact, _ = t.town.Org.Member(contact)
	for _, e := range i.Timeline {
		if e.By != "" {
			p.Names[e.By] = "đ/c " + t.memberName(e.By)
		}
	}
	for _, d := range i.Deadlines {
		if !d.MetAt.IsZero() && (p.FirstAt.IsZero() || d.MetAt.Before(p.FirstAt)) {
			p.FirstAt = d.MetAt
		}
	}
	return p
}
