-- seal adds one link to the chain over the audit log, unless another sealer was first.
-- KEYS  seals (stream: to last event, n events, prev and hash in hex)
-- ARGV  hash of the link it was made upon ("" for the first), last event, events, hash, links kept
-- returns {now, "ok"|"behind"}
-- cost  O(1)
local prev, to, n, hash, kept = arg(), arg(), arg(), arg(), arg()
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local head = ''
if last then
  for i = 1, #last[2], 2 do
    if last[2][i] == 'hash' then head = last[2][i + 1] end
  end
end
if head ~= prev then return {int(now), 'behind'} end
call('XADD', KEYS[1], 'MAXLEN', '~', kept, '*', 'to', to, 'n', n, 'prev', prev, 'hash', hash)
return {int(now), 'ok'}
