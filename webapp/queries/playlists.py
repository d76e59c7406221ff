"""Playlists: every version ever seen, and the newest of each.

`playlist_versions` is the log; `playlists` is derived from it, and kept up in the same
transaction. Entries are `[track_id | None, added_at, added_by]` in order, repeats and holes kept.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from webapp import db
from webapp.domain.playlists import KnownPlaylist

REFRESH = """
INSERT INTO playlists (user_id, playlist_id, version_id, snapshot_id, name, owner_id, owner_name,
  image_url, total, readable, gone, seen_at)
SELECT DISTINCT ON (playlist_id) user_id, playlist_id, id, snapshot_id, name, owner_id,
  owner_name, image_url, coalesce(jsonb_array_length(entries), total), entries IS NOT NULL,
  event = 'gone', seen_at
FROM playlist_versions WHERE user_id = %s AND playlist_id = ANY(%s)
ORDER BY playlist_id, seen_at DESC, id DESC
ON CONFLICT (user_id, playlist_id) DO UPDATE SET version_id = excluded.version_id,
  snapshot_id = excluded.snapshot_id, name = excluded.name, owner_id = excluded.owner_id,
  owner_name = excluded.owner_name, image_url = excluded.image_url, total = excluded.total,
  readable = excluded.readable, gone = excluded.gone, seen_at = excluded.seen_at
"""

REPEAT = """
INSERT INTO playlist_versions (user_id, playlist_id, event, snapshot_id, name, description,
  owner_id, owner_name, public, collaborative, image_url, total, entries, content_hash, seen_at,
  sync_id)
SELECT v.user_id, v.playlist_id, 'gone', v.snapshot_id, v.name, v.description, v.owner_id,
  v.owner_name, v.public, v.collaborative, v.image_url, v.total, v.entries, 'gone', %s, %s
FROM playlists p JOIN playlist_versions v ON v.user_id = p.user_id AND v.id = p.version_id
WHERE p.user_id = %s AND p.playlist_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A playlist at one time; `entries` is None where Spotify shows only the cover of the book."""

    playlist_id: str
    snapshot_id: str
    name: str
    description: str
    owner_id: str
    owner_name: str
    public: bool | None
    collaborative: bool
    image_url: str | None
    total: int | None
    entries: list[Any] | None
    content_hash: str
    seen_at: datetime | None = None
    gone: bool = False


def known(user_id: int) -> dict[str, KnownPlaylist]:
    """Read the version tokens of the playlists that are there."""
    rows = db.query(
        "SELECT playlist_id, snapshot_id, readable FROM playlists WHERE user_id = %s AND NOT gone",
        user_id,
    )
    return {
        id_: KnownPlaylist(snapshot_id=snapshot, readable=readable)
        for id_, snapshot, readable in rows
    }


def hashes(user_id: int) -> dict[str, str]:
    """Read what each playlist's newest version contains, as its hash."""
    rows = db.query(
        "SELECT p.playlist_id, v.content_hash FROM playlists p JOIN playlist_versions v"
        " ON v.user_id = p.user_id AND v.id = p.version_id WHERE p.user_id = %s AND NOT p.gone",
        user_id,
    )
    return dict(rows)


