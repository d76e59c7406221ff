"""What pages of artists, albums and tracks count, held against plain loops over all plays."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from tests import counting
from tests.counting import Heard
from tests.queries.playing import missed, played
from tests.queries.shelving import (
    MONDAY,
    counted,
    know,
    list_playlist,
    make_listener,
    make_track,
    rank,
    save,
)
from webapp import db
from webapp.domain.catalog import Artist
from webapp.domain.library import Kind
from webapp.domain.periods import EVER
from webapp.domain.stats import Grain, Item
from webapp.domain.things import MOST, lately
from webapp.queries import accounts, thing_listening, things
from webapp.services import things as pages
from webapp.services.things import Thing
from webapp.services.wiring import Wiring

pytestmark = pytest.mark.usefixtures("database")

ZONE = "Europe/Tallinn"
NOW = MONDAY + timedelta(days=3)
GUEST = Artist(id="artist-Guest", name="Guest")
BASE = [
    make_track(f"t{n}", f"Song {n}", artist=f"Band {n // 3}", album=f"Album {n // 2}")
    for n in range(9)
]
TRACKS = [
    replace(track, artists=(*track.artists, GUEST), isrc="SAME") if number % 4 == 0 else track
    for number, track in enumerate(BASE)
]
UNKNOWN = "nobody knows it"
ALL = [
    *((Item.TRACK, track.id) for track in TRACKS),
    (Item.TRACK, UNKNOWN),
    *((Item.ALBUM, f"album-Album {n}") for n in range(5)),
    *((Item.ARTIST, f"artist-Band {n}") for n in range(3)),
]


@pytest.fixture
def listener() -> int:
    know(TRACKS)
    user_id = make_listener()
    db.query("UPDATE users SET time_zone = %s WHERE id = %s", ZONE, user_id)
    return user_id


def listen(user_id: int, count: int = 400) -> list[Heard]:
    """Play over three years, most of it lately, some tracks far more than others."""
    random = Random(5)  # noqa: S311 - repeatable
    ids = [*(track.id for track in TRACKS), UNKNOWN]
    plays = {
        (
            ids[int(len(ids) * random.random() ** 2)],
            NOW - timedelta(minutes=int(1_500_000 * random.random() ** 3)),
        )
        for _ in range(count)
    }
    played(user_id, sorted(plays))
    return counting.read(user_id)


def place(plays: Iterable[Heard], kind: Item, thing_id: str) -> tuple[int, int, int] | None:
    """Count a thing's plays, ms and rank, one play at a time."""
    tallies = counting.items(plays, kind)
    mine = tallies.get(thing_id)
    if mine is None:
        return None
    return mine.plays, mine.ms, 1 + sum(other.plays > mine.plays for other in tallies.values())


def test_places_days_and_ends_are_those_of_a_plain_count(listener: int) -> None:
    plays = listen(listener)
    weeks_from, year_from = date(2026, 2, 6), datetime(2025, 3, 6, tzinfo=ZoneInfo(ZONE))
    lately_heard = counting.within(plays, ZONE, weeks_from, date(2026, 3, 6))
    for kind, thing_id in ALL:
        mine = [play for play in plays if play.id_of(kind) == thing_id]
        found = thing_listening.places(listener, kind, thing_id, date(2025, 1, 1))
        for (grain, period), one in found.items():
            within = [play for play in plays if begins(play, grain) == period]
            assert (one.plays, one.ms, one.rank) == place(within, kind, thing_id)
        years = {(Grain.YEAR, begins(play, Grain.YEAR)) for play in mine}
        assert {key for key in found if key[0] is Grain.YEAR} == years
        assert min(period for grain, period in found if grain is Grain.MONTH) >= date(2025, 1, 1)

        wanted = place(lately_heard, kind, thing_id)
        counts = thing_listening.counts_since(listener, kind, weeks_from, ZONE)
        recent = lately(wanted[0] if wanted else 0, counts)
        assert (recent and (recent.plays, recent.rank)) == (wanted and (wanted[0], wanted[2]))

        days = Counter(counting.day_of(p, ZONE) for p in mine if p.ended_at >= year_from)
        assert thing_listening.days(listener, kind, thing_id, year_from, ZONE) == days

        heard = things.head(listener, kind, thing_id).heard
        assert heard
        assert (heard.plays, heard.ms) == (len(mine), sum(play.ms for play in mine))
        ends = thing_listening.tracks_played_at(
            listener, kind, thing_id, [heard.first_at, heard.last_at]
        )
        assert ends == {p.ended_at: p.track_id for p in (mine[0], mine[-1])}


