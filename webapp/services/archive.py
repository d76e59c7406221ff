"""The listening archive: ask for recent plays, keep what is new, count its days, note gaps.

Nothing is stored before the one transaction at the end, so a run may break off anywhere and be
done again; plays are known by listener, end and track, and the database keeps each once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import DataError, IntegrityError
from redis import RedisError

from webapp import db
from webapp.domain.accounts import State
from webapp.domain.archive import Gap, archive_key, believable, kind_of, trip
from webapp.domain.budget import Priority
from webapp.domain.errors import (
    BackspinError,
    ForbiddenError,
    ForbiddenReason,
    PausedError,
    QueueDownError,
    RateLimitedError,
    UnexpectedError,
)
from webapp.queries import accounts, archive, budget
from webapp.queries.archive import Standing
from webapp.services import archive_calls, archive_keeping
from webapp.services.archive_calls import Answer
from webapp.services.archive_keeping import Kept
from webapp.services.sync_stops import LISTENERS_TURN
from webapp.services.wiring import Wiring

KEY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one listener. With `until`, Spotify or the budget makes everybody wait."""

    user_id: int
    new: int = 0
    gap: Gap | None = None
    error: BackspinError | None = None
    until: datetime | None = None


def archive_batch(wiring: Wiring, user_ids: Sequence[int]) -> list[Outcome]:
    """Ask for those of these listeners whose turn it is; tell what became of each asked."""
    now = wiring.clock()
    wiring.gate.restore()
    found = archive.standings(user_ids, believable(now))
    turn = _not_done(wiring, [standing for standing in found if _is_due(standing, now)], now)
    hourly = [standing for standing in turn if standing.every_minutes == 60]  # noqa: PLR2004
    often = [standing for standing in turn if standing not in hourly]
    # Asking between the hours is worth less than asking everybody once, so it leaves a reserve.
    outcomes = _archive(wiring, hourly, Priority.ARCHIVE) if hourly else []
    outcomes += _archive(wiring, often, Priority.LISTENER) if often else []
    _remember_done(wiring, turn, outcomes, now)
    return outcomes


def ask(wiring: Wiring, user_id: int) -> Outcome:
    """Ask for one listener now, because they want it so, whatever is due."""
    wiring.gate.restore()
    found = archive.standings([user_id], believable(wiring.clock()))
    if not found or found[0].state is not State.ACTIVE:
        return Outcome(user_id=user_id)
    return _archive(wiring, found, Priority.LISTENER)[0]


def due(wiring: Wiring) -> tuple[list[int], datetime | None]:
    """List whose turn it is; while nobody may call, nobody, and until when."""
    now = wiring.clock()
    found = budget.find_block(now)
    return ([], found[0]) if found else (archive.due(now), None)


def backlog(wiring: Wiring) -> timedelta:
    """Tell how long it takes to ask all whose turn it is, as fast as the budget allows."""
    waiting = archive.count_due(wiring.clock())
    return timedelta(minutes=waiting / wiring.settings.spotify_calls_per_minute)


def _archive(wiring: Wiring, standings: Sequence[Standing], priority: Priority) -> list[Outcome]:
    answers = archive_calls.ask_all(wiring, standings, priority)
    now = wiring.clock()
    kept = _keep(wiring, [answer for answer in answers if answer.page is not None], now)
    failed = {answer.standing.user_id: answer.error for answer in answers if answer.error}
    failed |= {user_id: row for user_id, row in kept.items() if isinstance(row, BackspinError)}
    pauses = {user_id: _pause(error, now) for user_id, error in failed.items()}
    _note_failures(wiring, standings, {u: e for u, e in failed.items() if not pauses[u]}, now)
    outcomes = []
    for standing in standings:
        user_id, row = standing.user_id, kept.get(standing.user_id)
        done = row if isinstance(row, Kept) else Kept()
        outcome = Outcome(
            user_id=user_id,
            new=done.new,
            gap=done.gap,
            error=failed.get(user_id),
            until=pauses.get(user_id),
        )
        _log(wiring, outcome)
        outcomes.append(outcome)
    return outcomes


