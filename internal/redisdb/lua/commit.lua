-- commit makes changes one after the other, each whole or not at all.
-- KEYS  seq, due, due:lease, log
-- ARGV  log length, life of a seen mark (ms), of a same mark (ms), n changes x (its number of arguments, seen id, same id, settled job, its token, n items,
--       n documents x (ref, version, "1" data|"0" delete, data, marks, index, ttl ms),
--       n jobs x (key, moment ms or 0),
--       the items x (id, p, c, t, class, edit, fresh, card@address, until, guard doc, mark, wave, member, j, m),
--       n events x JSON)
-- returns {now, {"ok"|"seen"|"lease"|"conflict", ref of the conflict or "", ...}}
-- cost  O(log N) per document index, job and item
local logLength, seenLife, sameLife = arg(), arg(), arg()
local told = {} -- whom a change before has woken
local function wake(topic)
  if not told[topic] then
    told[topic] = true
    call('PUBLISH', P .. 'wake', topic)
  end
end

-- store writes one document. Its field x is the list of its index entries, a line each:
-- name, tab, score; what stands as it was is left alone.
local function store(d, version)
  local list = d.keep and d.index or ''
  if d.old ~= list or d.expired then
    for x, score in string.gmatch(list, '([^\n\t]+)\t([^\n\t]+)') do call('ZADD', P .. 'x:' .. x, score, d.ref) end
    for x in string.gmatch(d.old, '([^\n\t]+)[^\n]*') do
      if not string.find('\n' .. list, '\n' .. x .. '\t', 1, true) then call('ZREM', P .. 'x:' .. x, d.ref) end
    end
  end
  if not d.keep then
    call('DEL', d.key)
  elseif d.ttl > 0 then
    call('HSET', d.key, 'v', version, 'd', d.data, 'm', d.marks, 'x', list, 'e', int(now + d.ttl))
    call('PEXPIRE', d.key, int(d.ttl))
  else
    call('HSET', d.key, 'v', version, 'd', d.data, 'm', d.marks, 'x', list)
    if d.expires then
      call('HDEL', d.key, 'e')
      call('PERSIST', d.key)
    end
  end
end

-- plan sets the next moments of aggregates.
local function plan(settle)
  local jobs = num()
  if jobs == 0 then return end
  local head = call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
  for _ = 1, jobs do
    local key, at = arg(), num()
    if key ~= settle then call('HDEL', KEYS[3], key) end
    if at == 0 then
      call('ZREM', KEYS[2], key)
    else
      call('ZADD', KEYS[2], int(at), key)
      if not head or at < tonumber(head) then wake('due') end
    end
  end
end

local function commit()
  local seen, same, settle, token, items = arg(), arg(), arg(), arg(), num()
  local mark, twin = P .. 'seen:' .. seen, P .. 'same:' .. same
  if seen ~= '' and call('EXISTS', mark) == 1 or same ~= '' and tonumber(call('GET', twin) or 0) > now then return 'seen', '' end
  if settle ~= '' then
    local held = call('HGET', KEYS[3], settle)
    if not held or string.match(held, '^%d+|(%d*)|') ~= token then
      stat('due.fenced')
      return 'lease', ''
    end
  end
  local docs = {}
  for i = 1, num() do
    local d = {ref = arg(), version = num(), keep = arg() == '1', data = arg(), marks = arg(), index = arg(), ttl = num()}
    d.key = P .. 'd:' .. d.ref
    local had = call('HMGET', d.key, 'v', 'x', 'e')
    d.expired = had[3] and tonumber(had[3]) <= now -- its entries may be gone
    if d.expired then had[1] = false end
    if d.version >= 0 and d.version ~= tonumber(had[1] or 0) then
      stat('commit.conflict')
      return 'conflict', d.ref
    end
    d.old, d.expires = had[2] or '', had[3]
    docs[i] = d
  end

  -- From here on nothing is refused. One step of the counter for the documents, one for each item.
  local version = call('INCRBY', KEYS[1], items + 1) - items
  for _, d in ipairs(docs) do store(d, int(version)) end
  if settle ~= '' then
    call('ZREM', KEYS[2], settle)
    call('HDEL', KEYS[3], settle)
  end
  plan(settle)
  for i = 1, items do -- a relay that knows of work in a chat knows when to look; one that does not is woken
    local it = flat()
    local L, quiet = enqueue(it, version + i)
    if L and quiet then wake(it.p) end
  end
  for _ = 1, num() do call('XADD', KEYS[4], 'MAXLEN', '~', logLength, '*', 'e', arg()) end
  if same ~= '' then call('SET', twin, int(now + sameLife), 'PX', sameLife) end
  if seen ~= '' then call('SET', mark, '1', 'PX', seenLife) end -- last: what broke off on the way was not seen
  return 'ok', ''
end

local out = {}
for _ = 1, num() do
  local size = num()
  local last = pos + size
  out[#out + 1], out[#out + 2] = commit()
  pos = last
end
return {int(now), out}
