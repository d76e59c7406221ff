"""What fails alone, fails alone; and is tried again alone."""

from dataclasses import replace

import pytest

from jobs import syncs as sync_jobs
from tests.services.listening import Listening, failed, statuses
from webapp import db
from webapp.domain.library import Kind
from webapp.domain.syncs import Cause, Collection, Status
from webapp.queries import budget, library, playlists, sync_runs
from webapp.services import accounts as account_services
from webapp.services import sync_engine
from webapp.services.sync_settle import OTHERS_PLAYLISTS

C = Collection
ENDPOINTS = {
    C.TOP_TRACKS: "/me/top/tracks",
    C.TOP_ARTISTS: "/me/top/artists",
    C.RECENTLY_PLAYED: "/me/player/recently-played",
    C.PLAYLISTS: "/me/playlists",
    C.SAVED_TRACKS: "/me/tracks",
    C.SAVED_ALBUMS: "/me/albums",
    C.FOLLOWED_ARTISTS: "/me/following",
}
KINDS = {
    "server_error": "outage",
    "html": "outage",
    "drop": "outage",
    "truncated": "outage",
    "wrong_type": "malformed",
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_engine, "RETRY_SECONDS", 0.005)


@pytest.mark.parametrize("broken", ENDPOINTS)
def test_one_collection_fails_in_every_way_and_the_others_come_home(
    listening: Listening, broken: Collection
) -> None:
    for kind, error in KINDS.items():
        user = listening.join("tiny")
        listening.break_(kind, ENDPOINTS[broken])
        sync = listening.sync(user)
        assert sync.status is Status.COMPLETED
        assert sync.partly_failed
        assert failed(sync) == {broken}
        assert listening.part(user, broken).error == error
        tries = 3 if error == "outage" else 1
        assert max(_asked(listening, broken).values()) >= tries
        _only_that_part_again(listening, user, broken)
        account_services.delete(listening.wiring, user)


def _only_that_part_again(listening: Listening, user: int, broken: Collection) -> None:
    listening.standin.world.faults.clear()
    before = listening.counts(user)
    listening.clock.forward(seconds=59)
    assert sync_jobs.begin(listening.wiring, user, Cause.RETRY).not_before is not None
    listening.clock.forward(seconds=1)
    listening.standin.world.log.clear()
    sync = listening.sync(user, Cause.RETRY)
    assert statuses(sync) == {broken: Status.COMPLETED}
    others = [call.path for call in listening.calls() if not call.path.endswith("/items")]
    assert {path.removeprefix("/v1") for path in others} == {ENDPOINTS[broken]}
    after = listening.counts(user)
    assert sum(after.values()) > sum(before.values()), "it brought what had been missing"


def _asked(listening: Listening, broken: Collection) -> dict[str, int]:
    return {url: n for url, n in listening.asked().items() if url.startswith(ENDPOINTS[broken])}


def test_a_short_hiccup_is_nobodys_business(listening: Listening) -> None:
    user = listening.join("medium")
    for kind in ("server_error", "drop", "drop_midway", "truncated"):
        listening.break_(kind, "offset=50", times=1)
    sync = listening.sync(user)
    assert sync.status is Status.COMPLETED
    assert not failed(sync)
    assert len(library.known(user, Kind.SAVED_TRACK)) == 600


@pytest.mark.parametrize(("kind", "error"), KINDS.items())
def test_when_all_fails_the_sync_has_failed_and_says_why(
    listening: Listening, kind: str, error: str
) -> None:
    user = listening.join("tiny")
    listening.break_(kind, "/v1/me")
    sync = listening.sync(user)
    assert (sync.status, sync.error) == (Status.FAILED, error)
    assert set(statuses(sync).values()) == {Status.FAILED}
    assert sync.completed_at is not None
    assert sync.progress < 100
    assert listening.counts(user) == dict.fromkeys(listening.counts(user), 0)
    listening.standin.world.faults.clear()
    listening.clock.forward(minutes=1)
    assert listening.sync(user, Cause.RETRY).status is Status.COMPLETED
    assert len(library.known(user, Kind.SAVED_TRACK)) == 60


def test_a_wrong_secret_is_the_operators_turn_and_all_is_tried_again(
    listening: Listening,
) -> None:
    user = listening.join("tiny")
    listening.break_("unauthorized", "/me/tracks")
    good = listening.wiring.oauth
    listening.wire(oauth=listening.bad_oauth())
    sync = listening.sync(user)
    assert (sync.status, sync.error) == (Status.FAILED, "misconfigured")
    listening.wire(oauth=good)
    listening.standin.world.faults.clear()
    listening.clock.forward(minutes=1)
    again = listening.sync(user, Cause.RETRY)
    assert again.status is Status.COMPLETED
    assert len(library.known(user, Kind.SAVED_TRACK)) == 60


