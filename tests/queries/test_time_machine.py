"""The library and playlists at two moments, held against a world that changed at random."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.queries.shelving import (
    DAY,
    MONDAY,
    counted,
    know,
    list_playlist,
    make_listener,
    make_track,
    save,
    unsave,
)
from tests.services.changing_world import DAY_ONE, OPERATIONS, World
from webapp.domain.library import Change, Event, Kind, diff
from webapp.domain.time_machine import Tally, compare, tally
from webapp.domain.time_machine_days import Known, Shelf, Show, Span
from webapp.queries import library, playlists, time_machine, time_machine_playlists
from webapp.queries import time_machine_things as things
from webapp.queries.lines import Wanted
from webapp.queries.playlists import Version
from webapp.queries.time_machine_playlists import Fate, Pair
from webapp.services import time_machine as machine

pytestmark = pytest.mark.usefixtures("database")

names = count(1)
rounds = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 300)), max_size=6)
ALL = Wanted(size=1000)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=st.lists(rounds, min_size=2, max_size=5))
def test_two_moments_differ_as_the_world_did(story: list[Any]) -> None:
    world, user = World(), make_listener(f"mira{next(names)}")
    for number in range(5):
        world.save(number)
        world.create(number * 7)
    worlds: dict[datetime, dict[Any, Any]] = {}
    for round_, changes in enumerate(story, 1):
        for operation, number in changes:
            operation(world, number)
        worlds[DAY_ONE + round_ * DAY] = _write_down(user, world, DAY_ONE + round_ * DAY)
    first, *_, last = worlds
    before_last = last - DAY
    for span in (Span(then=first, now=last), Span(then=before_last, now=last)):
        was, now = worlds[span.then], worlds[span.now]
        for shelf, noun in time_machine.NOUNS.items():
            kind = things.SHAPES[noun].kind
            _assert_shelf(user, shelf, span, was[kind], now[kind])
        _assert_playlists(user, span, was["playlists"], now["playlists"])
    early = Span(then=DAY_ONE + timedelta(seconds=3), now=last, then_early=True)
    saved = worlds[first][Kind.SAVED_TRACK]
    at_least = {item: at for item, at in saved.items() if at <= early.then}
    _assert_shelf(user, Shelf.TRACKS, early, at_least, worlds[last][Kind.SAVED_TRACK])


def test_before_the_first_look_only_what_has_a_date_is_known() -> None:
    know([make_track("t1", "One"), make_track("t2", "Two"), make_track("t3", "Three")])
    user = make_listener()
    save(user, Kind.SAVED_TRACK, "t1", "t2", "t3")
    follow = Change(event=Event.ADDED, item_id="a1")
    library.record(user, Kind.FOLLOWED_ARTIST, [follow], MONDAY, None)
    unsave(user, Kind.SAVED_TRACK, "t2", at=MONDAY + DAY)
    list_playlist(user, "p1", ["t1", "t2", "t3"])
    list_playlist(user, "p2", ["t1"], owner="nova")
    then, now = MONDAY - DAY, MONDAY + 2 * DAY
    known = time_machine.known(user, then, now)
    assert known[Shelf.TRACKS] == Known(since=MONDAY, told=MONDAY - 2 * DAY)
    assert known[Shelf.ALBUMS] == Known(since=None)
    span = machine.span_of(known[Shelf.TRACKS], then, now)
    found = time_machine.glance(user, Shelf.TRACKS, span, 9)
    assert _ids(found.lines[Show.THEN]) == ["t2", "t3"]
    assert _ids(found.lines[Show.ADDED]) == ["t1"]
    assert _ids(found.lines[Show.REMOVED]) == ["t2"]
    artists = time_machine.glance(user, Shelf.ARTISTS, span, 9)
    assert (artists.then, artists.now, artists.added) == (0, 1, 0), "a follow has no date"
    assert time_machine_playlists.glance(user, span, 9)[0].then == 0, "its tracks came on Monday"
    monday = Span(then=MONDAY, now=now, then_early=True)
    counts, stood = time_machine_playlists.glance(user, monday, 9)
    assert ([one.id for one in stood], counts.appeared) == (["p1"], 0)
    rows = machine.iter_tracks(user, then, early=True)
    assert [(entry.position, entry.title) for part in rows for entry in part] == [
        (1, "Two"),
        (2, "Three"),
    ]


def test_a_playlist_that_was_renamed_reordered_and_left() -> None:
    know([make_track("t1", "One"), make_track("t2", "Two")])
    user, other = make_listener(), make_listener("nova")
    list_playlist(user, "p1", ["t1", "t2", None, "t1"], name="First")
    list_playlist(user, "p1", ["t2", None, "t1", "t1", "t9"], name="Second", at=MONDAY + DAY)
    list_playlist(user, "p2", None, owner="Spotify")
    list_playlist(user, "p2", None, owner="Spotify", name="Other", at=MONDAY + DAY)
    span = Span(then=MONDAY, now=MONDAY + DAY)
    pairs = _pairs(user, span)
    assert {id_: (one.fate, one.renamed) for id_, one in pairs.items()} == {
        "p1": (Fate.CHANGED, True),
        "p2": (Fate.CHANGED, True),
    }
    told = machine.tallies(user, list(pairs.values()), span)
    assert told == {"p1": Tally(added=1, removed=0, moved=1)}, "nobody could read the other"
    playlists.record_gone(user, ["p1"], MONDAY + 2 * DAY, None)
    later = Span(then=MONDAY, now=MONDAY + 2 * DAY)
    found = machine.compare_playlist(user, "p1", later)
    assert found.newest is not None
    assert (found.new, found.newest.name, found.newest.gone) == (None, "Second", True)
    assert machine.compare_playlist(other, "p1", later).newest is None
    assert _pairs(other, later) == {}
    assert time_machine_playlists.items(other, [found.newest.id]) == {}


def test_each_reading_is_one_statement() -> None:
    user = make_listener()
    save(user, Kind.SAVED_TRACK, *(f"t{n}" for n in range(70)))
    for number in range(25):
        list_playlist(user, f"p{number}", ["t1"])
        list_playlist(user, f"p{number}", ["t2"], at=MONDAY + DAY)
    span = Span(then=MONDAY, now=MONDAY + 2 * DAY)
    with counted() as counter:
        machine.look(user, dict.fromkeys(Shelf, span), 9)
    assert len(counter.statements) == 4
    with counted() as counter:
        _, part = time_machine_playlists.page(user, span, None, Wanted(size=20))
        assert len(machine.tallies(user, part.rows, span)) == 20
    assert len(counter.statements) == 3
    with counted() as counter:
        _, tracks = time_machine.page(user, Shelf.TRACKS, span, Show.THEN, Wanted(page=2))
        things.search(user, Wanted(words="t"))
    assert (len(counter.statements), len(tracks.rows), tracks.total) == (2, 20, 70)


def _write_down(user: int, world: World, moment: datetime) -> dict[Any, Any]:
    """Write a world down as a sync does; give what it was."""
    was = world.library()
    for kind in Kind:
        theirs = {item: at.isoformat() if at else None for item, at in was[kind].items()}
        changes = diff(library.known(user, kind), theirs, whole=True)
        library.record(user, kind, changes, moment, None)
    known, hashes = set(playlists.known(user)), playlists.hashes(user)
    versions = [_version(id_, *told) for id_, told in was["playlists"].items()]
    news = [one for one in versions if hashes.get(one.playlist_id) != one.content_hash]
    playlists.record(user, news, moment, None)
    playlists.record_gone(user, sorted(known - set(was["playlists"])), moment, None)
    return was


def _version(playlist_id: str, name: str, items: list[str | None] | None) -> Version:
    return Version(
        playlist_id=playlist_id,
        snapshot_id="",
        name=name,
        description="",
        owner_id="",
        owner_name="",
        public=None,
        collaborative=False,
        image_url=None,
        total=None,
        entries=None if items is None else [[item, None, None] for item in items],
        content_hash=f"{name} {items}",
    )


def _assert_shelf(
    user: int, shelf: Shelf, span: Span, was: dict[str, Any], now: dict[str, Any]
) -> None:
    told = {show: time_machine.page(user, shelf, span, show, ALL)[1] for show in Show}
    assert sorted(_ids(told[Show.THEN].rows)) == sorted(was)
    assert sorted(_ids(told[Show.ADDED].rows)) == sorted(set(now) - set(was))
    assert sorted(_ids(told[Show.REMOVED].rows)) == sorted(set(was) - set(now))
    found = time_machine.glance(user, shelf, span, 3)
    assert (found.then, found.now) == (len(was), len(now))
    assert (found.added, found.removed) == (told[Show.ADDED].total, told[Show.REMOVED].total)
    assert found.lines == {show: part.rows[:3] for show, part in told.items()}


def _assert_playlists(user: int, span: Span, was: dict[str, Any], now: dict[str, Any]) -> None:
    pairs = _pairs(user, span)
    both = was.keys() & now.keys()
    assert {one.id for one in pairs.values() if one.fate is Fate.APPEARED} == set(now) - set(was)
    assert {one.id for one in pairs.values() if one.fate is Fate.GONE} == set(was) - set(now)
    changed = {one.id for one in pairs.values() if one.fate is Fate.CHANGED}
    assert changed == {id_ for id_ in both if was[id_] != now[id_]}
    assert {id_ for id_ in changed if pairs[id_].renamed} == {
        id_ for id_ in both if was[id_][0] != now[id_][0]
    }
    assert machine.tallies(user, list(pairs.values()), span) == {
        id_: tally(compare(was[id_][1], now[id_][1])) for id_ in changed if was[id_][1] is not None
    }
    counts, stood = time_machine_playlists.glance(user, span, 1000)
    assert (counts.then, counts.now, counts.of(None)) == (len(was), len(now), len(pairs))
    assert {one.id for one in stood} == set(was)


def _pairs(user: int, span: Span) -> dict[str, Pair]:
    return {one.id: one for one in time_machine_playlists.page(user, span, None, ALL)[1].rows}


def _ids(lines: Any) -> list[str]:
    return [line.thing.id for line in lines]
