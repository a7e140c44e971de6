-- out_claim hands out items of chats that may speak, at most one a chat.
-- KEYS  seq
-- ARGV  platform, n, lease (ms), rate per second (0: none), budget per month (0: none),
--       key of the job to plant when messages went stale ("": none)
-- returns {now, {id, token, attempt, j, m, chat, thread, sent id, state, ...}, next (ms) or ""}
--         state: "" to be sent, "unsure" an earlier try never ended, "quota" the budget is used up
-- cost  O(n log N); items that are stale are taken out on the way, 1000 a call;
--       O(lanes) once when the clock was set back
local p, n, lease, rate, budget, staleJob = arg(), num(), num(), num(), num(), arg()
local bucket, later = P .. 'o:b:' .. p, P .. 'o:later:' .. p
local b = call('HMGET', bucket, 'tat', 'turn', 'h', 'hf', 'clock')

-- Every moment in the lanes is a span of the clock: when it is set back they move with it.
local back = tonumber(b[5] or 0) - now
if back > 1000 then
  local moved = {}
  for r = 0, 5 do
    local all = call('ZRANGE', ready(p, r), 0, -1, 'WITHSCORES')
    for i = 1, #all, 2 do
      local L = all[i]
      if tonumber(all[i + 1]) > now then call('ZADD', ready(p, r), int(tonumber(all[i + 1]) - back), L) end
      if not moved[L] then
        moved[L] = true
        local e = call('HGET', P .. 'o:l:' .. L, 'e')
        if e then call('HSET', P .. 'o:l:' .. L, 'e', int(tonumber(e) - back)) end
      end
    end
  end
  local all = call('ZRANGE', later, 0, -1, 'WITHSCORES')
  for i = 1, #all, 2 do call('ZADD', later, int(tonumber(all[i + 1]) - back), all[i]) end
  stat('clock.back')
end

-- Items put aside come back to their place.
for _, id in ipairs(call('ZRANGEBYSCORE', later, '-inf', int(now), 'LIMIT', 0, 200)) do
  call('ZREM', later, id)
  local it = call('HMGET', P .. 'o:i:' .. id, 'c', 'r', 's')
  if it[1] then
    local L = laneof(p, it[1])
    local l = lane(L)
    put(L, l, id, tonumber(it[2]), tonumber(it[3]))
    show(L, l)
  end
end

if b[3] and tonumber(b[4]) <= now and tonumber(b[3]) > now then
  call('HSET', bucket, 'clock', int(now))
  return {int(now), {}, b[3]}
end

-- The shared rate: one every 1/rate seconds, a tenth of a second may be caught up.
local tat, step, slack, tokens = us, 0, 0, n
if rate > 0 then
  step = 1000000 / rate
  slack = math.max(1, rate / 10) * step - step
  tat = tonumber(b[1] or 0)
  if tat < us or tat - us > slack + 10 * step then tat = us end
  tokens = math.max(0, math.floor((slack - (tat - us)) / step + 1.000001))
end

-- The month's budget: what is left near its end is for what cannot be missed.
local share = {[0] = 1, 1, 0.98, 0.95, 0.9, 0.9}
local spent
if budget > 0 then
  -- Days since the era of the civil calendar at UTC+7, to its year and month.
  local z = math.floor((now / 1000 + 25200) / 86400) + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local mp = math.floor((5 * (doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))) + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local name = int(yoe + era * 400 + (month <= 2 and 1 or 0)) .. '-' .. month
  local had = call('HMGET', bucket, 'month', 'spent')
  if had[1] ~= name then call('HSET', bucket, 'month', name, 'spent', 0) end
  spent = had[1] == name and tonumber(had[2]) or 0
end

-- Whose turn it is. Most urgent first, except that each class has turns of its own,
-- so that a fan-out leaves every third place to people who wait and nothing starves.
local turns = {[0] = 3, [3] = 3, [6] = 3, [9] = 3, [4] = 2, [7] = 4, [10] = 5, [8] = 1}
local turn = tonumber(b[2] or 0)
local want = math.min(n, tokens)
-- heads is the earliest moment a chat of each class may speak.
local function heads()
  local first, all = nil, {}
  for r = 0, 5 do
    all[r] = tonumber(call('ZRANGE', ready(p, r), 0, 0, 'WITHSCORES')[2])
    if all[r] and (not first or all[r] < first) then first = all[r] end
  end
  return all, first
