-- commit makes one change whole or not at all.
-- KEYS  seq, due, due:lease, log, seen mark (or seq), then one key per document
-- ARGV  seen id, its life (ms), settled job, its token, log length,
--       n documents x (ref, version, "1" data|"0" delete, data, marks, index, ttl ms),
--       n jobs x (key, moment ms or 0),
--       n items x (id, p, c, t, class, edit, fresh, card@address, until, guard doc, mark, wave, member, j, m),
--       n events x JSON
-- returns {now, "ok"|"seen"|"lease"|"conflict", ref}
-- cost  O(log N) per document index, job and item
local seen, seenLife, settle, token, logLength = arg(), arg(), arg(), arg(), arg()
if seen ~= '' and call('EXISTS', KEYS[5]) == 1 then return {int(now), 'seen'} end
if settle ~= '' then
  local held = call('HGET', KEYS[3], settle)
  if not held or string.match(held, '^%d+|(%d*)|') ~= token then
    stat('due.fenced')
    return {int(now), 'lease'}
  end
end

local docs = {}
for i = 1, num() do
  local d = {key = KEYS[5 + i], ref = arg(), version = num(), keep = arg() == '1', data = arg(), marks = arg(), index = arg(), ttl = num()}
  local had = call('HMGET', d.key, 'v', 'x', 'e')
  if had[3] and tonumber(had[3]) <= now then had = {} end
  if d.version >= 0 and d.version ~= tonumber(had[1] or 0) then
    stat('commit.conflict')
    return {int(now), 'conflict', d.ref}
  end
  d.old = had[2]
  docs[i] = d
end

-- From here on nothing is refused.
local version = call('INCR', KEYS[1])
for _, d in ipairs(docs) do
  if d.old then
    for x in string.gmatch(d.old, '[^\n]+') do call('ZREM', P .. 'x:' .. x, d.ref) end
  end
  call('DEL', d.key)
  if d.keep then
    local names = ''
    for x, score in string.gmatch(d.index, '([^\n\t]+)\t([^\n\t]+)') do
      call('ZADD', P .. 'x:' .. x, score, d.ref)
      names = names .. x .. '\n'
    end
    local f = {'v', int(version), 'd', d.data}
    if d.marks ~= '' then f[#f + 1] = 'm'; f[#f + 1] = d.marks end
    if names ~= '' then f[#f + 1] = 'x'; f[#f + 1] = names end
    if d.ttl > 0 then f[#f + 1] = 'e'; f[#f + 1] = int(now + d.ttl) end
    call('HSET', d.key, unpack(f))
    if d.ttl > 0 then call('PEXPIRE', d.key, int(d.ttl)) end
  end
end

if settle ~= '' then
  call('ZREM', KEYS[2], settle)
  call('HDEL', KEYS[3], settle)
end
local head = call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
local earlier = false
for _ = 1, num() do
  local key, at = arg(), num()
  call('HDEL', KEYS[3], key)
  if at == 0 then
    call('ZREM', KEYS[2], key)
  else
    call('ZADD', KEYS[2], int(at), key)
    if not head or at < tonumber(head) then earlier = true end
  end
end
if earlier then call('PUBLISH', P .. 'wake', 'due') end

local told = {}
for _ = 1, num() do
  local it = flat()
  if enqueue(it) and not told[it.p] then
    told[it.p] = true
    call('PUBLISH', P .. 'wake', it.p)
  end
end

for _ = 1, num() do call('XADD', KEYS[4], 'MAXLEN', '~', logLength, '*', 'e', arg()) end
if seen ~= '' then call('SET', KEYS[5], '1', 'PX', seenLife) end
return {int(now), 'ok'}
