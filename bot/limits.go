package bot

import "trucban/internal/sheet"

// Bounds of what people send, in bytes unless it says otherwise. What is larger is
// refused with a sentence, and nothing of it is kept.
const (
	MaxWords       = 64 << 10      // one message; the platforms allow far less
	MaxDocument    = 8 << 20       // the file of a dispatch
	MaxPaste       = 400 << 10     // a dispatch put together of several messages
	MaxAttachments = 20            // files that travel along with a directive; they stay with their platform
	MaxRoster      = sheet.MaxFile // the file of a roster; it is kept until it is agreed to
)
