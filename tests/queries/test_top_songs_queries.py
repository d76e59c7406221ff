"""Marks, songs of playlists, and years made of plays, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browsing import Browsing
from webapp import db
from webapp.domain.accounts import Account
from webapp.queries import top_songs
from webapp.services.top_songs import read_shelf, read_year, span_of

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def medium(browsing: Browsing) -> Account:
    # Plays of the present would show its year, whichever that is.
    browsing.standin.world.listeners["medium"].start.timeline.tracks = ()
    browsing.sign_in("medium", work=True)
    return browsing.account("medium")


def play(account: Account, track_id: str, ended_at: datetime) -> None:
    db.query(
        "INSERT INTO plays (user_id, ended_at, track_id, source, seen_at)"
        " VALUES (%s, %s, %s, 'test', %s)",
        account.id,
        ended_at,
        track_id,
        ended_at,
    )


def test_songs_come_in_the_order_of_the_list(browsing: Browsing, medium: Account) -> None:
    world = browsing.standin.world
    (theirs,) = (p for p in world.own_playlists("medium") if "2024" in p.name)
    found = top_songs.songs(medium.id, [theirs.id])[theirs.id]
    assert [song.id for song in found] == [entry.ref for entry in theirs.entries]
    first = world.music.tracks[theirs.entries[0].ref]
    assert found[0].key == first.isrc
    assert tuple(id_ for id_, _ in found[0].artists) == first.artist_ids


def test_positions_that_hold_nothing_are_left_out(browsing: Browsing, medium: Account) -> None:
    world = browsing.standin.world
    odd = next(
        p for p in world.own_playlists("medium") if any(not entry.ref for entry in p.entries)
    )
    found = top_songs.songs(medium.id, [odd.id])[odd.id]
    assert len(found) == sum(bool(entry.ref) for entry in odd.entries)


def test_a_mark_is_kept_changed_and_forgotten(browsing: Browsing, medium: Account) -> None:
    playlist_id = browsing.standin.world.own_playlists("medium")[0].id

    def mark_of() -> object:
        (one,) = (one for one in top_songs.listed(medium.id) if one.id == playlist_id)
        return one.mark and one.mark.year

    assert top_songs.mark(medium.id, playlist_id, 2019, NOW)
    assert mark_of() == 2019
    assert top_songs.mark(medium.id, playlist_id, 2020, NOW)
    assert mark_of() == 2020
    top_songs.unmark(medium.id, playlist_id)
    assert mark_of() is None


def test_nobody_marks_anothers_playlist(browsing: Browsing, medium: Account) -> None:
    browsing.sign_in("tiny")
    theirs = browsing.standin.world.own_playlists("medium")[0].id
    assert not top_songs.mark(browsing.account("tiny").id, theirs, 2020, NOW)
    assert db.query("SELECT count(*) FROM top_songs_marks") == [(0,)]


def test_a_year_begins_at_the_listeners_midnight() -> None:
    span = span_of(2025, "Pacific/Auckland")
    assert span.start == datetime(2024, 12, 31, 11, tzinfo=UTC)
    assert span.stop == datetime(2025, 12, 31, 11, tzinfo=UTC)


def test_plays_of_a_year_are_ranked_and_counted(browsing: Browsing) -> None:
    browsing.sign_in("tiny")
    tiny = browsing.account("tiny")
    span = span_of(2024, "UTC")
    one, two, three = (row[0] for row in db.query("SELECT id FROM tracks ORDER BY id LIMIT 3"))
    for track_id, offset in ((one, 0), (two, 1), (two, 2), (three, 3)):
        play(tiny, track_id, span.start + timedelta(days=offset))
    play(tiny, one, span.stop)
    play(tiny, one, span.start - timedelta(microseconds=1))
    found = top_songs.played(tiny.id, span, 2)
    assert [(song.id, song.plays) for song in found.songs] == [(two, 2), (three, 1)]
    assert found.plays == 4
    assert top_songs.years_with_plays(tiny.id, [span_of(y, "UTC") for y in (2022, 2024)]) == [2024]


def test_two_editions_of_one_recording_are_one_song(browsing: Browsing) -> None:
    browsing.sign_in("tiny")
    tiny = browsing.account("tiny")
    one, two = (row[0] for row in db.query("SELECT id FROM tracks ORDER BY id LIMIT 2"))
    db.query("UPDATE tracks SET isrc = 'SAME' WHERE id IN (%s, %s)", one, two)
    span = span_of(2024, "UTC")
    play(tiny, one, span.start)
    play(tiny, two, span.start + timedelta(hours=1))
    found = top_songs.played(tiny.id, span, 10)
    assert [(song.id, song.plays) for song in found.songs] == [(two, 2)]


def test_a_year_shows_list_and_plays_side_by_side(browsing: Browsing, medium: Account) -> None:
    (theirs,) = (p for p in browsing.standin.world.own_playlists("medium") if "2024" in p.name)
    for place, entry in enumerate(theirs.entries[:50]):
        play(medium, entry.ref, datetime(2024, 6, 1, tzinfo=UTC) + timedelta(hours=place))
    shelf = read_shelf(medium, NOW)
    assert shelf.years == [2024, 2019]
    found = read_year(medium, shelf, 2024)
    assert found is not None
    assert found.listed is not None
    assert found.played is not None
    assert found.played.plays == 50
    assert found.agreement == len(found.played.keys) / len(found.listed.keys)
    assert read_year(medium, shelf, 2023) is None


def test_a_deleted_copy_is_still_read(browsing: Browsing, medium: Account) -> None:
    db.query("UPDATE playlists SET gone = true WHERE name LIKE '%%2024'")
    (of_year,) = read_shelf(medium, NOW).lists
    assert of_year.year == 2024
    assert len(of_year.songs) == 100
