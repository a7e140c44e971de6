-- Lanes: the outbox's order and pacing, shared by commit, claim, settle and retry.
--
-- A lane is a chat. o:q holds its items by class*S+order, o:l its state:
--   c0..c5     items waiting per class (the one on its way included)
--   id tok e   the item on its way, its token, the end of its lease (ms)
--   t tf       pacing: silent until t, as decided at tf (ms)
--   h hf       hold: silent until h, as decided at hf (ms)
-- A decision made at a moment that has not come yet is void: the clock was set back.
--   last       class of the last item handed out
--   mv         the chat's new address; such a lane holds nothing
-- An item is a hash: j item and m message as JSON, c t its chat and topic, r class,
-- s score in the lane, a attempts, u not-after (ms), gd gm guard document and mark,
-- k "<card>@<address>", ed fr edit and fresh ('1'), w wave, f whom it is for; fields without
-- a value are absent.
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
    if l['c' .. r] then call('ZADD', ready(p, r), at, L) end
  end
end

-- empty reports whether nothing waits in the lane.
local function empty(l) return not (l.c0 or l.c1 or l.c2 or l.c3 or l.c4 or l.c5) end

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
  if empty(l) then call('PERSIST', P .. 'o:l:' .. L) end -- what it remembers was to expire
  if call('ZADD', P .. 'o:q:' .. L, int(score), id) == 1 then count(L, l, r, 1) end
end

-- wave counts what became of an item for the receipt of its wave, and keeps how it
-- stands with whom it is for; who was reached once stays reached.
local function wave(w, what, by, whom, state)
  if not w then return end
  local key = P .. 'o:w:' .. w
  call('HINCRBY', key, what, by)
  if whom and call('HGET', key, 'f:' .. whom) ~= 'sent' then
    call('HSET', key, 'f:' .. whom, state or what)
  end
  call('PEXPIRE', key, '2592000000')
end

-- drop takes an item out for good.
local function drop(L, l, id, r, card)
  if call('ZREM', P .. 'o:q:' .. L, id) == 1 then count(L, l, r, -1) end
  call('DEL', P .. 'o:i:' .. id)
  if card and call('GET', P .. 'o:wait:' .. card) == id then
    call('DEL', P .. 'o:wait:' .. card)
  end
end

-- supersede drops an item because a newer state of its card goes out instead.
local function supersede(L, l, id, r, card)
  local o = call('HMGET', P .. 'o:i:' .. id, 'w', 'f')
  drop(L, l, id, r, card)
  wave(o[1], 'needless', 1, o[2])
  stat('out.coalesced')
end

-- enqueue takes an item in, the seq-th thing of the namespace. Returns nil when it was accepted
-- before, else the lane and whether nothing waited there.
local function enqueue(it, seq)
  if not call('SET', P .. 'o:m:' .. it.id, '1', 'NX', 'PX', '172800000') then return nil end
  local L = laneof(it.p, it.c)
  local l = lane(L)
  for _ = 1, 3 do
    if not l.mv then break end
    it.c = l.mv
    L = laneof(it.p, it.c)
    l = lane(L)
  end
  local score, quiet = it.r * S + seq, empty(l)
  wave(it.w, 'total', 1, it.f, 'waiting')
  if it.k then
    local w = it.ed and call('GET', P .. 'o:wait:' .. it.k)
    local o = w and l.id ~= w and call('HMGET', P .. 'o:i:' .. w, 'r', 's', 'ed')
    if o and o[1] then
      if not o[3] and not it.fr then -- the card was never shown: it goes out in its newest state
        call('HSET', P .. 'o:i:' .. w, 'm', it.m)
        wave(it.w, 'needless', 1)
        stat('out.coalesced')
        return L, false
      end
      local r, s = tonumber(o[1]), tonumber(o[2]) -- the newer one takes the older one's place
      supersede(L, l, w, r, it.k)
      it.r = math.min(r, it.r)
      score = it.r * S + s % S
    end
    call('SET', P .. 'o:wait:' .. it.k, it.id)
  end
  local f = {'j', it.j, 'm', it.m, 'c', it.c, 'r', it.r, 's', int(score)}
  for _, name in ipairs({'t', 'u', 'gd', 'gm', 'k', 'ed', 'fr', 'w', 'f'}) do
    if it[name] then
      f[#f + 1] = name
      f[#f + 1] = it[name]
    end
  end
  call('HSET', P .. 'o:i:' .. it.id, unpack(f))
  put(L, l, it.id, it.r, score)
  show(L, l)
  return L, quiet
end

-- flat takes one item from the arguments, in the order commit.go writes it.
local function some()
  local v = arg()
  return v ~= '' and v or nil
end
local function flat()
  return {id = arg(), p = arg(), c = arg(), t = some(), r = num(), ed = some(), fr = some(), k = some(),
    u = some(), gd = some(), gm = some(), w = some(), f = some(), j = arg(), m = arg()}
end
