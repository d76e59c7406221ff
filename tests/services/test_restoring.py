"""An archive brought back: into an empty account as it was, into any other what is missing."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from tests.exporting import extended, history
from tests.importing import bring_in
from tests.services.listening import Listening
from tests.taking import (
    bring_back,
    forget_catalogue,
    forget_everything,
    lines,
    live,
    make_listener,
    manifest,
    members,
    open_up,
    pack,
    tables_of,
    take,
)
from tests.telling import SONG, tell
from webapp import db
from webapp.domain.imports import Outcome
from webapp.domain.library import Kind
from webapp.domain.profiles import Privacy
from webapp.domain.reports import Source
from webapp.domain.restoring import NEW_FOR
from webapp.domain.syncs import Status as SyncStatus
from webapp.queries import accounts, library, playlists, profiles
from webapp.rebuild import rebuild
from webapp.services.restoring import (
    BLENDS_TOLD,
    COLLECTION_NEW,
    LIBRARY_LEFT,
    PROFILE_LEFT,
    PROFILE_ON,
    SETTINGS_LEFT,
    SETTINGS_NEW,
)

NO_IMPORT = 999
"""A number that no import of these tests has."""

EARLIER = Path(__file__).parent / "archives" / "version-1.zip"
"""Made by the program that wrote version 1 of the format, of twelve rows of listening history."""


def full_listener(listening: Listening) -> int:
    user_id = listening.join("medium")
    listening.sync(user_id)
    live(listening.wiring, user_id)
    return user_id


def leave(user_id: int) -> None:
    with db.transaction():
        accounts.erase(user_id)


def counted(archive: bytes) -> dict[str, int]:
    return {name: body.count(b"\n") for name, body in members(archive).items()}


def test_an_archive_comes_home_bit_for_bit(listening: Listening, newcomer: int) -> None:
    wiring, user_id = listening.wiring, full_listener(listening)
    accounts.change(user_id, time_zone="Asia/Tokyo", theme="dark")
    rebuild(user_id)
    archive, before = take(wiring, user_id), tables_of(user_id)
    counts = counted(archive)
    assert all(counts.values()), "something of every kind is in it"
    leave(user_id)
    forget_everything()
    done = bring_back(wiring, newcomer, archive)
    assert tables_of(newcomer) == before
    again, told = members(take(wiring, newcomer)), members(archive)
    assert told.pop("blends.jsonl").count(b"\n") == 4
    assert again.pop("blends.jsonl") == b"", "a blend takes two"
    assert again == told
    account = listening.account(newcomer)
    assert (account.time_zone, account.theme, account.username) == (
        "Asia/Tokyo",
        "dark",
        "newcomer",
    )
    receipt = done.receipt or {}
    assert sum(receipt.get(outcome, 0) for outcome in Outcome) == counts["play_reports.jsonl"]
    assert receipt["library_new"] == counts["library_events.jsonl"]
    assert receipt["playlists_new"] == counts["playlist_versions.jsonl"]
    assert receipt[COLLECTION_NEW] == counts["collection.jsonl"]
    assert [receipt[key] for key in (SETTINGS_NEW, PROFILE_ON, BLENDS_TOLD)] == [1, 1, 1]


def test_what_came_home_can_be_made_anew(listening: Listening, newcomer: int) -> None:
    wiring, user_id = listening.wiring, full_listener(listening)
    rebuild(user_id)
    archive, before = take(wiring, user_id), tables_of(user_id)
    leave(user_id)
    forget_catalogue()
    bring_back(wiring, newcomer, archive)
    rebuild(newcomer)
    assert tables_of(newcomer) == before


def test_an_archive_of_an_earlier_version_comes_home(listening: Listening, newcomer: int) -> None:
    archive = EARLIER.read_bytes()
    assert manifest(archive)["format_version"] == 1
    done = bring_back(listening.wiring, newcomer, archive)
    assert (done.receipt or {})[Outcome.NEW] == 10
    again, told = members(take(listening.wiring, newcomer)), members(archive)
    del again["schema.json"], told["schema.json"]
    assert {name: again.pop(name) for name in told} == told
    assert set(again.values()) == {b""}, "what it did not know is empty"


def test_an_empty_account_makes_an_archive_that_changes_nothing(
    listening: Listening, newcomer: int
) -> None:
    archive = take(listening.wiring, newcomer)
    counts = counted(archive)
    del counts["schema.json"]
    assert set(counts.values()) == {0}
    before = tables_of(newcomer)
    done = bring_back(listening.wiring, newcomer, archive)
    assert done.receipt == {}
    assert tables_of(newcomer) == before
    assert members(take(listening.wiring, newcomer)) == members(archive)


def test_looks_that_found_nothing_come_home_too(listening: Listening, newcomer: int) -> None:
    looker, now = make_listener("looker"), listening.clock()
    look = "INSERT INTO collection_checks (user_id, collection, result, swept, checked_at) VALUES"
    db.query(f"{look} (%s, 'playlists', 'failed', false, %s)", looker, now)
    archive = take(listening.wiring, looker)
    bring_back(listening.wiring, newcomer, archive)
    assert members(take(listening.wiring, newcomer)) == members(archive)


def test_the_same_archive_twice_changes_nothing(listening: Listening) -> None:
    wiring, user_id = listening.wiring, full_listener(listening)
    archive, before = take(wiring, user_id), tables_of(user_id)
    done = bring_back(wiring, user_id, archive)
    had = counted(archive)["play_reports.jsonl"]
    assert done.receipt == {Outcome.HAD: had, BLENDS_TOLD: 1}
    assert tables_of(user_id) == before
    assert members(take(wiring, user_id)) == members(archive)


@dataclass(frozen=True)
class Move:
    """A listener who moved to an install where the first sync was faster than the archive."""

    user_id: int
    archive: bytes
    then: datetime
    library_then: dict[Kind, dict[str, datetime | None]]
    unsaved: str
    dropped: str


@pytest.fixture
def move(listening: Listening) -> Move:
    """Take an archive, change the library, and begin anew a month later."""
    world, user_id = listening.standin.world, full_listener(listening)
    then, archive = listening.clock.now, take(listening.wiring, user_id)
    library_then = {kind: library.state_at(user_id, kind, then) for kind in Kind}
    leave(user_id)
    forget_catalogue()
    listening.clock.forward(days=30)
    unsaved = next(iter(world.listeners["medium"].library.tracks)).id
    dropped = next(iter(world.own_playlists("medium"))).id
    world.unsave_track("medium", unsaved)
    world.delete_playlist("medium", dropped)
    user_id = listening.join("medium")
    listening.sync(user_id)
    return Move(user_id, archive, then, library_then, unsaved, dropped)


def test_a_past_goes_before_what_was_seen_here(listening: Listening, move: Move) -> None:
    user_id, here = move.user_id, tables_of(move.user_id)
    done = bring_back(listening.wiring, user_id, move.archive)
    assert (done.receipt or {})["library_new"] == counted(move.archive)["library_events.jsonl"]
    assert {kind: library.state_at(user_id, kind, move.then) for kind in Kind} == move.library_then
    after = tables_of(user_id)
    assert after["library"] == here["library"], "what is saved now is what was seen here"
    assert [row for row in after["playlists"] if not row[8]] == here["playlists"]
    assert {row[:2] for row in after["plays"]} > {row[:2] for row in here["plays"]}
    assert listening.sync(user_id).status is SyncStatus.COMPLETED
    assert tables_of(user_id)["library"] == here["library"], "a sync finds nothing to mend"


def test_what_was_gone_by_the_first_look_here_has_an_end(listening: Listening, move: Move) -> None:
    user_id, now = move.user_id, listening.clock.now
    bring_back(listening.wiring, user_id, move.archive)
    assert move.unsaved in library.state_at(user_id, Kind.SAVED_TRACK, move.then)
    assert move.unsaved not in library.state_at(user_id, Kind.SAVED_TRACK, now)
    assert move.dropped in playlists.playlists_at(user_id, move.then)
    assert move.dropped not in playlists.playlists_at(user_id, now)


def test_two_pasts_of_one_time_are_not_mixed(listening: Listening, newcomer: int) -> None:
    wiring, user_id = listening.wiring, full_listener(listening)
    archive = take(wiring, user_id)
    event = "INSERT INTO library_events (user_id, kind, item_id, event, seen_at) VALUES %s"
    early = datetime(2015, 1, 1, tzinfo=UTC)
    db.insert_values(event, [(newcomer, "saved_track", "y", "added", early)])
    done = bring_back(wiring, newcomer, archive)
    receipt = done.receipt or {}
    assert receipt[LIBRARY_LEFT] > counted(archive)["library_events.jsonl"]
    assert "library_new" not in receipt
    assert db.query("SELECT count(*) FROM library_events WHERE user_id = %s", newcomer) == [(1,)]
    assert tables_of(newcomer)["plays"] == tables_of(user_id)["plays"], "plays come all the same"


def test_plays_that_are_here_meet_those_of_an_archive(listening: Listening, newcomer: int) -> None:
    wiring, user_id = listening.wiring, listening.join("empty")
    bring_in(wiring, user_id, extended(history(200)))
    open_up(user_id, wiring.clock())
    archive, before = take(wiring, user_id), tables_of(user_id)
    at = before["plays"][0][0]
    tell(newcomer, Source.SPOTIFY, [(SONG, at, None)], import_id=NO_IMPORT)
    accounts.change(newcomer, time_zone="Asia/Tokyo", created_at=wiring.clock() - NEW_FOR)
    bring_in(wiring, newcomer, extended(islice(history(200), 50)))
    done = bring_back(wiring, newcomer, archive)
    reports = counted(archive)["play_reports.jsonl"]
    receipt = done.receipt or {}
    assert [receipt.pop(key) for key in (SETTINGS_LEFT, PROFILE_LEFT)] == [1, 1]
    assert sum(receipt.values()) == reports
    assert receipt[Outcome.HAD] > 0
    after = tables_of(newcomer)
    assert {row[:2] for row in after["plays"]} == {
        *(row[:2] for row in before["plays"]),
        (at, SONG.id),
    }
    assert sum(row[1] for row in after["days"]) == len(after["plays"])
    assert listening.account(newcomer).time_zone == "Asia/Tokyo", "settings of who has plays stay"
    assert profiles.privacy_of(newcomer) == Privacy(), "and nothing is opened to others"


def test_an_archive_fills_a_gap_that_was_noticed_here(listening: Listening, newcomer: int) -> None:
    wiring, user_id = listening.wiring, listening.join("empty")
    bring_in(wiring, user_id, extended(history(50)))
    archive, plays = take(wiring, user_id), tables_of(user_id)["plays"]
    gap = "INSERT INTO listening_gaps VALUES (%s, %s, %s, %s)"
    db.query(gap, newcomer, plays[0][0], plays[2][0], wiring.clock())
    db.query(gap, newcomer, wiring.clock(), wiring.clock(), wiring.clock())
    bring_back(wiring, newcomer, archive)
    found = "SELECT closed_by FROM listening_gaps WHERE user_id = %s ORDER BY after_at"
    assert db.query(found, newcomer) == [("backspin",), (None,)]


def test_an_archive_may_be_packed_anew_and_come_with_others(
    listening: Listening, newcomer: int
) -> None:
    wiring, user_id = listening.wiring, listening.join("empty")
    bring_in(wiring, user_id, extended(history(60)))
    archive, before = take(wiring, user_id), tables_of(user_id)["plays"]
    parts = members(archive)
    packed = pack(parts, manifest(archive), folder="backspin-empty/")
    more = extended(history(90, seed=1))
    done = bring_in(wiring, newcomer, packed, more)
    kinds = db.query("SELECT kind FROM import_files WHERE import_id = %s ORDER BY file", done.id)
    assert kinds == [("backspin",), ("extended",)]
    after = tables_of(newcomer)["plays"]
    assert {row[:2] for row in before} < {row[:2] for row in after}
    assert len(lines(take(wiring, newcomer), "imports")) == 2, "it had rows of its own"


def test_two_archives_at_once_are_one_after_the_other(listening: Listening, newcomer: int) -> None:
    wiring, user_id = listening.wiring, listening.join("empty")
    bring_in(wiring, user_id, extended(history(60)))
    first = take(wiring, user_id)
    bring_in(wiring, user_id, extended(history(90, seed=1)))
    second, plays = take(wiring, user_id), tables_of(user_id)["plays"]
    bring_in(wiring, newcomer, io.BytesIO(first), io.BytesIO(second))
    assert [row[:5] for row in tables_of(newcomer)["plays"]] == [row[:5] for row in plays]
