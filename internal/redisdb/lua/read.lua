-- read answers questions about documents as they all stand at one moment.
-- KEYS  seq (names the slot only)
-- ARGV  n questions x ("doc", ref) | ("wave", id) | ("index", name, from, to, limit (0: all), "1" highest first)
-- returns {now, {answer, ...}}: a doc's {v, d, m, e}, a wave's {field, value, ...}, an index's {ref, v, d, m, ...}
-- cost  O(log N + M) an index, O(1) a document; entries of documents that expired are taken out on the way
local read, docs = {}, {} -- many ask for the same small documents
function read.doc()
  local ref = arg()
  docs[ref] = docs[ref] or call('HMGET', P .. 'd:' .. ref, 'v', 'd', 'm', 'e')
  return docs[ref]
end
function read.wave() return call('HGETALL', P .. 'o:w:' .. arg()) end
function read.index()
  local key, from, to, limit, desc = P .. 'x:' .. arg(), arg(), arg(), num(), arg() == '1'
  local out, offset = {}, 0
  local page = limit > 0 and math.min(limit, 500) or 500
  while true do
    local refs
    if desc then
      refs = call('ZREVRANGEBYSCORE', key, to, from, 'LIMIT', offset, page)
    else
      refs = call('ZRANGEBYSCORE', key, from, to, 'LIMIT', offset, page)
    end
    for _, ref in ipairs(refs) do
      local d = call('HMGET', P .. 'd:' .. ref, 'v', 'd', 'm', 'e')
      if not d[1] or (d[4] and tonumber(d[4]) <= now) then
        call('ZREM', key, ref)
      else
        offset = offset + 1
        out[#out + 1] = ref
        out[#out + 1] = d[1]
        out[#out + 1] = d[2]
        out[#out + 1] = d[3] or ''
        if limit > 0 and #out == 4 * limit then return out end
      end
    end
    if #refs < page then return out end
  end
end

local answers = {}
for i = 1, num() do answers[i] = read[arg()]() end
return {int(now), answers}
