-- out_settle applies what became of items; nothing of one whose lease was lost.
-- KEYS  seq
-- ARGV  n items x (lane, item, token, "1" done, message id, delay (ms), "1" hold chat, "1" hold all, reason to bury,
--       "1" the platform was asked, pace (ms), group per minute (0: none), life of card ids (ms),
--       ref of the card's reverse document, its JSON, ref of the dead document, its JSON, chat moved to)
-- returns {now, items whose lease was lost}
-- cost  O(n log N); a move costs O(items of the chat + items put aside)
local stats = {}
local function tally(name) stats[name] = (stats[name] or 0) + 1 end

local function settle()
  local L, id, token, done, message, delay = arg(), arg(), arg(), arg() == '1', arg(), num()
  local hold, holdAll, bury, spent = arg() == '1', arg() == '1', arg(), arg() == '1'
  local pace, perMinute, cardLife = num(), num(), arg()
  local cardRef, card, deadRef, deadData, moved = arg(), arg(), arg(), arg(), arg()
  local p, lk = platform(L), P .. 'o:l:' .. L
  local l = lane(L)
  if l.id ~= id or l.tok ~= token then
    tally('out.fenced')
    return false
  end
  call('HDEL', lk, 'id', 'tok', 'e')
  l.id, l.tok, l.e = nil, nil, nil

  if spent then
    local t = now + pace
    if perMinute > 0 then
      local g = P .. 'o:g:' .. L
      call('LPUSH', g, int(now))
      call('LTRIM', g, 0, perMinute - 1)
      call('PEXPIRE', g, 3600000)
      local oldest = call('LINDEX', g, perMinute - 1)
      if oldest and tonumber(oldest) <= now then t = math.max(t, tonumber(oldest) + 60000) end
    end
    if t > now then
      l.t, l.tf = int(t), int(now)
      call('HSET', lk, 't', l.t, 'tf', l.tf)
    end
  end

  -- moveLane gives everything that waits for the chat its new address.
  local function moveLane(to)
    local L2 = laneof(p, to)
    local l2 = lane(L2)
    local function readdress(i)
      local it = call('HMGET', P .. 'o:i:' .. i, 'k', 't', 'c')
      if not it[3] then return end
      call('HSET', P .. 'o:i:' .. i, 'c', to)
      if it[1] then
        local tail = it[2] and '/' .. it[2] or ''
        local name = string.sub(it[1], 1, #it[1] - #('@' .. L .. tail))
        local k = name .. '@' .. L2 .. tail
        call('HSET', P .. 'o:i:' .. i, 'k', k)
        if call('GET', P .. 'o:wait:' .. it[1]) == i then
          call('DEL', P .. 'o:wait:' .. it[1])
          call('SET', P .. 'o:wait:' .. k, i)
        end
      end
    end
    local q = call('ZRANGE', P .. 'o:q:' .. L, 0, -1, 'WITHSCORES')
    for i = 1, #q, 2 do
      local s = tonumber(q[i + 1])
      readdress(q[i])
      put(L2, l2, q[i], math.floor(s / S), s)
    end
    for _, i in ipairs(call('ZRANGE', P .. 'o:later:' .. p, 0, -1)) do
      if call('HGET', P .. 'o:i:' .. i, 'c') == string.sub(L, #p + 2) then readdress(i) end
    end
    for r = 0, 5 do call('ZREM', ready(p, r), L) end
    call('DEL', lk, P .. 'o:q:' .. L, P .. 'o:g:' .. L)
    call('HSET', lk, 'mv', to)
    call('PEXPIRE', lk, '7776000000')
    show(L2, l2)
  end

  local it = call('HMGET', P .. 'o:i:' .. id, 'r', 'k', 'ed', 'w', 'f')
  local r, k = tonumber(it[1]), it[2] or nil

  -- yield lets a newer state of the card that came in meanwhile go out instead.
  local function yield()
    local w = k and call('GET', P .. 'o:wait:' .. k)
    if not w or w == id then return false end
    local o = call('HMGET', P .. 'o:i:' .. w, 'r', 'm', 'fr')
    if not o[1] then return false end
    if it[3] or o[3] then
      supersede(L, l, id, r, k)
      return true
    end
    call('HSET', P .. 'o:i:' .. id, 'm', o[2])
    supersede(L, l, w, tonumber(o[1]), k)
    call('SET', P .. 'o:wait:' .. k, id)
    return false
  end

  if done then
    tally('out.done')
    if spent then tally('spent:' .. p) end
    if message ~= '' and k then
      call('SET', P .. 'o:card:' .. k, message, 'PX', cardLife)
      local key = P .. 'd:' .. cardRef
      call('DEL', key)
      call('HSET', key, 'v', int(call('INCR', KEYS[1])), 'd', card)
      call('PEXPIRE', key, cardLife)
    end
    drop(L, l, id, r, k)
    wave(it[4], 'sent', 1, it[5])
  elseif bury ~= '' then
    tally('out.buried')
    drop(L, l, id, r, k)
    wave(it[4], 'failed', 1, it[5], bury)
    keep('dead', deadRef, deadData)
  elseif moved ~= '' then
    moveLane(moved)
    return true
  else
    tally('out.again')
    if holdAll then
      local b = call('HMGET', P .. 'o:b:' .. p, 'h', 'hf')
      local until_ = now + delay
      if b[1] and tonumber(b[2]) <= now then until_ = math.max(until_, tonumber(b[1])) end
      call('HSET', P .. 'o:b:' .. p, 'h', int(until_), 'hf', int(now))
    elseif hold then
      l.h, l.hf = int(now + delay), int(now)
      call('HSET', lk, 'h', l.h, 'hf', l.hf)
    end
    if not yield() and not hold and not holdAll and delay > 0 then
      if call('ZREM', P .. 'o:q:' .. L, id) == 1 then count(L, l, r, -1) end
      call('ZADD', P .. 'o:later:' .. p, int(now + delay), id)
    end
  end
  show(L, l)
  if empty(l) then call('PEXPIRE', lk, int(math.max(free(l) - now, 0) + 3600000)) end
  return true
end

local lost = 0
for _ = 1, num() do
  if not settle() then lost = lost + 1 end
end
for name, n in pairs(stats) do
  local p = string.match(name, '^spent:(.*)$')
  if p then call('HINCRBY', P .. 'o:b:' .. p, 'spent', n) else stat(name, n) end
end
return {int(now), lost}
