/**
 * What Redis does in one step. Answers are flat lists of texts. Nothing that is written depends on the time of a replica.
 */

/**
 * KEYS: the processes by when they are taken for gone, in seconds since the epoch. ARGV: who, for how many milliseconds
 * (0 to look only), 1 for one that is not known yet. Answers whether it was known, then who lives.
 */
export const BEAT = `
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
local lives = known and tonumber(known) > now
if tonumber(ARGV[2]) > 0 and (lives or ARGV[3] == '1') then
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 86400)
  redis.call('ZADD', KEYS[1], string.format('%.3f', now + ARGV[2] / 1000), ARGV[1])
end
local answer = {lives and 1 or 0}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')) do answer[#answer + 1] = id end
return answer`;

/** KEYS: hash. ARGV: field, text. Takes the field away if it still has the text. */
export const DROP = `
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0`;

const ENDS = `
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local field = function(entry, name)
  for at = 1, #entry[2], 2 do if entry[2][at] == name then return entry[2][at + 1] end end
  return ''
end`;

/** KEYS: stream. Answers of the last entry: id, epoch, by; of the first: after. Nothing when there is none. */
export const BOUNDS = `${ENDS}
if not last then return {} end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
return {last[1], field(last, 'epoch'), field(last, 'by'), field(first, 'after')}`;

/**
 * KEYS: stream. ARGV: the first position wanted, how many. Answers id and epoch of the last entry, `after` of the first,
 * then of each entry its id, after and event.
 */
export const READ = `${ENDS}
if not last then return {} end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local generation = string.match(last[1], '^%d+')
local answer = {last[1], field(last, 'epoch'), field(first, 'after')}
local entries = redis.call('XRANGE', KEYS[1], generation .. '-' .. ARGV[1], '+', 'COUNT', ARGV[2])
for _, entry in ipairs(entries) do
  answer[#answer + 1] = entry[1]
  answer[#answer + 1] = field(entry, 'after')
  answer[#answer + 1] = field(entry, 'event')
end
return answer`;

/**
 * KEYS: stream. ARGV: channel, the id that the last entry has to have (empty: there has to be none), 1 to begin anew,
 * most entries, epoch, by, then of each entry its id, after, event and what is to be published. Answers 1, or 0 when
 * something else is there and nothing was done.
 */
export const APPEND = `${ENDS}
if (last and last[1] or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '1' then redis.call('DEL', KEYS[1]) end
for at = 7, #ARGV, 4 do
  redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[4], ARGV[at],
    'epoch', ARGV[5], 'after', ARGV[at + 1], 'event', ARGV[at + 2], 'by', ARGV[6])
  if ARGV[at + 3] ~= '' then redis.call('PUBLISH', ARGV[1], ARGV[at + 3]) end
end
return 1`;
