"""Days of listening, held against counting them slowly: in every zone, however plays arrive."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from peewee import IntegrityError

from webapp import db
from webapp.queries import accounts, plays
from webapp.queries.plays import Heard
from webapp.services import accounts as account_services

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TRACKS = {"t1": (180_000, "a1"), "t2": (200_000, "a1"), "t3": (None, "a2"), "t4": (60_000, None)}
ZONES = (
    "Europe/Tallinn",
    "America/St_Johns",
    "Pacific/Apia",
    "America/Havana",  # the hour before midnight comes twice there
    "Asia/Kolkata",
    "UTC",
)


@pytest.fixture
def listener(database: None) -> int:
    db.query(
        "INSERT INTO artists (id, name, is_full, raw, fetched_at)"
        " VALUES ('a1', 'One', false, '{}', now()), ('a2', 'Two', false, '{}', now())"
    )
    for track_id, (duration, artist_id) in TRACKS.items():
        db.query(
            "INSERT INTO tracks (id, name, artist_names, kind, duration_ms, explicit, raw,"
            " fetched_at) VALUES (%s, 'T', '', 'track', %s, false, '{}', now())",
            track_id,
            duration,
        )
        if artist_id:
            db.query("INSERT INTO track_artists VALUES (%s, 0, %s)", track_id, artist_id)
    return accounts.add(
        spotify_id="zoned",
        account_id=None,
        username="zoned",
        display_name="",
        image_url=None,
        is_admin=False,
        time_zone="UTC",
        now=NOW,
    )


def live_in(user_id: int, zone: str) -> None:
    account = accounts.find(user_id)
    assert account is not None
    account_services.change_settings(account, time_zone=zone, language=None, theme="system")


def keep(user_id: int, heard: list[tuple[datetime, str]]) -> int:
    """Store plays as the archive does; return how many were new."""
    rows = [
        Heard(user_id=user_id, track_id=track, ended_at=ended, context_uri=None)
        for ended, track in heard
    ]
    with db.transaction():
        plays.lock([user_id])
        new = plays.record(rows, NOW)
        plays.count_days(new)
    return len(new)


def days(user_id: int) -> dict[date, tuple[Any, ...]]:
    rows = db.query(
        "SELECT day, plays, ms, tracks, artists, top_track_id, top_artist_id"
        " FROM daily_listening WHERE user_id = %s",
        user_id,
    )
    return {row[0]: row[1:] for row in rows}


def counted_slowly(heard: list[tuple[datetime, str]], zone: str) -> dict[date, tuple[Any, ...]]:
    """Count days the obvious way."""
    by_day: dict[date, list[str]] = {}
    for ended, track in set(heard):
        by_day.setdefault(ended.astimezone(ZoneInfo(zone)).date(), []).append(track)
    return {day: counted(tracks) for day, tracks in by_day.items()}


def counted(tracks: list[str]) -> tuple[Any, ...]:
    artists = [artist for track in tracks if (artist := TRACKS[track][1])]
    return (
        len(tracks),
        sum(TRACKS[track][0] or 0 for track in tracks),
        len(set(tracks)),
        len(set(artists)),
        favourite(tracks),
        favourite(artists),
    )


def favourite(names: list[str]) -> str | None:
    """Name the most frequent, the first by name among equals."""
    ranked = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    return ranked[0][0] if ranked else None


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Tallinn", "2026-03-28T20:00+00:00"),  # 23 hours
        ("Europe/Tallinn", "2026-10-24T20:00+00:00"),  # 25 hours
        ("America/St_Johns", "2026-03-07T00:00+00:00"),
        ("America/St_Johns", "2026-10-31T00:00+00:00"),
        ("America/St_Johns", "2006-10-28T00:00+00:00"),  # changed a minute after midnight
        ("Pacific/Apia", "2011-12-29T00:00+00:00"),  # without 30 December
        ("America/Havana", "2026-10-31T00:00+00:00"),
    ],
)
def test_a_day_is_what_the_clock_on_the_wall_says(listener: int, zone: str, start: str) -> None:
    live_in(listener, zone)
    begin = datetime.fromisoformat(start)
    heard = [(begin + timedelta(minutes=17 * n), f"t{n % 4 + 1}") for n in range(230)]
    assert keep(listener, heard) == len(heard)
    assert days(listener) == counted_slowly(heard, zone)


def test_apia_never_had_the_thirtieth_of_december(listener: int) -> None:
    live_in(listener, "Pacific/Apia")
    midnight = datetime(2011, 12, 30, 10, tzinfo=UTC)
    keep(listener, [(midnight - timedelta(seconds=1), "t1"), (midnight, "t1")])
    assert sorted(days(listener)) == [date(2011, 12, 29), date(2011, 12, 31)]


moments = st.datetimes(
    min_value=datetime(2026, 10, 22),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2026, 11, 3),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
histories = st.lists(st.tuples(moments, st.sampled_from(sorted(TRACKS))), max_size=40)


@given(arrivals=st.lists(histories, max_size=4), zone=st.sampled_from(ZONES))
@tuned(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_days_are_right_however_plays_arrive(
    listener: int, arrivals: list[list[tuple[datetime, str]]], zone: str
) -> None:
    with undone():
        live_in(listener, zone)
        for heard in arrivals:
            keep(listener, heard)
        everything = [play for heard in arrivals for play in heard]
        assert days(listener) == counted_slowly(everything, zone)
        live_in(listener, "Asia/Tokyo")
        assert days(listener) == counted_slowly(everything, "Asia/Tokyo")


@contextmanager
def undone() -> Iterator[None]:
    """Let a history be made that is gone afterwards."""
    with db.transaction() as made:
        yield
        made.rollback()


def test_moving_to_another_zone_and_back_changes_nothing(listener: int) -> None:
    heard = [(NOW + timedelta(minutes=50 * n), "t2") for n in range(60)]
    keep(listener, heard)
    before = days(listener)
    live_in(listener, "America/St_Johns")
    assert days(listener) == counted_slowly(heard, "America/St_Johns") != before
    live_in(listener, "UTC")
    assert days(listener) == before


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(6) as pool:
        yield pool


def test_writers_at_the_same_time_miss_nothing_of_each_other(
    listener: int, crowd: ThreadPoolExecutor
) -> None:
    every = [(NOW + timedelta(minutes=n), f"t{n % 4 + 1}") for n in range(240)]

    def write(part: int) -> int:
        with db.connection():
            # Each brings what others bring too, as two workers with one listener do.
            return sum(keep(listener, every[start : start + 30]) for start in range(part, 220, 20))

    new = list(crowd.map(write, range(0, 60, 10)))
    stored = db.query("SELECT count(*) FROM plays")[0][0]
    assert sum(new) == stored
    assert sum(row[0] for row in days(listener).values()) == stored
    heard = [(ended, track) for ended, track in db.query("SELECT ended_at, track_id FROM plays")]
    assert days(listener) == counted_slowly(heard, "UTC")


def test_the_database_must_know_the_zone_too(database: None) -> None:
    assert account_services.may_live_in("Europe/Tallinn")
    assert not account_services.may_live_in("Mars/Olympus_Mons")


def test_plays_of_somebody_who_is_gone_are_refused(listener: int) -> None:
    """What writes plays meets an account that was deleted meanwhile: no key would notice."""
    with db.transaction():
        accounts.erase(listener)
    with pytest.raises(IntegrityError), db.transaction():
        plays.lock([listener])
