"""Ids that are found later: songs become tracks without doubling, and stay what they became."""

import io
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from tests.exporting import PLAIN, extended, history
from tests.importing import bring_in
from tests.queries.shelving import counted
from tests.telling import NOON, NOW, SECOND, Tune, keyed, plays_of, tell
from webapp import db
from webapp.domain.catalog import Album, Artist, Track, catalog_of
from webapp.domain.reports import Source
from webapp.queries import accounts, catalog, decisions
from webapp.queries.decisions import Wish
from webapp.rebuild import rebuild
from webapp.services import adoption
from webapp.services import decisions as decision_services
from webapp.services.wiring import Wiring

NAMED = Tune("Song")
REAL, OTHER = Tune("Song", "song00"), Tune("Song", "song01")
HOUR = timedelta(hours=1)


def know(track_id: str, title: str = "Song", artist: str = "Band", album: str = "Album") -> None:
    """Let a service tell of a track."""
    by = Artist(id=f"artist-{artist}", name=artist)
    of = Album(id=f"album-{album}", name=album, artists=(by,))
    track = Track(id=track_id, name=title, album=of, artists=(by,), artist_names=artist)
    catalog.store(catalog_of(tracks=[track]), NOW, timedelta(0))


def adopt() -> int:
    return adoption.adopt_all()


def days() -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT user_id, day::text, plays, tracks, artists, top_track_id, top_artist_id"
        " FROM daily_listening ORDER BY 1, 2"
    )


def supported() -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT track_id, verdict, play_ended_at, play_track_id FROM play_reports ORDER BY id"
    )


def version(user_id: int) -> int:
    found = accounts.find(user_id)
    assert found is not None
    return found.data_version


def test_a_song_becomes_the_track_that_the_catalogue_learned_of(newcomer: int) -> None:
    tell(newcomer, Source.LASTFM, [(NAMED, NOON, None), (NAMED, NOON + HOUR, None)])
    rebuild(newcomer)
    before, ends = version(newcomer), [row[0] for row in plays_of(newcomer)]
    know("song00")
    assert adopt() == 1
    assert [row[:2] for row in plays_of(newcomer)] == [(end, "song00") for end in ends]
    told = [(NAMED.id, "new", end, "song00") for end in ends]
    assert supported() == told, "what was told stays, what it supports follows"
    assert days() == [(newcomer, "2026-03-01", 2, 1, 1, "song00", "artist-Band")]
    assert version(newcomer) > before
    stands = plays_of(newcomer)
    assert adopt() == 0
    rebuild(newcomer)
    assert (plays_of(newcomer), supported()) == (stands, told)


def test_of_several_tracks_the_listeners_own_is_meant(newcomer: int) -> None:
    tell(newcomer, Source.LASTFM, [(NAMED, NOON, None)])
    tell(newcomer, Source.EXTENDED, [(OTHER, NOON + n * HOUR, 90_000) for n in (5, 6)])
    tell(newcomer, Source.EXTENDED, [(REAL, NOON + 7 * HOUR, 90_000)])
    adopt()
    assert Counter(row[1] for row in plays_of(newcomer)) == {"song01": 3, "song00": 1}


def test_of_tracks_played_alike_the_smallest_id_is_meant(newcomer: int) -> None:
    tell(newcomer, Source.LASTFM, [(NAMED, NOON, None)])
    know("song01")
    know("song00")
    adopt()
    assert [row[1] for row in plays_of(newcomer)] == ["song00"]


def test_what_was_chosen_stands(newcomer: int) -> None:
    tell(newcomer, Source.LASTFM, [(NAMED, NOON, None)])
    know("song00")
    adopt()
    tell(newcomer, Source.EXTENDED, [(OTHER, NOON + n * HOUR, 90_000) for n in range(3, 9)])
    tell(newcomer, Source.LASTFM, [(NAMED, NOON + 24 * HOUR, None)])
    rebuild(newcomer)
    assert Counter(row[1] for row in plays_of(newcomer)) == {"song00": 2, "song01": 6}


def test_without_a_choice_rows_meet_the_track_that_the_listener_plays(newcomer: int) -> None:
    tell(newcomer, Source.EXTENDED, [(OTHER, NOON + n * HOUR, 90_000) for n in range(2)])
    tell(newcomer, Source.EXTENDED, [(REAL, NOON + 3 * HOUR, 90_000)])
    tell(newcomer, Source.LASTFM, [(NAMED, NOON + 24 * HOUR, None)])
    assert plays_of(newcomer)[-1][1] == "song01"


