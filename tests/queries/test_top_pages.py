"""Top lists and how they moved; the seven collections at a glance."""

import pytest

from tests.queries.shelving import DAY, MONDAY, counted, know, make_listener, make_track, rank
from webapp.domain.catalog import Artist
from webapp.domain.provider import TimeRange
from webapp.domain.syncs import Cause, Collection, Status
from webapp.queries import overview, sync_progress, sync_runs, syncs, top_pages
from webapp.queries.sync_progress import Progress
from webapp.queries.top_pages import movement

SHORT, LONG = TimeRange.SHORT, TimeRange.LONG


@pytest.mark.parametrize(
    ("rank_now", "rank_before", "compared", "change"),
    [
        (1, 4, True, 3),
        (4, 1, True, -3),
        (2, 2, True, 0),
        (1, None, True, "new"),
        (1, None, False, None),
    ],
)
def test_movement(rank_now: int, rank_before: int | None, compared: bool, change: object) -> None:
    assert movement(rank_now, rank_before, compared=compared) == change


@pytest.mark.usefixtures("database")
def test_a_list_moves_against_the_one_before() -> None:
    know([make_track(f"t{n}", f"Song {n}") for n in (1, 2, 3)])
    user_id = make_listener()
    rank(user_id, "tracks", "t3", at=MONDAY - DAY)
    rank(user_id, "tracks", "t1", "t2", at=MONDAY)
    rank(user_id, "tracks", "t2", "t3", "t1", at=MONDAY + DAY)
    rank(user_id, "tracks", "t1", time_range=LONG)
    with counted() as counter:
        lists = top_pages.top_lists(user_id, "tracks", {SHORT, LONG})
    assert len(counter.statements) == 1
    short = lists[SHORT]
    assert [(row.id, row.rank, row.change) for row in short.rows] == [
        ("t2", 1, 1),
        ("t3", 2, "new"),
        ("t1", 3, -2),
    ]
    assert (short.seen_at, short.before_at) == (MONDAY + DAY, MONDAY)
    assert [(row.id, row.change) for row in lists[LONG].rows] == [("t1", None)]


@pytest.mark.usefixtures("database")
def test_artists_are_told_by_their_genres() -> None:
    know(artists=[Artist(id="a1", name="Nia", genres=("jazz", "dub"), full=True)])
    user_id = make_listener()
    rank(user_id, "artists", "a1", "unheard-of")
    rows = top_pages.top_lists(user_id, "artists", {SHORT})[SHORT].rows
    assert [(row.name, row.about) for row in rows] == [("Nia", "jazz, dub"), ("", "")]
    assert top_pages.top_lists(user_id, "tracks", {SHORT})[SHORT].rows == ()


@pytest.mark.usefixtures("database")
def test_counts_say_what_the_last_reading_brought() -> None:
    user_id, name = make_listener(), Collection.FOLLOWED_ARTISTS
    assert overview.counts(user_id)[name].checked_at is None
    for day, added in ((0, 5), (1, 2)):
        sync_id = syncs.open_sync(user_id, Cause.BUTTON, [name], MONDAY)
        assert sync_id is not None
        part = Progress(name=name, status=Status.COMPLETED, done=1, total=1, added=added, removed=1)
        sync_progress.write_progress(sync_id, [part])
        sync_progress.add_check(
            user_id,
            name,
            result="changed",
            swept=True,
            total=1,
            detail=None,
            now=MONDAY + day * DAY,
            sync_id=sync_id,
        )
        sync_runs.finish(sync_id, None, Status.COMPLETED, MONDAY)
    counts = overview.counts(user_id)
    assert list(counts) == list(Collection)
    seen = counts[name]
    assert (seen.added, seen.removed) == (2, 1)
    assert (seen.checked_at, seen.before_at) == (MONDAY + DAY, MONDAY)
