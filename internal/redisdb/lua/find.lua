-- find reads the documents of an index range.
-- KEYS  index
-- ARGV  from, to, limit (0: all), "1" highest first
-- returns {now, {ref, v, d, m, ...}}
-- cost  O(log N + M); entries of documents that expired are taken out on the way
local from, to, limit, desc = arg(), arg(), num(), arg() == '1'
local out, offset = {}, 0
local page = limit > 0 and math.min(limit, 500) or 500
while true do
  local refs
  if desc then
    refs = call('ZREVRANGEBYSCORE', KEYS[1], to, from, 'LIMIT', offset, page)
  else
    refs = call('ZRANGEBYSCORE', KEYS[1], from, to, 'LIMIT', offset, page)
  end
  for _, ref in ipairs(refs) do
    local d = call('HMGET', P .. 'd:' .. ref, 'v', 'd', 'm', 'e')
    if not d[1] or (d[4] and tonumber(d[4]) <= now) then
      call('ZREM', KEYS[1], ref)
    else
      offset = offset + 1
      out[#out + 1] = ref
      out[#out + 1] = d[1]
      out[#out + 1] = d[2]
      out[#out + 1] = d[3] or ''
      if limit > 0 and #out == 4 * limit then return {int(now), out} end
    end
  end
  if #refs < page then return {int(now), out} end
end
