"""Reading top lists, plays and followed artists, page by page, on literal pages."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.sweeping import drive
from webapp.domain.provider import TimeRange
from webapp.domain.sweeps import (
    Body,
    Fetch,
    FollowedSweep,
    Reached,
    RecentSweep,
    Sweep,
    TopSweep,
    offsets_of,
    pages_of,
)
from webapp.domain.syncs import Collection


def test_top_lists_are_one_page_for_each_range() -> None:
    sweep = TopSweep(collection=Collection.TOP_TRACKS)
    lists: dict[str, list[str | None]] = {
        "short_term": ["a", "b"],
        "medium_term": [],
        "long_term": ["b", None, "c"],
    }
    asked = drive(sweep, lambda fetch: Body(rows=lists[fetch.subject or ""]), seed=1)
    assert sorted(asked) == sorted(TimeRange)
    assert sweep.lists == {"short_term": ["a", "b"], "medium_term": [], "long_term": ["b", "c"]}
    assert sweep.finished
    assert sweep.reached == Reached(done=4, total=4, pages=3)


def test_two_ranges_are_not_enough() -> None:
    sweep = TopSweep(collection=Collection.TOP_ARTISTS)
    drive(sweep, lambda _: Body(rows=[]), most=2)
    assert not sweep.finished
    assert not sweep.refuse(sweep.begin()[0], "outage"), "without a range the lists are not whole"


def test_recent_plays_are_one_page() -> None:
    sweep = RecentSweep(since="2026-01-01T00:00:00+00:00")
    assert sweep.begin()[0].subject == "2026-01-01T00:00:00+00:00"
    assert not sweep.finished
    assert drive(sweep, lambda _: Body(rows=[["t1", "2026", None], None])) == ["start"]
    assert sweep.plays == [["t1", "2026", None]]
    assert sweep.reached == Reached(done=1, total=1)
    quiet = RecentSweep()
    drive(quiet, lambda _: Body(rows=[]))
    assert quiet.finished, "nothing new is an answer too"


def artists(count: int) -> list[str]:
    return [f"a{number:04}" for number in range(count)]


def chained(rows: list[str], total: int | None = None) -> Any:
    """Answer by cursor, the last id of a page."""

    def answer(fetch: Fetch) -> Body:
        start = rows.index(fetch.subject) + 1 if fetch.subject else 0
        part = rows[start : start + 50]
        more = start + 50 < len(rows)
        count = len(rows) if total is None else total
        return Body(rows=list(part), total=count, more=more, after=part[-1] if more else None)

    return answer


def following(known: list[str], *, full: bool = False) -> FollowedSweep:
    ids_known: dict[str, str | None] = dict.fromkeys(known)
    return FollowedSweep(known=ids_known, known_total=len(known), full=full)


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (50, 1), (51, 2), (200, 4)])
def test_followed_artists_are_a_chain_of_pages(count: int, calls: int) -> None:
    sweep = following([], full=True)
    assert len(drive(sweep, chained(artists(count)))) == calls
    assert sweep.whole
    assert set(sweep.rows) == set(artists(count))
    assert sweep.reached == Reached(done=count, total=count, pages=pages_of(count))


def test_nobody_new_is_one_call_unless_all_must_be_read() -> None:
    sweep = following(artists(120))
    assert len(drive(sweep, chained(artists(120)))) == 1
    assert sweep.unchanged
    assert sweep.reached.done == 120
    assert len(drive(following(artists(120), full=True), chained(artists(120)))) == 3


def test_somebody_new_or_gone_takes_the_whole_chain() -> None:
    for theirs in (artists(121), artists(120)[1:], ["a9999", *artists(119)]):
        sweep = following(artists(120))
        assert len(drive(sweep, chained(theirs))) == 3
        assert sweep.whole
        assert set(sweep.rows) == set(theirs)


def test_a_chain_that_does_not_add_up_proves_no_removal() -> None:
    sweep = following(artists(120))
    drive(sweep, chained(artists(60), total=119))
    assert sweep.finished
    assert not sweep.whole
    assert sweep.counted is None


def test_a_chain_that_repeats_itself_does_not_add_up() -> None:
    pages = {
        None: Body(rows=artists(50), total=100, more=True, after="a0049"),
        "a0049": Body(rows=artists(50), total=100, more=False),
    }
    sweep = following(artists(100), full=True)
    drive(sweep, lambda fetch: pages[fetch.subject])
    assert sweep.finished
    assert not sweep.whole, "fifty were never seen"


@pytest.mark.parametrize("circle", [["x"], ["x", "y"], ["x", "y", "z"]])
def test_cursors_in_a_circle_end(circle: list[str]) -> None:
    def answer(fetch: Fetch) -> Body:
        place = circle.index(fetch.subject) + 1 if fetch.subject else 0
        return Body(rows=["a1"], total=5000, more=True, after=circle[place % len(circle)])

    sweep = following([], full=True)
    asked = drive(sweep, answer)
    assert sweep.finished
    assert not sweep.whole
    assert len(asked) == len(set(asked)) == len(circle) + 1, "no page twice"


@settings(deadline=None)
@given(count=st.integers(0, 220), known=st.integers(0, 220), cut=st.integers(0, 5))
def test_a_chain_goes_on_where_it_broke_off(count: int, known: int, cut: int) -> None:
    straight, resumed = following(artists(known)), following(artists(known))
    asked = drive(straight, chained(artists(count)))
    stored: dict[str, Body] = {}
    before = drive(following(artists(known)), chained(artists(count)), stored=stored, most=cut)
    after = drive(resumed, chained(artists(count)), stored=stored)
    assert before + after == asked
    assert (resumed.rows, resumed.whole) == (straight.rows, straight.whole)


# -- small things -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "pages"), [(None, 1), (0, 1), (1, 1), (50, 1), (51, 2), (3000, 60)]
)
def test_pages_of_a_list(total: int | None, pages: int) -> None:
    assert pages_of(total) == len(offsets_of(total)) == pages


def test_only_playlists_can_go_on_without_a_page() -> None:
    sweeps: list[Sweep] = [RecentSweep(), following([])]
    assert not any(sweep.refuse(sweep.begin()[0], "not_found") for sweep in sweeps)
