-- dump reads every key of the namespace as it stands at one moment.
-- KEYS  seq (names the slot only)
-- ARGV  none of its own
-- returns {now, {suffix, type, life in ms (-1: none), value or {value, ...}}, ...}; a hash is
--         field and value in turn, a zset member and score, a stream id and {field, value, ...}
-- cost  O(all keys of the database + size of the namespace); Redis answers nobody else meanwhile
local out, cursor, seen = {int(now)}, '0', {}
local pattern = string.gsub(P, '[%*%?%[%]\\]', '\\%0') .. '*'
local read = {
  string = function(k) return call('GET', k) end,
  hash = function(k) return call('HGETALL', k) end,
  list = function(k) return call('LRANGE', k, 0, -1) end,
  set = function(k) return call('SMEMBERS', k) end,
  zset = function(k) return call('ZRANGE', k, 0, -1, 'WITHSCORES') end,
  stream = function(k) return call('XRANGE', k, '-', '+') end,
}
repeat
  local r = call('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1000)
  cursor = r[1]
  for _, k in ipairs(r[2]) do
    if not seen[k] then
      seen[k] = true
      local kind = call('TYPE', k)
      kind = kind.ok or kind
      if read[kind] then
        out[#out + 1] = {string.sub(k, #P + 1), kind, call('PTTL', k), read[kind](k)}
      end
    end
  end
until cursor == '0'
return out
