"""How often a service may be called: one pace for all processes, kept in Redis.

MusicBrainz allows a call a second on average, and refuses all of them while there are more. The
time is Redis' own, so that machines need not agree on it. Waiting is for moments: who would have
to wait longer is told when to come back.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from math import ceil
from os import getpid
from typing import Any
from uuid import uuid4

from redis import Redis, RedisError

from webapp.domain.errors import PausedError, QueueDownError

WINDOW_SECONDS = 10
PATIENCE_SECONDS = 2.5
"""The longest a caller waits in all, holding its worker."""
STUMBLES_KEPT_SECONDS = 3600
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 600.0

ACQUIRE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, window, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local blocked = redis.call('PTTL', KEYS[1])
if blocked > 0 then return {'paused', blocked} end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - window)
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
if last[2] and last[2] + interval > now then return {'pace', last[2] + interval - now} end
if redis.call('ZCARD', KEYS[2]) >= most then
  local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  return {'pace', oldest[2] + window - now}
end
redis.call('ZADD', KEYS[2], now, ARGV[4])
redis.call('PEXPIRE', KEYS[2], math.max(window, interval))
return {'ok', 0}
"""

# A longer pause stays.
PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
end
"""


class Pace:
    """The pace of one service, `seconds` from call to call, for all who name it alike."""

    def __init__(
        self, redis: Redis, name: str, *, seconds: float, clock: Callable[[], datetime]
    ) -> None:
        self._redis = redis
        self._paused, self._calls, self._stumbles = (
            f"backspin:pace:{name}:{key}" for key in ("paused", "calls", "stumbles")
        )
        self._interval = ceil(1000 * seconds)
        self._most = ceil(WINDOW_SECONDS / seconds)
        self._clock = clock
        self._acquire = redis.register_script(ACQUIRE)
        self._pause = redis.register_script(PAUSE)
        self._name, self._numbers = f"{uuid4().hex}.{getpid()}", count()

    def acquire(self) -> None:
        """Wait for a call's turn, or raise PausedError; QueueDownError where Redis is away."""
        waited = 0.0
        while seconds := self._ask():
            if waited + seconds > PATIENCE_SECONDS:
                until = self._clock() + timedelta(seconds=seconds)
                raise PausedError(until=until, why="pace")
            time.sleep(seconds)
            waited += seconds

    def went_well(self) -> None:
        """Note a good answer: the next trouble is the first again."""
        _safely(lambda: self._redis.delete(self._stumbles))

    def stumble(self, at_least: float = 0.0) -> datetime:
        """Let nobody call for a while, longer each time in a row; tell until when."""
        stumbles = _safely(lambda: self._redis.incr(self._stumbles))
        _safely(lambda: self._redis.expire(self._stumbles, STUMBLES_KEPT_SECONDS))
        seconds = max(at_least, pause_after(stumbles))
        _safely(lambda: self._pause(keys=[self._paused], args=[ceil(1000 * seconds)]))
        return self._clock() + timedelta(seconds=seconds)

    def stumbles(self) -> int:
        """Tell how many troubles in a row there were."""
        return int(_safely(lambda: self._redis.get(self._stumbles)) or 0)

    def paused_until(self) -> datetime | None:
        """Tell until when nobody may call; None: they may."""
        left = _safely(lambda: self._redis.pttl(self._paused))
        return self._clock() + timedelta(milliseconds=left) if left > 0 else None

    def _ask(self) -> float:
        """Ask for a turn: the seconds to wait for the next chance, or 0: it is ours."""
        why, wait = _safely(
            lambda: self._acquire(
                keys=[self._paused, self._calls],
                args=[
                    self._interval,
                    1000 * WINDOW_SECONDS,
                    self._most,
                    f"{self._name}.{next(self._numbers)}",
                ],
            )
        )
        return 0.0 if why == b"ok" else max(1, int(wait)) / 1000


def pause_after(stumbles: int) -> float:
    """Tell how many seconds to stay away after so many troubles in a row: 5, 10, 20 … 600."""
    doubled = SHORTEST_PAUSE_SECONDS * (1 << (min(stumbles, 16) - 1))
    return min(doubled, LONGEST_PAUSE_SECONDS)


def _safely(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except RedisError as error:
        raise QueueDownError(type(error).__name__) from None
