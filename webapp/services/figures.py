"""The figures of the whole install for a monitor; what can't be reached is left out.

Nothing is kept between two readings, so every web process gives the same ones.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import RedisError

from webapp import db
from webapp.db import DatabaseDownError
from webapp.domain.errors import QueueDownError
from webapp.queries import figures, schedule
from webapp.queries.figures import (
    Breakers,
    CollectionFigures,
    EndedSyncs,
    Listeners,
    OpenSyncs,
)
from webapp.queries.schedule import Run
from webapp.services import spending
from webapp.services.budget import Spent
from webapp.services.schedule import last_beat
from webapp.services.spending import Pause, Totals
from webapp.services.wiring import Wiring

LATELY = timedelta(days=1)
PLAYS = "backspin:figures:plays"
PLAYS_KEPT_SECONDS = 300
"""Adding up every listener's days takes a moment in a large install."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database knows; of syncs that ended, those of the last day."""

    listeners: Listeners
    breakers: list[Breakers]
    open_syncs: list[OpenSyncs]
    ended_syncs: list[EndedSyncs]
    collections: list[CollectionFigures]
    open_gaps: int
    plays: int
    runs: dict[str, Run]
    pause: Pause | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What Redis knows."""

    spent: Spent
    totals: Totals
    beat: datetime | None


def stored(wiring: Wiring, entries: Sequence[str], *, redis_up: bool) -> Stored | None:
    """Read the database, last runs of these entries of the schedule included; None: it is away.

    Redis, while it is up, spares the slowest figure.
    """
    now = wiring.clock()
    try:
        with db.connection():
            return Stored(
                listeners=figures.listeners(now),
                breakers=figures.breakers(now),
                open_syncs=figures.open_syncs(),
                ended_syncs=figures.ended_syncs(now - LATELY),
                collections=figures.collections(now - LATELY),
                open_gaps=figures.open_gaps(),
                plays=_plays(wiring) if redis_up else figures.plays_kept(),
                runs=schedule.latest(entries),
                pause=spending.find_pause(wiring),
            )
    except DatabaseDownError:
        return None


def counted(wiring: Wiring) -> Counted | None:
    """Read Redis; None: it is away."""
    try:
        return Counted(
            spent=wiring.gate.spent(), totals=spending.totals(wiring), beat=last_beat(wiring)
        )
    except (QueueDownError, RedisError):
        return None


def _plays(wiring: Wiring) -> int:
    """Count plays, unless that was done a moment ago."""
    with suppress(RedisError):
        kept = wiring.redis.get(PLAYS)
        if kept is not None:
            return int(kept)
    plays = figures.plays_kept()
    with suppress(RedisError):
        wiring.redis.set(PLAYS, plays, ex=PLAYS_KEPT_SECONDS)
    return plays
