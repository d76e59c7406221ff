"""When a sync may start, where it runs, what it looks at, how far it is."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.domain.syncs import (
    Cause,
    Checked,
    Collection,
    Freshness,
    InlineLimits,
    LastSync,
    Mode,
    Part,
    Size,
    Status,
    cause_of_click,
    decide,
    is_due,
    may_start_at,
    needs_sweep,
    outcome,
    parts_of,
    progress_of,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LIMITS = InlineLimits(max_tracks=100, max_playlists=3)
FRESH = Freshness(playlists=24 * HOUR, top=timedelta(days=7), sweep=timedelta(days=7))
AUTOMATIC = (Cause.DAILY, Cause.WEEKLY)
BY_HAND = (Cause.SIGN_IN, Cause.BUTTON, Cause.RETRY)
TOPS = (Collection.TOP_TRACKS, Collection.TOP_ARTISTS)


@pytest.mark.parametrize(
    ("tracks", "playlists", "mode"),
    [
        (0, 0, Mode.INLINE),
        (100, 3, Mode.INLINE),
        (101, 3, Mode.QUEUED),
        (100, 4, Mode.QUEUED),
        (None, 1, Mode.QUEUED),
        (1, None, Mode.QUEUED),
    ],
)
def test_small_libraries_stay_in_the_request(
    tracks: int | None, playlists: int | None, mode: Mode
) -> None:
    assert decide(Size(tracks=tracks, playlists=playlists), LIMITS) is mode


@pytest.mark.parametrize(
    ("cause", "ended", "failed", "wait"),
    [
        (Cause.BUTTON, 59 * MINUTE, False, 1 * MINUTE),
        (Cause.BUTTON, 60 * MINUTE, False, None),
        (Cause.RETRY, 59 * MINUTE, False, 1 * MINUTE),
        (Cause.RETRY, 20 * timedelta(seconds=1), True, timedelta(seconds=40)),
        (Cause.RETRY, MINUTE, True, None),
        (Cause.SIGN_IN, timedelta(0), False, None),
        (Cause.DAILY, 59 * MINUTE, False, 1 * MINUTE),
        (Cause.DAILY, 60 * MINUTE, False, None),
        (Cause.DAILY, MINUTE, True, None),
        (Cause.WEEKLY, timedelta(0), False, None),
    ],
)
def test_the_button_and_the_day_come_once_an_hour_and_a_failed_part_after_a_minute(
    cause: Cause, ended: timedelta, *, failed: bool, wait: timedelta | None
) -> None:
    last = LastSync(completed_at=NOW - ended, failed=failed)
    assert may_start_at(last, cause, interval=HOUR, now=NOW) == (wait and NOW + wait)


def test_a_week_brings_top_lists_alone_and_everything_else_all() -> None:
    assert parts_of(Cause.WEEKLY) == TOPS
    for cause in (*BY_HAND, Cause.DAILY):
        assert parts_of(cause) == tuple(Collection)


def test_the_first_sync_may_start_at_once_and_a_short_interval_shortens_the_retry() -> None:
    assert may_start_at(None, Cause.BUTTON, interval=HOUR, now=NOW) is None
    last = LastSync(completed_at=NOW, failed=True)
    assert may_start_at(last, Cause.RETRY, interval=timedelta(0), now=NOW) is None


@pytest.mark.parametrize(
    ("ended", "failed", "cause"),
    [
        (59 * MINUTE, True, Cause.RETRY),
        (60 * MINUTE, True, Cause.BUTTON),
        (1 * MINUTE, False, Cause.BUTTON),
    ],
)
def test_a_click_soon_after_a_failure_asks_for_the_failed_part(
    ended: timedelta, *, failed: bool, cause: Cause
) -> None:
    last = LastSync(completed_at=NOW - ended, failed=failed)
    assert cause_of_click(last, interval=HOUR, now=NOW) is cause
    assert cause_of_click(None, interval=HOUR, now=NOW) is Cause.BUTTON


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("collection", Collection)
def test_what_was_never_seen_is_due(collection: Collection, cause: Cause) -> None:
    assert is_due(collection, Checked(), cause, FRESH, NOW)


@pytest.mark.parametrize("collection", TOPS)
def test_top_lists_rest_for_a_week_but_for_the_weekly_round(collection: Collection) -> None:
    young, old = _seen(timedelta(days=7) - MINUTE), _seen(timedelta(days=7))
    for cause in (*BY_HAND, Cause.DAILY):
        assert not is_due(collection, young, cause, FRESH, NOW)
        assert is_due(collection, old, cause, FRESH, NOW)
    assert is_due(collection, young, Cause.WEEKLY, FRESH, NOW)


@pytest.mark.parametrize("collection", [part for part in Collection if part not in TOPS])
def test_the_weekly_round_is_about_top_lists_alone(collection: Collection) -> None:
    assert not is_due(collection, _seen(timedelta(days=30)), Cause.WEEKLY, FRESH, NOW)


def test_playlists_rest_for_a_day_unless_a_person_waits() -> None:
    young = _seen(24 * HOUR - MINUTE)
    assert all(is_due(Collection.PLAYLISTS, young, cause, FRESH, NOW) for cause in BY_HAND)
    assert not is_due(Collection.PLAYLISTS, young, Cause.DAILY, FRESH, NOW)
    assert is_due(Collection.PLAYLISTS, _seen(24 * HOUR), Cause.DAILY, FRESH, NOW)


@pytest.mark.parametrize("collection", list(Collection)[4:])
def test_the_library_is_looked_at_each_time(collection: Collection) -> None:
    for cause in (*BY_HAND, Cause.DAILY):
        assert is_due(collection, _seen(timedelta(0)), cause, FRESH, NOW)


def test_a_whole_reading_is_needed_weekly() -> None:
    week = timedelta(days=7)
    assert needs_sweep(Checked(looked_at=NOW), FRESH, NOW), "looks alone don't count"
    assert not needs_sweep(Checked(looked_at=NOW, swept_at=NOW - week + MINUTE), FRESH, NOW)
    assert needs_sweep(Checked(looked_at=NOW, swept_at=NOW - week), FRESH, NOW)


def test_progress_weighs_collections_by_their_calls() -> None:
    assert progress_of([]) == 0
    assert progress_of([_part(Status.PENDING, 0, None)]) == 0
    assert progress_of([_part(Status.COMPLETED, 0, None), _part(Status.PENDING, 0, None)]) == 50
    heavy = _part(Status.PROCESSING, 30, 60, pages=98)
    assert progress_of([heavy, _part(Status.FAILED, 0, 9), _part(Status.COMPLETED, 9, 9)]) == 51
    assert progress_of([_part(Status.PROCESSING, 70, 60)]) == 100, "never more, if a list grows"
    assert progress_of([_part(Status.PROCESSING, 0, 0)]) == 0, "empty is not done before it is"


def test_only_when_all_failed_has_a_sync_failed() -> None:
    done, failed = Status.COMPLETED, Status.FAILED
    assert outcome([failed, failed]) is failed
    assert outcome([failed, done]) is done
    assert outcome([done]) is done
    assert outcome([]) is done


def _seen(ago: timedelta) -> Checked:
    return Checked(looked_at=NOW - ago, swept_at=NOW - ago, total=3)


def _part(status: Status, done: int, total: int | None, pages: int = 1) -> Part:
    return Part(status=status, done=done, total=total, pages=pages)
