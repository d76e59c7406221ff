"""Reading saved tracks and albums: looks, full readings, lists that move, on literal pages."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.sweeping import drive, listing, moving, page
from webapp.domain.saved_sweep import SavedSweep
from webapp.domain.sweeps import Body, Fetch, Reached
from webapp.domain.syncs import Collection

TRACKS = Collection.SAVED_TRACKS


def saved(first: int, last: int = 0) -> list[Any]:
    """List saved things `first` down to above `last`, newest first."""
    return [[f"t{number}", f"2024-{number:05}"] for number in range(first, last, -1)]


def looking(rows: list[Any], total: int | None = None) -> SavedSweep:
    """Know these rows already."""
    known = {row[0]: row[1] for row in rows if row}
    count = len(rows) if total is None else total
    return SavedSweep(collection=TRACKS, known=known, known_total=count, full=False)


def reading() -> SavedSweep:
    """Know nothing yet."""
    return SavedSweep(collection=TRACKS, known={}, known_total=None, full=True)


def ids(sweep: SavedSweep) -> set[str]:
    return set(sweep.rows)


@pytest.mark.parametrize("count", [0, 1, 49, 50])
def test_a_first_reading_of_one_page_is_one_call(count: int) -> None:
    sweep = reading()
    assert drive(sweep, listing(saved(count))) == ["0:0"]
    assert sweep.whole
    assert not sweep.unchanged
    assert len(sweep.rows) == count
    assert sweep.reached == Reached(done=count, total=count, pages=1)


def test_a_first_reading_takes_every_page_and_the_first_once_more() -> None:
    sweep = reading()
    asked = drive(sweep, listing(saved(151)))
    assert asked == ["0:0", "0:50", "0:100", "0:150", "0:again"]
    assert sweep.whole
    assert sweep.rows == {row[0]: row[1] for row in saved(151)}


def test_holes_keep_their_place_and_are_nobody() -> None:
    rows = saved(60)
    rows[0] = rows[55] = None
    sweep = reading()
    drive(sweep, listing(rows))
    assert sweep.whole
    assert len(sweep.rows) == 58
    again = looking(rows)
    assert drive(again, listing(rows)) == ["0:0"]
    assert again.unchanged


def test_a_page_of_holes_is_read_past() -> None:
    rows = [None] * 50 + saved(30)
    sweep = looking(saved(30), total=80)
    assert drive(sweep, listing(rows)) == ["0:0"]
    assert sweep.unchanged


def test_an_unchanged_library_is_one_call() -> None:
    sweep = looking(saved(300))
    assert drive(sweep, listing(saved(300))) == ["0:0"]
    assert sweep.unchanged
    assert not sweep.whole
    assert sweep.reached == Reached(done=300, total=300, pages=6)


@pytest.mark.parametrize(("new", "calls"), [(1, 2), (49, 2), (50, 2), (51, 3), (120, 4)])
def test_additions_are_read_down_to_the_first_known_page(new: int, calls: int) -> None:
    sweep = looking(saved(300))
    assert len(drive(sweep, listing(saved(300 + new)))) == calls
    assert not sweep.unchanged
    assert not sweep.whole
    assert {f"t{number}" for number in range(301, 301 + new)} <= ids(sweep)
    assert sweep.total == 300 + new


def test_something_saved_again_moves_up_and_is_a_change() -> None:
    rows = [["t40", "2025-00001"], *(row for row in saved(120) if row[0] != "t40")]
    sweep = looking(saved(120))
    assert drive(sweep, listing(rows)) == ["0:0", "0:50"]
    assert not sweep.unchanged
    assert sweep.rows["t40"] == "2025-00001"


def test_a_removal_deep_down_is_noticed_by_the_count_and_all_is_read() -> None:
    rows = [row for row in saved(200) if row[0] != "t7"]
    sweep = looking(saved(200))
    assert drive(sweep, listing(rows)) == ["0:0", "0:50", "0:100", "0:150", "0:again"]
    assert sweep.whole
    assert "t7" not in ids(sweep)
    assert sweep.total == 199


def test_an_addition_that_hides_a_removal_waits_for_the_full_reading() -> None:
    rows = [row for row in saved(201) if row[0] != "t7"]
    sweep = looking(saved(200))
    drive(sweep, listing(rows))
    assert sweep.whole, "one more is known than the service counts"
    hidden = looking(saved(200))
    swapped = [["old", "2020-00000"] if row[0] == "t7" else row for row in saved(200)]
    drive(hidden, listing(swapped))
    assert hidden.unchanged, "a look can't see this"
    due = looking(saved(200))
    due.full = True
    drive(due, listing(swapped))
    assert due.whole
    assert "old" in ids(due)


def test_everything_removed() -> None:
    sweep = looking(saved(120))
    assert drive(sweep, listing([])) == ["0:0"]
    assert sweep.whole
    assert sweep.rows == {}


# -- a list that moves while it is read ---------------------------------------------------------


def test_an_addition_while_reading_is_seen_at_the_end() -> None:
    sweep = reading()
    states = [*[saved(120)] * 3, saved(122)]
    assert drive(sweep, moving(*states)) == ["0:0", "0:50", "0:100", "0:again"]
    assert sweep.whole
    assert {"t121", "t122"} <= ids(sweep)
    assert sweep.total == 122


def test_a_removal_while_reading_starts_again() -> None:
    less = [row for row in saved(120) if row[0] != "t119"]
    sweep = reading()
    asked = drive(sweep, moving(saved(120), saved(120), less))
    assert asked[:3] == ["0:0", "0:50", "0:100"]
    assert asked[3:] == ["1:0", "1:50", "1:100", "1:again"]
    assert sweep.whole
    assert ids(sweep) == {row[0] for row in less}


def test_a_swap_after_the_pages_were_read_starts_again() -> None:
    swapped = [row for row in saved(121) if row[0] != "t119"]
    sweep = reading()
    asked = drive(sweep, moving(*[saved(120)] * 3, swapped))
    assert asked[3:] == ["0:again", "1:0", "1:50", "1:100", "1:again"]
    assert sweep.whole
    assert "t119" not in ids(sweep)


def restless(fetch: Fetch, states: list[int]) -> Body:
    """Lose a row with every call."""
    states.append(1)
    return page(saved(200 - len(states)), fetch.offset)


def test_a_list_that_never_rests_is_read_three_times_then_believed_for_its_additions() -> None:
    sweep, calls = reading(), list[int]()
    asked = drive(sweep, lambda fetch: restless(fetch, calls))
    assert [key for key in asked if key.endswith(":0")] == ["0:0", "1:0", "2:0"]
    assert sweep.finished
    assert not sweep.whole
    assert "t1" in ids(sweep)


def test_a_reading_that_did_not_add_up_gives_no_count_to_compare_with() -> None:
    sweep, calls = looking(saved(300)), list[int]()
    drive(sweep, lambda fetch: restless(fetch, calls))
    assert not sweep.whole
    assert sweep.counted is None, "or the next look would take what was removed for still there"
    for good in (looking(saved(70)), reading()):
        drive(good, listing(saved(75)))
        assert good.counted == 75


def test_late_pages_of_an_earlier_generation_are_ignored() -> None:
    sweep = reading()
    sweep.generation = 1
    assert sweep.take(Fetch(collection=TRACKS, key="0:50", offset=50), page(saved(99), 50)) == []
    assert sweep.pages == {}


# -- answers without totals ---------------------------------------------------------------------


def untold(rows: list[Any]) -> Any:
    return lambda fetch: Body(
        rows=rows[fetch.offset : fetch.offset + 50], more=fetch.offset + 50 < len(rows)
    )


@pytest.mark.parametrize("count", [0, 30, 50, 51, 140])
def test_without_totals_pages_are_followed_to_the_end_and_nothing_is_called_gone(
    count: int,
) -> None:
    for sweep in (reading(), looking(saved(20))):
        drive(sweep, untold(saved(count)))
        assert sweep.finished
        assert not sweep.whole
        assert ids(sweep) == {row[0] for row in saved(count)}
        assert sweep.counted is None


# -- any order, any interruption ----------------------------------------------------------------


@settings(deadline=None)
@given(
    count=st.integers(0, 170),
    new=st.integers(0, 70),
    gone=st.sets(st.integers(1, 170), max_size=3),
    full=st.booleans(),
    seed=st.integers(0, 999),
    cut=st.integers(0, 6),
)
def test_order_and_interruption_make_no_difference(
    count: int, new: int, gone: set[int], *, full: bool, seed: int, cut: int
) -> None:
    theirs = [row for row in saved(count + new) if int(row[0][1:]) not in gone]

    def fresh() -> SavedSweep:
        sweep = looking(saved(count))
        sweep.full = full
        return sweep

    straight = fresh()
    asked = drive(straight, listing(theirs))
    stored: dict[str, Body] = {}
    before = drive(fresh(), listing(theirs), seed=seed, stored=stored, most=cut)
    resumed = fresh()
    after = drive(resumed, listing(theirs), seed=seed + 1, stored=stored)
    assert sorted(before + after) == sorted(asked), "no page twice, none left out"
    assert outcome(resumed) == outcome(straight)
    assert straight.finished


def outcome(sweep: SavedSweep) -> Mapping[str, Any]:
    return {
        "rows": sweep.rows,
        "whole": sweep.whole,
        "unchanged": sweep.unchanged,
        "reached": sweep.reached,
    }
