"""The library at two moments: how much was there, what came, what went.

Each reading is one statement for one shelf. Of a moment before the first look only what Spotify
dated is known: what was there later, and had been added by then ("at least these").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from webapp import db
from webapp.domain.library import Kind
from webapp.domain.syncs import Collection
from webapp.domain.time_machine_days import Known, Shelf, Show, Span
from webapp.queries import library_pages
from webapp.queries.library_pages import SavedTrackRow
from webapp.queries.lines import TRACK, Slice, Wanted
from webapp.queries.time_machine_things import SHAPES, THING_WIDTH, Noun, Thing, thing

NOUNS: Mapping[Shelf, Noun] = MappingProxyType(
    {Shelf.TRACKS: Noun.TRACK, Shelf.ALBUMS: Noun.ALBUM, Shelf.ARTISTS: Noun.ARTIST}
)
SHELVES: Mapping[Collection, Shelf] = MappingProxyType(
    {
        Collection.SAVED_TRACKS: Shelf.TRACKS,
        Collection.SAVED_ALBUMS: Shelf.ALBUMS,
        Collection.FOLLOWED_ARTISTS: Shelf.ARTISTS,
        Collection.PLAYLISTS: Shelf.PLAYLISTS,
    }
)

KNOWN = """
WITH looks AS (
  SELECT collection, min(checked_at) AS first_at,
    max(checked_at) FILTER (WHERE checked_at <= %(then)s) AS then_at,
    max(checked_at) FILTER (WHERE checked_at <= %(now)s) AS now_at
  FROM collection_checks
  WHERE user_id = %(user)s AND collection = ANY(%(collections)s) AND result <> 'failed'
  GROUP BY collection),
told (collection, first_at, told_at) AS (
  SELECT kind || 's', min(seen_at), min(item_added_at) FROM library_events
  WHERE user_id = %(user)s GROUP BY kind
  UNION ALL SELECT 'playlists', min(seen_at), NULL FROM playlist_versions
  WHERE user_id = %(user)s HAVING count(*) > 0)
SELECT collection, least(looks.first_at, told.first_at), told_at, then_at, now_at
FROM looks FULL JOIN told USING (collection)
"""

LAST = """
SELECT DISTINCT ON (item_id) item_id, event = 'added' AS there, item_added_at AS added_at, seen_at
FROM library_events WHERE user_id = {user} AND kind = {kind} AND seen_at <= {moment}
ORDER BY item_id, seen_at DESC, id DESC
"""

AT_LEAST = """
SELECT item_id, true AS there, min(item_added_at) AS added_at, min(seen_at) AS seen_at
FROM library_events WHERE user_id = {user} AND kind = {kind}
  AND event = 'added' AND item_added_at <= {moment} GROUP BY item_id
"""

# What an early "then" lacks may have been there all the same, unless Spotify dates it later.
READ = """
WITH past AS MATERIALIZED ({past}), present AS MATERIALIZED ({present}),
parts (part, item_id, added_at, seen_at) AS MATERIALIZED (
  SELECT 'then', item_id, added_at, seen_at FROM past WHERE there
  UNION ALL
  SELECT 'added', n.item_id, n.added_at, n.seen_at
  FROM present n LEFT JOIN past p ON p.item_id = n.item_id
  WHERE n.there AND p.there IS NOT TRUE AND (NOT %(early)s OR n.added_at > %(then)s)
  UNION ALL
  SELECT 'removed', p.item_id, p.added_at, n.seen_at
  FROM past p JOIN present n ON n.item_id = p.item_id WHERE p.there AND NOT n.there),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY part
    ORDER BY CASE part WHEN 'removed' THEN seen_at WHEN 'added' THEN coalesce(added_at, seen_at)
      ELSE added_at END DESC NULLS LAST, added_at DESC NULLS LAST, item_id) AS place
  FROM parts WHERE part = ANY(%(shows)s)),
picked AS MATERIALIZED (
  SELECT * FROM placed WHERE place > %(offset)s AND place <= %(offset)s + %(size)s
  LIMIT %(most)s),
counts AS (
  SELECT count(*) FILTER (WHERE part = 'then') AS n_then,
    (SELECT count(*) FROM present WHERE there) AS n_now,
    count(*) FILTER (WHERE part = 'added') AS n_added,
    count(*) FILTER (WHERE part = 'removed') AS n_removed FROM parts)
