"""An install with many listeners, as the archive left them an hour ago: all it heard is stored.

Written straight into the tables, because signing in ten thousand times takes an afternoon.
"""

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg2
from cryptography.fernet import Fernet

from bench.install import Install
from demo.standin import catalogue
from demo.standin.crowd import Crowd
from demo.standin.list_shapes import stamp
from demo.standin.shapes import Shapes
from webapp import db
from webapp.domain.catalog import catalog_of
from webapp.providers.spotify.oauth import SCOPES
from webapp.providers.spotify.parsing import things
from webapp.providers.spotify.parsing.values import tidy
from webapp.queries import catalog, plays

PLAYS_PER_HOUR = 20
TOKEN_SECONDS = 86_400
ZONES = ("Europe/Stockholm", "America/New_York", "Asia/Tokyo", "UTC", "Australia/Adelaide")
COUNT_DAYS = plays.WRITE_DAYS.format(
    counted=plays.COUNTED.format(
        day="(p.ended_at AT TIME ZONE u.time_zone)::date",
        plays="plays p JOIN users u ON u.id = p.user_id",
    )
)
COLUMNS = {
    "users": "id, spotify_id, username, display_name, time_zone, created_at, last_seen_at",
    "spotify_tokens": "user_id, access_token, refresh_token, scopes, expires_at, updated_at",
    "archive_states": "user_id, due_at, polled_at, last_new",
    "plays": "user_id, ended_at, track_id, source, context_uri, seen_at",
}


def seed(install: Install, count: int, asked_at: datetime) -> None:
    """Let `count` listeners play, in the stand-in, and be known as of `asked_at`."""
    server = install.stage.standin
    server.freeze(asked_at)
    server.act("set_access_seconds", seconds=TOKEN_SECONDS)
    server.act("add_crowd", count=count, plays_per_hour=PLAYS_PER_HOUR)
    tokens = server.act("crowd_tokens", scope=" ".join(SCOPES))
    crowd = Crowd(music=catalogue.generate(), count=count, plays_per_hour=PLAYS_PER_HOUR)
    rows = {
        "users": _users(crowd, asked_at),
        "spotify_tokens": _tokens(tokens, install.environment["TOKEN_KEYS"]),
        "archive_states": _states(crowd, asked_at),
        "plays": _plays(crowd, asked_at),
    }
    _learn(install, crowd)
    with closing(psycopg2.connect(install.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for table, lines in rows.items():
                text = io.StringIO("".join(f"{line}\n" for line in lines))
                cursor.copy_expert(f"COPY {table} ({COLUMNS[table]}) FROM STDIN", text)
            cursor.execute(COUNT_DAYS)
            cursor.execute("VACUUM ANALYZE")


def _users(crowd: Crowd, now: datetime) -> Iterator[str]:
    for user_id, key in enumerate(crowd.members(), start=1):
        yield _line(user_id, key, key, key, ZONES[user_id % len(ZONES)], now, now)


def _tokens(tokens: Mapping[str, Mapping[str, str]], keys: str) -> Iterator[str]:
    vault, now = Fernet(keys.split(",", maxsplit=1)[0]), datetime.now(UTC)
    ends, scopes = now + timedelta(seconds=TOKEN_SECONDS), " ".join(SCOPES)
    for user_id, token in enumerate(tokens.values(), start=1):
        secret = (vault.encrypt(token[kind].encode()) for kind in ("access_token", "refresh_token"))
        yield _line(user_id, *(rf"\\x{text.hex()}" for text in secret), scopes, ends, now)


def _states(crowd: Crowd, asked_at: datetime) -> Iterator[str]:
    due_at = asked_at + timedelta(hours=1)
    return (_line(n, due_at, asked_at, PLAYS_PER_HOUR) for n in range(1, crowd.count + 1))


def _plays(crowd: Crowd, asked_at: datetime) -> Iterator[str]:
    for user_id, key in enumerate(crowd.members(), start=1):
        member = crowd.find(key)
        for play in member.start.timeline.last(asked_at) if member else ():
            ended_at = stamp(play.ended_at, millis=True)
            yield _line(user_id, ended_at, play.track_id, plays.SPOTIFY, play.context, asked_at)


def _line(*values: object) -> str:
    return "\t".join(map(str, values))


def _learn(install: Install, crowd: Crowd) -> None:
    """Store the whole catalogue, as an install of some age has it."""
    url = install.environment["SPOTIFY_API_URL"].removesuffix("/v1")
    shapes = Shapes(music=crowd.music, base_url=url, shape="restricted")
    texts = (shapes.track(track_id) for track_id in crowd.music.tracks)
    found = (things.track(tidy(json.loads(text))) for text in texts)
    learned = catalog_of(track for track in found if track)
    db.configure(install.database_url, pool_size=1)
    with db.connection(), db.transaction():
        catalog.store(learned, datetime.now(UTC), timedelta(days=7))
    db.disconnect()