def entries(user_id: int, playlist_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Read the newest entries we have of some playlists."""
    rows = db.query(
        "SELECT p.playlist_id, v.entries FROM playlists p JOIN playlist_versions v"
        " ON v.user_id = p.user_id AND v.id = p.version_id"
        " WHERE p.user_id = %s AND p.playlist_id = ANY(%s) AND v.entries IS NOT NULL",
        user_id,
        list(playlist_ids),
    )
    return dict(rows)


def record(user_id: int, versions: Sequence[Version], now: datetime, sync_id: int | None) -> None:
    """Append versions to the log and bring the derived table along."""
    db.insert_values(
        "INSERT INTO playlist_versions (user_id, playlist_id, event, snapshot_id, name,"
        " description, owner_id, owner_name, public, collaborative, image_url, total, entries,"
        " content_hash, seen_at, sync_id) VALUES %s",
        [
            (
                user_id,
                v.playlist_id,
                "seen",
                v.snapshot_id,
                v.name,
                v.description,
                v.owner_id,
                v.owner_name,
                v.public,
                v.collaborative,
                v.image_url,
                v.total,
                None if v.entries is None else json.dumps(v.entries, separators=(",", ":")),
                v.content_hash,
                now,
                sync_id,
            )
            for v in versions
        ],
    )
    _refresh(user_id, [v.playlist_id for v in versions])


def record_gone(
    user_id: int, playlist_ids: Sequence[str], now: datetime, sync_id: int | None
) -> None:
    """Append a closing version, which keeps the last entries, for playlists that disappeared."""
    if playlist_ids:
        db.query(REPEAT, now, sync_id, user_id, list(playlist_ids))
        _refresh(user_id, playlist_ids)


def version_at(user_id: int, playlist_id: str, moment: datetime) -> Version | None:
    """Read a playlist as it was at a moment; None if it wasn't there, or not yet known."""
    rows = db.query(
        "SELECT playlist_id, snapshot_id, name, description, owner_id, owner_name, public,"
        " collaborative, image_url, total, entries, content_hash, seen_at, event = 'gone'"
        " FROM playlist_versions WHERE user_id = %s AND playlist_id = %s AND seen_at <= %s"
        " ORDER BY seen_at DESC, id DESC LIMIT 1",
        user_id,
        playlist_id,
        moment,
    )
    version = _version(rows[0]) if rows else None
    return None if version is None or version.gone else version


def playlists_at(user_id: int, moment: datetime) -> list[str]:
    """List the playlists that were there at a moment."""
    rows = db.query(
        "SELECT playlist_id FROM (SELECT DISTINCT ON (playlist_id) playlist_id, event, name"
        " FROM playlist_versions WHERE user_id = %s AND seen_at <= %s"
        " ORDER BY playlist_id, seen_at DESC, id DESC) last WHERE event = 'seen' ORDER BY name",
        user_id,
        moment,
    )
    return [row[0] for row in rows]


def rebuild(user_id: int) -> None:
    """Make the derived rows anew from the log."""
    rows = db.query(
        "SELECT DISTINCT playlist_id FROM playlist_versions WHERE user_id = %s", user_id
    )
    db.query("DELETE FROM playlists WHERE user_id = %s", user_id)
    _refresh(user_id, [row[0] for row in rows])


def closed(user_id: int, now: datetime, for_long: timedelta) -> frozenset[str]:
    """Name the playlists that refused us lately, and are not worth a call yet."""
    rows = db.query(
        "SELECT playlist_id FROM playlist_access WHERE user_id = %s AND checked_at > %s",
        user_id,
        now - for_long,
    )
    return frozenset(row[0] for row in rows)


def record_access(
    user_id: int, refused: Mapping[str, str], opened: Sequence[str], now: datetime
) -> None:
    """Remember which playlists refused us and why, and which no longer do."""
    db.insert_values(
        "INSERT INTO playlist_access (user_id, playlist_id, reason, checked_at) VALUES %s"
        " ON CONFLICT (user_id, playlist_id) DO UPDATE SET"
        " reason = excluded.reason, checked_at = excluded.checked_at",
        [(user_id, playlist, reason, now) for playlist, reason in refused.items()],
    )
    if opened:
        db.query(
            "DELETE FROM playlist_access WHERE user_id = %s AND playlist_id = ANY(%s)",
            user_id,
            list(opened),
        )


def _refresh(user_id: int, playlist_ids: Sequence[str]) -> None:
    if playlist_ids:
        db.query(REFRESH, user_id, list(playlist_ids))


def _version(row: tuple[Any, ...]) -> Version:
    return Version(
        playlist_id=row[0],
        snapshot_id=row[1],
        name=row[2],
        description=row[3],
        owner_id=row[4],
        owner_name=row[5],
        public=row[6],
        collaborative=row[7],
        image_url=row[8],
        total=row[9],
        entries=row[10],
        content_hash=row[11],
        seen_at=row[12],
        gone=row[13],
    )
