-- lease takes, renews or gives up a named lease with a fencing token.
-- KEYS  lease (hash: tok token, e end (ms), at moment of the last renewal (ms), who holder), seq
-- ARGV  "take"|"renew"|"end", token ("" to take), life (ms), holder ("": not known)
-- returns {now, token or "", end (ms)}
-- cost  O(1)
local what, token, life, who = arg(), arg(), num(), arg()
local l = call('HMGET', KEYS[1], 'tok', 'e', 'at', 'who')
-- An end given at a moment that has not come yet is void: the clock was set back.
local held = l[1] and tonumber(l[2]) > now and tonumber(l[3]) <= now + 1000
if what == 'take' then
  if held and (who == '' or l[4] ~= who) then return {int(now), '', l[2]} end
  token = int(call('INCR', KEYS[2]))
elseif l[1] ~= token or (what == 'renew' and not held) then
  return {int(now), '', l[2] or ''}
end
if what == 'end' then
  call('DEL', KEYS[1])
  return {int(now), token, int(now)}
end
local e = int(now + life)
call('HSET', KEYS[1], 'tok', token, 'e', e, 'at', int(now), 'who', who)
call('PEXPIRE', KEYS[1], int(life + 86400000))
return {int(now), token, e}