end
local _
local head, next = heads()
local cand, at, used = {}, {}, {}
for r = 0, 5 do
  cand[r], at[r] = {}, 1
  if want > 0 and head[r] and head[r] <= now then
    cand[r] = call('ZRANGEBYSCORE', ready(p, r), '-inf', int(now), 'LIMIT', 0, n + 100)
  end
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

-- unfit says why the item may not go out any more, or nothing.
local function unfit(it)
  if it[9] then
    local d = call('HMGET', P .. 'd:' .. it[9], 'm', 'e')
    if not d[1] or (d[2] and tonumber(d[2]) <= now) or not string.find(d[1], '\n' .. it[10] .. '\n', 1, true) then
      return 'needless'
    end
  end
  if it[13] then -- a door that was taken away since is no way to its person any more
    local doors = call('HGET', P .. 'd:reach:' .. it[13], 'm')
    local address = p .. ':' .. it[3] .. (it[4] and '/' .. it[4] or '')
    if doors and string.find(doors, '\ndoors\n', 1, true) and not string.find(doors, '\ndoor:' .. address .. '\n', 1, true) then
      return 'needless'
    end
  end
  if it[8] and tonumber(it[8]) < now then return 'late' end
end

local cleared, wentLate = 0, false
local function clear(L, l, id, it, why)
  cleared = cleared + 1
  stat('out.' .. why)
  drop(L, l, id, tonumber(it[5]), it[11])
  if why == 'late' then
    wentLate = true
    wave(it[12], 'late', 1, it[13])
    keep('stale', 'stale:' .. id, '{"item":' .. it[1] .. ',"ms":' .. int(now) .. '}')
  else
    wave(it[12], 'needless', 1, it[13])
  end
end

local fields = {'j', 'm', 'c', 't', 'r', 's', 'a', 'u', 'gd', 'gm', 'k', 'w', 'f'}
local function hand(L, l, id, it, state)
  local token = int(call('INCR', KEYS[1]))
  l.id, l.e = id, int(now + lease)
  call('HSET', P .. 'o:l:' .. L, 'id', id, 'tok', token, 'e', l.e, 'last', it[5])
  call('HINCRBY', P .. 'o:i:' .. id, 'a', 1)
  show(L, l)
  local sent = it[11] and call('GET', P .. 'o:card:' .. it[11])
  return {id, token, int(tonumber(it[7] or 0) + 1), it[1], it[2], it[3], it[4] or '', sent or '', state}
end
local function serve(L, r, own)
  local l = lane(L)
  if l.id then -- whoever had it never said what became of it
    local it = call('HMGET', P .. 'o:i:' .. l.id, unpack(fields))
    if it[1] then
      stat('out.lost')
      return hand(L, l, l.id, it, 'unsure')
    end
    call('HDEL', P .. 'o:l:' .. L, 'id', 'tok', 'e')
    l.id = nil
  end
  local asked = r
  while cleared < 1000 do
    r = asked
    if not own or r == 3 then -- whoever waits in a chat, its alarms go first
      if l.c0 then
        r = 0
      elseif l.c1 and r > 1 then
        r = 1
      elseif r == 2 and l.c3 and l.last ~= '3' then
        r = 3 -- many reminders in one chat leave every second place to an answer
      end
    end
    if not l['c' .. r] then return nil end
    local id = call('ZRANGEBYSCORE', P .. 'o:q:' .. L, int(r * S), '(' .. int((r + 1) * S), 'LIMIT', 0, 1)[1]
    local it = id and call('HMGET', P .. 'o:i:' .. id, unpack(fields)) or {}
    local why = it[1] and unfit(it)
    if not it[1] then -- keys were lost: one broken chat must not hold up the others
      stat('out.repaired')
      cleared = cleared + 1
      if id then drop(L, l, id, r) else count(L, l, r, -tonumber(l['c' .. r])) end
    elseif why then
      clear(L, l, id, it, why)
    elseif spent and spent >= budget * share[r] then
      return hand(L, l, id, it, 'quota')
    else
      return hand(L, l, id, it, '')
    end
  end
end

local out, got = {}, 0
while got < want and cleared < 1000 do
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
call('HSET', bucket, 'tat', int(tat), 'turn', int(turn % 12), 'clock', int(now))
if wentLate and staleJob ~= '' then call('ZADD', P .. 'due', 'NX', int(now + 5000), staleJob) end

if got > 0 or cleared > 0 then _, next = heads() end
if next and rate > 0 then next = math.max(next, math.ceil((tat - slack) / 1000)) end
local s = call('ZRANGE', later, 0, 0, 'WITHSCORES')[2]
if s and (not next or tonumber(s) < next) then next = tonumber(s) end
return {int(now), out, next and int(next) or ''}
