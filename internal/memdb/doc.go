// Package memdb keeps one namespace in the memory of the process: the bot's
// documents, the alarm clock and the outbox.
//
// It promises the outcomes of redisdb, change for change and claim for claim, at
// a small part of the time: what a rehearsal or a simulation finds out on it
// holds for the bot in service. A test makes the same calls on both, in whatever
// order, and wants the same answers.
//
// Its limits: everything is gone with the process, there is one process, the
// clock never goes back, the log of what was done is counted and not kept, and
// delivery receipts and the accepted ids of the last days are as many as there
// were messages.
package memdb
