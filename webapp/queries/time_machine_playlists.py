"""Playlists at two moments: which came, went, or changed, and what is in both versions.

Of a moment before the first look it is known that an own playlist was there if its first version
has an entry that was added by then; which others there were is not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from webapp import db
from webapp.domain.time_machine_days import Span
from webapp.queries.lines import TRACK, Slice, TrackLine, Wanted, track_line

COLUMNS = """
id, playlist_id, name, owner_id, owner_name, image_url, seen_at, content_hash, event = 'seen'
"""
NAMES = """
(id, playlist_id, name, owner_id, owner_name, image_url, seen_at, content_hash, there, partly)
"""

LAST = f"""
SELECT DISTINCT ON (playlist_id) {COLUMNS}, false
FROM playlist_versions WHERE user_id = %(user)s AND seen_at <= {{moment}}
ORDER BY playlist_id, seen_at DESC, id DESC
"""  # noqa: S608 - the columns are ours

AT_LEAST = f"""
SELECT {COLUMNS}, e.newer FROM (
  SELECT DISTINCT ON (playlist_id) * FROM playlist_versions WHERE user_id = %(user)s
    AND owner_id = (SELECT spotify_id FROM users WHERE users.id = user_id)
  ORDER BY playlist_id, seen_at, id) first
CROSS JOIN LATERAL (
  SELECT bool_or(at <= {{moment}}) AS older, bool_or((at <= {{moment}}) IS NOT TRUE) AS newer
  FROM (SELECT (entry->>1)::timestamptz FROM jsonb_array_elements(entries) AS e (entry)) d (at)) e
WHERE older
"""  # noqa: S608 - the columns are ours

READ = """
WITH past {names} AS MATERIALIZED ({past}), present {names} AS MATERIALIZED ({present}),
pairs AS MATERIALIZED (
  SELECT coalesce(n.playlist_id, p.playlist_id) AS playlist_id, p.id AS old_id, n.id AS new_id,
    p.name AS old_name, n.name AS new_name, coalesce(n.owner_id, p.owner_id) AS owner_id,
    coalesce(n.owner_name, p.owner_name) AS owner_name,
    p.image_url AS old_image, coalesce(n.image_url, p.image_url) AS image_url, n.seen_at,
    p.there IS TRUE AS was, n.there IS TRUE AS is_there,
    CASE WHEN p.there IS NOT TRUE AND n.there THEN 'appeared'
      WHEN p.there AND n.there IS NOT TRUE THEN 'gone'
      WHEN p.there AND (p.partly OR p.content_hash <> n.content_hash) THEN 'changed' END AS fate
  FROM past p FULL JOIN present n ON n.playlist_id = p.playlist_id),
told AS (
  SELECT * FROM pairs WHERE fate IS NOT NULL AND NOT (fate = 'appeared' AND %(early)s)),
counts AS (
  SELECT (SELECT count(*) FROM pairs WHERE was) AS n_then,
    (SELECT count(*) FROM pairs WHERE is_there) AS n_now,
    count(*) FILTER (WHERE fate = 'appeared') AS appeared,
    count(*) FILTER (WHERE fate = 'gone') AS gone,
    count(*) FILTER (WHERE fate = 'changed') AS changed FROM told)
"""

PAGE = """
{read},
picked AS (SELECT * FROM told WHERE %(fate)s IS NULL OR fate = %(fate)s
  ORDER BY seen_at DESC, coalesce(new_name, old_name), playlist_id
  LIMIT %(size)s OFFSET %(offset)s)
SELECT playlist_id, fate, old_id, new_id, old_name, new_name, owner_id, owner_name, image_url,
  seen_at, n_then, n_now, appeared, gone, changed
FROM counts LEFT JOIN picked ON true
ORDER BY seen_at DESC, coalesce(new_name, old_name), playlist_id
"""

GLANCE = """
{read}
SELECT playlist_id, coalesce(old_name, ''), old_image, n_then, n_now, appeared, gone, changed
FROM counts LEFT JOIN (
  SELECT * FROM pairs WHERE was ORDER BY old_image IS NULL, old_name, playlist_id
  LIMIT %(size)s) picked ON true
ORDER BY old_image IS NULL, old_name, playlist_id
"""

ITEMS = """
SELECT id, jsonb_path_query_array(entries, '$[*][0]') FROM playlist_versions
WHERE user_id = %s AND id = ANY(%s) AND entries IS NOT NULL
"""

DATED_ITEMS = """
SELECT v.id, (SELECT coalesce(jsonb_agg(e.entry->0 ORDER BY e.place), '[]')
  FROM jsonb_array_elements(v.entries) WITH ORDINALITY AS e (entry, place)
  WHERE (e.entry->>1)::timestamptz <= %s)
FROM playlist_versions v WHERE v.user_id = %s AND v.id = ANY(%s) AND v.entries IS NOT NULL
"""

VERSION = """
SELECT id, playlist_id, name, image_url, seen_at, event = 'gone', entries
FROM playlist_versions WHERE user_id = %s AND playlist_id = %s AND seen_at <= %s
ORDER BY seen_at DESC, id DESC LIMIT 1
"""

FIRST = """
SELECT seen_at FROM playlist_versions WHERE user_id = %s AND playlist_id = %s
  AND owner_id = (SELECT spotify_id FROM users WHERE users.id = user_id)
