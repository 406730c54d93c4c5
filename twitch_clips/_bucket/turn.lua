-- One call: note what came of earlier turns, then reserve the next one, or say when to ask again.
--
-- The arithmetic is that of level.py, estimate.py and refusals.py, on the server's clock; 0 stands for "never".
-- The values come in and go out in the order of `_shared/wire.py`.

local FILL, LONGEST_AHEAD = 60, 61                          -- seconds
local EARLY, WIDEST = 1e-6, 3                               -- seconds
local KEPT, KEPT_FOR = 0.1, 60                              -- of the limit, by the background; seconds
local KEPT_FOR_UNSEEN, SHARED_FOR = 0.02, 10                -- of the limit, while others spend unseen; seconds
local FORGOTTEN, SLOWER, FASTER, HEARD_FOR = 0.02, 0.85, 0.005, 10
local FIRST_PAUSE, LONGEST_PAUSE, SHORTEST_SHARE = 1, 8, 0.75
local ALONE, AGAIN, UNHEARD = 3, 0.1, 2
local OVER = 30                                             -- seconds without a 429
local SEEN_EVERY, SEEN_FOR = 5, 60                          -- seconds
local DRAINED_IN = 2                                        -- seconds
local KEPT_KEY = 120000                                     -- milliseconds

local FIELDS = {
  'limit', 'refill', 'full_at', 'given', 'live_at', 'round_trip', 'shared_at', 'heard_at', 'raised_at',
  'paused_until', 'refusals', 'unheard', 'ahead', 'ahead_at', 'refused_since', 'processes',
}
local OBSERVATION = 7  -- values of each

local key = KEYS[1]
local process, lane = ARGV[1], ARGV[2]
local value = {}
for i = 3, #ARGV do
  value[i] = tonumber(ARGV[i])
end
local chance, unused, ahead_unused, advance = value[3], value[4], value[5], value[6]
local known_limit, known_full_at, known_given = value[7], value[8], value[9]
local FIRST_OBSERVATION = 10

local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000

local s = {}
for i, stored in ipairs(redis.call('HMGET', key, unpack(FIELDS))) do
  s[FIELDS[i]] = tonumber(stored or 0)
end
if s.limit == 0 then
  -- A server that was emptied: what the caller knew is better than to begin with a full bucket.
  s.limit, s.refill, s.full_at, s.given = known_limit, known_limit / FILL, known_full_at, known_given
  s.unheard, s.raised_at = UNHEARD, now
end

local function not_ahead_of_now(names)
  for _, name in ipairs(names) do
    s[name] = math.min(s[name], now)
  end
end

-- A clock that was set back may cost nobody more than a moment.
local function mend_clock()
  s.full_at = math.min(s.full_at, now + (s.limit + s.processes + 1) / s.refill)
  not_ahead_of_now({ 'live_at', 'shared_at', 'heard_at', 'raised_at', 'refused_since' })
  if s.paused_until > now + LONGEST_PAUSE then
    s.paused_until = 0
  end
  if s.ahead_at > now + LONGEST_AHEAD then
    s.ahead_at = 0
  end
end

local function count_processes()
  local last = tonumber(redis.call('HGET', key, 'p:' .. process) or 0)
  if last <= now and now - last < SEEN_EVERY then
    return
  end
  redis.call('HSET', key, 'p:' .. process, string.format('%.6f', now))
  local all, count = redis.call('HGETALL', key), 0
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 'p:' then
      if math.abs(now - tonumber(all[i + 1])) > SEEN_FOR then
        redis.call('HDEL', key, all[i], 'l:' .. string.sub(all[i], 3))
      else
        count = count + 1
      end
    end
  end
  s.processes = count
end

local function missing(moment)
  return math.max(0, (s.full_at - moment) * s.refill)
end

local function lower(points)
  s.full_at = math.max(s.full_at, now + math.min(points, s.limit) / s.refill)
end

local function set_refill(refill)
  s.full_at, s.refill = now + missing(now) / refill, refill
end

local function in_transit()
  return s.refill * math.min(s.round_trip, WIDEST)
end

local function hear(granted, number, limit, remaining)
  local spent = limit - remaining
  local since = math.max(0, s.given - number)  -- which Helix may not have counted yet
  s.heard_at = now
  if limit ~= s.limit then
    local points = math.min(missing(now), limit)
    s.limit, s.refill = limit, limit / FILL
    s.full_at = now + points / s.refill
    lower(spent + since)
  elseif spent > missing(granted) + 1 + in_transit() then
    lower(spent + since)
    s.shared_at, s.live_at = now, now
  end
end

-- Where no headers tell of a slower refill, 429s do.
local function slow_down()
  if now - s.heard_at > HEARD_FOR then
    set_refill(s.refill * SLOWER)
    s.raised_at = now
  end
end

