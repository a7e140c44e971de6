-- out_retry puts a dead letter back into the outbox.
-- KEYS  seq
-- ARGV  ref of the dead document, its version, then one item
-- returns {now, "ok"|"gone"}
-- cost  O(log N)
local ref, version = arg(), arg()
local it = flat()
if call('HGET', P .. 'd:' .. ref, 'v') ~= version then return {int(now), 'gone'} end
call('DEL', P .. 'd:' .. ref, P .. 'o:m:' .. it.id)
call('ZREM', P .. 'x:dead', ref)
if it.w then
  wave(it.w, 'failed', -1, it.f, 'waiting')
  wave(it.w, 'total', -1)
end
enqueue(it, call('INCR', P .. 'seq'))
call('PUBLISH', P .. 'wake', it.p)
return {int(now), 'ok'}
