/*
 * Reads and writes the outlooks of a batch of users in one command each. The place of a user follows from the first two
 * bytes of his name, which is a keyed hash. What was kept under other terms (`series`) is not looked at.
 */

const place = `
local function placeOf(root, bits, name)
  local shard = math.floor((string.byte(name, 1) * 256 + string.byte(name, 2)) / 2 ^ (16 - bits))
  return function(period) return root .. period .. ':' .. shard end
end
`;

/**
 * KEYS: the terms. ARGV: series, period, this hour, the longest wait in hours, then names. Returns position and hour of
 * whoever need not be asked yet. Nobody is spared before a whole run has shown how soon a new device can be due.
 */
export const readOutlooks = `${place}
local period, now, longest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local terms = redis.call('hmget', KEYS[1], 'series', 'bits', 'whole',
  'new:' .. period, 'new:' .. period - 1, 'new:' .. period - 2)
if terms[1] ~= ARGV[1] or not terms[2] or not terms[3] then return {} end
local new
for i = 4, 6 do
  local hours = tonumber(terms[i] or nil)
  if hours and (not new or hours < new) then new = hours end
end
if not new then return {} end
local wait = math.min(new, longest)
local root = KEYS[1] .. ':' .. ARGV[1] .. '.' .. terms[2] .. ':'
local known = {}
for i = 5, #ARGV do
  local keyOf = placeOf(root, tonumber(terms[2]), ARGV[i])
  local from = period
  local packed = redis.call('hget', keyOf(from), ARGV[i])
  if not packed then
    from = period - 1
    packed = redis.call('hget', keyOf(from), ARGV[i])
  end
  if packed then
    local number = tonumber(packed)
    local asked = from * longest + math.floor(number / 2048)
    local till = math.min(from * longest + number % 2048, asked + wait)
    if asked <= now and now < till then
      known[#known + 1] = i - 5
      known[#known + 1] = till
    end
  end
end
return known
`;

/**
 * KEYS: the terms. ARGV: series, period, this hour, the longest wait in hours, the soonest that a device seen here is due
 * after its clock starts in hours or nothing, then name and packed number of each user, or nothing to forget him.
 */
export const writeOutlooks = `${place}
local period, now, longest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local terms = redis.call('hmget', KEYS[1], 'series', 'bits', 'new:' .. period)
if terms[1] ~= ARGV[1] then return 0 end
local hour = 3600000
redis.call('hset', KEYS[1], 'period', period)
redis.call('hdel', KEYS[1], 'new:' .. period - 3)
redis.call('pexpire', KEYS[1], 4 * longest * hour)
if ARGV[5] ~= '' and (not terms[3] or tonumber(ARGV[5]) < tonumber(terms[3])) then
  redis.call('hset', KEYS[1], 'new:' .. period, ARGV[5])
end
if not terms[2] then return 0 end
local root = KEYS[1] .. ':' .. ARGV[1] .. '.' .. terms[2] .. ':'
local touched = {}
for i = 6, #ARGV, 2 do
  local keyOf = placeOf(root, tonumber(terms[2]), ARGV[i])
  redis.call('hdel', keyOf(period - 1), ARGV[i])
  if ARGV[i + 1] == '' then
    redis.call('hdel', keyOf(period), ARGV[i])
  else
    redis.call('hset', keyOf(period), ARGV[i], ARGV[i + 1])
    touched[keyOf(period)] = true
  end
end
for key in pairs(touched) do redis.call('pexpire', key, ((period + 2) * longest - now + 1) * hour) end
return 1
`;
