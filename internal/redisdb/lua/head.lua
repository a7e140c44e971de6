-- Head of every script.
-- ARGV[1] prefix "{ns}:", ARGV[2] the clock in ms or "" for the server's; the
-- script's own arguments follow and are taken in order with arg() and num().
-- KEYS name what is known before the call; further keys are derived from the
-- prefix and so lie in the same slot.
local P = ARGV[1]
local call = redis.call
local us
if ARGV[2] ~= '' then
  us = tonumber(ARGV[2]) * 1000
else
  local t = call('TIME')
  us = tonumber(t[1]) * 1000000 + tonumber(t[2])
end
local now = math.floor(us / 1000)
local pos = 2
local function arg() pos = pos + 1; return ARGV[pos] end
local function num() return tonumber(arg()) end
-- int writes a number in full: Lua's own conversion rounds to 14 digits.
local function int(x) return string.format('%.0f', x) end
-- keep stores a document of the machinery itself (dead letter, buried job, stale
-- message) under an index in the order of time, the newest 1000 of each.
local function keep(index, ref, data)
  local key, x = P .. 'd:' .. ref, P .. 'x:' .. index
  call('DEL', key)
  call('HSET', key, 'v', int(call('INCR', P .. 'seq')), 'd', data, 'x', index .. '\t' .. int(now) .. '\n')
  call('ZADD', x, int(now), ref)
  for _, old in ipairs(call('ZRANGE', x, 0, -1001)) do
    call('DEL', P .. 'd:' .. old)
    call('ZREM', x, old)
  end
end
local function stat(name, by) call('HINCRBY', P .. 'stat', name, by or 1) end
