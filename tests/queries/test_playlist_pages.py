"""Playlists and their entries: order, repeats, holes, slices, versions."""

import pytest

from tests.queries.shelving import (
    DAY,
    MONDAY,
    counted,
    know,
    list_playlist,
    make_listener,
    make_track,
)
from webapp.queries import playlist_pages, playlists
from webapp.queries.lines import Slice, Wanted
from webapp.queries.playlist_pages import EntryRow, PlaylistSheet

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def listener() -> int:
    know([make_track("t1", "One"), make_track("t2", "Two"), make_track("local:x", "Tape")])
    return make_listener()


def sheet_of(user_id: int, playlist_id: str = "p1") -> PlaylistSheet:
    found = playlist_pages.find_sheet(user_id, playlist_id, None)
    assert found is not None
    return found


def places(part: Slice[EntryRow]) -> list[tuple[int, str | None]]:
    return [(row.position, row.track.id if row.track else None) for row in part.rows]


def test_entries_keep_order_repeats_and_holes(listener: int) -> None:
    list_playlist(listener, "p1", ["t2", None, "t1", "local:x", "t2", "unheard-of"])
    sheet = sheet_of(listener)
    part = playlist_pages.entries(listener, sheet, Wanted())
    assert places(part) == [
        (1, "t2"),
        (2, None),
        (3, "t1"),
        (4, "local:x"),
        (5, "t2"),
        (6, "unheard-of"),
    ]
    assert part.total == sheet.total == 6
    assert sheet.duration_ms == 4 * 60_000
    assert part.rows[3].track is not None
    assert part.rows[3].track.kind == "local"
    assert (part.rows[0].added_at, part.rows[0].added_by) == (MONDAY, "mira")
    assert (part.rows[1].added_at, part.rows[1].added_by) == (None, None)


def test_ten_thousand_entries_are_cut_in_the_database(listener: int) -> None:
    list_playlist(listener, "p1", ["t1", "t2"] * 5_000)
    sheet = sheet_of(listener)
    with counted() as counter:
        part = playlist_pages.entries(listener, sheet, Wanted(page=200))
    assert len(counter.statements) == 1
    assert (len(part.rows), part.total, part.pages) == (50, 10_000, 200)
    assert places(part)[0] == (9_951, "t1")
    assert places(part)[-1] == (10_000, "t2")
    assert playlist_pages.entries(listener, sheet, Wanted(page=201)).beyond
    found = playlist_pages.entries(listener, sheet, Wanted(words="two", page=3))
    assert found.total == 5_000
    assert places(found)[0] == (202, "t2")


def test_a_list_is_searched_and_ordered(listener: int) -> None:
    list_playlist(listener, "p1", ["t1"], name="Éclair")
    list_playlist(listener, "p2", ["t1", "t2"], name="alpha", at=MONDAY + DAY)
    list_playlist(listener, "p3", None, name="Closed", owner="Spotify", at=MONDAY + 2 * DAY)

    def ids(**wanted: str) -> list[str]:
        return [row.id for row in playlist_pages.playlists(listener, Wanted(**wanted)).rows]  # type: ignore[arg-type]  # words and sort are text

    assert ids() == ["p3", "p2", "p1"]
    assert ids(sort="title") == ["p2", "p3", "p1"]
    assert ids(sort="size") == ["p2", "p1", "p3"]
    assert ids(words="eclair") == ["p1"]
    assert ids(words="spotify") == ["p3"]
    closed = sheet_of(listener, "p3")
    assert (closed.readable, closed.total) == (False, None)
    assert playlist_pages.entries(listener, closed, Wanted()).rows == ()


def test_the_past_has_its_own_versions(listener: int) -> None:
    list_playlist(listener, "p1", ["t1"], name="First name")
    list_playlist(listener, "p1", ["t1", "t2"], name="Second name", at=MONDAY + DAY)
    playlists.record_gone(listener, ["p1"], MONDAY + 2 * DAY, None)

    def names(day: int) -> list[tuple[str, int | None]]:
        wanted = Wanted(moment=MONDAY + day * DAY)
        rows = playlist_pages.playlists(listener, wanted).rows
        return [(row.name, row.total) for row in rows]

    assert [names(day) for day in (-1, 0, 1, 2)] == [
        [],
        [("First name", 1)],
        [("Second name", 2)],
        [],
    ]
    assert playlist_pages.playlists(listener, Wanted()).total == 0
    then = playlist_pages.find_sheet(listener, "p1", MONDAY)
    assert then is not None
    assert places(playlist_pages.entries(listener, then, Wanted())) == [(1, "t1")]
    assert sheet_of(listener).gone


def test_nobody_elses_playlist_is_found(listener: int) -> None:
    list_playlist(listener, "p1", ["t1"])
    other = make_listener("nova")
    assert playlist_pages.find_sheet(other, "p1", None) is None
    assert playlist_pages.entries(other, sheet_of(listener), Wanted()).rows == ()


def test_pages_are_one_statement_each(listener: int) -> None:
    list_playlist(listener, "p1", ["t1"])
    with counted() as counter:
        playlist_pages.playlists(listener, Wanted(words="a", moment=MONDAY))
        sheet = playlist_pages.find_sheet(listener, "p1", MONDAY)
        assert sheet is not None
        playlist_pages.entries(listener, sheet, Wanted(words="one"))
    assert len(counter.statements) == 3
