"""Counting what some plays touched comes to what counting everything comes to."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp import db
from webapp.domain.reports import Source
from webapp.queries import plays, touched
from webapp.queries.plays import Heard
from webapp.queries.touched import Touched
from webapp.services import telling
from webapp.services.telling import Telling

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ZONES = ("Europe/Tallinn", "America/St_Johns", "Pacific/Apia", "America/Havana")
SOURCES = (Source.SUBMITTED, Source.LASTFM, Source.EXTENDED, Source.SPOTIFY)
# Near the days on which clocks are changed, years end, and days go missing.
NEAR = (
    datetime(2011, 12, 30, 12, tzinfo=UTC),
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 12, 31, 22, tzinfo=UTC),
)
TABLES = (
    "daily_listening",
    "hourly_listening",
    "listening_items",
    "listening_sessions",
    "listening_rhythms",
    "daily_skips",
)

# Each song has two tracks: one ISRC, but another album, artist and length, or none of these.
CATALOGUE = """
INSERT INTO artists (id, name, is_full, raw, fetched_at)
SELECT 'artist' || n, 'Artist ' || n, false, '{}', now() FROM generate_series(0, 2) n;
INSERT INTO albums (id, name, artist_names, album_type, is_full, raw, fetched_at)
SELECT 'album' || n, 'Album ' || n, '', 'album', false, '{}', now() FROM generate_series(0, 2) n;
INSERT INTO tracks
  (id, name, artist_names, kind, album_id, duration_ms, explicit, isrc, raw, fetched_at, match_key)
SELECT 'track' || n, 'Track ' || n / 2, '', 'track',
  CASE WHEN mod(n, 4) < 3 THEN 'album' || mod(n, 4) END,
  CASE WHEN mod(n, 5) > 0 THEN 170000 + n * 9000 END, false, 'ISRC' || n / 2, '{}', now(), ''
FROM generate_series(0, 7) n;
INSERT INTO track_artists (track_id, position, artist_id)
SELECT 'track' || n, 0, 'artist' || mod(n, 3) FROM generate_series(0, 6) n;
"""


@pytest.mark.parametrize("seed", range(4))
def test_what_plays_touched_is_counted_as_everything_is(newcomer: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - it must repeat itself
    db.query(CATALOGUE)
    db.query("UPDATE users SET time_zone = %s WHERE id = %s", dice.choice(ZONES), newcomer)
    moved = 0
    for _ in range(12):
        with db.transaction():
            plays.lock([newcomer])
            step = dice.choice((archive, tell, tell, tell, lose))
            moved += step(newcomer, dice)
        counted = tables(newcomer)
        with db.transaction():
            plays.count_all_days(newcomer)
        assert counted == tables(newcomer), step
    assert moved, "somebody knew better when a play was, or which track"


def test_a_session_goes_on_without_being_counted_from_its_beginning(newcomer: int) -> None:
    db.query(CATALOGUE)
    bring(newcomer, range(0, 60, 4))
    bring(newcomer, [60, 64, 64 + 34, 64 + 38])
    assert counts(newcomer) == [17, 2], "the first goes on, the last is new"
    db.query("UPDATE listening_sessions SET plays = 1000 WHERE plays = 2")
    bring(newcomer, [64 + 42, 64 + 46])
    assert counts(newcomer) == [17, 1002], "what stands was not read again"
    bring(newcomer, [64 + 44])
    assert counts(newcomer) == [17, 5]
    counted = tables(newcomer)
    with db.transaction():
        plays.count_all_days(newcomer)
    assert counted == tables(newcomer)


def bring(user_id: int, minutes: Iterable[int]) -> None:
    """Let the archive bring plays of three minutes."""
    heard = [
        Heard(
            user_id=user_id,
            track_id="track1",
            ended_at=NEAR[0] + timedelta(minutes=minute),
            context_uri=None,
        )
        for minute in minutes
    ]
    with db.transaction():
        plays.lock([user_id])
        plays.count_days(plays.record(heard, NOW))


def counts(user_id: int) -> list[int]:
    sql = "SELECT plays FROM listening_sessions WHERE user_id = %s ORDER BY started_at"
    return [row[0] for row in db.query(sql, user_id)]


def archive(user_id: int, dice: random.Random) -> int:
    """Let the archive bring plays that nobody told of."""
    heard = [
        Heard(user_id=user_id, track_id=track, ended_at=at, context_uri=None)
        for track, at in draw(dice)
    ]
    plays.count_days(plays.record(heard, NOW))
    return 0


def tell(user_id: int, dice: random.Random) -> int:
    """Let a source tell: some plays are told of already, a few seconds off or as another track."""
    known = db.query("SELECT track_id, ended_at FROM plays WHERE user_id = %s", user_id)
    near = [
        (twin(track, dice), at - timedelta(seconds=dice.randint(0, 50)))
        for track, at in dice.sample(known, min(4, len(known)))
    ]
    told = [
        Telling(at=at, track_id=track, ms_played=dice.choice((None, None, 40_000, 150_000)))
        for track, at in draw(dice) + near
    ]
    telling.tell(user_id, dice.choice(SOURCES), told, NOW)
    return sum(play.went for play in touched.merged(user_id))


def lose(user_id: int, dice: random.Random) -> int:
    """Let some plays go, and others turn out to have been heard for longer."""
    found = db.query(
        "SELECT p.track_id, p.ended_at, p.ended_at AT TIME ZONE u.time_zone FROM plays p"
        " JOIN users u ON u.id = p.user_id WHERE u.id = %s ORDER BY 2, 1",
        user_id,
    )
    lost = [
        Touched(user_id=user_id, track_id=track, ended_at=at, local=local, went=dice.random() < 0.6)
        for track, at, local in dice.sample(found, min(5, len(found)))
    ]
    for play in lost:
        sql = "DELETE FROM plays" if play.went else "UPDATE plays SET ms_played = 5400000"
        key = user_id, play.track_id, play.ended_at
        db.query(f"{sql} WHERE user_id = %s AND track_id = %s AND ended_at = %s", *key)
    plays.count_days(lost)
    return 0


def draw(dice: random.Random) -> list[tuple[str, datetime]]:
    return [
        (
            f"track{dice.randrange(8)}",
            dice.choice(NEAR) + timedelta(seconds=dice.randint(-80_000, 80_000)),
        )
        for _ in range(dice.randint(1, 5))
    ]


def twin(track_id: str, dice: random.Random) -> str:
    """Name a track of the same song."""
    return f"track{int(track_id.removeprefix('track')) // 2 * 2 + dice.randrange(2)}"


def tables(user_id: int) -> dict[str, set[tuple[Any, ...]]]:
    return {
        table: set(db.query(f"SELECT * FROM {table} WHERE user_id = %s", user_id))  # noqa: S608
        for table in TABLES
    }
