-- stats counts what waits.
-- KEYS  due, due:lease, log, stat
-- ARGV  platforms, each by name
-- returns {now, due, leased or pausing, earliest moment of an entry not handed out or "",
--          log length, dead, stale, buried, {counter, value, ...},
--          {platform, c0..c5 items, items put aside, sent this month, held until (ms) or "", ...}}
-- cost  O(chats that wait), 5000 a class at most, and the entries handed out
local plain = ''
local heads = call('ZRANGE', KEYS[1], 0, 999, 'WITHSCORES')
for i = 1, #heads, 2 do
  if call('HEXISTS', KEYS[2], heads[i]) == 0 then
    plain = int(tonumber(heads[i + 1]))
    break
  end
end
local per = {}
while pos < #ARGV do
  local p = arg()
  per[#per + 1] = p
  for r = 0, 5 do
    local n = 0
    for _, L in ipairs(call('ZRANGE', ready(p, r), 0, 4999)) do
      n = n + tonumber(call('HGET', P .. 'o:l:' .. L, 'c' .. r) or 0)
    end
    per[#per + 1] = n
  end
  per[#per + 1] = call('ZCARD', P .. 'o:later:' .. p)
  local b = call('HMGET', P .. 'o:b:' .. p, 'spent', 'h')
  per[#per + 1] = b[1] or '0'
  per[#per + 1] = (b[2] and tonumber(b[2]) > now) and b[2] or ''
end
return {int(now), call('ZCARD', KEYS[1]), call('HLEN', KEYS[2]), plain, call('XLEN', KEYS[3]),
  call('ZCARD', P .. 'x:dead'), call('ZCARD', P .. 'x:stale'), call('ZCARD', P .. 'x:buried'),
  call('HGETALL', KEYS[4]), per}
