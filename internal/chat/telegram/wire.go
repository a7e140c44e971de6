package telegram

import "encoding/json"

// The wire types hold what the bot reads of the Bot API's types and nothing
// else: a field of an odd type that is not read here cannot spoil an update.

type wireUpdate struct {
	ID          int64           `json:"update_id"`
	Message     *wireMessage    `json:"message"`
	Edited      *wireMessage    `json:"edited_message"`
	ChannelPost *wireMessage    `json:"channel_post"`
	ChannelEdit *wireMessage    `json:"edited_channel_post"`
	Callback    *wireCallback   `json:"callback_query"`
	MyMember    *wireMembership `json:"my_chat_member"`
	Member      *wireMembership `json:"chat_member"`
}

type wireUser struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
	Lang      string `json:"language_code"`
}

type wireChat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
}

type wireMessage struct {
	ID           int64        `json:"message_id"`
	Thread       int64        `json:"message_thread_id"`
	InTopic      bool         `json:"is_topic_message"`
	From         *wireUser    `json:"from"`
	SenderChat   *wireChat    `json:"sender_chat"`
	Signature    string       `json:"author_signature"`
	Chat         *wireChat    `json:"chat"`
	Date         int64        `json:"date"`
	EditDate     int64        `json:"edit_date"`
	Origin       *wireOrigin  `json:"forward_origin"`
	ReplyTo      *wireMessage `json:"reply_to_message"`
	TopicCreated *struct{}    `json:"forum_topic_created"`
	Text         string       `json:"text"`
	Caption      string       `json:"caption"`
	Photo        []wireFile   `json:"photo"`
	Document     *wireFile    `json:"document"`
	Video        *wireFile    `json:"video"`
	Audio        *wireFile    `json:"audio"`
	Voice        *wireFile    `json:"voice"`
	Animation    *wireFile    `json:"animation"`
	Contact      *wireContact `json:"contact"`
	MigrateTo    int64        `json:"migrate_to_chat_id"`
	MigrateFrom  int64        `json:"migrate_from_chat_id"`
}

type wireFile struct {
	ID   string `json:"file_id"`
	Name string `json:"file_name"`
	MIME string `json:"mime_type"`
	Size int64  `json:"file_size"`
}

type wireContact struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	UserID    int64  `json:"user_id"`
}

// wireOrigin is MessageOrigin, a union over Type.
type wireOrigin struct {
	Type       string    `json:"type"`
	Date       int64     `json:"date"`
	User       *wireUser `json:"sender_user"`
	UserName   string    `json:"sender_user_name"`
	SenderChat *wireChat `json:"sender_chat"`
	Chat       *wireChat `json:"chat"`
	MessageID  int64     `json:"message_id"`
	Signature  string    `json:"author_signature"`
}

type wireCallback struct {
	ID      string       `json:"id"`
	From    *wireUser    `json:"from"`
	Message *wireMessage `json:"message"` // without date and text when Telegram no longer has it
	Data    string       `json:"data"`
}

// wireMembership is ChatMemberUpdated.
type wireMembership struct {
	Chat *wireChat  `json:"chat"`
	From *wireUser  `json:"from"`
	Date int64      `json:"date"`
	Old  wireMember `json:"old_chat_member"`
	New  wireMember `json:"new_chat_member"`
}

type wireMember struct {
	Status   string    `json:"status"`
	IsMember bool      `json:"is_member"` // with status restricted
	User     *wireUser `json:"user"`
}

// present reports whether the person or bot is in the chat.
func (m wireMember) present() bool {
	switch m.Status {
	case "creator", "administrator", "member":
		return true
	case "restricted":
		return m.IsMember
	}
	return false
}

// rawID reads the id of an update that cannot be read otherwise.
func rawID(raw []byte) (int64, bool) {
	var u struct {
		ID json.Number `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &u); err != nil {
		return 0, false
	}
	n, err := u.ID.Int64()
	return n, err == nil
}