def _keep(
    wiring: Wiring, answers: Sequence[Answer], now: datetime
) -> dict[int, Kept | BackspinError]:
    """Write all answers in one transaction; if one can't be written, each in one of its own."""
    try:
        return {**_keep_together(wiring, answers, now)}
    except (IntegrityError, DataError):
        if len(answers) == 1:
            raise
    kept: dict[int, Kept | BackspinError] = {}
    for answer in answers:
        try:
            kept |= _keep_together(wiring, [answer], now)
        except (IntegrityError, DataError) as error:
            wiring.log.exception("plays could not be stored", user=answer.standing.user_id)
            kept[answer.standing.user_id] = UnexpectedError(type(error).__name__)
    return kept


def _keep_together(wiring: Wiring, answers: Sequence[Answer], now: datetime) -> dict[int, Kept]:
    with db.transaction():
        return archive_keeping.keep(answers, now, wiring.track_fresh) if answers else {}


def _is_due(standing: Standing, now: datetime) -> bool:
    cooling = standing.breaker is not None and standing.breaker.retry_at > now
    return standing.state is State.ACTIVE and standing.due_at <= now and not cooling


def _pause(error: BackspinError, now: datetime) -> datetime | None:
    """Tell until when an error makes everybody wait; it is nobody's fault then."""
    match error:
        case PausedError():
            return error.until
        case RateLimitedError():
            return now + timedelta(seconds=error.retry_after)
        case ForbiddenError() if error.reason is ForbiddenReason.PREMIUM_LAPSED:
            found = budget.find_block(now)  # set by the transport until the next daily probe
            return found[0] if found else now + timedelta(days=1)
        case QueueDownError():
            return now + timedelta(minutes=1)
        case _:
            return None


def _note_failures(
    wiring: Wiring, standings: Sequence[Standing], errors: dict[int, BackspinError], now: datetime
) -> None:
    breakers = []
    for standing in standings:
        error = errors.get(standing.user_id)
        if error is None:
            continue
        if isinstance(error, ForbiddenError) and error.reason in LISTENERS_TURN:
            accounts.needs_reconnect(standing.user_id, error.reason)
        tripped = trip(standing.breaker, kind_of(error.kind), error.kind, now)
        breakers.append((standing.user_id, tripped))
        wiring.log.warning(
            "archive failed", user=standing.user_id, error=error.kind, detail=error.detail
        )
    archive.record_failures(breakers, now)


def _key(standing: Standing, now: datetime) -> str:
    return archive_key(standing.user_id, now, every=timedelta(minutes=standing.every_minutes))


def _not_done(wiring: Wiring, standings: list[Standing], now: datetime) -> list[Standing]:
    """Leave out who was asked in this period already, as far as Redis remembers."""
    if not standings:
        return []
    try:
        done = wiring.redis.mget([_key(standing, now) for standing in standings])
    except RedisError:
        return standings  # the database knows who is due, and keeps each play once
    return [standing for standing, mark in zip(standings, done, strict=True) if mark is None]


def _remember_done(
    wiring: Wiring, standings: Sequence[Standing], outcomes: Sequence[Outcome], now: datetime
) -> None:
    well = {outcome.user_id for outcome in outcomes if outcome.error is None}
    try:
        with wiring.redis.pipeline(transaction=False) as pipe:
            for standing in standings:
                if standing.user_id in well:
                    pipe.set(_key(standing, now), "done", ex=KEY_SECONDS)
            pipe.execute()
    except RedisError as error:
        wiring.log.warning("archive keys not kept", error=type(error).__name__)


def _log(wiring: Wiring, outcome: Outcome) -> None:
    if outcome.error is None:
        gap = outcome.gap
        wiring.log.info("archived", user=outcome.user_id, new=outcome.new, gap=gap is not None)
