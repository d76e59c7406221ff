"""Users, playlists, their entries, and pages as Spotify's JSON."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from demo.standin import words
from demo.standin.records import Access, Entry, EntryKind, Play, Playlist
from demo.standin.shapes import MARKETS, Shapes, address, compact, images
from demo.standin.words import base62

EMBEDDED_ENTRIES = 50


def stamp(moment: datetime | None, *, millis: bool = False) -> str | None:
    """Write a time as Spotify does, in UTC with a Z."""
    if moment is None:
        return None
    exact = "milliseconds" if millis else "seconds"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=exact) + "Z"


def unix_ms(moment: datetime) -> int:
    """Give a time as the cursors of recently played have it."""
    return round(moment.timestamp() * 1000)


def user(user_id: str, api_url: str) -> dict[str, Any]:
    """Describe a user as an adder of tracks."""
    return address("user", user_id, api_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which part of a list is asked for."""

    offset: int
    limit: int
    extra: tuple[tuple[str, str], ...] = ()

    def url(self, path: str, offset: int) -> str:
        """Point to the page that begins at `offset`."""
        return f"{path}?{urlencode([('offset', offset), ('limit', self.limit), *self.extra])}"


def offset_page(path: str, items: Sequence[str], total: int, span: Span) -> str:
    """Join ready items to an offset page; `path` is the full address without its query."""
    end, start = span.offset + span.limit, max(0, span.offset - span.limit)
    following = span.url(path, end) if end < total else None
    previous = span.url(path, start) if span.offset > 0 else None
    return (
        f'{{"href":{compact(span.url(path, span.offset))},"items":[{",".join(items)}],'
        f'"limit":{span.limit},"next":{compact(following)},"offset":{span.offset},'
        f'"previous":{compact(previous)},"total":{total}}}'
    )


def saved(kind: str, at: datetime, item: str) -> str:
    """Wrap a saved track or album with its date."""
    return f'{{"added_at":"{stamp(at)}","{kind}":{item}}}'


def play(item: Play, shapes: Shapes) -> str:
    """Write one recent play."""
    context = shapes.context(item.context) if item.context else "null"
    return (
        f'{{"track":{shapes.track(item.track_id)},'
        f'"played_at":"{stamp(item.ended_at, millis=True)}","context":{context}}}'
    )


def playlist(item: Playlist, shapes: Shapes, *, items: str | None = None) -> str:
    """Write a playlist; `items` is its embedded page, otherwise the listing's reference."""
    path = f"{shapes.api_url}/playlists/{item.id}"
    total = None if item.access is Access.GONE else len(item.entries)
    head = {
        "collaborative": item.collaborative,
        "description": item.description,
        **address("playlist", item.id, shapes.api_url),
        "images": images("playlist", item.id, shapes.base_url) if item.pictured else None,
        "name": item.name,
        "owner": user(item.owner_id, shapes.api_url) | {"display_name": item.owner_name},
        "primary_color": None,
        "public": item.public,
        "snapshot_id": snapshot_id(item),
    }
    keys = ("items", "tracks") if shapes.extended else ("items",)
    listed = {key: {"href": f"{path}/{key}", "total": total} for key in keys}
    if items is None:
        return compact(head | listed)
    if not items:
        return compact(head)
    embedded = ",".join(f'"{key}":{items}' for key in keys)
    return f"{compact(head)[:-1]},{embedded}}}"


def snapshot_id(item: Playlist) -> str:
    """Name a playlist's version: opaque, different after each change."""
    digest = hashlib.blake2b(f"{item.id}/{item.revision}".encode(), digest_size=20).digest()
    return base64.b64encode(item.revision.to_bytes(4) + digest).decode()


def entry(item: Entry, shapes: Shapes, *, episodes: bool = True) -> str:
    """Write one position of a playlist; without `episodes` podcasts come as null."""
    body = _entry_item(item, shapes, episodes=episodes)
    by = user(item.added_by, shapes.api_url) if item.added_by else None
    old = f'"track":{body},' if shapes.extended else ""
    local = "true" if item.kind is EntryKind.LOCAL else "false"
    return (
        f'{{"added_at":{compact(stamp(item.added_at))},"added_by":{compact(by)},"is_local":{local},'
        f'"primary_color":null,{old}"item":{body},"video_thumbnail":{{"url":null}}}}'
    )


def _entry_item(item: Entry, shapes: Shapes, *, episodes: bool) -> str:
    if item.kind is EntryKind.TRACK:
        return shapes.playlist_track(item.ref)
    if item.kind is EntryKind.LOCAL:
        return compact(_local_file(int(item.ref), shapes))
    if item.kind is EntryKind.EPISODE and episodes:
        return compact(_episode(int(item.ref), shapes))
    return "null"


def _local_file(index: int, shapes: Shapes) -> dict[str, Any]:
    """Describe a file on the listener's own disk: no ids at all."""
    artist, album, title, seconds = words.load().locals[index]
    path = ":".join(map(quote_plus, (artist, album, title)))
    nowhere: dict[str, Any] = {"external_urls": {}, "href": None, "id": None}
    old = {"available_markets": [], "popularity": 0} if shapes.extended else {}
    return {
        "album": {
            **nowhere,
            "album_type": None,
            "artists": [],
            "images": [],
            "name": album,
            "release_date": None,
            "release_date_precision": None,
            "type": "album",
            "uri": None,
        },
        "artists": [{**nowhere, "name": artist, "type": "artist", "uri": None}],
        "disc_number": 0,
        "duration_ms": seconds * 1000,
        "explicit": False,
        "external_ids": {},
        **nowhere,
        "is_local": True,
        "name": title,
        "preview_url": None,
        "track_number": 0,
        "type": "track",
        "uri": f"spotify:local:{path}:{seconds}",
        **old,
    }


def _episode(index: int, shapes: Shapes) -> dict[str, Any]:
    show_id, episode_id = base62("show", 0), base62("episode", index)
    told = {"description": "Two people and a turntable.", "html_description": "<p>Two people</p>"}
    markets = {"available_markets": list(MARKETS)} if shapes.extended else {}
    publisher = {"publisher": "Needle & Groove"} if shapes.extended else {}
    shared = {"explicit": False, "is_externally_hosted": False, "languages": ["en"], **told}
    return {
        **address("episode", episode_id, shapes.api_url),
        **shared,
        "audio_preview_url": None,
        "duration_ms": 1_860_000 + 60_000 * index,
        "episode": True,
        "track": False,
        "images": images("episode", episode_id, shapes.base_url),
        "is_playable": True,
        "name": words.load().episodes[index],
        "release_date": f"2025-0{index + 1}-14",
        "release_date_precision": "day",
        "show": {
            **address("show", show_id, shapes.api_url),
            **shared,
            **markets,
            **publisher,
            "copyrights": [],
            "images": images("show", show_id, shapes.base_url),
            "media_type": "audio",
            "name": "The Run-Out Groove",
            "total_episodes": 40,
        },
    }


def person(key: str, name: str | None, account_id: str | None, shapes: Shapes) -> dict[str, Any]:
    """Describe the signed-in listener for GET /me."""
    old = {
        "country": "SE",
        "email": f"{key}@example.com",
        "explicit_content": {"filter_enabled": False, "filter_locked": False},
        "followers": {"href": None, "total": 21},
        "product": "premium",
    }
    return {
        **address("user", key, shapes.api_url),
        "display_name": name,
        "images": images("user", key, shapes.base_url) if name else [],
        **({"account_id": account_id} if account_id else {}),
        **(old if shapes.extended else {}),
    }