def test_what_was_never_reached_is_tried_again_with_what_failed(listening: Listening) -> None:
    user = listening.join("tiny")
    begun = listening.open(user)
    db.query(
        "UPDATE sync_collections SET status = CASE WHEN name = 'saved_albums' THEN 'FAILED'"
        " WHEN name = 'top_tracks' THEN 'COMPLETED' ELSE 'PENDING' END WHERE sync_id = %s",
        begun,
    )
    sync_runs.finish(begun, None, Status.FAILED, listening.clock(), error="misconfigured")
    listening.clock.forward(minutes=1)
    again = listening.sync(user, Cause.RETRY)
    assert statuses(again).keys() == set(C) - {C.TOP_TRACKS}


def test_what_failed_in_an_earlier_run_is_a_reason_too(listening: Listening) -> None:
    """All parts fail, the process dies before it can say so, the next run says why."""
    user = listening.join("tiny")
    begun = listening.open(user)
    db.query(
        "UPDATE sync_collections SET status = 'FAILED', error = 'malformed' WHERE sync_id = %s",
        begun,
    )
    sync_jobs.sync_library(sync_id=begun, attempt=0)
    sync = listening.latest(user)
    assert (sync.status, sync.error) == (Status.FAILED, "malformed")


# -- playlists one by one -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["server_error", "wrong_type"])
def test_a_playlist_that_breaks_is_passed_over_and_read_next_time(
    listening: Listening, kind: str
) -> None:
    user = listening.join("tiny")
    bad, good = listening.standin.world.own_playlists("tiny")
    listening.break_(kind, f"/playlists/{bad.id}/items")
    sync = listening.sync(user)
    part = listening.part(user, C.PLAYLISTS)
    assert (sync.status, part.status, part.skipped) == (Status.COMPLETED, Status.COMPLETED, 1)
    assert set(playlists.known(user)) == {good.id}
    listening.standin.world.faults.clear()
    listening.standin.world.log.clear()
    listening.sync(user)
    assert {call.path for call in listening.calls("/items")} == {f"/v1/playlists/{bad.id}/items"}
    assert set(playlists.known(user)) == {good.id, bad.id}


def test_a_known_playlist_that_breaks_keeps_what_we_have(listening: Listening) -> None:
    user = listening.join("tiny")
    world = listening.standin.world
    listening.sync(user)
    bad = world.own_playlists("tiny")[0]
    before = playlists.entries(user, [bad.id])
    world.remove_playlist_items("tiny", bad.id, [0])
    listening.break_("server_error", f"/playlists/{bad.id}/items")
    listening.sync(user)
    assert playlists.entries(user, [bad.id]) == before
    assert bad.id in playlists.known(user)
    world.faults.clear()
    listening.sync(user)
    assert len(playlists.entries(user, [bad.id])[bad.id]) == len(before[bad.id]) - 1


@pytest.mark.slow
def test_closed_playlists_are_remembered_for_a_week(listening: Listening) -> None:
    user = listening.join("medium")
    foreign = [
        item.id
        for item in listening.standin.world.listeners["medium"].library.playlists
        if item and item.owner_id != "medium"
    ]
    assert len(foreign) == 2
    listening.sync(user)
    assert _calls_of(listening, foreign) == 2, "each was tried with one page"
    known = playlists.known(user)
    assert not any(known[id_].readable for id_ in foreign), "but their names are there"
    listening.standin.world.log.clear()
    listening.sync(user)
    listening.clock.forward(days=6, hours=23)
    listening.sync(user)
    assert _calls_of(listening, foreign) == 0
    other = listening.join("nova")
    listening.sync(other)
    items = {call.path.split("/")[3] for call in listening.calls("/items")}
    mine = {item.id for item in listening.standin.world.own_playlists("nova")}
    assert items <= mine, "what the app can't do, it can't do for anybody"
    listening.clock.forward(hours=1, seconds=1)
    listening.standin.world.log.clear()
    listening.sync(user)
    assert _calls_of(listening, foreign) == 2, "a week later things may have changed"


def test_an_empty_playlist_of_somebody_else_is_no_proof_that_others_open(
    listening: Listening,
) -> None:
    user = listening.join("medium")
    shelf = listening.standin.world.listeners["medium"].library.playlists
    porch = next(item for item in shelf if item and item.owner_id == "porchlight")
    shelf.append(replace(porch, id="1" * 22, entries=()))
    listening.sync(user)
    assert playlists.known(user)["1" * 22].readable, "there is nothing in it to read"
    assert budget.capability(OTHERS_PLAYLISTS, listening.clock()) is False


@pytest.mark.slow
def test_a_playlist_that_opened_is_read_once_it_is_asked_for(listening: Listening) -> None:
    user = listening.join("medium")
    listening.sync(user)
    listening.standin.world.set_shape("extended")
    listening.clock.forward(days=7, seconds=1)
    listening.sync(user)
    followed = next(id_ for id_, one in playlists.known(user).items() if _is_porch(listening, id_))
    assert playlists.known(user)[followed].readable
    listening.standin.world.log.clear()
    listening.sync(user)
    assert _calls_of(listening, [followed]) == 0, "and not again"


def _is_porch(listening: Listening, playlist_id: str) -> bool:
    return listening.standin.world.playlist("medium", playlist_id).owner_id == "porchlight"


def _calls_of(listening: Listening, ids: list[str]) -> int:
    return sum(len(listening.calls(f"/playlists/{id_}/items")) for id_ in ids)