def begins(play: Heard, grain: Grain) -> date:
    day = counting.day_of(play, ZONE)
    if grain is Grain.EVER:
        return EVER
    return day.replace(day=1) if grain is Grain.MONTH else day.replace(month=1, day=1)


def test_tracks_and_albums_of_an_artist_and_guests(listener: int) -> None:
    plays = listen(listener)
    tracks = counting.items(plays, Item.TRACK)
    for artist in ("artist-Band 0", "artist-Band 1", GUEST.id):
        theirs = [t.id for t in TRACKS if artist in {one.id for one in t.artists}]
        found = thing_listening.tracks(listener, Item.ARTIST, artist, 2)
        order = sorted(theirs, key=lambda id_: (-tracks[id_].plays, -tracks[id_].ms, id_))
        assert [row.track.id for row in found.rows] == order[:2]
        assert [row.plays for row in found.rows] == [tracks[id_].plays for id_ in order[:2]]
        assert found.total == len(theirs)

    albums = thing_listening.albums(listener, "artist-Band 0", 9).rows
    counted_by = Counter(p.album_id for p in plays if p.artist_id == "artist-Band 0")
    assert {row.id: row.plays for row in albums} == counted_by, "Band 1 is on Album 1 as well"
    assert [row.plays for row in albums] == sorted(counted_by.values(), reverse=True)

    guest = things.head(listener, Item.ARTIST, GUEST.id)
    assert guest.heard is None
    assert guest.guest_plays == sum(tracks[t.id].plays for t in TRACKS if GUEST in t.artists)

    versions = thing_listening.versions(listener, "t0", 9).rows
    assert {row.track.id: row.plays for row in versions} == {
        id_: tracks[id_].plays for id_ in ("t4", "t8")
    }


def test_beyond_the_last_place_none_is_told(listener: int) -> None:
    rows = [(f"x{n}", MONDAY + timedelta(seconds=n)) for n in range(MOST + 1)]
    played(listener, [*rows, *((id_, at + timedelta(days=1)) for id_, at in rows), ("t1", MONDAY)])
    found = thing_listening.places(listener, Item.TRACK, "t1", date(2026, 1, 1))
    assert {one.rank for one in found.values()} == {None}
    counts = thing_listening.counts_since(listener, Item.TRACK, date(2026, 2, 6), "UTC")
    assert counts == {2: MOST + 1, 1: 1}


def test_a_listener_knows_what_plays_library_lists_and_playlists_told(
    listener: int, wiring: Wiring
) -> None:
    save(listener, Kind.SAVED_TRACK, "t0")
    save(listener, Kind.SAVED_ALBUM, "album-Album 4")
    save(listener, Kind.FOLLOWED_ARTIST, "artist-Band 2")
    rank(listener, "tracks", "t3")
    list_playlist(listener, "list", ["t5", None])
    other = make_listener("nova")
    save(other, Kind.SAVED_TRACK, "t7")
    played(other, [("t6", MONDAY)])

    def known(user_id: int, kind: Item) -> set[str]:
        asked = [id_ for one, id_ in (*ALL, (Item.ARTIST, GUEST.id)) if one is kind]
        return {id_ for id_ in asked if read(wiring, user_id, kind, id_)}

    assert known(listener, Item.TRACK) == {"t0", "t3", "t5"}
    assert known(listener, Item.ALBUM) == {f"album-Album {n}" for n in (0, 1, 2, 4)}
    assert known(listener, Item.ARTIST) == {f"artist-Band {n}" for n in range(3)} | {GUEST.id}
    assert known(other, Item.TRACK) == {"t6", "t7"}
    assert known(other, Item.ARTIST) == {"artist-Band 2"}
    found = read(wiring, listener, Item.TRACK, "t0")
    assert found
    assert found.listening is None


def read(wiring: Wiring, user_id: int, kind: Item, thing_id: str) -> Thing | None:
    account = accounts.find(user_id)
    assert account
    return pages.read(wiring.redis, account, kind, thing_id, NOW)


def test_a_gap_makes_numbers_uncertain_and_a_page_takes_few_statements(
    listener: int, wiring: Wiring
) -> None:
    plays = listen(listener, 50)
    missed(listener, MONDAY - timedelta(days=9), MONDAY)
    for kind, thing_id in ALL:
        with counted() as counter:
            found = read(wiring, listener, kind, thing_id)
        assert len(counter.statements) <= 11, counter.statements
        heard = any(play.id_of(kind) == thing_id for play in plays)
        assert bool(found and found.listening) == heard
        assert not found or found.head.at_least
