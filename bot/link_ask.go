package bot

import (
	"context"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// LinkRequest is an account's wish to be linked to a person. Nothing is linked by
// it: the head of the unit or the desk decides.
type LinkRequest struct {
	ID      string        `json:"id"`
	Member  team.MemberID `json:"member"`
	Account chat.Account  `json:"account"`
	Addr    chat.Address  `json:"addr"`
	Vouched bool          `json:"vouched"` // the platform vouches for the number; otherwise it was typed
	At      time.Time     `json:"at"`
	Until   time.Time     `json:"until"`
	Desk    bool          `json:"desk,omitempty"`  // the desk was asked too
	State   string        `json:"state,omitempty"` // "" waits, or linked, refused, late, replaced
	By      team.MemberID `json:"by,omitempty"`
	Decided time.Time     `json:"decided,omitzero"`
}

const (
	askLink     = "ghep"
	linkDeskIn  = 2 * time.Hour  // the desk is asked when no head decided until then
	linkWaits   = 48 * time.Hour // how long a wish waits
	linkKept    = 72 * time.Hour // and how long its end can be told to who presses late
	linkRequest = "linkreq"
)

func linkRequestRef(id string) Ref { return Ref{linkRequest, strings.ToUpper(strings.TrimSpace(id))} }

// linkWishRef holds the id of the wish an account has.
func linkWishRef(account string) Ref { return Ref{"linkwish", account} }

// helloStranger greets an account that is nobody's: it may give its number or a code.
func (t *turn) helloStranger() {
	m := messages.StartUnknown{Account: t.u.From.ID, Ask: t.caps(t.u.To).AskPhone}
	msg := chat.Message{Text: t.text(m)}
	if m.Ask {
		msg.AskPhone = t.label("sharephone")
	}
	t.send(outbox.Item{To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Message: msg, NotAfter: t.clock.Add(replyFor), About: "trả lời"})
}

// contactShared takes a phone number somebody shares in private. Only the number
// the platform says is the sender's own counts; a card passed on is a wrong try.
func (t *turn) contactShared(ctx context.Context) error {
	if t.linked {
		t.reply(messages.AlreadyLinked{Name: t.me.Name, Unit: t.unitName(t.me.Unit)})
		return nil
	}
	if stop, err := t.locked(ctx); err != nil || stop {
		return err
	}
	if t.u.Contact.Account == "" || t.u.Contact.Account != t.u.From.ID {
		t.note("link.forged", triesRef(t.u.From), "")
		return t.wrongTry(ctx, messages.ForeignContact{Ask: t.caps(t.u.To).AskPhone})
	}
	found := t.withPhone(t.u.Contact.Phone)
	if len(found) != 1 {
		why := "nobody"
		if len(found) > 1 {
			why = "several"
		}
		return t.noMatch(ctx, why, "", t.u.Contact.Phone, found)
	}
	m := found[0]
	if stop, err := t.taken(ctx, m, t.u.From); err != nil || stop {
		return err
	}
	if err := t.ask(Dialog{Ask: askLink, Data: map[string]string{"member": string(m.ID)}}); err != nil {
		return err
	}
	t.reply(messages.LinkOffer{Name: m.Name, Unit: t.unitName(m.Unit)},
		[]chat.Button{t.button("itsme", "đúng là tôi", "me"), t.button("notme", "không phải tôi", "notme")})
	return nil
}

// withPhone lists the people of the organisation with that number; what is not
// one Vietnamese number and nothing else is nobody's.
func (t *turn) withPhone(phone string) []team.Member {
	phone = strings.TrimSpace(phone)
	if strings.HasPrefix(phone, "84") {
		phone = "+" + phone // Telegram leaves the plus out
	}
	numbers := viet.FindPhones(phone)
	if len(numbers) != 1 || numbers[0].Start != 0 || numbers[0].End != len(phone) {
		return nil
	}
	var found []team.Member
	for _, m := range t.town.Org.Members {
		if m.Phone != "" && m.Phone == numbers[0].E164 {
			found = append(found, m)
		}
	}
	return found
}

// typedClaim is "/start Nguyễn Văn An 0912 000 112", where a number cannot be
// shared. Nothing vouches for it, so name and number must both fit, who decides is
// told so, and the answer gives away nothing the sender did not say.
func (t *turn) typedClaim(ctx context.Context, text string, phone viet.Phone) error {
	if t.linked {
		t.reply(messages.AlreadyLinked{Name: t.me.Name, Unit: t.unitName(t.me.Unit)})
		return nil
	}
	if stop, err := t.locked(ctx); err != nil || stop {
		return err
	}
	name := viet.Line(strings.Trim(text[:phone.Start]+" "+text[phone.End:], " ,;:-–"))
	if name == "" {
		t.reply(messages.ClaimNeedsName{})
		return nil
	}
	var found []team.Member
	for _, m := range t.withPhone(phone.E164) {
		if viet.NameKey(m.Name) == viet.NameKey(name) {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		return t.noMatch(ctx, "typed", name, phone.E164, nil)
	}
	if stop, err := t.taken(ctx, found[0], t.u.From); err != nil || stop {
		return err
	}
	return t.requestLink(ctx, found[0], false)
}

// noMatch answers a number that names nobody for certain, counts the try, and tells the desk.
func (t *turn) noMatch(ctx context.Context, why, name, phone string, found []team.Member) error {
	t.note("link."+why, triesRef(t.u.From), "")
	if err := t.wrongTry(ctx, messages.LinkNoMatch{Why: why, Account: t.u.From.ID}); err != nil {
		return err
	}
	if t.lockedNow() {
		return nil // the desk was told of all of them
	}
	m := messages.LinkFailed{Why: why, Door: doorName(t.u.To.Platform), Account: t.u.From.ID, Sender: viet.Line(t.u.From.Name), Name: name, Phone: viet.FormatPhone(phone)}
	for _, p := range found {
		m.People = append(m.People, "đ/c "+p.Name+" ("+t.unitName(p.Unit)+")")
	}
	return t.tellDesk(ctx, t.town.Org.Root(), outbox.Digest, chat.Message{Text: t.text(m)}, "ghép tài khoản")
}

// taken answers when the person has an account on the same platform already: a
// second one there needs the first to be given up, or a code of the desk.
func (t *turn) taken(ctx context.Context, m team.Member, acc chat.Account) (bool, error) {
	held, err := t.heldOn(ctx, m.ID, acc)
	if err != nil || !held {
		return false, err
	}
	t.note("link.taken", reachRef(m.ID), m.Unit)
	if err := t.wrongTry(ctx, messages.LinkTaken{Door: doorName(acc.Platform)}); err != nil {
		return true, err
	}
	msg := messages.LinkFailed{
		Why: "taken", Door: doorName(acc.Platform), Account: acc.ID, Sender: viet.Line(acc.Name), Phone: t.phoneFor(m.ID), Member: string(m.ID),
		People: []string{"đ/c " + m.Name + " (" + t.unitName(m.Unit) + ")"},
	}
	return true, t.tellDesk(ctx, m.Unit, outbox.Digest, chat.Message{Text: t.text(msg)}, "ghép tài khoản")
}

// heldOn reports whether the person has another account on the account's platform.
func (t *turn) heldOn(ctx context.Context, m team.MemberID, acc chat.Account) (bool, error) {
	var r Reach
	if _, err := t.get(ctx, reachRef(m), &r); err != nil {
		return false, err
	}
	for _, d := range r.Doors {
		if d.Addr.Platform == acc.Platform && d.Account != acc.Key() {
			return true, nil
		}
	}
	return false, nil
}

// claimOffer is "đúng là tôi": the person offered by the shared number is the sender.
func claimOffer(ctx context.Context, t *turn, _ call) error {
	if t.u.Kind != chat.Private {
		return nil // people in a group say so to each other
	}
	if t.asked == nil || t.asked.Ask != askLink || t.linked {
		t.reply(messages.NothingOffered{})
		return nil
	}
	m, ok := t.town.Org.Member(team.MemberID(t.asked.Data["member"]))
	t.done()
	if !ok {
		t.reply(messages.NothingOffered{})
		return nil
	}
	if stop, err := t.taken(ctx, m, t.u.From); err != nil || stop {
		return err
	}
	return t.requestLink(ctx, m, true)
}

// declineOffer is "không phải tôi": the number belongs to somebody else now.
func declineOffer(ctx context.Context, t *turn, _ call) error {
	if t.u.Kind != chat.Private {
		return nil
	}
	if t.asked == nil || t.asked.Ask != askLink {
		t.reply(messages.NothingOffered{})
		return nil
	}
	m, _ := t.town.Org.Member(team.MemberID(t.asked.Data["member"]))
	t.done()
	t.note("link.declined", reachRef(m.ID), m.Unit)
	t.reply(messages.LinkNoMatch{Why: "declined", Account: t.u.From.ID})
	msg := messages.LinkFailed{
		Why: "declined", Door: doorName(t.u.To.Platform), Account: t.u.From.ID, Sender: viet.Line(t.u.From.Name), Phone: t.phoneFor(m.ID),
		People: []string{"đ/c " + m.Name + " (" + t.unitName(m.Unit) + ")"},
	}
	return t.tellDesk(ctx, m.Unit, outbox.Digest, chat.Message{Text: t.text(msg)}, "ghép tài khoản")
}

// answerOffer takes what is typed instead of the words offered.
func answerOffer(ctx context.Context, t *turn, c call) error {
	switch viet.Fold(strings.TrimSpace(c.arg)) {
	case "dung", "dung roi", "phai", "co", "vang", "dong y":
		return claimOffer(ctx, t, c)
	case "khong", "khong phai", "sai":
		return declineOffer(ctx, t, c)
	}
	m, _ := t.town.Org.Member(team.MemberID(t.asked.Data["member"]))
	t.reply(messages.LinkOffer{Name: m.Name, Unit: t.unitName(m.Unit)},
		[]chat.Button{t.button("itsme", "đúng là tôi", "me"), t.button("notme", "không phải tôi", "notme")})
	return nil
}
