"""Two lists compared, days to travel to, the story of a thing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import time_machine
from webapp.domain.library import Origin
from webapp.domain.time_machine import Change, Step, Tally, changes, compare, tally
from webapp.domain.time_machine_days import Known, Shelf, first_known, first_told, landing, leaps
from webapp.domain.time_machine_moments import Turn, What, tell

K, A, R, LEFT, CAME = Change.KEPT, Change.ADDED, Change.REMOVED, Change.LEFT, Change.ARRIVED
TODAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)

items = st.lists(st.sampled_from(["a", "b", "c", "d", "e", None]), max_size=14)


def told(old: str, new: str) -> list[tuple[Change, str | None, int | None, int | None]]:
    """Compare lists written as words, `.` being a hole."""
    steps = compare(*([None if item == "." else item for item in text] for text in (old, new)))
    return [(step.change, step.item, step.old, step.new) for step in steps]


def replayed(old: Sequence[str | None], steps: list[Step]) -> list[str | None]:
    """Apply a difference to the old list; each of its entries is used once."""
    used = [step.old for step in steps if step.change in {K, R, LEFT}]
    assert used == list(range(len(old)))
    made = [step for step in steps if step.change in {K, A, CAME}]
    assert [step.new for step in made] == list(range(len(made)))
    return [step.item if step.old is None else old[step.old] for step in made]


@pytest.mark.parametrize(
    ("old", "new", "steps"),
    [
        ("", "", []),
        ("", "a", [(A, "a", None, 0)]),
        ("a", "", [(R, "a", 0, None)]),
        ("ab", "axb", [(K, "a", 0, 0), (A, "x", None, 1), (K, "b", 1, 2)]),
        ("ab", "ba", [(LEFT, "a", 0, 1), (K, "b", 1, 0), (CAME, "a", 0, 1)]),
        ("aba", "ba", [(R, "a", 0, None), (K, "b", 1, 0), (K, "a", 2, 1)]),
        ("ab", "aab", [(K, "a", 0, 0), (A, "a", None, 1), (K, "b", 1, 2)]),
        (".a", "a.", [(R, None, 0, None), (K, "a", 1, 0), (A, None, None, 1)]),
        ("a.b", "a.c", [(K, "a", 0, 0), (K, None, 1, 1), (R, "b", 2, None), (A, "c", None, 2)]),
    ],
)
def test_lists_are_put_side_by_side(
    old: str, new: str, steps: list[tuple[Change, str | None, int | None, int | None]]
) -> None:
    assert told(old, new) == steps


def test_what_moved_is_counted_once_and_shown_where_it_is() -> None:
    steps = compare(list("abcde"), list("eabxd"))
    assert tally(steps) == Tally(added=1, removed=1, moved=1)
    assert [(step.change, step.item) for step in changes(steps)] == [
        (CAME, "e"),
        (R, "c"),
        (A, "x"),
    ]


@given(items, items)
def test_a_difference_applied_to_the_old_list_gives_the_new(
    old: list[str | None], new: list[str | None]
) -> None:
    steps = compare(old, new)
    assert replayed(old, steps) == new
    kept = sum(step.change is K for step in steps)
    assert kept == _longest_by_table(old, new)


@given(items, items)
def test_with_too_many_repeats_it_is_still_true(
    old: list[str | None], new: list[str | None]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time_machine, "MOST_PAIRS", 0)
        assert replayed(old, compare(old, new)) == new


def test_a_huge_playlist_of_two_tracks_is_bounded() -> None:
    old, new = ["a", "b"] * 5_000, ["b", "a"] * 5_000
    assert replayed(old, compare(old, new)) == new  # 50 million pairs are never looked at


def test_days_are_offered_as_far_as_anything_is_told() -> None:
    offers = leaps(TODAY, known=date(2025, 6, 1), told=date(2024, 3, 31))
    assert [(leap.months, leap.day) for leap in offers] == [
        (1, date(2026, 2, 28)),
        (6, date(2025, 9, 30)),
        (0, date(2025, 6, 1)),
        (12, date(2025, 3, 31)),
        (24, date(2024, 3, 31)),
    ]
    assert landing(TODAY, date(2020, 1, 1)) == date(2026, 2, 28)
    assert landing(TODAY, date(2026, 3, 30)) == date(2026, 3, 30)


def test_what_is_known_begins_with_the_first_look() -> None:
    known = {
        Shelf.TRACKS: Known(since=NOON, told=NOON - 900 * DAY),
        Shelf.PLAYLISTS: Known(since=NOON - DAY),
        Shelf.ALBUMS: Known(since=None),
    }
    assert first_known(known) == NOON - DAY
    assert first_told(known) == NOON - 900 * DAY
    assert first_known({}) is None
    assert [one.is_early(NOON - DAY) for one in known.values()] == [True, False, True]


def test_the_story_of_a_thing_believes_spotify_unless_that_cannot_be() -> None:
    saved = Turn(there=True, seen_at=NOON, told_at=NOON - 100 * DAY)
    listed = Turn(there=True, seen_at=NOON, told_at=NOON + DAY, playlist_id="p", playlist="Road")
    lost = Turn(there=False, seen_at=NOON + 5 * DAY, looked_at=NOON + 4 * DAY)
    closed = Turn(there=False, seen_at=NOON + 2 * DAY, playlist_id="p", closed=True)
    again = Turn(there=True, seen_at=NOON + 9 * DAY, told_at=NOON + 8 * DAY, playlist_id="p")
    story = tell([saved, listed, closed, lost, again])
    assert [(moment.what, moment.at, moment.told) for moment in story.moments] == [
        (What.LISTED, NOON + 8 * DAY, True),
        (What.LOST, NOON + 5 * DAY, False),
        (What.CLOSED, NOON + 2 * DAY, False),
        (What.LISTED, NOON, False),
        (What.SAVED, NOON - 100 * DAY, True),
    ]
    assert story.saved is None
    assert [moment.turn for moment in story.lists] == [again]


def test_saved_again_while_it_was_there() -> None:
    of_file = Turn(there=True, seen_at=NOON, origin=Origin.FILE)
    dated = Turn(there=True, seen_at=NOON + DAY, told_at=NOON - 9 * DAY)
    again = Turn(there=True, seen_at=NOON + 3 * DAY, told_at=NOON + 2 * DAY)
    story = tell([of_file, dated, again])
    assert [(moment.what, moment.at, moment.turn.origin) for moment in story.moments] == [
        (What.SAVED_AGAIN, NOON + 2 * DAY, Origin.SPOTIFY),
        (What.SAVED, NOON - 9 * DAY, Origin.FILE),
    ]
    assert story.saved == story.moments[0]


def _longest_by_table(old: list[str | None], new: list[str | None]) -> int:
    """Measure the longest common subsequence the slow, obvious way."""
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for row, one in enumerate(old):
        for column, other in enumerate(new):
            longer = max(table[row][column + 1], table[row + 1][column])
            table[row + 1][column + 1] = table[row][column] + 1 if one == other else longer
    return table[-1][-1]
