"""What files of account data need of the library's log, and what they add to it.

Entries from a file are dated back: they go between others. The caller holds the listener's lock
(`plays.lock`), as a sync does while it settles, and rebuilds what is derived.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from webapp import db
from webapp.domain.library import Entry, Event, Kind, Origin, Reading, content_hash
from webapp.domain.playlist_files import KnownVersion, LateVersion, Past, ToldPlaylist
from webapp.domain.syncs import Collection

LOG = """
SELECT event, item_id, seen_at, item_added_at, origin, sync_id FROM library_events
WHERE user_id = %s AND kind = %s ORDER BY seen_at, id
"""

CHECKS = """
SELECT checked_at, swept, sync_id FROM collection_checks
WHERE user_id = %s AND collection = %s AND result <> 'failed' ORDER BY checked_at, id
"""

ADD_ENTRIES = """
INSERT INTO library_events
  (user_id, kind, item_id, event, item_added_at, seen_at, sync_id, origin) VALUES %s
"""

VERSIONS = """
SELECT DISTINCT ON (playlist_id) id, playlist_id, name, seen_at, event = 'gone',
  CASE WHEN entries IS NOT NULL THEN jsonb_path_query_array(entries, '$[*][0]') END
FROM playlist_versions WHERE user_id = %s AND {moment}
  AND owner_id = (SELECT spotify_id FROM users WHERE id = user_id)
ORDER BY playlist_id, {order}
"""

THEN = VERSIONS.format(moment="seen_at <= %s", order="seen_at DESC, id DESC")
LATER = VERSIONS.format(moment="seen_at > %s", order="seen_at, id")

VERSION_DATES = """
SELECT DISTINCT seen_at FROM playlist_versions
WHERE user_id = %s AND origin = 'file' AND seen_at > %s
"""

# One like another has all that it has; one that was told has the other's owner, rights and cover.
ADD_VERSIONS = """
INSERT INTO playlist_versions (user_id, playlist_id, event, snapshot_id, name, description,
  owner_id, owner_name, public, collaborative, image_url, total, entries, content_hash, seen_at,
  sync_id, origin)
SELECT u.id, n.playlist_id, n.event, CASE WHEN n.told THEN '' ELSE o.snapshot_id END,
  CASE WHEN n.told THEN n.name ELSE o.name END,
  CASE WHEN n.told AND n.description <> '' THEN n.description
    ELSE coalesce(o.description, '') END,
  coalesce(o.owner_id, u.spotify_id), coalesce(o.owner_name, u.display_name), o.public,
  coalesce(o.collaborative, false), o.image_url,
  CASE WHEN n.told THEN jsonb_array_length(n.entries) ELSE o.total END,
  CASE WHEN n.told THEN n.entries ELSE o.entries END,
  CASE WHEN n.event = 'gone' THEN 'gone' WHEN n.told THEN n.content_hash
    ELSE o.content_hash END,
  n.seen_at, n.sync_id, n.origin
FROM (VALUES %s) AS n (place, user_id, playlist_id, event, told, name, description, entries,
  content_hash, seen_at, sync_id, origin, alike)
JOIN users u ON u.id = n.user_id
LEFT JOIN playlist_versions o ON o.user_id = n.user_id AND o.id = n.alike
ORDER BY n.place RETURNING id
"""
VERSION_TYPES = (
    "(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s::timestamptz, %s::bigint, %s, %s::bigint)"
)


def log(user_id: int, kind: Kind) -> list[Entry]:
    """Read all that the log says of one kind of thing, oldest first."""
    return [
        Entry(
            event=Event(event),
            item_id=item,
            seen_at=seen_at,
            added_at=added_at,
            origin=Origin(origin),
            sync_id=sync_id,
        )
        for event, item, seen_at, added_at, origin, sync_id in db.query(LOG, user_id, kind)
    ]


def readings(user_id: int, collection: Collection) -> list[Reading]:
    """List the syncs that looked at a collection, and did not fail."""
    return [
        Reading(at=at, whole=swept, sync_id=sync_id)
        for at, swept, sync_id in db.query(CHECKS, user_id, collection)
    ]


def add_entries(user_id: int, kind: Kind, entries: Sequence[Entry]) -> None:
    """Append entries to the log, in the order in which they are given."""
    db.insert_values(
        ADD_ENTRIES,
        [
            (user_id, kind, e.item_id, e.event, e.added_at, e.seen_at, e.sync_id, e.origin)
            for e in entries
        ],
    )


def past_playlists(user_id: int, moment: datetime) -> Past:
    """Read what the log has of a listener's own playlists around a moment."""
    looks = readings(user_id, Collection.PLAYLISTS)
    files = db.query(VERSION_DATES, user_id, moment)
    return Past(
        then=_versions(db.query(THEN, user_id, moment)),
        later=_versions(db.query(LATER, user_id, moment)),
        readings=[*looks, *(Reading(at=at, whole=True, origin=Origin.FILE) for (at,) in files)],
    )


def add_versions(user_id: int, versions: Sequence[LateVersion]) -> None:
    """Append versions to the log, in the order in which they are given."""
    rows = [(place, user_id, *_row(version)) for place, version in enumerate(versions)]
    db.insert_returning(ADD_VERSIONS, rows, VERSION_TYPES)


def _versions(rows: Sequence[tuple[Any, ...]]) -> dict[str, KnownVersion]:
    return {
        playlist_id: KnownVersion(
            id=id_,
            playlist_id=playlist_id,
            name=name,
            seen_at=seen_at,
            gone=gone,
            track_ids=None if track_ids is None else tuple(track_ids),
        )
        for id_, playlist_id, name, seen_at, gone, track_ids in rows
    }


def _row(version: LateVersion) -> tuple[Any, ...]:
    told = version.told or ToldPlaylist(name="", description="", entries=())
    content = {"name": told.name, "description": told.description, "entries": told.entries}
    return (
        version.playlist_id,
        "gone" if version.gone else "seen",
        version.told is not None,
        told.name,
        told.description,
        json.dumps(told.entries, separators=(",", ":")),
        content_hash(content),
        version.seen_at,
        version.sync_id,
        version.origin,
        version.like,
    )
