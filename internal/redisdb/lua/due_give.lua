-- due_give ends a claim without a commit: gives it back or takes it out.
-- KEYS  due, due:lease, dead document (or seq), index of dead jobs (or seq)
-- ARGV  key, token, delay (ms) or -1 to bury, ref of the dead document, its JSON
-- returns {now, "ok"|"lease"}
-- cost  O(log N)
local key, token, delay, ref, data = arg(), arg(), num(), arg(), arg()
local held = call('HGET', KEYS[2], key)
local a, tok, at
if held then a, tok, at = string.match(held, '^(%d+)|(%d*)|(%d+)$') end
if tok ~= token then return {int(now), 'lease'} end
if delay >= 0 then
  call('HSET', KEYS[2], key, a .. '||' .. at)
  call('ZADD', KEYS[1], int(now + delay), key)
  call('PUBLISH', P .. 'wake', 'due')
  return {int(now), 'ok'}
end
call('HDEL', KEYS[2], key)
call('ZREM', KEYS[1], key)
call('DEL', KEYS[3])
call('HSET', KEYS[3], 'v', int(call('INCR', P .. 'seq')), 'd', data, 'x', 'buried\n')
call('ZADD', KEYS[4], int(now), ref)
for _, old in ipairs(call('ZRANGE', KEYS[4], 0, -1001)) do
  call('DEL', P .. 'd:' .. old)
  call('ZREM', KEYS[4], old)
end
return {int(now), 'ok'}
