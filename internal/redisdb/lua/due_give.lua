-- due_give ends a claim without a commit: gives it back or takes it out.
-- KEYS  due, due:lease
-- ARGV  key, token, delay (ms) or -1 to bury, ref of the buried document, its JSON
-- returns {now, "ok"|"lease"}
-- cost  O(log N)
local key, token, delay, ref, data = arg(), arg(), num(), arg(), arg()
local held = call('HGET', KEYS[2], key)
local a, tok, at
if held then a, tok, at = string.match(held, '^(%d+)|(%d*)|(%d+)$') end
if tok ~= token then
  stat('due.fenced')
  return {int(now), 'lease'}
end
if delay >= 0 then
  stat('due.retried')
  call('HSET', KEYS[2], key, a .. '||' .. at)
  call('ZADD', KEYS[1], int(now + delay), key)
  call('PUBLISH', P .. 'wake', 'due')
  return {int(now), 'ok'}
end
stat('due.buried')
call('HDEL', KEYS[2], key)
call('ZREM', KEYS[1], key)
keep('buried', ref, data)
return {int(now), 'ok'}