def test_a_song_with_another_name_then_is_one_play_once_the_names_agree(newcomer: int) -> None:
    wrong = Tune("Sung", "song00")
    tell(newcomer, Source.EXTENDED, [(wrong, NOON, 180_000)])
    tell(newcomer, Source.ACCOUNT, [(NAMED, NOON + 40 * SECOND, 180_000)])
    assert len(plays_of(newcomer)) == 2
    know("song00")
    adopt()
    assert plays_of(newcomer) == [(NOON, "song00", "spotify_extended", 180_000)]
    assert [row[1:] for row in supported()] == [
        ("new", NOON, "song00"),
        ("merged", NOON, "song00"),
    ]
    assert [row[2] for row in days()] == [1]
    rebuild(newcomer)
    assert plays_of(newcomer) == [(NOON, "song00", "spotify_extended", 180_000)]


def doubled(user_id: int) -> None:
    """Let a scrobbler tell the same play twice, once with an id."""
    tell(user_id, Source.SUBMITTED, [(NAMED, NOON, 180_000)])
    tell(user_id, Source.SUBMITTED, [(REAL, NOON, 180_000)])
    assert len(plays_of(user_id)) == 2


def test_of_plays_with_one_name_one_is_left(newcomer: int) -> None:
    doubled(newcomer)
    rebuild(newcomer)
    ended = NOON + 180 * SECOND
    once = [(ended, "song00", "submitted", 180_000)]
    assert plays_of(newcomer) == once
    assert [row[2:] for row in supported()] == [(ended, "song00")] * 2
    assert [row[2] for row in days()] == [1]


def test_incrementally_too(newcomer: int) -> None:
    doubled(newcomer)
    assert adopt() == 1
    stands = plays_of(newcomer), supported(), [row[2] for row in days()]
    assert stands[2] == [1]
    rebuild(newcomer)
    assert (plays_of(newcomer), supported(), [row[2] for row in days()]) == stands


@pytest.mark.parametrize("which", [NAMED.id, "song00"])
def test_what_the_listener_told_apart_stays_apart(newcomer: int, which: str) -> None:
    doubled(newcomer)
    rows = db.query("SELECT id FROM play_reports WHERE track_id = %s", which)
    decisions.decide(newcomer, rows[0][0], Wish.OWN, NOW)
    adopt()
    ended = NOON + 180 * SECOND
    apart = [(ended, "song00"), (ended + timedelta(milliseconds=1), "song00")]
    assert [row[:2] for row in plays_of(newcomer)] == apart
    stands = plays_of(newcomer), supported()
    rebuild(newcomer)
    assert (plays_of(newcomer), supported()) == stands


def test_a_skip_of_a_song_that_became_a_track_is_counted_as_that_track(newcomer: int) -> None:
    tell(newcomer, Source.ACCOUNT, [(NAMED, NOON, 12_000)])
    know("song00")
    assert adopt() == 0, "nothing is played under that name"
    [(report_id,)] = db.query("SELECT id FROM play_reports")
    assert decision_services.decide(newcomer, report_id, Wish.OWN, NOW)
    assert plays_of(newcomer) == [(NOON, "song00", "spotify_account", 12_000)]


def test_everybodys_songs_are_looked_at_and_nobody_elses_plays_are_touched(newcomer: int) -> None:
    second = accounts.add(
        spotify_id="second",
        account_id=None,
        username="second",
        display_name="",
        image_url=None,
        is_admin=False,
        time_zone="UTC",
        now=NOW,
    )
    for user_id in (newcomer, second):
        tell(user_id, Source.LASTFM, [(NAMED, NOON, None)])
    tell(second, Source.LASTFM, [(Tune("Alone"), NOON, None)])
    know("song00")
    assert adopt() == 2
    assert [row[1] for row in plays_of(newcomer)] == ["song00"]
    assert sorted(row[1] for row in plays_of(second)) == [Tune("Alone").id, "song00"]


