"""Made bodies, kept in Redis with the stamp of what they were made from.

Nothing is ever invalidated: whoever asks knows the stamp of now (the listener's `data_version`
and whatever else the body depends on) and takes no other body for the answer. A body with another
stamp may still be shown while one process makes the new one. When Redis is away nothing is found
and nothing is kept, and everything goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic
from weakref import WeakKeyDictionary

from redis import Redis, RedisError

SECONDS = 3600
"""How long a body is kept."""
BUILD_SECONDS = 30
"""Whoever makes a body for longer is taken for dead, and another one may."""
PAUSE_SECONDS = 5.0
"""How long Redis is left alone after it failed, because a dead host answers slowly."""
BREAK = b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A body, and the stamp of what it was made from."""

    stamp: str
    body: bytes


def stamp(*parts: object) -> str:
    """Make a stamp: equal for equal parts, in all processes."""
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def find(redis: Redis, user_id: int, slot: str) -> Kept | None:
    """Find what is kept of a listener in a slot, whatever its stamp."""
    with _forgiving(redis) as present:
        value = redis.get(_key(user_id, slot)) if present else None
        if isinstance(value, bytes):
            kept, _, body = value.partition(BREAK)
            return Kept(stamp=kept.decode(), body=body)
    return None


def keep(redis: Redis, user_id: int, slot: str, kept: Kept) -> None:
    """Keep a body for an hour, in place of the one before."""
    with _forgiving(redis) as present:
        if present:
            value = kept.stamp.encode() + BREAK + kept.body
            redis.set(_key(user_id, slot), value, ex=SECONDS)


def claim(redis: Redis, user_id: int, slot: str, stamp: str) -> bool:
    """Ask to be the one who makes a body anew; False if somebody is at it, or just was."""
    with _forgiving(redis) as present:
        if present:
            lock = f"{_key(user_id, slot)}:{stamp}"
            return bool(redis.set(lock, b"", nx=True, ex=BUILD_SECONDS))
    return False


def forget(redis: Redis, *user_ids: int) -> None:
    """Drop all that is kept of listeners, where it holds what nobody may keep any more."""
    theirs = tuple(_key(user_id, "").encode() for user_id in user_ids)
    with _forgiving(redis) as present:
        if present:
            for key in redis.scan_iter(match=_key("*", "*"), count=1000):
                if key.startswith(theirs):
                    redis.delete(key)


def _key(user_id: int | str, slot: str) -> str:
    return f"made:{user_id}:{slot}"


_failed_at: WeakKeyDictionary[Redis, float] = WeakKeyDictionary()


@contextmanager
def _forgiving(redis: Redis) -> Iterator[bool]:
    """Do without Redis where it fails; False while it is left alone."""
    failed_at = _failed_at.get(redis)
    if failed_at is not None and monotonic() - failed_at < PAUSE_SECONDS:
        yield False
        return
    try:
        yield True
    except RedisError:
        _failed_at[redis] = monotonic()