SELECT i.item_id, {columns}, i.part, i.added_at, i.seen_at, n_then, n_now, n_added, n_removed
FROM counts LEFT JOIN picked i ON true {joins} ORDER BY i.part, i.place
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A thing of a difference.

    `added_at` is Spotify's date of the addition, if it gave one. `seen_at` is ours: of what was
    removed, when we saw that it is gone; of all else, when we saw it there.
    """

    thing: Thing
    added_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A shelf at two moments: counts, and the lines that were asked for, newest first."""

    then: int
    now: int
    added: int
    removed: int
    lines: Mapping[Show, tuple[Line, ...]]


def known(user_id: int, then: datetime, now: datetime) -> dict[Shelf, Known]:
    """Tell how far back each shelf is known, and the last looks before two moments."""
    rows = db.query_by_name(KNOWN, user=user_id, then=then, now=now, collections=list(SHELVES))
    found = {
        SHELVES[Collection(name)]: Known(since=since, told=told, then_at=then_at, now_at=now_at)
        for name, since, told, then_at, now_at in rows
    }
    return {shelf: found.get(shelf, Known(since=None)) for shelf in Shelf}


def glance(user_id: int, shelf: Shelf, span: Span, size: int) -> Difference:
    """Count a shelf at two moments, with the first few of each part."""
    return _read(user_id, shelf, span, list(Show), Wanted(size=size))


def page(
    user_id: int, shelf: Shelf, span: Span, show: Show, wanted: Wanted
) -> tuple[Difference, Slice[Line]]:
    """Read a page of one part of a difference."""
    found = _read(user_id, shelf, span, [show], wanted)
    total = {Show.THEN: found.then, Show.ADDED: found.added, Show.REMOVED: found.removed}[show]
    rows = found.lines[show]
    return found, Slice(rows=rows, total=total, page=wanted.page, size=wanted.size)


def at_least_tracks(user_id: int, wanted: Wanted) -> Slice[SavedTrackRow]:
    """Read the saved tracks that were there at a moment at least, by Spotify's own dates."""
    state = AT_LEAST.format(user="%s", kind="%s", moment="%s")
    source = f"SELECT item_id, added_at, seen_at FROM ({state}) s"  # noqa: S608 - our own
    pages = library_pages.TRACK_PAGES
    sql = pages.sql.format(source=source, found="true", order=library_pages.NEWEST, track=TRACK)
    values = (user_id, Kind.SAVED_TRACK, wanted.moment, wanted.size, wanted.offset)
    rows = db.query(sql, *values)
    total = rows[0][-1] if rows else 0
    made = tuple(pages.make(row) for row in rows)
    return Slice(rows=made, total=total, page=wanted.page, size=wanted.size)


def _read(user_id: int, shelf: Shelf, span: Span, shows: list[Show], wanted: Wanted) -> Difference:
    noun = NOUNS[shelf]
    shape = SHAPES[noun]
    sql = READ.format(
        past=_state("then", early=span.then_early),
        present=_state("now", early=span.now_early),
        columns=shape.columns,
        joins=shape.joins,
    )
    rows = db.query_by_name(
        sql,
        user=user_id,
        kind=shape.kind,
        then=span.then,
        now=span.now,
        early=span.then_early,
        shows=shows,
        offset=wanted.offset,
        size=wanted.size,
        most=wanted.size * len(shows),
    )
    lines: dict[Show, list[Line]] = {show: [] for show in Show}
    for item_id, *columns in rows:
        part, added_at, seen_at = columns[THING_WIDTH : THING_WIDTH + 3]
        if item_id is not None:
            one = Line(thing=thing(noun, item_id, columns), added_at=added_at, seen_at=seen_at)
            lines[Show(part)].append(one)
    then, now, added, removed = rows[0][-4:]
    told = {show: tuple(found) for show, found in lines.items()}
    return Difference(then=then, now=now, added=added, removed=removed, lines=told)


def _state(moment: str, *, early: bool) -> str:
    form = AT_LEAST if early else LAST
    return form.format(user="%(user)s", kind="%(kind)s", moment=f"%({moment})s")
