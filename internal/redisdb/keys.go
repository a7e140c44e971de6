package redisdb

import (
	"strings"

	"trucban/bot"
	"trucban/internal/chat"
)

// Every key starts with the namespace in braces, the hash tag, so that all keys
// of a namespace lie in one slot and scripts may derive further keys from it.
//
//	{ns}:schema            string  version of this layout
//	{ns}:alive             string  when the program's loops last went round (ms)
//	{ns}:restoring         string  a backup is being written into this namespace
//	{ns}:seq               string  counter: document versions, lease tokens, order of items
//	{ns}:stat              hash    counters for metrics
//	{ns}:seen:<update>     string  this update was committed; expires
//	{ns}:same:<subject>    string  end (ms) of the time in which a further update about just that is the same one; expires
//	{ns}:d:<kind>:<id>     hash    document: v version, d JSON, m marks, x index entries, e expiry (ms)
//	{ns}:x:<index>         zset    "kind:id" by score
//	{ns}:due               zset    "kind:id" by moment, or by lease end while handed out (ms)
//	{ns}:due:lease         hash    "kind:id" -> "attempt|token|moment"; absent until first handed out
//	{ns}:o:m:<item>        string  this item was accepted before; expires
//	{ns}:o:i:<item>        hash    waiting item (see lua/lanes.lua)
//	{ns}:o:q:<lane>        zset    items of a chat by class and order
//	{ns}:o:l:<lane>        hash    state of a chat: pacing, hold, item on its way, new address
//	{ns}:o:g:<lane>        list    moments of the last sends to a group (ms)
//	{ns}:o:r:<platform>:<class 0..5>  zset  chats with items of the class by the moment they may speak (ms)
//	{ns}:o:b:<platform>    hash    the platform's shared rate, turn and hold
//	{ns}:o:later:<platform> zset   items put aside, by the moment they return (ms)
//	{ns}:o:card:<card>@<address>  string  id of the card's message there; expires
//	{ns}:o:wait:<card>@<address>  string  the item of the card that still waits
//	{ns}:log               stream  audit events
//	{ns}:once:<id>         string  this one-time link was used; expires
//	{ns}:secret:<name>     string  random bytes all replicas share, for signing
//	{ns}:wake              channel "due", or the name of a platform: earlier work arrived
type keys struct{ prefix string }

func newKeys(namespace string) keys { return keys{prefix: "{" + namespace + "}:"} }

func (k keys) seq() string              { return k.prefix + "seq" }
func (k keys) stat() string             { return k.prefix + "stat" }
func (k keys) doc(r bot.Ref) string     { return k.prefix + "d:" + r.String() }
func (k keys) index(name string) string { return k.prefix + "x:" + name }
func (k keys) wake() string             { return k.prefix + "wake" }
func (k keys) log() string              { return k.prefix + "log" }
func (k keys) once(id string) string    { return k.prefix + "once:" + id }
func (k keys) secret(n string) string   { return k.prefix + "secret:" + n }

// lane is the unit of order and pacing: a chat with all its topics.
func lane(a chat.Address) string { return string(a.Platform) + ":" + a.Chat }

// validNamespace keeps the hash tag whole.
func validNamespace(ns string) bool {
	return ns != "" && !strings.ContainsAny(ns, "{}: \n")
}
