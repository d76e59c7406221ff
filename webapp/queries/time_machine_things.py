"""Tracks, albums and artists that are, or ever were, in a listener's library or a playlist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from webapp import db
from webapp.domain.library import Kind
from webapp.queries.lines import Slice, Wanted
from webapp.queries.search import condition, folded


class Noun(StrEnum):
    """What kind of thing it is; the values are words of addresses."""

    TRACK = "track"
    ALBUM = "album"
    ARTIST = "artist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A track, an album or an artist. `kind` is its word at Spotify; the name may be empty."""

    noun: Noun
    id: str
    name: str
    about: str
    image_url: str | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A thing that was found, and whether it is in the library today."""

    thing: Thing
    saved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How things are read beside an `item_id` of `i`, and which ids ever were a listener's."""

    kind: Kind
    columns: str
    joins: str
    words: tuple[str, ...]
    ever: str


THING_WIDTH = 4

SAVED = "SELECT item_id FROM library_events WHERE user_id = %s AND kind = '{}'"

LISTED = """
SELECT entry->>0 FROM playlist_versions v, jsonb_array_elements(v.entries) AS e (entry)
WHERE v.user_id = %s
"""

SHAPES: Mapping[Noun, Shape] = MappingProxyType(
    {
        Noun.TRACK: Shape(
            kind=Kind.SAVED_TRACK,
            columns="coalesce(t.name, ''), coalesce(t.artist_names, ''), a.image_url,"
            " coalesce(t.kind, 'track')",
            joins="LEFT JOIN tracks t ON t.id = i.item_id LEFT JOIN albums a ON a.id = t.album_id",
            words=("t.name", "t.artist_names", "a.name"),
            ever=f"{SAVED.format(Kind.SAVED_TRACK)} UNION ALL {LISTED}",
        ),
        Noun.ALBUM: Shape(
            kind=Kind.SAVED_ALBUM,
            columns="coalesce(b.name, ''), coalesce(b.artist_names, ''), b.image_url, 'album'",
            joins="LEFT JOIN albums b ON b.id = i.item_id",
            words=("b.name", "b.artist_names"),
            ever=SAVED.format(Kind.SAVED_ALBUM),
        ),
        Noun.ARTIST: Shape(
            kind=Kind.FOLLOWED_ARTIST,
            columns="coalesce(r.name, ''), '', r.image_url, 'artist'",
            joins="LEFT JOIN artists r ON r.id = i.item_id",
            words=("r.name",),
            ever=SAVED.format(Kind.FOLLOWED_ARTIST),
        ),
    }
)

PART = """
SELECT i.item_id, {columns}, '{noun}', '{kind}', {place}
FROM (SELECT DISTINCT item_id FROM ({ever}) AS every (item_id)) i {joins}
WHERE i.item_id IS NOT NULL AND {matches}
"""

SEARCH = """
WITH found (item_id, name, about, image_url, word, noun, kind, place) AS MATERIALIZED ({parts}),
page AS (
  SELECT *, {name} AS folded, count(*) OVER () AS total FROM found
  ORDER BY folded, place, item_id LIMIT %s OFFSET %s)
SELECT p.item_id, p.name, p.about, p.image_url, p.word, p.noun,
  EXISTS (SELECT FROM library_items l
    WHERE l.user_id = %s AND l.kind = p.kind AND l.item_id = p.item_id), p.total
FROM page p ORDER BY p.folded, p.place, p.item_id
"""


def find(noun: Noun, item_id: str) -> Thing:
    """Read what the catalogue knows of a thing; that may be nothing."""
    shape = SHAPES[noun]
    sql = f"SELECT {shape.columns} FROM (SELECT %s::text) AS i (item_id) {shape.joins}"  # noqa: S608 - our own
    return thing(noun, item_id, db.query(sql, item_id)[0])


def thing(noun: Noun, item_id: str, columns: Sequence[Any]) -> Thing:
    """Make a thing of its id and the columns of its shape."""
    name, about, image_url, kind = columns[:THING_WIDTH]
    return Thing(noun=noun, id=item_id, name=name, about=about, image_url=image_url, kind=kind)


def search(user_id: int, wanted: Wanted) -> Slice[Found]:
    """Look for words in everything that ever was in the library or a playlist, by name."""
    parts: list[str] = []
    values: list[Any] = []
    for place, (noun, shape) in enumerate(SHAPES.items()):
        matches, patterns = condition(wanted.words, *shape.words)
        parts.append(_part(place, noun, shape, matches))
        values += [user_id] * shape.ever.count("%s") + patterns
    sql = SEARCH.format(parts=" UNION ALL ".join(parts), name=folded("name"))
    rows = db.query(sql, *values, wanted.size, wanted.offset, user_id)
    return Slice(
        rows=tuple(_found(row) for row in rows),
        total=rows[0][-1] if rows else 0,
        page=wanted.page,
        size=wanted.size,
    )


def _part(place: int, noun: Noun, shape: Shape, matches: str) -> str:
    return PART.format(
        columns=shape.columns,
        noun=noun,
        kind=shape.kind,
        place=place,
        ever=shape.ever,
        joins=shape.joins,
        matches=matches,
    )


def _found(row: tuple[Any, ...]) -> Found:
    item_id, *columns = row
    noun, saved = columns[THING_WIDTH : THING_WIDTH + 2]
    return Found(thing=thing(Noun(noun), item_id, columns), saved=saved)
