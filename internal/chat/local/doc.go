// Package local is a chat platform inside the process: the door of the trial
// page, of the conversation scripts and of tests.
//
// It promises the same behaviour as a platform behind a network, seen from the
// port chat.Platform: updates in order per chat and delivered again until they
// are taken, messages with ids, edits in place, the closed set of outcomes. What
// a platform can do is set by chat.Caps, so the same conversation can be held
// with and without buttons. Faults are injected by name.
//
// Its limits: everything is in memory and gone with the process, only the newest
// messages of a chat are kept, there are no topics and no channels, and whoever
// can reach the page can act as any of the sample people. It is no public door.
package local
