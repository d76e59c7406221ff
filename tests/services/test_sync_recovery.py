"""Runs that break off anywhere: the next one goes on, nothing is stored twice, one at a time."""

from collections.abc import Callable
from threading import Barrier, Lock, Thread
from typing import Any
from uuid import uuid4

import pytest

from jobs import syncs as sync_jobs
from tests.services.listening import Listening
from webapp import db
from webapp.domain.library import Kind
from webapp.domain.provider import MusicService
from webapp.domain.sweeps import Body
from webapp.domain.syncs import STALE_AFTER, Cause, Collection, Status
from webapp.queries import library, sync_progress, sync_runs
from webapp.services import accounts as account_services
from webapp.services import syncs as sync_services
from webapp.services.syncs import Begun


class BugError(Exception):
    """Something nobody thought of."""


class Trapped:
    """A music service in which something happens at a certain call, before it is made."""

    def __init__(self, service: MusicService, spring: Callable[[], None]) -> None:
        self._service = service
        self._spring = spring

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._service, name)

        def call(*values: Any) -> Any:
            self._spring()
            return method(*values)

        return call


def trap(listening: Listening, at: int, spring: Callable[[], None]) -> None:
    """Let `spring` happen at the `at`th call from now on, once."""
    lock, made, plain = Lock(), [0], listening.wiring.music

    def count() -> None:
        with lock:
            made[0] += 1
            due = made[0] == at
        if due:
            spring()

    def music(token: str, priority: Any) -> Any:
        return Trapped(plain(token, priority), count)

    listening.wire(music=music)


def crash() -> None:
    raise BugError


@pytest.mark.parametrize("at", [1, 4, 20, 33])
def test_a_run_that_broke_off_is_gone_on_with(listening: Listening, at: int) -> None:
    user = listening.join("medium")
    whole = listening.wiring.music
    trap(listening, at, crash)
    sync_id = listening.open(user)
    with pytest.raises(BugError):
        sync_services.run(listening.wiring, sync_id)
    broken = listening.latest(user)
    assert (broken.status, broken.crashes) == (Status.PENDING, 1)
    kept = _urls(sync_progress.stored_pages(sync_id))
    listening.wire(music=whole)
    listening.standin.world.log.clear()
    assert sync_services.run(listening.wiring, sync_id) is None
    assert listening.latest(user).status is Status.COMPLETED
    assert not kept & _places(listening)
    _assert_once_each(listening, user)


def _urls(pages: dict[tuple[Collection, str], Body]) -> set[tuple[str, int]]:
    """Name stored pages as the service knows them; first pages may be seen again at the end."""
    found = set()
    for name, key in pages:
        kind, _, place = key.rpartition(":")
        if name is Collection.SAVED_TRACKS and place not in {"0", "again"}:
            found.add(("/v1/me/tracks", int(place)))
        elif name is Collection.PLAYLISTS and kind.startswith("items:"):
            found.add((f"/v1/playlists/{kind.split(':')[1]}/items", int(place)))
    return found


def _places(listening: Listening) -> set[tuple[str, int]]:
    calls = [call for call in listening.calls() if "offset=" in call.query]
    return {(call.path, int(call.query.split("offset=")[1].split("&")[0])) for call in calls}


def _assert_once_each(listening: Listening, user: int) -> None:
    mine = listening.standin.world.listeners["medium"].library
    things = len(mine.tracks) + len(mine.albums) + len(mine.artists)
    lists = [item for item in mine.playlists if item]
    counts = listening.counts(user)
    assert counts["library_events"] == things
    assert counts["playlist_versions"] == len(lists)
    assert counts["top_lists"] == 6
    assert counts["play_reports"] == 50
    assert db.query("SELECT count(*) FROM sync_pages") == [(0,)]


def test_a_killed_process_is_noticed_and_its_sync_offered_again(listening: Listening) -> None:
    user = listening.join("medium")
    listening.break_("rate_limit", "/v1/", after=12, times=1, seconds=1)
    sync = listening.sync(user)
    listening.wiring.redis.flushall()
    kept = _urls(sync_progress.stored_pages(sync.id))
    assert sync_runs.claim(sync.id, uuid4(), listening.clock(), STALE_AFTER), (
        "and then it was killed"
    )
    listening.clock.forward(seconds=44)
    sync_jobs.reap(listening.wiring)
    assert listening.queued() == [], "it may still be alive"
    listening.clock.forward(seconds=2)
    sync_jobs.reap(listening.wiring)
    reaped = listening.latest(user)
    assert (reaped.status, reaped.crashes) == (Status.PENDING, 1)
    assert len(listening.queued()) == 1
    listening.standin.world.log.clear()
    listening.work()
    assert listening.latest(user).status is Status.COMPLETED
    assert not kept & _places(listening)
    _assert_once_each(listening, user)


