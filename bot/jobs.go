package bot

import "context"

// jobTable maps the kind of an aggregate on the alarm clock to its handler.
func (b *Bot) jobTable() map[string]func(context.Context, *turn) error {
	return map[string]func(context.Context, *turn) error{
		"watch":      dueWatch,
		"swap":       dueSwap,
		"run":        dueRun,
		"incident":   dueIncident,
		"digest":     dueDigest,
		"picture":    duePicture,
		"receipt":    dueReceipt,
		"window":     dueWindow,
		"paste":      duePaste,
		"stale":      dueStale,
		"seal":       dueSeal,
		"rosterlook": dueLook,
		"linkreq":    dueLinkRequest,
		"waiting":    dueWaiting,
		"people":     duePeople,
		"lookout":    dueLookout,
		"retain":     dueRetain,
		"erase":      dueErase,
		"play":       duePlay,
	}
}
