"""What a sync is, when one may start, where it runs, and how far it has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Collection(StrEnum):
    """The seven parts of a library, in the order in which they are brought home."""

    TOP_TRACKS = "top_tracks"
    TOP_ARTISTS = "top_artists"
    RECENTLY_PLAYED = "recently_played"
    PLAYLISTS = "playlists"
    SAVED_TRACKS = "saved_tracks"
    SAVED_ALBUMS = "saved_albums"
    FOLLOWED_ARTISTS = "followed_artists"


FETCH_ORDER = (
    Collection.FOLLOWED_ARTISTS,
    Collection.TOP_TRACKS,
    Collection.TOP_ARTISTS,
    Collection.RECENTLY_PLAYED,
    Collection.SAVED_ALBUMS,
    Collection.SAVED_TRACKS,
    Collection.PLAYLISTS,
)
"""What goes out first. A chain of cursors takes longest, as its pages can't be had at once; saved
things are looked at once more when all is read, and playlists fill that time.
"""


class Status(StrEnum):
    """Where a sync, or one of its collections, stands."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


OVER = frozenset({Status.COMPLETED, Status.FAILED})


class Mode(StrEnum):
    """Where the work is done."""

    INLINE = "inline"
    QUEUED = "queued"


class Cause(StrEnum):
    """Why a sync was started."""

    SIGN_IN = "sign_in"
    BUTTON = "button"
    RETRY = "retry"
    DAILY = "daily"
    WEEKLY = "weekly"


class Waiting(StrEnum):
    """What a pending sync waits for, where it isn't just its turn."""

    QUEUE = "queue"
    BUDGET = "budget"
    RECONNECT = "reconnect"


TOPS = (Collection.TOP_TRACKS, Collection.TOP_ARTISTS)

ASKED_FOR = frozenset({Cause.SIGN_IN, Cause.BUTTON, Cause.RETRY})
"""Causes behind which a person waits."""

STALE_AFTER = timedelta(seconds=45)
"""A running sync writes at least every 5 s; silent for this long, its process is gone."""

OVERDUE_AFTER = timedelta(seconds=30)
"""A pending sync that nobody took for this long is offered to the queue again."""

RETRY_PAUSE = timedelta(minutes=1)
"""How soon the failed part of a sync may be tried again by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What the cheap look saw; None where it could not be seen."""

    tracks: int | None
    playlists: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineLimits:
    """How much is little enough for a request."""

    max_tracks: int
    max_playlists: int


def decide(size: Size, limits: InlineLimits) -> Mode:
    """Choose where the work is done; what can't be seen is taken for large."""
    if size.tracks is None or size.playlists is None:
        return Mode.QUEUED
    small = size.tracks <= limits.max_tracks and size.playlists <= limits.max_playlists
    return Mode.INLINE if small else Mode.QUEUED


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSync:
    """The newest sync that ended, as far as the next one cares."""

    completed_at: datetime
    failed: bool
    """Whether it, or any part of it, failed."""


def may_start_at(
    last: LastSync | None, cause: Cause, *, interval: timedelta, now: datetime
) -> datetime | None:
    """Say when a sync may start if not now (None: now).

    The button works once per `interval`, and the daily sync would find nothing new so soon either;
    the failed part of a sync may be retried after a minute; nothing else is held back here.
    """
    if last is None or cause not in {Cause.BUTTON, Cause.RETRY, Cause.DAILY}:
        return None
    pause = min(RETRY_PAUSE, interval) if last.failed else interval
    earliest = last.completed_at + pause
    return earliest if earliest > now else None


def cause_of_click(last: LastSync | None, *, interval: timedelta, now: datetime) -> Cause:
    """Tell what the button means: soon after a sync that partly failed, only that part again."""
    if last is not None and last.failed and now - last.completed_at < interval:
        return Cause.RETRY
    return Cause.BUTTON


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How long what we have counts as fresh."""

    playlists: timedelta
    top: timedelta
    sweep: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """When a collection was last looked at, and last read whole, without failing."""

    looked_at: datetime | None = None
    swept_at: datetime | None = None
    total: int | None = None
    """How many items the service counted then."""


def is_due(
    collection: Collection, checked: Checked, cause: Cause, fresh: Freshness, now: datetime
) -> bool:
    """Tell whether a sync of this cause looks at a collection at all."""
    if checked.looked_at is None:
        return True
    age = now - checked.looked_at
    if collection in TOPS:
        return age >= fresh.top or cause is Cause.WEEKLY
    if cause is Cause.WEEKLY:
        return False
    if collection is Collection.PLAYLISTS and cause not in ASKED_FOR:
        return age >= fresh.playlists
    return True


def parts_of(cause: Cause) -> tuple[Collection, ...]:
    """Choose what a sync of this cause consists of."""
    return TOPS if cause is Cause.WEEKLY else tuple(Collection)


def needs_sweep(checked: Checked, fresh: Freshness, now: datetime) -> bool:
    """Tell whether a collection must be read whole, because removals can hide from a look."""
    return checked.swept_at is None or now - checked.swept_at >= fresh.sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How far one collection has come, in the unit it counts in."""

    status: Status
    done: int
    total: int | None
    pages: int
    """About how many calls the whole of it takes: its weight."""


def progress_of(parts: Iterable[Part]) -> int:
    """Give one figure from 0 to 100, each collection weighing as much as its calls."""
    weights = done = 0.0
    for part in parts:
        weight = max(1, part.pages)
        weights += weight
        done += weight * _share(part)
    return int(100 * done / weights) if weights else 0


def _share(part: Part) -> float:
    if part.status in OVER:
        return 1.0
    if not part.total:
        return 0.0
    return min(1.0, part.done / part.total)


def outcome(parts: Iterable[Status]) -> Status:
    """Call a sync complete with what it has; only when every part failed has it failed."""
    seen = list(parts)
    return Status.FAILED if seen and all(s is Status.FAILED for s in seen) else Status.COMPLETED
