"""What became of the calls: the counts of the gate, read back for those who watch the budget."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from redis import RedisError

from webapp.domain.budget import Priority, hour_of
from webapp.domain.errors import QueueDownError
from webapp.queries import budget
from webapp.services.budget import CALLS, PAUSES, REFUSALS, Spent
from webapp.services.wiring import Wiring

CHART_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Calls that ended alike; status 0 is no answer. `hour` is None in counts for good."""

    hour: int | None = None
    endpoint: str
    priority: Priority
    status: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Calls our own gate did not let out: `why` is minute, day, or why Spotify had us pause."""

    priority: Priority
    why: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Spotify lets nobody call: `why` is rate_limited, quota_exceeded or premium_lapsed."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The budget as it stands: `ended` and `refused` are of this clock hour and the 23 before."""

    spent: Spent
    pause: Pause | None
    this_hour: int
    ended: tuple[Ended, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What was counted since Redis was last emptied; `pauses` are answers that closed the gate."""

    ended: tuple[Ended, ...]
    refused: tuple[Refused, ...]
    pauses: Mapping[str, int]


def read(wiring: Wiring) -> Spending:
    """Read the budget of the last day; QueueDownError when Redis can't be asked."""
    this_hour, spent = hour_of(wiring.clock()), wiring.gate.spent()
    hours = range(this_hour - CHART_HOURS + 1, this_hour + 1)
    found = _read(wiring, [f"{name}:{hour}" for name in (CALLS, REFUSALS) for hour in hours])
    ended = zip(hours, found, strict=False)
    return Spending(
        spent=spent,
        pause=find_pause(wiring),
        this_hour=this_hour,
        ended=tuple(row for hour, counts in ended for row in _ended(counts, hour)),
        refused=tuple(_refused(_together(found[CHART_HOURS:]))),
    )


def find_pause(wiring: Wiring) -> Pause | None:
    """Tell whether Spotify has us pause, and until when."""
    found = budget.find_block(wiring.clock())
    return Pause(until=found[0], why=found[1]) if found else None


def totals(wiring: Wiring) -> Totals:
    """Read what was counted for good; QueueDownError when Redis can't be asked."""
    calls, refusals, pauses = _read(wiring, [CALLS, REFUSALS, PAUSES])
    return Totals(ended=tuple(_ended(calls)), refused=tuple(_refused(refusals)), pauses=pauses)


def _read(wiring: Wiring, names: list[str]) -> list[Counter[str]]:
    try:
        with wiring.redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(name)
            found = cast("list[dict[bytes, bytes]]", pipe.execute())
    except RedisError as error:
        raise QueueDownError(type(error).__name__) from None
    return [Counter({key.decode(): int(count) for key, count in row.items()}) for row in found]


def _together(counts: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counts, Counter[str]())


def _ended(counts: Mapping[str, int], hour: int | None = None) -> list[Ended]:
    rows = [(key.rsplit("|", 2), calls) for key, calls in counts.items()]
    return [
        Ended(hour=hour, endpoint=name, priority=Priority[who], status=int(status), calls=calls)
        for (name, who, status), calls in rows
    ]


def _refused(counts: Mapping[str, int]) -> list[Refused]:
    rows = [(key.partition("|"), calls) for key, calls in counts.items()]
    return [Refused(priority=Priority[who], why=why, calls=n) for (who, _, why), n in rows]