def test_artists_and_albums_give_way_and_their_days_are_counted_anew(
    newcomer: int, wiring: Wiring
) -> None:
    [row] = history(1, mixture=PLAIN)
    bring_in(wiring, newcomer, extended([row]))
    [(_, day, *_, track, artist)] = days()
    assert artist.startswith("name:")
    album = row["master_metadata_album_album_name"]
    know("another", "Another", artist=row["master_metadata_album_artist_name"], album=album)
    assert adopt() == 1
    assert days() == [(newcomer, day, 1, 1, 1, track, "artist-Band 0")]
    assert db.query("SELECT id FROM artists") == [("artist-Band 0",)]
    assert db.query("SELECT id FROM albums") == [(f"album-{album}",)]
    assert db.query("SELECT DISTINCT album_id FROM tracks") == [(f"album-{album}",)]
    assert adopt() == 0


def test_an_import_that_brings_ids_gives_them_to_earlier_plays(
    newcomer: int, wiring: Wiring
) -> None:
    rows = list(history(40, mixture=PLAIN))
    named = [
        f"{row['master_metadata_album_artist_name']},,{row['master_metadata_track_name']},"
        f"{datetime.fromisoformat(row['ts']) - timedelta(days=700):%d %b %Y %H:%M}"
        for row in rows
    ]
    bring_in(wiring, newcomer, io.BytesIO("\n".join(named).encode()))
    assert is_waiting_for_ids(newcomer)
    bring_in(wiring, newcomer, extended(rows))
    assert not is_waiting_for_ids(newcomer)
    assert len(plays_of(newcomer)) == 80
    assert sum(row[2] for row in days()) == 80


def is_waiting_for_ids(user_id: int) -> bool:
    return any(row[1].startswith("name:") for row in plays_of(user_id))


def test_where_all_have_ids_it_costs_one_look(newcomer: int) -> None:
    know("song00")
    tell(newcomer, Source.SPOTIFY, [(REAL, NOON, None)])
    db.query("DELETE FROM track_artists WHERE artist_id LIKE 'name:%%'")
    db.query("DELETE FROM artists WHERE id LIKE 'name:%%'")
    with counted() as counter:
        adopt()
    assert len(counter.statements) == 1


tunes = st.sampled_from(
    [NAMED, REAL, OTHER, Tune("Two"), Tune("Two", "two000"), Tune("Three"), Tune("Four", "four00")]
)
rows = st.lists(
    st.tuples(tunes, st.integers(0, 60).map(lambda n: n * 25), st.sampled_from([None, 180_000])),
    max_size=10,
    unique_by=lambda row: (row[0].title, row[0].track_id, row[1]),
)
sources = st.sampled_from([s for s in Source if s is not Source.SPOTIFY])
steps = st.lists(st.tuples(sources, rows), min_size=1, max_size=5)


@given(steps=steps)
@tuned(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_play_is_lost_or_counted_twice(
    newcomer: int, steps: list[tuple[Source, list[tuple[Tune, int, int | None]]]]
) -> None:
    with db.transaction() as made:
        for source, told in steps:
            tell(newcomer, source, [(tune, NOON + n * SECOND, ms) for tune, n, ms in told])
        before = keyed(newcomer)
        adoption.adopt_plays(newcomer)
        after = keyed(newcomer)
        if not judged_anew():
            assert after.keys() == before.keys(), "no play is lost"
        assert after <= before, "nor is one made"
        assert not db.query(UNSUPPORTED)
        rebuild(newcomer)
        stands = plays_of(newcomer), supported(), days()
        found = {row[0] for row in db.query("SELECT name_id FROM adoptions")}
        assert not any(row[1] in found for row in stands[0])
        rebuild(newcomer)
        assert (plays_of(newcomer), supported(), days()) == stands
        made.rollback()


UNSUPPORTED = """
SELECT * FROM plays p FULL JOIN (
  SELECT DISTINCT play_ended_at AS ended_at, play_track_id AS track_id FROM play_reports
  WHERE play_track_id IS NOT NULL) r USING (ended_at, track_id)
WHERE p.user_id IS NULL OR r.ended_at IS NULL
"""


def judged_anew() -> bool:
    """Tell whether plays were near one that a song's new name made the same."""
    made = db.query("SELECT to_regclass('pg_temp.near') IS NOT NULL")[0][0]
    return bool(made and db.query("SELECT count(*) FROM near")[0][0])
