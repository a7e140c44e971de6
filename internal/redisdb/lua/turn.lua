-- turn keeps a queue of those who want to handle something of one chat, first come first served.
-- KEYS  queue (zset: token by arrival), leases (hash: token -> end of its lease, ms), seq
-- ARGV  "ask"|"end", token, life (ms)
-- returns {now, "1" when it is the token's turn}
-- cost  O(log N + those that died)
local what, token, life = arg(), arg(), num()
if what == 'end' then
  call('ZREM', KEYS[1], token)
  call('HDEL', KEYS[2], token)
  return {int(now), '1'}
end
if not call('ZSCORE', KEYS[1], token) then call('ZADD', KEYS[1], int(call('INCR', KEYS[3])), token) end
call('HSET', KEYS[2], token, int(now + life))
call('PEXPIRE', KEYS[1], int(life + 86400000))
call('PEXPIRE', KEYS[2], int(life + 86400000))
while true do
  local first = call('ZRANGE', KEYS[1], 0, 0)[1]
  if first == token then return {int(now), '1'} end
  local e = tonumber(call('HGET', KEYS[2], first) or 0)
  -- A lease longer than ours is void: the clock was set back.
  if e > now and e <= now + 2 * life then return {int(now), '0'} end
  call('ZREM', KEYS[1], first)
  call('HDEL', KEYS[2], first)
end
