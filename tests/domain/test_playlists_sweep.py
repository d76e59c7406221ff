"""Reading playlists: the list, then the entries of what changed, on literal pages."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.sweeping import Answer, drive, page
from webapp.domain.playlists import KnownPlaylist, PlaylistsSweep
from webapp.domain.sweeps import Body, Fetch


def row(identity: str, total: int | None, *, snapshot: str = "s1", owner: str = "me") -> Any:
    """List a playlist."""
    return {
        "id": identity,
        "name": identity.upper(),
        "owner_id": owner,
        "collaborative": False,
        "snapshot_id": snapshot,
        "total": total,
    }


def lines(count: int, name: str = "t") -> list[Any]:
    """Write entries, a hole among them."""
    return [[f"{name}{place}" if place != 3 else None, None, "me"] for place in range(count)]


def shelf(rows: Sequence[Any], entries: Mapping[str, list[Any] | str]) -> Answer:
    """Answer from a list of playlists and their entries (or the kind of a refusal)."""

    def answer(fetch: Fetch) -> Body | str:
        if fetch.subject is None:
            return page(rows, fetch.offset)
        found = entries.get(fetch.subject, "not_found")
        return found if isinstance(found, str) else page(found, fetch.offset)

    return answer


def sweep_knowing(**snapshots: str) -> PlaylistsSweep:
    known = {
        identity: KnownPlaylist(snapshot_id=snapshot, readable=True)
        for identity, snapshot in snapshots.items()
    }
    return PlaylistsSweep(me="me", known=known)


def read(sweep: PlaylistsSweep) -> dict[str, list[Any]]:
    return {identity: reading.rows for identity, reading in sweep.readings.items()}


ROWS = [row("p1", 2), None, row("p2", 120), row("p3", 0)]
ENTRIES: dict[str, list[Any] | str] = {"p1": lines(2), "p2": lines(120)}


def test_a_first_reading_takes_every_entry_in_order() -> None:
    sweep = sweep_knowing()
    asked = drive(sweep, shelf(ROWS, ENTRIES))
    assert asked == ["list:0", "items:p1:0:0", *(f"items:p2:0:{at}" for at in (0, 50, 100))]
    assert read(sweep) == {"p1": lines(2), "p2": lines(120), "p3": []}
    assert list(sweep.listed) == ["p1", "p2", "p3"]
    assert all(reading.steady for reading in sweep.readings.values())
    assert sweep.finished
    assert sweep.whole
    assert (sweep.reached.done, sweep.reached.total, sweep.reached.pages) == (3, 3, 6)


def test_an_unchanged_shelf_is_one_call() -> None:
    sweep = sweep_knowing(p1="s1", p2="s1", p3="s1")
    assert drive(sweep, shelf(ROWS, ENTRIES)) == ["list:0"]
    assert sweep.readings == {}
    assert sweep.whole


def test_only_what_changed_or_is_new_is_read() -> None:
    sweep = sweep_knowing(p1="s0", p3="s1")
    assert drive(sweep, shelf(ROWS, ENTRIES)) == [
        "list:0",
        "items:p1:0:0",
        *(f"items:p2:0:{at}" for at in (0, 50, 100)),
    ]


def test_what_is_known_by_its_cover_alone_is_tried_again() -> None:
    sweep = PlaylistsSweep(
        me="me", known={"p1": KnownPlaylist(snapshot_id="s1", readable=False)}, closed=frozenset()
    )
    assert "items:p1:0:0" in drive(sweep, shelf(ROWS, ENTRIES))


def test_no_playlists_at_all() -> None:
    sweep = sweep_knowing(p1="s1")
    assert drive(sweep, shelf([], {})) == ["list:0"]
    assert sweep.finished
    assert sweep.whole, "so p1 is gone"


def test_a_long_list_is_read_whole_before_any_entries() -> None:
    rows = [row(f"p{place}", 1) for place in range(130)]
    entries: dict[str, list[Any] | str] = {one["id"]: lines(1) for one in rows}
    sweep = sweep_knowing()
    asked = drive(sweep, shelf(rows, entries))
    assert asked[:3] == ["list:0", "list:50", "list:100"]
    assert len(asked) == 133
    assert len(sweep.listed) == 130


def test_progress_names_what_is_being_read() -> None:
    sweep = sweep_knowing(p1="s1")
    drive(sweep, shelf(ROWS, ENTRIES), most=2)
    assert sweep.reached.current == "P2"
    assert sweep.reached.done == 2, "p1 is known, p3 is empty"
    assert not sweep.finished


@pytest.mark.parametrize("kind", ["not_found", "endpoint_gone", "malformed", "outage"])
def test_a_playlist_that_can_not_be_had_is_passed_over(kind: str) -> None:
    sweep = sweep_knowing()
    drive(sweep, shelf(ROWS, {**ENTRIES, "p2": kind}))
    closed = kind in {"not_found", "endpoint_gone"}
    assert sweep.refused == ({"p2": kind} if closed else {})
    assert sweep.failed == ({} if closed else {"p2": kind})
    assert set(read(sweep)) == {"p1", "p3"}
    assert sweep.finished


def test_without_the_list_there_is_nothing_to_go_on_with() -> None:
    sweep = sweep_knowing()
    assert not sweep.refuse(sweep.begin()[0], "not_found")


def test_other_peoples_playlists_are_tried_with_one_page_first() -> None:
    rows = [row("p1", 120, owner="you")]
    sweep = sweep_knowing()
    assert drive(sweep, shelf(rows, {"p1": "endpoint_gone"})) == ["list:0", "items:p1:0:0"]
    open_to_us = sweep_knowing()
    drive(open_to_us, shelf(rows, {"p1": lines(120)}))
    assert read(open_to_us) == {"p1": lines(120)}


def test_what_refused_us_lately_is_left_alone() -> None:
    rows = [row("p1", 9), row("p2", 9, owner="you"), row("p3", 9)]
    entries: dict[str, list[Any] | str] = dict.fromkeys(("p1", "p2", "p3"), lines(9))
    sweep = PlaylistsSweep(me="me", known={}, closed=frozenset({"p1"}), others_closed=True)
    assert drive(sweep, shelf(rows, entries)) == ["list:0", "items:p3:0:0"]
    assert set(sweep.listed) == {"p1", "p2", "p3"}


def test_shared_playlists_are_ours_too() -> None:
    shared = {**row("p1", 9, owner="you"), "collaborative": True}
    sweep = PlaylistsSweep(me="me", known={}, others_closed=True)
    assert "items:p1:0:0" in drive(sweep, shelf([shared], {"p1": lines(9)}))


# -- shelves that move --------------------------------------------------------------------------


def test_a_playlist_longer_than_was_listed_is_read_to_its_end() -> None:
    sweep = sweep_knowing()
    drive(sweep, shelf([row("p1", 10)], {"p1": lines(130)}))
    assert read(sweep) == {"p1": lines(130)}
    assert sweep.readings["p1"].steady


def test_a_playlist_shorter_than_was_listed_is_what_it_is() -> None:
    sweep = sweep_knowing()
    drive(sweep, shelf([row("p1", 130)], {"p1": lines(20)}))
    assert read(sweep) == {"p1": lines(20)}
    assert sweep.readings["p1"].steady


def test_a_playlist_that_changes_while_it_is_read_is_read_again_once() -> None:
    entries: dict[str, list[Any] | str] = {"p1": lines(120)}
    plain = shelf([row("p1", 120)], entries)

    def answer(fetch: Fetch) -> Body | str:
        if fetch.key == "items:p1:0:50":
            entries["p1"] = lines(90, "u")
        return plain(fetch)

    sweep = sweep_knowing()
    asked = drive(sweep, answer)
    assert asked[-2:] == ["items:p1:1:0", "items:p1:1:50"]
    assert read(sweep) == {"p1": lines(90, "u")}
    assert sweep.readings["p1"].steady


def test_a_restless_playlist_is_kept_as_read_but_known_to_be_unsteady() -> None:
    calls: list[Fetch] = []

    def answer(fetch: Fetch) -> Body | str:
        calls.append(fetch)
        return shelf([row("p1", 120)], {"p1": lines(120 + len(calls))})(fetch)

    sweep = sweep_knowing()
    asked = drive(sweep, answer)
    assert asked[1:] == [f"items:p1:{turn}:{at}" for turn in (0, 1) for at in (0, 50, 100)]
    assert sweep.finished
    assert not sweep.readings["p1"].steady


def test_a_list_in_which_one_shows_up_twice_proves_nobody_gone() -> None:
    first = [row(f"p{place}", 0) for place in range(60)]
    moved = [first[59], *first[:59]]
    sweep = sweep_knowing(p59="s1")
    states = iter([first, moved])
    drive(sweep, lambda fetch: page(next(states), fetch.offset))
    assert "p59" not in sweep.listed
    assert not sweep.whole


def test_a_list_whose_total_changed_proves_nobody_gone() -> None:
    states = iter([[row(f"p{place}", 0) for place in range(count)] for count in (60, 61)])
    sweep = sweep_knowing()
    drive(sweep, lambda fetch: page(next(states), fetch.offset))
    assert sweep.finished
    assert not sweep.whole


@pytest.mark.parametrize("count", [0, 30, 50, 51, 140])
def test_without_totals_pages_are_followed_to_the_end(count: int) -> None:
    rows = [row(f"p{place}", None) for place in range(count)]
    plain = shelf(rows, {one["id"]: lines(count) for one in rows})

    def answer(fetch: Fetch) -> Body | str:
        body = plain(fetch)
        assert isinstance(body, Body)
        return Body(rows=body.rows, more=body.more)

    sweep = sweep_knowing()
    drive(sweep, answer, limit=2000)
    assert len(sweep.listed) == count
    assert sweep.finished
    assert not sweep.whole
    assert all(rows == lines(count) for rows in read(sweep).values())
    assert all(reading.generation == 0 for reading in sweep.readings.values()), "read once"


# -- any order, any interruption ----------------------------------------------------------------


@settings(deadline=None)
@given(
    sizes=st.lists(st.sampled_from([0, 1, 50, 51, 120]), max_size=7),
    told=st.lists(st.sampled_from([0, 1, 50, 51, 120, None]), min_size=7, max_size=7),
    refused=st.integers(0, 7),
    seed=st.integers(0, 999),
    cut=st.integers(0, 12),
)
def test_order_and_interruption_make_no_difference(
    sizes: list[int], told: list[int | None], refused: int, seed: int, cut: int
) -> None:
    names = [f"p{place}" for place in range(len(sizes))]
    rows = [row(name, total) for name, total in zip(names, told, strict=False)]
    entries: dict[str, list[Any] | str] = dict(zip(names, map(lines, sizes), strict=True))
    entries[f"p{refused}"] = "not_found"
    answer = shelf(rows, entries)
    straight, resumed = sweep_knowing(), sweep_knowing()
    drive(straight, answer)
    stored: dict[str, Body] = {}
    before = drive(sweep_knowing(), answer, seed=seed, stored=stored, most=cut)
    after = drive(resumed, answer, seed=seed + 1, stored=stored)
    twice = set(before) & set(after)
    assert all(f":p{refused}:" in key for key in twice), "only a refusal is not stored"
    assert (read(resumed), resumed.refused) == (read(straight), straight.refused)
    assert (resumed.listed, resumed.whole) == (straight.listed, straight.whole)
    assert resumed.finished
    assert straight.finished
