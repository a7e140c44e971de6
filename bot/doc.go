// Package bot is what Trực Ban does, for any platform.
//
// Its promise: a reminder reached its person, or somebody above knows that it did not.
//
//  1. Nothing that was accepted is lost: every update and every alarm ends in exactly one Store.Commit.
//  2. An effect happens once, however often its update is delivered.
//  3. Late is said, stale is not sent: outgoing messages carry a not-after time and a guard.
//  4. The emergency numbers are answered from memory, whatever else is down.
//  5. Nobody sees or does what is not theirs: the route table carries the level each row needs,
//     and a button acts for the person who pressed it.
//
// The package decides with the values of the concept packages and renders with
// messages; it knows no Redis, no platform and no wall clock.
package bot
