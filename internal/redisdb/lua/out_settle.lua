-- out_settle applies what became of an item; nothing when the lease was lost.
-- KEYS  seq, reverse document of the card (or seq), dead document (or seq), index of the dead
-- ARGV  lane, item, token, "1" done, message id, delay (ms), "1" hold chat, "1" hold all, reason to bury,
--       "1" the platform was asked, pace (ms), group per minute (0: none), life of card ids (ms),
--       card as JSON, ref of the dead document, its JSON
-- returns {now, "ok"|"lease"}
-- cost  O(log N)
local L, id, token, done, message, delay = arg(), arg(), arg(), arg() == '1', arg(), num()
local hold, holdAll, bury, spent = arg() == '1', arg() == '1', arg(), arg() == '1'
local pace, perMinute, cardLife, card, deadRef, deadData = num(), num(), arg(), arg(), arg(), arg()
local p, lk = platform(L), P .. 'o:l:' .. L
local l = lane(L)
if l.id ~= id or l.tok ~= token then
  call('HINCRBY', P .. 'stat', 'out.fenced', 1)
  return {int(now), 'lease'}
end
call('HDEL', lk, 'id', 'tok', 'e')
l.id, l.tok, l.e = nil, nil, nil

if spent then
  local t = now + pace
  if perMinute > 0 then
    local g = P .. 'o:g:' .. L
    call('LPUSH', g, int(now))
    call('LTRIM', g, 0, perMinute - 1)
    call('PEXPIRE', g, 61000)
    local oldest = call('LINDEX', g, perMinute - 1)
    if oldest and tonumber(oldest) <= now then t = math.max(t, tonumber(oldest) + 60000) end
  end
  if t > now then
    l.t, l.tf = int(t), int(now)
    call('HSET', lk, 't', l.t, 'tf', l.tf)
  end
end
local it = call('HMGET', P .. 'o:i:' .. id, 'r', 'k')
local r, k = tonumber(it[1]), it[2]
if done then
  if message ~= '' and k ~= '' then
    call('SET', P .. 'o:card:' .. k, message, 'PX', cardLife)
    call('DEL', KEYS[2])
    call('HSET', KEYS[2], 'v', int(call('INCR', KEYS[1])), 'd', card)
    call('PEXPIRE', KEYS[2], cardLife)
  end
  drop(L, l, id, r, k)
elseif bury ~= '' then
  drop(L, l, id, r, k)
  call('DEL', KEYS[3])
  call('HSET', KEYS[3], 'v', int(call('INCR', KEYS[1])), 'd', deadData, 'x', 'dead\n')
  call('ZADD', KEYS[4], int(now), deadRef)
  for _, old in ipairs(call('ZRANGE', KEYS[4], 0, -1001)) do
    call('DEL', P .. 'd:' .. old)
    call('ZREM', KEYS[4], old)
  end
elseif holdAll then
  call('HSET', P .. 'o:b:' .. p, 'h', int(now + delay), 'hf', int(now))
elseif hold then
  l.h, l.hf = int(now + delay), int(now)
  call('HSET', lk, 'h', l.h, 'hf', l.hf)
elseif delay > 0 then
  if call('ZREM', P .. 'o:q:' .. L, id) == 1 then count(L, l, r, -1) end
  call('ZADD', P .. 'o:later:' .. p, int(now + delay), id)
end
show(L, l)
if call('ZCARD', P .. 'o:q:' .. L) == 0 then
  call('PEXPIRE', lk, int(math.max(free(l) - now, 0) + 3600000))
end
return {int(now), 'ok'}
