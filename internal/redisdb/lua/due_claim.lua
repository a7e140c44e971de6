-- due_claim hands out due entries under a lease.
-- KEYS  due, due:lease, seq
-- ARGV  n, lease (ms)
-- returns {now, {key, moment, token, attempt, ...}, next moment or ""}
-- cost  O(n log N)
local n, lease = num(), num()
local out = {}
local ids = call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'WITHSCORES', 'LIMIT', 0, n)
for i = 1, #ids, 2 do
  local key, at, attempt = ids[i], int(tonumber(ids[i + 1])), 0
  local held = call('HGET', KEYS[2], key)
  if held then
    local a, tok, t = string.match(held, '^(%d+)|(%d*)|(%d+)$')
    attempt, at = tonumber(a), t
    if tok ~= '' then call('HINCRBY', P .. 'stat', 'due.lost', 1) end
  end
  attempt = attempt + 1
  local token = int(call('INCR', KEYS[3]))
  call('HSET', KEYS[2], key, attempt .. '|' .. token .. '|' .. at)
  call('ZADD', KEYS[1], int(now + lease), key)
  out[#out + 1] = key
  out[#out + 1] = at
  out[#out + 1] = token
  out[#out + 1] = int(attempt)
end
local head = call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
return {int(now), out, head and int(tonumber(head)) or ''}
