"""A sync from the wish to the library, with a real database, queue and stand-in."""

from collections import Counter

import pytest

from jobs import syncs as sync_jobs
from tests.services.listening import Listening, statuses
from webapp import db
from webapp.domain.library import Kind
from webapp.domain.syncs import Cause, Collection, Mode, Status
from webapp.queries import library, playlists, syncs
from webapp.services import accounts as account_services
from webapp.services import syncs as sync_services

C = Collection
TOP_OF_TRACKS, TOP_OF_ALBUMS, TOP_OF_PLAYLISTS = (
    f"/me/{name}?limit=50&offset=0" for name in ("tracks", "albums", "playlists")
)


def test_a_tiny_library_is_done_within_the_request(listening: Listening) -> None:
    user = listening.join("tiny")
    begun = sync_jobs.begin(listening.wiring, user, Cause.SIGN_IN)
    sync = listening.latest(user)
    assert begun.new
    assert begun.sync_id == sync.id
    assert (sync.status, sync.mode, sync.progress) == (Status.COMPLETED, Mode.INLINE, 100)
    assert sync.over
    assert not sync.partly_failed
    assert listening.queued() == []
    assert [part.name for part in sync.collections] == list(C), "in the order of the listing"
    told = {part.name: (part.done, part.total, part.added) for part in sync.collections}
    assert told[C.SAVED_TRACKS] == (60, 60, 60)
    assert told[C.SAVED_ALBUMS] == (5, 5, 5)
    assert told[C.FOLLOWED_ARTISTS] == (8, 8, 8)
    assert told[C.PLAYLISTS] == (2, 2, 2)
    assert told[C.RECENTLY_PLAYED] == (50, 50, 50)
    assert told[C.TOP_TRACKS][:2] == (150, 150)
    assert len(listening.calls()) == sync.calls
    assert sync.calls <= listening.paging_minimum("tiny") + 3


def test_an_empty_library_is_complete(listening: Listening) -> None:
    user = listening.join("empty")
    sync = listening.sync(user)
    assert (sync.status, sync.mode) == (Status.COMPLETED, Mode.INLINE)
    assert set(statuses(sync).values()) == {Status.COMPLETED}
    counts = listening.counts(user)
    assert {**counts, "top_lists": 0} == dict.fromkeys(counts, 0)


@pytest.mark.slow
def test_a_large_library_is_looked_at_and_left_to_a_worker(listening: Listening) -> None:
    user = listening.join("large")
    sync_jobs.begin(listening.wiring, user, Cause.SIGN_IN)
    waiting = listening.latest(user)
    assert (waiting.status, waiting.mode) == (Status.PENDING, Mode.QUEUED)
    assert waiting.waiting is None
    assert listening.queued() == [f"sync-{waiting.id}-1"]
    assert listening.asked() == Counter([TOP_OF_TRACKS, TOP_OF_PLAYLISTS])
    listening.work()
    sync = listening.latest(user)
    assert (sync.status, sync.mode) == (Status.COMPLETED, Mode.QUEUED)
    twice = {url: times for url, times in listening.asked().items() if times > 1}
    # A long list is believed whole once its first page was seen unchanged at the end.
    assert twice == {TOP_OF_TRACKS: 2, TOP_OF_ALBUMS: 2}
    assert len(listening.calls()) <= listening.paging_minimum("large") + 3
    assert sync.calls == len(listening.calls())
    assert len(library.known(user, Kind.SAVED_TRACK)) == 3000
    assert len(library.known(user, Kind.SAVED_ALBUM)) == 300
    assert len(library.known(user, Kind.FOLLOWED_ARTIST)) == 200
    assert len(playlists.known(user)) == 40
    assert db.query("SELECT count(*) FROM sync_pages") == [(0,)]
    _again_with_nothing_new(listening, user)


def _again_with_nothing_new(listening: Listening, user: int) -> None:
    before = listening.counts(user)
    listening.standin.world.log.clear()
    again = listening.sync(user)
    assert again.status is Status.COMPLETED
    assert listening.counts(user) == before
    assert len(listening.calls()) <= 15
    assert all(part.unchanged for part in again.collections)


