"""Roll-ups say what adding up all plays says, however plays came, went or changed."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests import counting
from webapp import db
from webapp.domain.days import local_day
from webapp.domain.periods import Period
from webapp.domain.stats import By, Grain, Item
from webapp.queries import plays, spans, tops
from webapp.queries.plays import Heard

ZONES = ("UTC", "Europe/Tallinn", "America/St_Johns", "Pacific/Apia")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
TRACKS = 12
LENGTHS = (None, 15_000, 180_000, 5_400_000)

# Some tracks have no album, no length or no artist; each has a second artist, who doesn't count.
CATALOGUE = """
INSERT INTO artists (id, name, is_full, raw, fetched_at)
SELECT 'artist' || n, 'Artist ' || n, false, '{}', now() FROM generate_series(0, 3) n;
INSERT INTO albums (id, name, artist_names, album_type, is_full, raw, fetched_at)
SELECT 'album' || n, 'Album ' || n, '', 'album', false, '{}', now() FROM generate_series(0, 4) n;
INSERT INTO tracks
  (id, name, artist_names, kind, album_id, duration_ms, explicit, raw, fetched_at)
SELECT 'track' || n, 'Track ' || n, '', 'track',
  CASE WHEN mod(n, 6) < 5 THEN 'album' || mod(n, 6) END,
  CASE WHEN mod(n, 4) > 0 THEN 200000 END, false, '{}', now() FROM generate_series(0, 11) n;
