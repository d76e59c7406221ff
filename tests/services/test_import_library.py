"""Account data's library in the log: the past it tells of, and the later states it leaves alone."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.exporting import account_data, track_id
from tests.importing import bring_in, try_in
from tests.services.listening import Listening
from webapp import db
from webapp.domain.errors import ExportFault
from webapp.domain.imports import Status
from webapp.domain.library import Kind
from webapp.domain.sweeps import Body
from webapp.domain.syncs import Cause, Checked, Collection, Freshness
from webapp.queries import library, playlists
from webapp.queries.playlists import Version
from webapp.rebuild import rebuild
from webapp.services import sync_settle

THEN = datetime(2024, 5, 1, 12, tzinfo=UTC)
LATER = datetime(2025, 5, 1, 12, tzinfo=UTC)
DERIVED = ("library_items", "playlists")
LOGS = ("library_events", "playlist_versions")


def saved(number: int) -> dict[str, str]:
    return {
        "artist": "Ana",
        "album": "First",
        "track": f"Song {number}",
        "uri": f"spotify:track:{track_id(number)}",
    }


def your_library(*numbers: int, **more: Any) -> dict[str, Any]:
    return {
        "tracks": [saved(number) for number in numbers],
        "albums": [{"artist": "Ana", "album": "First", "uri": "spotify:album:album1"}],
        "artists": [{"name": "Ana", "uri": "spotify:artist:artist1"}],
        **more,
    }


def listed(*entries: Any, name: str = "Road") -> dict[str, Any]:
    return {"playlists": [{"name": name, "items": list(entries), "description": "by car"}]}


def entry(number: int) -> dict[str, Any]:
    track = {
        "trackName": f"Song {number}",
        "artistName": "Ana",
        "albumName": "First",
        "trackUri": f"spotify:track:{track_id(number)}",
    }
    return {"track": track, "addedDate": "2023-01-31"}


def file(name: str, dated: datetime = THEN, **content: Any) -> io.BytesIO:
    return account_data(dated, **{name: content})


def tracks_at(user_id: int, moment: datetime) -> set[str]:
    return set(library.state_at(user_id, Kind.SAVED_TRACK, moment))


def tracks_now(user_id: int) -> set[str]:
    return set(library.known(user_id, Kind.SAVED_TRACK))


def dump(*tables: str) -> list[list[tuple[str]]]:
    return [db.query(f"SELECT t::text FROM {table} t ORDER BY 1") for table in tables]  # noqa: S608 - our own names


def test_the_past_is_told_and_the_first_sync_stays_what_it_saw(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.sync(user)
    seen, counted = tracks_now(user), listening.clock.now
    done = bring_in(listening.wiring, user, file("YourLibrary", **your_library(1, 2)))
    assert done.receipt == {"library_new": 4, "playlists_new": 0}
    assert tracks_at(user, THEN - timedelta(seconds=1)) == set()
    assert tracks_at(user, THEN) == tracks_at(user, LATER) == {track_id(1), track_id(2)}
    assert tracks_at(user, counted) == tracks_now(user) == seen
    followed = library.state_at(user, Kind.FOLLOWED_ARTIST, THEN)
    assert list(followed) == ["artist1"]
    origins = db.query(
        "SELECT event, origin, sync_id IS NULL FROM library_events WHERE kind = 'saved_album'"
        " AND item_id = 'album1' ORDER BY seen_at"
    )
    assert origins == [("added", "file", True), ("removed", "spotify", False)]
    before = dump(*DERIVED)
    rebuild(user)
    assert dump(*DERIVED) == before


def test_before_the_first_sync_the_file_is_the_library_until_it(listening: Listening) -> None:
    user = listening.join("tiny")
    bring_in(listening.wiring, user, file("YourLibrary", **your_library(1, 2)))
    assert tracks_now(user) == {track_id(1), track_id(2)}
    listening.sync(user)
    assert len(tracks_now(user)) == 60
    assert tracks_at(user, THEN) == {track_id(1), track_id(2)}


def test_a_file_that_comes_while_a_sync_reads_is_not_taken_for_todays_library(
    listening: Listening,
) -> None:
    user = listening.join("tiny")
    account, now = listening.account(user), listening.clock.now
    week = timedelta(days=7)
    fresh = Freshness(playlists=week, top=week, sweep=week)
    sweep = sync_settle.plan(Collection.SAVED_TRACKS, account, Checked(), fresh, now)
    [fetch] = sweep.begin()
    assert not sweep.take(fetch, Body(rows=[["today", "2025-01-01T00:00:00+00:00"]], total=1))
    bring_in(listening.wiring, user, file("YourLibrary", **your_library(1, 2)))
    assert tracks_now(user) == {track_id(1), track_id(2)}
    with db.transaction():
        sync_settle.settle(sweep, account, 1, now)
    assert tracks_now(user) == {"today"}


def test_newer_and_older_files_in_any_order_give_the_same_states(listening: Listening) -> None:
    states = []
    for order in ((THEN, LATER), (LATER, THEN)):
        user = listening.join("tiny" if order[0] == THEN else "empty")
        numbers = {THEN: (1, 2), LATER: (2, 3)}
        for dated in order:
            bring_in(
                listening.wiring,
                user,
                file("YourLibrary", dated, **your_library(*numbers[dated])),
            )
        states.append([tracks_at(user, moment) for moment in (THEN, LATER)])
    assert states[0] == states[1]
    assert states[0] == [{track_id(1), track_id(2)}, {track_id(2), track_id(3)}]


def test_the_same_files_again_change_nothing(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.sync(user)
    sent = {"YourLibrary": your_library(1, 2), "Playlist1": listed(entry(1), entry(2))}
    first = bring_in(listening.wiring, user, account_data(THEN, **sent))
    assert first.receipt == {"library_new": 4, "playlists_new": 1}
    before = dump(*DERIVED, *LOGS)
    again = bring_in(listening.wiring, user, account_data(THEN, **sent))
    assert again.receipt == {"library_new": 0, "playlists_new": 0}
    assert dump(*DERIVED, *LOGS) == before


def test_what_the_file_names_is_in_the_catalogue(listening: Listening) -> None:
    user = listening.join("empty")
    bring_in(listening.wiring, user, file("YourLibrary", **your_library(1)))
    assert db.query("SELECT id, name FROM artists") == [("artist1", "Ana")]
    assert db.query(
        "SELECT t.name, t.artist_names, a.name, c.artist_id FROM tracks t"
        " JOIN albums a ON a.id = t.album_id JOIN track_artists c ON c.track_id = t.id"
    ) == [("Song 1", "Ana", "First", "artist1")]
    assert db.query("SELECT album_id, artist_id FROM album_artists") == [("album1", "artist1")]


def version(user: int, playlist_id: str, moment: datetime) -> Version:
    found = playlists.version_at(user, playlist_id, moment)
    assert found is not None
    return found


def test_a_playlist_of_a_known_name_gets_its_past_and_keeps_its_present(
    listening: Listening,
) -> None:
    user = listening.join("tiny")
    listening.sync(user)
    [road, other] = playlists.playlists_at(user, listening.clock.now)
    now = version(user, road, listening.clock.now)
    calls = len(listening.calls())
    sent = file("Playlist1", **listed(entry(1), entry(2), entry(1), name=now.name))
    bring_in(listening.wiring, user, sent)
    past = version(user, road, LATER)
    assert [place[0] for place in past.entries or ()] == [track_id(n) for n in (1, 2, 1)]
    assert past.seen_at == THEN
    assert (past.owner_id, past.name) == (now.owner_id, now.name)
    assert version(user, road, listening.clock.now) == now
    assert playlists.version_at(user, other, LATER) is None
    listening.clock.forward(hours=25)
    listening.sync(user, Cause.DAILY)
    assert not [call for call in listening.calls()[calls:] if "/items" in call.path]


def test_a_playlist_that_spotify_no_longer_lists_was_there_once(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.sync(user)
    episode = {"episodeName": "E", "showName": "S", "episodeUri": "spotify:episode:episode1"}
    local = {"uri": "spotify:local:Oasis:Morning+Glory:Wonderwall:258"}
    nameless = {"trackName": "Song 9", "artistName": "Ana", "albumName": "", "trackUri": None}
    items = [entry(1), {"episode": episode}, {"localTrack": local}, {"track": nameless}, None]
    bring_in(listening.wiring, user, file("Playlist1", **listed(*items, entry(1))))
    [playlist_id] = playlists.playlists_at(user, LATER)
    assert playlist_id.startswith("file:")
    past = version(user, playlist_id, LATER)
    assert (past.name, past.description, past.total) == ("Road", "by car", 6)
    places = past.entries or []
    assert places[0] == places[5] == [track_id(1), "2023-01-31T00:00:00+00:00", None]
    assert places[4] == [None, None, None]
    kinds = dict(db.query("SELECT id, kind FROM tracks WHERE id = ANY(%s)", [p[0] for p in places]))
    assert [kinds[place[0]] for place in places[:4]] == ["track", "episode", "local", "track"]
    assert places[3][0].startswith("name:")
    assert playlist_id not in playlists.playlists_at(user, listening.clock.now)
    shown = db.query("SELECT gone, total FROM playlists WHERE playlist_id = %s", playlist_id)
    assert shown == [(True, 6)]


def test_a_file_without_a_date_leaves_todays_library_alone(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.sync(user)
    seen = tracks_now(user)
    undated = account_data(datetime(1980, 1, 1, tzinfo=UTC), YourLibrary=your_library(1, 2))
    assert bring_in(listening.wiring, user, undated).receipt == {
        "library_new": 4,
        "playlists_new": 0,
    }
    assert tracks_now(user) == seen
    told = db.query("SELECT DISTINCT seen_at FROM library_events WHERE origin = 'undated_file'")
    assert told == [(listening.clock.now,)]


def test_a_broken_file_is_named_and_nothing_is_stored(listening: Listening) -> None:
    user = listening.join("tiny")
    whole = account_data(THEN, YourLibrary=your_library(1)).getvalue()
    broken = io.BytesIO(b'{"tracks": [], "albums": [], "artists": [{"name": ')
    failed = try_in(listening.wiring, user, io.BytesIO(whole), broken)
    assert (failed.status, failed.error) == (Status.FAILED, ExportFault.TRUNCATED)
    assert "file 2" in (failed.error_detail or "")
    assert db.query("SELECT count(*) FROM library_events") == [(0,)]
    assert db.query("SELECT count(*) FROM tracks") == [(0,)]


@pytest.mark.parametrize("numbers", [(), (1,)])
def test_what_a_file_cannot_tell_it_does_not_take_away(
    listening: Listening, numbers: tuple[int, ...]
) -> None:
    user = listening.join("tiny")
    bring_in(listening.wiring, user, file("YourLibrary", **your_library(1, 2)))
    unreadable = [{"uri": None}] if numbers else []
    newer = your_library(*numbers)
    newer["tracks"] += unreadable
    bring_in(listening.wiring, user, file("YourLibrary", LATER, **newer))
    assert tracks_now(user) == {track_id(1), track_id(2)}