def test_one_more_of_each_takes_the_smallest_number_of_calls(listening: Listening) -> None:
    user = listening.join("medium")
    listening.sync(user)
    world, before = listening.standin.world, listening.counts(user)
    mine = world.own_playlists("medium")
    world.add_playlist_items("medium", mine[1].id, [next(iter(world.music.tracks))])
    unsaved = _unsaved(listening)
    listening.clock.forward(minutes=1)
    world.save_track("medium", unsaved)
    listening.standin.world.log.clear()
    sync = listening.sync(user)
    assert sync.status is Status.COMPLETED
    after = listening.counts(user)
    assert after["library_events"] == before["library_events"] + 1
    assert after["playlist_versions"] == before["playlist_versions"] + 1
    assert after["top_lists"] == before["top_lists"]
    assert len(listening.calls("/items")) == -(-(len(mine[1].entries) + 1) // 50)
    assert len(listening.calls("/me/tracks")) == 2


def _unsaved(listening: Listening) -> str:
    world = listening.standin.world
    saved = {item.id for item in world.listeners["medium"].library.tracks}
    return next(id_ for id_ in world.music.tracks if id_ not in saved)


def test_one_path_wherever_the_work_is_done(listening: Listening) -> None:
    """The same library, once inline and once by a worker, gives the same rows."""
    user = listening.join("tiny")
    listening.sync(user)
    inline = _library(user)
    account_services.delete(listening.wiring, user)
    listening.set(sync_inline_max_tracks=0)
    other = listening.join("tiny")
    sync = listening.sync(other)
    assert sync.mode is Mode.QUEUED
    assert _library(other) == inline


def _library(user: int) -> list[object]:
    items = [library.known(user, kind) for kind in Kind]
    lists = {
        id_: (known.snapshot_id, known.readable) for id_, known in playlists.known(user).items()
    }
    return [items, lists, playlists.entries(user, list(lists))]


@pytest.mark.parametrize("cause", [Cause.BUTTON, Cause.SIGN_IN])
def test_the_deadline_of_a_request_hands_over_what_is_left(
    listening: Listening, cause: Cause, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = listening.join("tiny")
    if cause is Cause.SIGN_IN:  # a sign-in has a shorter one of its own
        monkeypatch.setattr(sync_services, "SIGN_IN_SECONDS", 0.5)
    else:
        listening.set(sync_inline_seconds=0.5)
    listening.break_("latency", "/me/top", seconds=1.2)
    sync_jobs.begin(listening.wiring, user, cause)
    waiting = listening.latest(user)
    assert (waiting.status, waiting.mode) == (Status.PENDING, Mode.QUEUED)
    assert 0 < waiting.progress < 100
    listening.standin.world.faults.clear()
    listening.work()
    assert listening.latest(user).status is Status.COMPLETED
    # 60 tracks: page 1 is seen again at the end.
    assert {url for url, times in listening.asked().items() if times > 1} == {TOP_OF_TRACKS}


def test_the_button_within_the_hour_starts_nothing(listening: Listening) -> None:
    user = listening.join("tiny")
    first = listening.sync(user)
    listening.standin.world.log.clear()
    begun = sync_jobs.begin(listening.wiring, user, Cause.BUTTON)
    assert listening.latest(user).id == first.id
    assert listening.calls() == []
    assert begun.sync_id is None
    assert begun.not_before == listening.clock.forward(hours=1)
    assert sync_jobs.begin(listening.wiring, user, Cause.BUTTON).new, "an hour later it does"


def test_a_sync_of_somebody_else_is_not_found(listening: Listening) -> None:
    user = listening.join("tiny")
    sync = listening.sync(user)
    assert syncs.find(sync.id, user) is not None
    assert syncs.find(sync.id, user + 1) is None


@pytest.mark.parametrize("shape", ["restricted", "extended"])
@pytest.mark.parametrize("listener", [pytest.param("nova", marks=pytest.mark.slow), "medium"])
def test_odd_items_are_counted_exactly(listening: Listening, listener: str, shape: str) -> None:
    listening.standin.world.set_shape(shape)  # type: ignore[arg-type]  # a literal of the stand-in
    user = listening.join(listener)
    sync = listening.sync(user)
    assert sync.status is Status.COMPLETED
    assert set(statuses(sync).values()) == {Status.COMPLETED}
    mine = listening.standin.world.listeners[listener].library
    assert set(library.known(user, Kind.SAVED_TRACK)) == {item.id for item in mine.tracks}
    assert set(library.known(user, Kind.SAVED_ALBUM)) == {item.id for item in mine.albums}
    assert set(library.known(user, Kind.FOLLOWED_ARTIST)) == set(mine.artists)
    there = {item.id: item for item in mine.playlists if item}
    known = playlists.known(user)
    assert known.keys() == there.keys()
    closed = {id_ for id_, item in there.items() if item.owner_id != listener}
    readable = {id_ for id_, one in known.items() if one.readable}
    if shape == "extended":
        closed = {id_ for id_ in closed if not there[id_].entries}
    assert readable == there.keys() - closed
    entries = playlists.entries(user, list(readable))
    assert {id_: len(rows) for id_, rows in entries.items()} == {
        id_: len(there[id_].entries) for id_ in readable
    }
