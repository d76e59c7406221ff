"""How an account is walked through: names, pages that move, moments, patience."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.import_accounts import (
    END,
    LATE,
    LONGEST_WAIT,
    MOST_STUMBLES,
    Service,
    Walk,
    account_name,
    fresh_walk,
    progress,
    step_back,
    turn_page,
    wait_after,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
T = int(NOON.timestamp())
WALK = Walk(until=NOON)


@pytest.mark.parametrize(
    ("service", "text", "name"),
    [
        (Service.LASTFM, " rj ", "rj"),
        (Service.LASTFM, "https://www.last.fm/user/RJ", "RJ"),
        (Service.LASTFM, "www.last.fm/de/user/rj/library?page=2", "rj"),
        (Service.LISTENBRAINZ, "https://listenbrainz.org/user/iliekcomputers/", "iliekcomputers"),
        (Service.LISTENBRAINZ, "Zoë & Co", "Zoë & Co"),
        (Service.LASTFM, "https://listenbrainz.org/user/x/", None),
        (Service.LASTFM, "", None),
        (Service.LASTFM, "  ", None),
        (Service.LASTFM, "a/b", None),
        (Service.LASTFM, "..", None),
        (Service.LASTFM, ".", None),
        (Service.LISTENBRAINZ, "a?b", None),
        (Service.LISTENBRAINZ, "a#b", None),
        (Service.LISTENBRAINZ, "a\nb", None),
        (Service.LISTENBRAINZ, "a\0", None),
        (Service.LISTENBRAINZ, "x" * 64, "x" * 64),
        (Service.LISTENBRAINZ, "x" * 65, None),
    ],
)
def test_accounts_are_known_by_name_or_address(
    service: Service, text: str, name: str | None
) -> None:
    assert account_name(service, text) == name


def test_a_later_walk_begins_a_little_before_the_end_of_the_last() -> None:
    now = NOON + timedelta(days=300, microseconds=7)
    assert fresh_walk(None, now) == Walk(until=NOON + timedelta(days=300))
    assert fresh_walk(NOON, now).since == NOON - LATE


def test_pages_are_turned_towards_the_newest() -> None:
    at = replace(WALK, total=401, place=3, stumbles=2)
    second = turn_page(at, 401, 200)
    assert (second.place, second.stumbles) == (2, 0)
    first = turn_page(second, 400, 200)
    assert first.place == 1, "something was deleted: nothing is missed by that"
    assert turn_page(first, 400, 200).over


@pytest.mark.parametrize(
    ("page", "total", "place"), [(2, 402, 3), (2, 602, 4), (3, 402, 3), (1, 2000, 9), (1, 402, 2)]
)
def test_what_came_in_late_turns_pages_back(page: int, total: int, place: int) -> None:
    walk = turn_page(replace(WALK, total=401, place=page), total, 200)
    assert (walk.place, walk.total) == (place, total)


@given(late=st.lists(st.integers(0, 700), max_size=8), at=st.lists(st.integers(0, 9), max_size=8))
def test_nothing_is_missed_however_late_it_comes(late: list[int], at: list[int]) -> None:
    """Walk through pages while scrobbles come in: whatever was there first must be seen."""
    rows = sorted(range(0, 700, 2), reverse=True)
    first, seen = set(rows), set[int]()
    waiting = list(zip(late, at, strict=False))
    walk = replace(WALK, total=len(rows), place=-(-len(rows) // 50))
    for call in range(100):
        rows = sorted([*rows, *[row for row, when in waiting if when == call]], reverse=True)
        place = walk.place or END
        seen |= {*rows[(place - 1) * 50 : place * 50]}
        walk = turn_page(walk, len(rows), 50)
        if walk.over:
            break
    assert walk.over
    assert first <= seen


def test_the_oldest_second_is_left_to_the_next_page() -> None:
    walk, wanted = step_back(WALK, [T, T - 5, T - 9, T - 9])
    assert (walk.place, wanted) == (T - 8, [True, True, False, False])


def test_a_page_of_one_second_is_taken() -> None:
    walk, wanted = step_back(WALK, [T, T])
    assert (walk.place, wanted) == (T, [True, True])


def test_an_empty_page_is_the_end() -> None:
    walk, wanted = step_back(replace(WALK, stumbles=3), [])
    assert (walk.over, wanted, walk.stumbles) == (True, [], 0)


def test_what_is_older_than_wanted_is_the_end() -> None:
    walk, wanted = step_back(replace(WALK, since=NOON), [T + 1, T, T, T - 1])
    assert (walk.over, wanted) == (True, [True, True, True, False])


@given(times=st.lists(st.integers(T - 30, T - 1), max_size=40), size=st.integers(6, 9))
def test_every_listen_is_taken_once(times: list[int], size: int) -> None:
    """Walk back through listens, several of them in one second, but fewer than fill a page."""
    told = (time for time, n in Counter(times).items() for _ in range(min(n, 5)))
    listens = sorted(told, reverse=True)
    taken: list[int] = []
    walk = replace(WALK, place=T)
    while not walk.over:
        page = [time for time in listens if time < (walk.place or END)][:size]
        walk, wanted = step_back(walk, page)
        taken += [time for time, take in zip(page, wanted, strict=True) if take]
    assert taken == listens


def test_progress_is_told_in_rows_where_somebody_counts_them() -> None:
    assert progress(replace(WALK, total=1000, place=3), 400) == (400, 1000)
    assert progress(replace(WALK, total=1000, place=1), 1003) == (1003, 1003)
    assert progress(WALK, 0) == (0, 0)


def test_progress_is_told_in_seconds_where_nobody_does() -> None:
    walk = replace(WALK, since=NOON - timedelta(hours=1))
    assert progress(replace(walk, place=T - 900), 12) == (900, 3600)
    assert progress(replace(walk, place=T + 1), 0) == (0, 3600)
    assert progress(replace(walk, place=END), 50) == (3600, 3600)


def test_patience_grows_and_ends() -> None:
    waits = [wait_after(n) for n in range(1, MOST_STUMBLES + 1)]
    assert waits[:3] == [timedelta(seconds=s) for s in (5, 10, 20)]
    assert waits[-1] == LONGEST_WAIT
    assert wait_after(MOST_STUMBLES + 1) is None
