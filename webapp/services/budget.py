"""The one gate for all calls to Spotify: counted in Redis, atomic, shared by every process.

It never sleeps: who may not call is told when to come back. How long Spotify itself told us to
stay away is kept in the database too, because Redis may be emptied. `spending` reads what is
counted here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from os import getpid
from uuid import uuid4

from redis import Redis, RedisError

from webapp import db
from webapp.domain.budget import DAY_HOURS, Call, Hours, Limits, Priority, hour_of
from webapp.domain.errors import PausedError, QueueDownError
from webapp.queries import budget

BLOCKED, MINUTE, HOURS, CALLS, REFUSALS, PAUSES = (
    f"backspin:budget:{name}"
    for name in ("blocked", "minute", "hours", "calls", "refusals", "pauses")
)
"""CALLS and REFUSALS are counted for each clock hour (`:{hour}`), and for good (the bare name)."""

COUNTS_KEPT_SECONDS = 50 * 3600

# Hour buckets stand in for single calls: a bucket leaves the day 24 h after its hour ended, so
# the count errs to the careful side by less than an hour.
ACQUIRE = """
local now, minute_stop, day_stop = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function refuse(why, at)
  for i = 4, 5 do redis.call('HINCRBY', KEYS[i], ARGV[5] .. '|' .. why, 1) end
  redis.call('EXPIRE', KEYS[5], ARGV[6])
  return {why, at}
end
local blocked = redis.call('HMGET', KEYS[1], 'until', 'why')
if blocked[1] and tonumber(blocked[1]) > now then return refuse(blocked[2], blocked[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 60000)
if redis.call('ZCARD', KEYS[2]) >= minute_stop then
  local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  return refuse('minute', tostring(tonumber(oldest[2]) + 60000))
end
local hour, total, hours = math.floor(now / 3600000), 0, {}
local counts = redis.call('HGETALL', KEYS[3])
for i = 1, #counts, 2 do
  local h = tonumber(counts[i])
  if h < hour - 24 then redis.call('HDEL', KEYS[3], counts[i])
  else
    total = total + tonumber(counts[i + 1])
    table.insert(hours, {h, tonumber(counts[i + 1])})
  end
end
if total >= day_stop then
  table.sort(hours, function(a, b) return a[1] < b[1] end)
  local free_at = (hour + 25) * 3600000
  for _, bucket in ipairs(hours) do
    total = total - bucket[2]
    if total < day_stop then free_at = (bucket[1] + 25) * 3600000 break end
  end
  return refuse('day', tostring(free_at))
end
redis.call('ZADD', KEYS[2], now, ARGV[4])
redis.call('PEXPIRE', KEYS[2], 60000)
redis.call('HINCRBY', KEYS[3], hour, 1)
redis.call('EXPIRE', KEYS[3], 90000)
return {'ok', '0'}
"""


def utc_now() -> datetime:
    """Tell the time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Calls of the last minute and of the rolling day, for those who watch the budget."""

    minute: int
    hours: Hours
    limits: Limits

    @property
    def day(self) -> int:
        """All of the rolling day."""
        return sum(self.hours.values())


class RedisGate:
    """`webapp.domain.budget.Gate` over Redis. One per process; threads may share it."""

    def __init__(
        self, redis: Redis, limits: Limits, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._redis = redis
        self._limits = limits
        self._clock = clock
        self._acquire = redis.register_script(ACQUIRE)
        self._name, self._numbers = uuid4().hex, count()
        self._expiring = 0

    def acquire(self, call: Call) -> None:
        """Count one call, or raise PausedError; QueueDownError when Redis can't be asked."""
        now = self._clock()
        try:
            why, at = self._acquire(
                keys=[BLOCKED, MINUTE, HOURS, REFUSALS, f"{REFUSALS}:{hour_of(now)}"],
                args=[
                    _millis(now),
                    self._limits.minute_stop,
                    self._limits.day_stop(call.priority),
                    f"{self._name}.{getpid()}.{next(self._numbers)}",
                    call.priority.name,
                    COUNTS_KEPT_SECONDS,
                ],
            )
        except RedisError as error:
            raise QueueDownError(type(error).__name__) from None
        if _text(why) != "ok":
            until = datetime.fromtimestamp(float(_text(at)) / 1000, UTC)
            raise PausedError(until=until, why=_text(why))

    def settle(self, call: Call, status: int) -> None:
        """Count how a call ended, per hour, endpoint, priority and status."""
        hour = hour_of(self._clock())
        field_name = f"{call.endpoint}|{call.priority.name}|{status}"
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.hincrby(CALLS, field_name, 1)
                pipe.hincrby(f"{CALLS}:{hour}", field_name, 1)
                if hour != self._expiring:
                    pipe.expire(f"{CALLS}:{hour}", COUNTS_KEPT_SECONDS)
                pipe.execute()
            self._expiring = hour
        except RedisError as error:
            raise QueueDownError(type(error).__name__) from None

    def block(self, until: datetime, why: str) -> None:
        """Let nobody call before `until`, in the database first; a longer block stays."""
        with db.connection():
            budget.block(until, why, self._clock())
            found = budget.find_block(self._clock())
        self._announce(*(found or (until, why)), asked=why)

    def restore(self) -> None:
        """Bring a block back that Redis may have lost; call it when work begins."""
        with db.connection():
            found = budget.find_block(self._clock())
        if found:
            self._announce(*found)

    def spent(self) -> Spent:
        """Read the figures of the last minute and the rolling day; QueueDownError as above."""
        now = self._clock()
        since, oldest = _millis(now - timedelta(minutes=1)), hour_of(now) - DAY_HOURS + 1
        try:
            minute = self._redis.zcount(MINUTE, since, "+inf")
            counts = self._redis.hgetall(HOURS)
        except RedisError as error:
            raise QueueDownError(type(error).__name__) from None
        hours = {int(at): int(calls) for at, calls in counts.items() if int(at) >= oldest}
        return Spent(minute=int(minute), hours=hours, limits=self._limits)

    def _announce(self, until: datetime, why: str, *, asked: str | None = None) -> None:
        try:
            with self._redis.pipeline() as pipe:
                if asked:
                    pipe.hincrby(PAUSES, asked, 1)
                pipe.hset(BLOCKED, mapping={"until": _millis(until), "why": why})
                pipe.pexpireat(BLOCKED, _millis(until))
                pipe.execute()
        except RedisError:
            # The database has it, and without Redis nobody gets past `acquire` anyway.
            return


def left(spent: Spent, priority: Priority) -> int:
    """Tell how many calls a priority has left in the rolling day."""
    return max(0, spent.limits.day_stop(priority) - spent.day)


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
