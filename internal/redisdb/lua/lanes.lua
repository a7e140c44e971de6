-- Lanes: the outbox's order and pacing, shared by commit, claim and settle.
--
-- A lane is a chat. o:q holds its items by class*S+order, o:l its state:
--   c0..c5     items waiting per class (the one on its way included)
--   id tok e   the item on its way, its token, the end of its lease (ms)
--   t tf       pacing: silent until t, as decided at tf (ms)
--   h hf       hold: silent until h, as decided at hf (ms)
-- A decision made at a moment that has not come yet is void: the clock was set back.
-- An item is a hash: j item and m message as JSON, p c t its address, r class,
-- s score in the lane, a attempts, u not-after (ms), gd gm guard document and mark,
-- k "<card>@<address>", ed fr edit and fresh ('1'), w wave, f member.
local S = 562949953421312
local function ready(p, r) return P .. 'o:r:' .. p .. ':' .. r end
local function laneof(p, c) return p .. ':' .. c end
local function platform(L) return string.match(L, '^([^:]+):') end

local function lane(L)
  local raw, l = call('HGETALL', P .. 'o:l:' .. L), {}
  for i = 1, #raw, 2 do l[raw[i]] = raw[i + 1] end
  return l
end

local function free(l)
  if l.id then return tonumber(l.e) end
  local at = now
  if l.t and tonumber(l.tf) <= now then at = math.max(at, tonumber(l.t)) end
  if l.h and tonumber(l.hf) <= now then at = math.max(at, tonumber(l.h)) end
  return at
end

-- show writes the moment the lane may speak into the sets of the classes that wait in it.
local function show(L, l)
  local p, at = platform(L), int(free(l))
  for r = 0, 5 do
    if tonumber(l['c' .. r] or 0) > 0 then call('ZADD', ready(p, r), at, L) end
  end
end

local function count(L, l, r, by)
  local f = 'c' .. r
  local n = tonumber(l[f] or 0) + by
  if n > 0 then
    l[f] = int(n)
    call('HSET', P .. 'o:l:' .. L, f, l[f])
  else
    l[f] = nil
    call('HDEL', P .. 'o:l:' .. L, f)
    call('ZREM', ready(platform(L), r), L)
  end
end

-- put places an item in its lane.
local function put(L, l, id, r, score)
  if call('ZADD', P .. 'o:q:' .. L, int(score), id) == 1 then count(L, l, r, 1) end
  call('PERSIST', P .. 'o:l:' .. L)
end

-- drop takes an item out for good.
local function drop(L, l, id, r, card)
  if call('ZREM', P .. 'o:q:' .. L, id) == 1 then count(L, l, r, -1) end
  call('DEL', P .. 'o:i:' .. id)
  if card and card ~= '' and call('GET', P .. 'o:wait:' .. card) == id then
    call('DEL', P .. 'o:wait:' .. card)
  end
end