INSERT INTO track_artists (track_id, position, artist_id)
SELECT 'track' || n, place, 'artist' || mod(n + place, 4)
FROM generate_series(0, 10) n, generate_series(0, 1) place;
"""


@pytest.fixture
def listener(newcomer: int) -> int:
    db.query(CATALOGUE)
    return newcomer


def moment(dice: random.Random) -> datetime:
    """Choose a moment near the days on which clocks are changed, years end, and days go missing."""
    middle = dice.choice(
        [
            datetime(2011, 11, 6, 3, tzinfo=UTC),
            datetime(2011, 12, 30, 12, tzinfo=UTC),
            datetime(2024, 3, 31, 1, tzinfo=UTC),
            datetime(2024, 10, 27, 1, tzinfo=UTC),
            datetime(2024, 12, 31, 22, tzinfo=UTC),
        ]
    )
    return middle + timedelta(minutes=dice.randint(-2500, 2500))


def add(user_id: int, dice: random.Random, many: int) -> None:
    """Let the archive bring plays, as it does every hour."""
    heard = [
        Heard(
            user_id=user_id,
            track_id=f"track{dice.randrange(TRACKS)}",
            ended_at=moment(dice),
            context_uri=None,
        )
        for _ in range(many)
    ]
    plays.lock([user_id])
    plays.count_days(plays.record(heard, NOW))


def change(user_id: int, dice: random.Random, _many: int) -> None:
    """Let some plays go and others be heard for longer, as decisions and imports do."""
    found = db.query(
        "SELECT ended_at, track_id FROM plays WHERE user_id = %s ORDER BY 1, 2", user_id
    )
    touched = dice.sample(found, min(6, len(found)))
    for ended_at, track_id in touched:
        sql = "UPDATE plays SET ms_played = %s" if dice.random() < 0.5 else "DELETE FROM plays"
        values = [dice.choice(LENGTHS)] if sql.startswith("UPDATE") else []
        db.query(
            f"{sql} WHERE user_id = %s AND ended_at = %s AND track_id = %s",
            *values,
            user_id,
            ended_at,
            track_id,
        )
    zone = zone_of(user_id)
    plays.count_changed_days(user_id, {local_day(ended_at, zone) for ended_at, _ in touched})


def move(user_id: int, dice: random.Random, _many: int) -> None:
    """Let the listener live elsewhere."""
    db.query("UPDATE users SET time_zone = %s WHERE id = %s", dice.choice(ZONES), user_id)
    plays.count_all_days(user_id)


STEPS: tuple[Callable[[int, random.Random, int], None], ...] = (add, add, change, move)


@pytest.mark.parametrize("seed", range(8))
def test_roll_ups_are_what_plays_say(listener: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - it must repeat itself
    move(listener, dice, 0)
    add(listener, dice, 60)
    for _ in range(5):
        with db.transaction():
            dice.choice(STEPS)(listener, dice, dice.randint(1, 12))
        assert_right(listener)


@pytest.mark.parametrize("seed", range(4))
def test_a_period_is_what_its_plays_say(listener: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - it must repeat itself
    move(listener, dice, 0)
    add(listener, dice, 150)
    zone = zone_of(listener)
    heard = counting.read(listener)
    for _ in range(10):
        days = sorted(local_day(moment(dice), zone) for _ in range(2))
        period = Period(key="custom", first=days[0], last=days[1])
        within = counting.within(heard, zone, *days)
        for kind in Item:
            expected = as_rows(counting.items(within, kind))
            sql, values = spans.source(listener, period, kind, zone)
            found = db.query_by_name(sql, **values)
            assert set(found) == {row[:3] for row in expected}, period
            ranked = tops.top(listener, period, kind, By.MS, zone, limit=3)
            assert [row.ms for row in ranked.rows] == sorted(
                (ms for _, _, ms, _, _ in expected), reverse=True
            )[:3]
            assert ranked.total == len(expected)


def assert_right(user_id: int) -> None:
    zone = zone_of(user_id)
    heard = counting.read(user_id)
    for grain in Grain:
        for kind in Item:
            assert items_of(user_id, kind, grain) == expected_items(heard, zone, kind, grain)
        assert rhythms_of(user_id, grain) == counting.rhythms(
            heard, zone, partial(start_of, grain=grain)
        )
    assert hours_of(user_id) == {
        (day, hour, tally.plays, tally.ms)
        for (day, hour), tally in counting.hours(heard, zone).items()
    }
    assert sessions_of(user_id) == counting.sessions(heard)


def expected_items(
    heard: list[counting.Heard], zone: str, kind: Item, grain: Grain
) -> set[tuple[Any, ...]]:
    parts: dict[date, list[counting.Heard]] = {}
    for play in heard:
        parts.setdefault(start_of(counting.day_of(play, zone), grain), []).append(play)
    return {
        (start, *row)
        for start, those in parts.items()
        for row in as_rows(counting.items(those, kind))
    }


def start_of(day: date, grain: Grain) -> date:
    if grain is Grain.EVER:
        return date(1, 1, 1)
    return day.replace(day=1) if grain is Grain.MONTH else day.replace(month=1, day=1)


def as_rows(tallies: dict[str, counting.Tally]) -> set[tuple[Any, ...]]:
    return {(item, t.plays, t.ms, t.first_at, t.last_at) for item, t in tallies.items()}


def items_of(user_id: int, kind: Item, grain: Grain) -> set[tuple[Any, ...]]:
    return set(
        db.query(
            "SELECT period, item_id, plays, ms, first_at, last_at FROM listening_items"
            " WHERE user_id = %s AND kind = %s AND grain = %s",
            user_id,
            kind,
            grain,
        )
    )


def hours_of(user_id: int) -> set[tuple[Any, ...]]:
    return set(
        db.query("SELECT day, hour, plays, ms FROM hourly_listening WHERE user_id = %s", user_id)
    )


def rhythms_of(user_id: int, grain: Grain) -> set[tuple[Any, ...]]:
    return set(
        db.query(
            "SELECT kind, period, bin, count, ms FROM listening_rhythms"
            " WHERE user_id = %s AND grain = %s",
            user_id,
            grain,
        )
    )


def sessions_of(user_id: int) -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT started_at, ended_at, plays, ms FROM listening_sessions WHERE user_id = %s"
        " ORDER BY ended_at",
        user_id,
    )


def zone_of(user_id: int) -> str:
    return str(db.query("SELECT time_zone FROM users WHERE id = %s", user_id)[0][0])
