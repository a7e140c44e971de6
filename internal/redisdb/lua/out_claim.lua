-- out_claim hands out items of chats that may speak, at most one a chat.
-- KEYS  seq
-- ARGV  platform, n, lease (ms), rate per second (0: none)
-- returns {now, {id, token, attempt, j, m, chat, thread, sent id, "1" unsure, ...}, next (ms) or ""}
-- cost  O(n log N); items that are stale are taken out on the way
local p, n, lease, rate = arg(), num(), num(), num()

-- Items put aside come back to their place.
for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'o:later:' .. p, '-inf', int(now), 'LIMIT', 0, 200)) do
  call('ZREM', P .. 'o:later:' .. p, id)
  local it = call('HMGET', P .. 'o:i:' .. id, 'c', 'r', 's')
  if it[1] then
    local L = laneof(p, it[1])
    local l = lane(L)
    put(L, l, id, tonumber(it[2]), tonumber(it[3]))
    show(L, l)
  end
end

local bucket = P .. 'o:b:' .. p
local b = call('HMGET', bucket, 'tat', 'turn', 'h', 'hf')
if b[3] and tonumber(b[4]) <= now and tonumber(b[3]) > now then return {int(now), {}, b[3]} end

-- The shared rate: one every 1/rate seconds, a tenth of a second may be caught up.
local tat, step, slack, tokens = us, 0, 0, n
if rate > 0 then
  step = 1000000 / rate
  slack = math.max(1, rate / 10) * step - step
  tat = tonumber(b[1] or 0)
  if tat < us or tat - us > slack + 10 * step then tat = us end
  tokens = math.max(0, math.floor((slack - (tat - us)) / step + 1.0000001))
end

-- Whose turn it is. Most urgent first, except that each class has turns of its own,
-- so that a fan-out leaves every third place to people who wait and nothing starves.
local turns = {[0] = 3, [3] = 3, [6] = 3, [9] = 3, [4] = 2, [7] = 4, [10] = 5, [8] = 1}
local turn = tonumber(b[2] or 0)
local want = math.min(n, tokens)
local cand, at, used = {}, {}, {}
for r = 0, 5 do
  cand[r] = want > 0 and call('ZRANGEBYSCORE', ready(p, r), '-inf', int(now), 'LIMIT', 0, n + 100) or {}
  at[r] = 1
end
local function pick(r)
  while cand[r][at[r]] do
    local L = cand[r][at[r]]
    at[r] = at[r] + 1
    if not used[L] then return L end
  end
end
local function choose()
  local own = turns[turn % 12]
  if own then
    local L = pick(own)
    if L then return L, own, true end
  end
  for r = 0, 5 do
    local L = pick(r)
    if L then return L, r, false end
  end
end

-- fit reports whether the item may still go out.
local function fit(it)
  if it[8] ~= '0' and tonumber(it[8]) < now then return false, 'late' end
  if it[9] ~= '' then
    local d = call('HMGET', P .. 'd:' .. it[9], 'm', 'e')
    if not d[1] or (d[2] and tonumber(d[2]) <= now) or not string.find(d[1], '\n' .. it[10] .. '\n', 1, true) then
      return false, 'guard'
    end
  end
  return true
end

local fields = {'j', 'm', 'c', 't', 'r', 's', 'a', 'u', 'gd', 'gm', 'k'}
local function serve(L, r, own)
  local l = lane(L)
  local unsure = '0'
  local id = l.id
  if id then
    unsure = '1' -- whoever had it never said what became of it
  elseif not own or r == 3 then
    if l.c0 then r = 0 elseif l.c1 and r > 1 then r = 1 end
  end
  while true do
    id = l.id or call('ZRANGEBYSCORE', P .. 'o:q:' .. L, int(r * S), '(' .. int((r + 1) * S), 'LIMIT', 0, 1)[1]
    if not id then
      count(L, l, r, -tonumber(l['c' .. r] or 0))
      return nil
    end
    local it = call('HMGET', P .. 'o:i:' .. id, unpack(fields))
    local ok, why = true, ''
    if unsure == '0' then ok, why = fit(it) end
    if ok then
      local token = int(call('INCR', KEYS[1]))
      l.id, l.e = id, int(now + lease)
      call('HSET', P .. 'o:l:' .. L, 'id', id, 'tok', token, 'e', l.e)
      call('HINCRBY', P .. 'o:i:' .. id, 'a', 1)
      show(L, l)
      local sent = it[11] ~= '' and call('GET', P .. 'o:card:' .. it[11]) or ''
      return {id, token, int(tonumber(it[7]) + 1), it[1], it[2], it[3], it[4], sent or '', unsure}
    end
    call('HINCRBY', P .. 'stat', 'out.' .. why, 1)
    drop(L, l, id, tonumber(it[5]), it[11])
  end
end

local out, got = {}, 0
while got < want do
  local L, r, own = choose()
  if not L then break end
  local item = serve(L, r, own)
  if item then
    used[L] = true
    got = got + 1
    turn = turn + 1
    for i = 1, 9 do out[#out + 1] = item[i] end
  end
end
if rate > 0 and got > 0 then tat = tat + got * step end
call('HSET', bucket, 'tat', int(tat), 'turn', int(turn % 12))

local next
for r = 0, 5 do
  local s = call('ZRANGE', ready(p, r), 0, 0, 'WITHSCORES')[2]
  if s and (not next or tonumber(s) < next) then next = tonumber(s) end
end
if next and rate > 0 then next = math.max(next, math.ceil((tat - slack) / 1000)) end
local s = call('ZRANGE', P .. 'o:later:' .. p, 0, 0, 'WITHSCORES')[2]
if s and (not next or tonumber(s) < next) then next = tonumber(s) end
return {int(now), out, next and int(next) or ''}