local function speed_up()
  local whole = s.limit / FILL
  if s.refill < whole then
    set_refill(math.min(whole, s.refill + whole * FASTER * (now - s.raised_at)))
  end
  s.raised_at = now
end

local function judge(granted, number, heard, refused)
  if number == s.ahead then
    s.ahead_at = 0
  end
  if granted < s.paused_until - EARLY then
    return  -- what was sent before a pause says nothing about now
  end
  if refused then
    if granted - s.paused_until > OVER then
      s.refusals, s.refused_since = 0, 0  -- nobody asked meanwhile: another story
    end
    local pause = math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ^ s.refusals)
    s.paused_until = now + pause * (SHORTEST_SHARE + (1 - SHORTEST_SHARE) * chance)
    s.unheard, s.refusals = UNHEARD, math.min(s.refusals + 1, 8)
    if s.refused_since == 0 then
      s.refused_since = now
    end
    slow_down()
  elseif s.unheard > 0 then
    s.unheard = heard and 0 or s.unheard - 1
    if s.unheard == 0 then
      s.refusals, s.refused_since = 0, 0
    end
  end
end

local function observe(granted, number, limit, remaining, is_refused, seconds, is_live)
  local refused = is_refused == 1
  local longer = seconds - s.round_trip
  granted = math.min(granted, now)
  s.round_trip = s.round_trip + math.max(longer, longer * FORGOTTEN)
  if limit > 0 then
    hear(granted, number, limit, remaining)
  elseif refused then
    lower(s.limit)
  end
  speed_up()
  judge(granted, number, limit > 0, refused)
  if is_live == 1 then
    s.live_at = math.max(s.live_at, granted)
  end
end

local function wait_for(points)
  local seconds = s.full_at - now - (s.limit - points) / s.refill
  return seconds > EARLY and seconds or 0
end

-- Several share what has gathered and what comes back evenly, however fast each of them asks: the fuller the bucket the
-- faster, each at the same rate.
local function even(wait)
  if s.processes < 2 then
    return wait
  end
  local name = 'l:' .. process
  local last = math.min(tonumber(redis.call('HGET', key, name) or 0), now + s.processes / s.refill)
  local rate = math.max(0, s.limit - missing(now)) / DRAINED_IN + s.refill
  wait = math.max(wait, last + s.processes / rate - now)
  redis.call('HSET', key, name, string.format('%.6f', now + wait))
  return wait
end

-- Seconds until the turn at least; seconds after which to ask again, or 0 and the turn's number.
local function next_turn()
  local kept = in_transit()
  if now - s.shared_at < SHARED_FOR then
    kept = kept + s.limit * KEPT_FOR_UNSEEN
  end
  kept = math.min(kept, (s.limit - 1) / 2)
  local pause = math.max(0, s.paused_until - now)
  if s.unheard > 0 and s.ahead_at > 0 and now < s.ahead_at + ALONE then
    local wait = math.max(pause, s.ahead_at - now)
    return wait, wait + AGAIN, 0
  end
  if lane == 'background' and now - s.live_at < KEPT_FOR then
    local wait = math.max(pause, wait_for(1 + kept + s.limit * KEPT))
    if wait > 0 then
      return wait, wait, 0
    end
  end
  local wait = even(math.max(pause, wait_for(1 + kept)))
  s.full_at, s.given = math.max(s.full_at, now) + 1 / s.refill, s.given + 1
  if lane == 'live' then
    s.live_at = now
  end
  if s.unheard > 0 then
    s.ahead, s.ahead_at = s.given, now + wait
  end
  return wait, 0, s.given
end

mend_clock()
count_processes()
s.full_at = s.full_at - unused / s.refill
if ahead_unused > 0 and ahead_unused == s.ahead then
  s.ahead_at = 0
end
if advance >= 0 then
  -- One that could not ask for a while is back; others may still be on shares of their own.
  s.full_at, s.shared_at = math.max(s.full_at, now) + advance, now
  mend_clock()
end
for i = FIRST_OBSERVATION, #ARGV, OBSERVATION do
  observe(unpack(value, i, i + OBSERVATION - 1))
end

local wait, again, number = 0, 0, 0
if lane ~= 'none' then
  wait, again, number = next_turn()
end

local kept = {}
for _, name in ipairs(FIELDS) do
  kept[#kept + 1] = name
  kept[#kept + 1] = string.format('%.17g', s[name])
end
redis.call('HSET', key, unpack(kept))
redis.call('PEXPIRE', key, KEPT_KEY)

-- Redis cuts fractions off: millionths, and a wait never comes out too short.
local function micro(seconds)
  return math.ceil(seconds * 1000000)
end
return {
  number, micro(wait), micro(again), micro(now), s.limit, micro(s.refill), micro(s.full_at),
  micro(math.max(0, s.paused_until - now)), s.unheard > 0 and 1 or 0, s.processes,
  s.refused_since > 0 and micro(now - s.refused_since) or 0,
  micro(s.round_trip),
}
