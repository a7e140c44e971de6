-- commit makes one change whole or not at all.
-- KEYS  seq, due, due:lease, log, seen mark (or seq), then one key per document
-- ARGV  seen id, its life (ms), settled job, its token, log length, n items,
--       n documents x (ref, version, "1" data|"0" delete, data, marks, index, ttl ms),
--       n jobs x (key, moment ms or 0),
--       the items x (id, p, c, t, class, edit, fresh, card@address, until, guard doc, mark, wave, member, j, m),
--       n events x JSON
-- returns {now, "ok"|"seen"|"lease"|"conflict", ref}
-- cost  O(log N) per document index, job and item
local seen, seenLife, settle, token, logLength, items = arg(), arg(), arg(), arg(), arg(), num()
if seen ~= '' and not call('SET', KEYS[5], '1', 'NX', 'PX', seenLife) then return {int(now), 'seen'} end
local function refuse(why, ref)
  if seen ~= '' then call('DEL', KEYS[5]) end
  return {int(now), why, ref}
end
if settle ~= '' then
  local held = call('HGET', KEYS[3], settle)
  if not held or string.match(held, '^%d+|(%d*)|') ~= token then
    stat('due.fenced')
    return refuse('lease')
  end
end

local docs = {}
for i = 1, num() do
  local d = {key = KEYS[5 + i], ref = arg(), version = num(), keep = arg() == '1', data = arg(), marks = arg(), index = arg(), ttl = num()}
  local had = call('HMGET', d.key, 'v', 'x', 'e')
  if had[3] and tonumber(had[3]) <= now then had[1] = false end
  if d.version >= 0 and d.version ~= tonumber(had[1] or 0) then
    stat('commit.conflict')
    return refuse('conflict', d.ref)
  end
  d.old, d.expires = had[2] or '', had[3]
  docs[i] = d
end

-- From here on nothing is refused. One step of the counter for the documents, one for each item.
local seq = call('INCRBY', KEYS[1], items + 1)
local version = seq - items
for _, d in ipairs(docs) do
  local names = ''
  if d.keep then
    for x, score in string.gmatch(d.index, '([^\n\t]+)\t([^\n\t]+)') do
      call('ZADD', P .. 'x:' .. x, score, d.ref)
      names = names .. x .. '\n'
    end
  end
  if d.old ~= names then
    for x in string.gmatch(d.old, '[^\n]+') do
      if not string.find('\n' .. names, '\n' .. x .. '\n', 1, true) then call('ZREM', P .. 'x:' .. x, d.ref) end
    end
  end
  if not d.keep then
    call('DEL', d.key)
  elseif d.ttl > 0 then
    call('HSET', d.key, 'v', int(version), 'd', d.data, 'm', d.marks, 'x', names, 'e', int(now + d.ttl))
    call('PEXPIRE', d.key, int(d.ttl))
  else
    call('HSET', d.key, 'v', int(version), 'd', d.data, 'm', d.marks, 'x', names)
    if d.expires then
      call('HDEL', d.key, 'e')
      call('PERSIST', d.key)
    end
  end
end

if settle ~= '' then
  call('ZREM', KEYS[2], settle)
  call('HDEL', KEYS[3], settle)
end
local jobs = num()
if jobs > 0 then
  local head = call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
  local earlier = false
  for _ = 1, jobs do
    local key, at = arg(), num()
    if key ~= settle then call('HDEL', KEYS[3], key) end
    if at == 0 then
      call('ZREM', KEYS[2], key)
    else
      call('ZADD', KEYS[2], int(at), key)
      if not head or at < tonumber(head) then earlier = true end
    end
  end
  if earlier then call('PUBLISH', P .. 'wake', 'due') end
end

-- A relay that knows of work in a chat knows when to look; one that does not is woken.
local told = {}
for i = 1, items do
  local it = flat()
  local L, quiet = enqueue(it, version + i)
  if L and quiet and not told[it.p] then
    told[it.p] = true
    call('PUBLISH', P .. 'wake', it.p)
  end
end

for _ = 1, num() do call('XADD', KEYS[4], 'MAXLEN', '~', logLength, '*', 'e', arg()) end
return {int(now), 'ok'}
