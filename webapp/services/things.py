"""All that a listener's own listening and library tell of one artist, album or track.

Each part is one statement, whatever the thing and however long the history.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from redis import Redis

from webapp.cache import versions
from webapp.cache.versions import Kept
from webapp.domain.accounts import Account
from webapp.domain.days import local_day, start_of_day
from webapp.domain.periods import EVER, WEEKS_4
from webapp.domain.stats import Grain, Item
from webapp.domain.things import (
    Lately,
    Place,
    Spell,
    followed,
    lately,
    months,
    spells,
    years,
)
from webapp.queries import thing_library, thing_listening, things
from webapp.queries.thing_library import Listings
from webapp.queries.thing_listening import Albums, Tracks
from webapp.queries.things import Head, Heard

MOST_TRACKS = 20
MOST_ALBUMS = 12
MOST_PLAYLISTS = 50
DAY = timedelta(days=1)
YEAR_OF_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """How a thing that has plays of its own was listened to.

    `ever`, `years` and `months` are its places, `lately` that of the last 4 weeks (None: not heard
    then). `days` counts plays by day from `calendar_from` to `today`. `first_track` and
    `last_track` are what was heard first and last.
    """

    heard: Heard
    ever: Place | None
    lately: Lately | None
    years: tuple[Place, ...]
    months: tuple[Place, ...]
    days: Mapping[date, int]
    calendar_from: date
    today: date
    first_track: str
    last_track: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An artist, album or track that a listener knows."""

    head: Head
    listening: Listening | None
    spells: tuple[Spell, ...]
    playlists: Listings
    tracks: Tracks
    albums: Albums
    versions: Tracks


class _Around(TypedDict):
    tracks: Tracks
    albums: Albums
    versions: Tracks


def read(redis: Redis, account: Account, kind: Item, thing_id: str, now: datetime) -> Thing | None:
    """Read a thing; None where neither plays nor library of the listener know it."""
    user_id = account.id
    head = things.head(user_id, kind, thing_id)
    playlists = thing_library.playlists(user_id, kind, thing_id, MOST_PLAYLISTS)
    if not (head.heard or playlists.total or things.knows(user_id, kind, thing_id)):
        return None
    return Thing(
        head=head,
        listening=_listening(redis, account, head, now) if head.heard else None,
        spells=spells(thing_library.log(user_id, kind, thing_id)),
        playlists=playlists,
        **_around(user_id, kind, thing_id),
    )


def _around(user_id: int, kind: Item, thing_id: str) -> _Around:
    """Read what belongs to it: tracks of artists and albums, albums of artists, versions."""
    if kind is Item.TRACK:
        found = thing_listening.versions(user_id, thing_id, MOST_TRACKS)
        return {"tracks": Tracks(), "albums": Albums(), "versions": found}
    tracks = thing_listening.tracks(user_id, kind, thing_id, MOST_TRACKS)
    albums = Albums()
    if kind is Item.ARTIST:
        albums = thing_listening.albums(user_id, thing_id, MOST_ALBUMS)
    return {"tracks": tracks, "albums": albums, "versions": Tracks()}


def _listening(redis: Redis, account: Account, head: Head, now: datetime) -> Listening | None:
    user_id, time_zone = account.id, account.time_zone
    if (heard := head.heard) is None:
        return None
    kind, today = head.kind, local_day(now, time_zone)
    first_day = local_day(heard.first_at, time_zone)
    calendar_from, weeks_from = today - (YEAR_OF_DAYS - 1) * DAY, today - WEEKS_4 + DAY
    recent = months(today, first=first_day)
    places = thing_listening.places(user_id, kind, head.id, months(today)[0])
    ends = thing_listening.tracks_played_at(user_id, kind, head.id, {heard.first_at, heard.last_at})
    since = start_of_day(calendar_from, time_zone)
    days = thing_listening.days(user_id, kind, head.id, since, time_zone)
    recently = sum(plays for day, plays in days.items() if day >= weeks_from)
    counts = _counts(redis, account, kind, weeks_from) if recently else {}
    return Listening(
        heard=heard,
        ever=places.get((Grain.EVER, EVER)),
        lately=lately(recently, counts),
        years=followed(places, Grain.YEAR, years(first_day, today)),
        months=followed(places, Grain.MONTH, recent),
        days=days,
        calendar_from=calendar_from,
        today=today,
        first_track=ends.get(heard.first_at, ""),
        last_track=ends.get(heard.last_at, ""),
    )


def _counts(redis: Redis, account: Account, kind: Item, first: date) -> dict[int, int]:
    """Tell how many things have how many plays since a day; kept, for they serve all things."""
    slot = versions.stamp("plays of the last weeks", kind)
    stamp = versions.stamp(account.data_version, account.time_zone, first)
    kept = versions.find(redis, account.id, slot)
    if kept is not None and kept.stamp == stamp:
        return {int(plays): count for plays, count in json.loads(kept.body).items()}
    counts = thing_listening.counts_since(account.id, kind, first, account.time_zone)
    body = json.dumps(counts).encode()
    versions.keep(redis, account.id, slot, Kept(stamp=stamp, body=body))
    return counts
