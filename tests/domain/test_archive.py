"""Whom to ask when, what is missing, and how long a failure keeps a listener waiting."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.domain.archive import (
    FailureKind,
    Gap,
    archive_key,
    ask_after,
    ask_again_after,
    believable,
    gap_in,
    kind_of,
    next_due,
    trip,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ends(count: int, newest: datetime = NOON) -> list[datetime]:
    return [newest - MINUTE * number for number in range(count)]


@pytest.mark.parametrize(
    ("kind", "minutes"),
    [
        (FailureKind.AUTH, [30, 60, 120, 240, 240]),
        (FailureKind.NETWORK, [10, 20, 40, 60, 60]),
    ],
)
def test_each_failure_doubles_the_pause_to_a_limit(kind: FailureKind, minutes: list[int]) -> None:
    breaker, pauses = None, []
    for _ in minutes:
        breaker = trip(breaker, kind, "why", NOON)
        pauses.append((breaker.retry_at - NOON) / MINUTE)
    assert pauses == minutes


def test_another_kind_of_failure_starts_anew() -> None:
    breaker = trip(trip(None, FailureKind.NETWORK, "", NOON), FailureKind.NETWORK, "", NOON)
    assert trip(breaker, FailureKind.AUTH, "", NOON).failures == 1


def test_a_thousand_failures_do_not_overflow() -> None:
    breaker = trip(None, FailureKind.AUTH, "", NOON)
    for _ in range(1000):
        breaker = trip(breaker, FailureKind.AUTH, "", NOON)
    assert breaker.retry_at == NOON + timedelta(hours=4)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("token_stale", FailureKind.AUTH),
        ("consent_over", FailureKind.AUTH),
        ("outage", FailureKind.NETWORK),
        ("malformed", FailureKind.NETWORK),
    ],
)
def test_errors_are_sorted_by_whose_fault_they_are(error: str, kind: FailureKind) -> None:
    assert kind_of(error) is kind


def test_a_full_window_beyond_what_is_known_is_a_gap() -> None:
    known = NOON - timedelta(hours=3)
    assert gap_in(known, ends(50), 50) == Gap(after=known, before=NOON - MINUTE * 49)


def test_withdrawn_plays_fill_a_window_too() -> None:
    known = NOON - timedelta(hours=3)
    assert gap_in(known, ends(49), 50) == Gap(after=known, before=NOON - MINUTE * 48)


@pytest.mark.parametrize(
    ("known", "seen"),
    [
        (None, ends(50)),
        (NOON - timedelta(hours=3), ends(49)),
        (NOON - MINUTE * 49, ends(50)),
        (NOON, ends(50)),
        (NOON, []),
    ],
    ids=["nothing known yet", "not full", "just touching", "known newer", "empty"],
)
def test_there_is_no_gap(known: datetime | None, seen: list[datetime]) -> None:
    assert gap_in(known, seen, len(seen)) is None


@pytest.mark.parametrize(
    ("plays", "gap_hours_ago", "minutes"),
    [(0, None, 60), (24, None, 60), (25, None, 30), (35, None, 15), (0, 23, 15), (0, 25, 60)],
)
def test_who_plays_much_is_asked_often(plays: int, gap_hours_ago: int | None, minutes: int) -> None:
    gap = None if gap_hours_ago is None else NOON - timedelta(hours=gap_hours_ago)
    assert ask_again_after(plays_last_hour=plays, last_gap=gap, now=NOON) == MINUTE * minutes


@pytest.mark.parametrize(
    ("minute", "every", "due"),
    [(0, 60, 60), (44, 60, 60), (44, 30, 60), (14, 30, 30), (0, 15, 15), (59, 15, 60)],
)
def test_the_next_look_is_at_a_round_time(minute: int, every: int, due: int) -> None:
    now = NOON + MINUTE * minute
    assert next_due(now + timedelta(microseconds=1), MINUTE * every) == NOON + MINUTE * due


def test_a_look_goes_back_two_hours_behind_the_newest_play() -> None:
    assert ask_after(None, NOON) is None
    assert ask_after(NOON - MINUTE, NOON) == NOON - MINUTE - timedelta(hours=2)
    # A clock ahead of ours must not hide what ends meanwhile.
    assert ask_after(NOON + MINUTE * 50, NOON) == NOON - timedelta(hours=2)
    assert believable(NOON) > NOON + MINUTE * 50


def test_a_run_is_named_by_listener_and_period() -> None:
    now = NOON.replace(minute=44)
    assert archive_key(7, now) == "archive_7_2026_03_01_12"
    assert archive_key(7, now, every=MINUTE * 15) == "archive_7_2026_03_01_12_30"
