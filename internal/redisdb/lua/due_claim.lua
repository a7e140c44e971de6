-- due_claim hands out due entries under a lease.
-- KEYS  due, due:lease, seq, stat
-- ARGV  n, lease (ms)
-- returns {now, {key, moment, token, attempt, ...}, next moment or ""}
-- cost  O(n log N); O(leases) once when the clock was set back
local n, lease = num(), num()

-- Leases and pauses are spans of the clock: when it is set back they move with it,
-- the moments of aggregates do not.
local last = tonumber(call('HGET', KEYS[4], 'due.clock') or 0)
if now < last - 1000 then
  local held = call('HKEYS', KEYS[2])
  for _, key in ipairs(held) do
    local s = call('ZSCORE', KEYS[1], key)
    if s then call('ZADD', KEYS[1], int(tonumber(s) - (last - now)), key) end
  end
  stat('clock.back')
end
if now ~= last then call('HSET', KEYS[4], 'due.clock', int(now)) end

local out, lost = {}, 0
local ids = call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'WITHSCORES', 'LIMIT', 0, n)
for i = 1, #ids, 2 do
  local key, at, attempt = ids[i], int(tonumber(ids[i + 1])), 0
  local held = call('HGET', KEYS[2], key)
  if held then
    local a, tok, t = string.match(held, '^(%d+)|(%d*)|(%d+)$')
    attempt, at = tonumber(a), t
    if tok ~= '' then lost = lost + 1 end
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
if lost > 0 then stat('due.lost', lost) end
local head = call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
return {int(now), out, head and int(tonumber(head)) or ''}
