// Package redisdb is the only package that knows Redis. It keeps the bot's
// documents, the alarm clock and the outbox of one namespace, which is one hash
// tag and so one slot of a Redis Cluster.
//
// It promises that a commit is made whole or not at all, and that a redelivered
// update or a worker whose lease was lost writes nothing; that an alarm is handed
// out at or after its moment to one worker at a time; that the messages of a chat
// leave in order and under the platform's limits over all replicas; and that what
// could not be delivered is kept with its reason. The shared clock is the Redis
// server's, so replicas need not agree on the time.
//
// Its limits: what Redis acknowledged is as durable as its appendfsync setting
// makes it (CheckServer says what that is), and every script works on
// one namespace only.
package redisdb