def test_a_silent_run_is_taken_over_by_a_job_that_comes_by(listening: Listening) -> None:
    user = listening.join("tiny")
    sync_id = listening.open(user)
    sync_runs.claim(sync_id, uuid4(), listening.clock(), STALE_AFTER)
    listening.clock.forward(seconds=45)
    assert sync_services.run(listening.wiring, sync_id) is None
    assert listening.latest(user).status is Status.PROCESSING, "it was heard of just now"
    listening.clock.forward(seconds=1)
    sync_services.run(listening.wiring, sync_id)
    assert listening.latest(user).status is Status.COMPLETED


def test_who_lost_the_claim_stops_without_a_word(listening: Listening) -> None:
    user = listening.join("medium")
    sync_id, other = listening.open(user), uuid4()

    def take() -> None:
        with db.connection():
            db.query("UPDATE syncs SET claim = %s", str(other))

    trap(listening, 10, take)
    assert sync_services.run(listening.wiring, sync_id) is None
    theirs = listening.latest(user)
    assert (theirs.status, theirs.crashes) == (Status.PROCESSING, 0)
    before = (listening.counts(user), sync_progress.stored_pages(sync_id))
    sync_runs.release(sync_id, other, listening.clock(), None, None)
    assert (listening.counts(user), sync_progress.stored_pages(sync_id)) == before
    sync_services.run(listening.wiring, sync_id)
    assert listening.latest(user).status is Status.COMPLETED
    _assert_once_each(listening, user)


def test_an_account_erased_in_the_middle_leaves_nothing(listening: Listening) -> None:
    user = listening.join("medium")
    sync_id = listening.open(user)

    def erase() -> None:
        with db.connection():
            account_services.delete(listening.wiring, user)

    trap(listening, 10, erase)
    assert sync_services.run(listening.wiring, sync_id) is None
    assert db.query("SELECT count(*) FROM syncs") == [(0,)]
    assert listening.counts(user) == dict.fromkeys(listening.counts(user), 0)


def test_one_that_always_crashes_is_given_up(listening: Listening) -> None:
    user = listening.join("tiny")
    sync_id, whole = listening.open(user), listening.wiring.music
    for _ in range(5):
        trap(listening, 1, crash)
        with pytest.raises(BugError):
            sync_services.run(listening.wiring, sync_id)
        assert not listening.latest(user).over
    listening.wire(music=whole)
    assert sync_services.run(listening.wiring, sync_id) is None
    sync = listening.latest(user)
    assert (sync.status, sync.error) == (Status.FAILED, "crashed")
    listening.clock.forward(minutes=1)
    assert listening.sync(user, Cause.RETRY).status is Status.COMPLETED


def test_a_long_chain_is_resumed_without_running_out_of_stack(listening: Listening) -> None:
    user = listening.join("tiny")
    sync_id = listening.open(user)
    names = [f"artist{place}" for place in range(1500)]
    pages = [
        (
            Collection.FOLLOWED_ARTISTS,
            f"after:{names[place - 1]}" if place else "start",
            Body(rows=[name], total=75_000, more=place < 1499, after=name),
        )
        for place, name in enumerate(names)
    ]
    sync_progress.store_pages(sync_id, pages)
    sync_services.run(listening.wiring, sync_id)
    assert listening.latest(user).status is Status.COMPLETED
    assert len(library.known(user, Kind.FOLLOWED_ARTIST)) == 1500


def test_however_often_it_is_wished_for_at_once_there_is_one_sync(listening: Listening) -> None:
    user = listening.join("tiny")
    start, got = Barrier(8), list[Begun]()

    def wish() -> None:
        with db.connection():
            start.wait()
            got.append(sync_services.begin(listening.wiring, user, Cause.BUTTON))

    _together([wish] * 8)
    assert sorted(begun.new for begun in got) == [False] * 7 + [True]
    assert {begun.sync_id for begun in got} == {listening.latest(user).id}
    assert db.query("SELECT count(*) FROM sync_collections") == [(7,)]


def test_however_many_workers_take_it_one_does_it(listening: Listening) -> None:
    user = listening.join("tiny")
    sync_id = listening.open(user)
    start = Barrier(4)

    def work() -> None:
        with db.connection():
            start.wait()
            sync_services.run(listening.wiring, sync_id)

    _together([work] * 4)
    assert listening.latest(user).status is Status.COMPLETED
    assert listening.latest(user).attempt == 1
    assert len(listening.calls()) <= listening.paging_minimum("tiny") + 3
    made = len(listening.calls())
    assert sync_services.run(listening.wiring, sync_id) is None
    assert len(listening.calls()) == made, "a job that comes twice does no harm"


def _together(works: list[Callable[[], None]]) -> None:
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