ORDER BY seen_at, id LIMIT 1
"""

LINES = f"""
SELECT w.id, {TRACK} FROM unnest(%s::text[]) AS w (id)
LEFT JOIN tracks t ON t.id = w.id LEFT JOIN albums a ON a.id = t.album_id
"""  # noqa: S608 - the columns are ours


class Fate(StrEnum):
    """What became of a playlist between two moments."""

    CHANGED = "changed"
    APPEARED = "appeared"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A playlist that is not as it was; `old_id` and `new_id` name the versions to compare.

    `seen_at` is when its newer version was seen, or that it is gone.
    """

    id: str
    fate: Fate
    old_id: int | None
    new_id: int | None
    old_name: str | None
    new_name: str | None
    owner_id: str
    owner_name: str
    image_url: str | None
    seen_at: datetime

    @property
    def name(self) -> str:
        """What it is called, or was last."""
        return self.new_name or self.old_name or ""

    @property
    def renamed(self) -> bool:
        """Whether it had another name."""
        return self.fate is Fate.CHANGED and self.old_name != self.new_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A playlist that was there then."""

    id: str
    name: str
    image_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a playlist.

    Entries are as the log has them: `[id | None, added_at, added_by]`, and None where Spotify shows
    only the cover of it.
    """

    id: int
    playlist_id: str
    name: str
    image_url: str | None
    seen_at: datetime
    gone: bool
    entries: Sequence[Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many playlists there were and are, and what became of them."""

    then: int
    now: int
    appeared: int
    gone: int
    changed: int

    def of(self, fate: Fate | None) -> int:
        """Count those of a fate, or (None) all that are not as they were."""
        counts = {Fate.APPEARED: self.appeared, Fate.GONE: self.gone, Fate.CHANGED: self.changed}
        return sum(counts.values()) if fate is None else counts[fate]


def glance(user_id: int, span: Span, size: int) -> tuple[Counts, tuple[Stood, ...]]:
    """Count playlists at two moments, with some of those that were there, pictures first."""
    rows = _read(GLANCE, user_id, span, size=size)
    stood = (Stood(id=row[0], name=row[1], image_url=row[2]) for row in rows if row[0])
    return _counts(rows), tuple(stood)


def page(user_id: int, span: Span, fate: Fate | None, wanted: Wanted) -> tuple[Counts, Slice[Pair]]:
    """Read a page of the playlists that are not as they were, the last to change first."""
    rows = _read(PAGE, user_id, span, fate=fate, size=wanted.size, offset=wanted.offset)
    counts, pairs = _counts(rows), tuple(_pair(row) for row in rows if row[0])
    total = counts.of(fate)
    return counts, Slice(rows=pairs, total=total, page=wanted.page, size=wanted.size)


def items(
    user_id: int, version_ids: Sequence[int], by: datetime | None = None
) -> dict[int, list[str | None]]:
    """Read what is in versions, in order, None for holes; `by`: only what was added by then.

    A version that could not be read is left out.
    """
    if not version_ids:
        return {}
    if by is None:
        return dict(db.query(ITEMS, user_id, list(version_ids)))
    return dict(db.query(DATED_ITEMS, by, user_id, list(version_ids)))


def find_version(user_id: int, playlist_id: str, moment: datetime) -> Version | None:
    """Find the version of a moment, also one that closes a playlist; None if there was none yet."""
    rows = db.query(VERSION, user_id, playlist_id, moment)
    return _version(rows[0]) if rows else None


def first_seen(user_id: int, playlist_id: str) -> datetime | None:
    """Tell when a listener's own playlist was seen first."""
    rows = db.query(FIRST, user_id, playlist_id)
    return rows[0][0] if rows else None


def track_lines(track_ids: Sequence[str]) -> dict[str, TrackLine]:
    """Read the lines of tracks; what the catalogue does not know has no name."""
    rows = db.query(LINES, list(dict.fromkeys(track_ids))) if track_ids else []
    return {row[0]: track_line(row) for row in rows}


def _read(sql: str, user_id: int, span: Span, **values: Any) -> list[tuple[Any, ...]]:
    read = READ.format(
        names=NAMES,
        past=_state("then", early=span.then_early),
        present=_state("now", early=span.now_early),
    )
    moments: Mapping[str, Any] = MappingProxyType(
        {"then": span.then, "now": span.now, "early": span.then_early}
    )
    return db.query_by_name(sql.format(read=read), user=user_id, **moments, **values)


def _state(moment: str, *, early: bool) -> str:
    return (AT_LEAST if early else LAST).format(moment=f"%({moment})s")


def _counts(rows: Sequence[tuple[Any, ...]]) -> Counts:
    then, now, appeared, gone, changed = rows[0][-5:]
    return Counts(then=then, now=now, appeared=appeared, gone=gone, changed=changed)


def _version(row: tuple[Any, ...]) -> Version:
    return Version(
        id=row[0],
        playlist_id=row[1],
        name=row[2],
        image_url=row[3],
        seen_at=row[4],
        gone=row[5],
        entries=row[6],
    )


def _pair(row: tuple[Any, ...]) -> Pair:
    return Pair(
        id=row[0],
        fate=Fate(row[1]),
        old_id=row[2],
        new_id=row[3],
        old_name=row[4],
        new_name=row[5],
        owner_id=row[6],
        owner_name=row[7],
        image_url=row[8],
        seen_at=row[9],
    )
