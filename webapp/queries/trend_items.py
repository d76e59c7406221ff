"""The things that charts told of, each once, and where they stood.

Who writes takes `lock` first: two at once could make one thing twice.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from webapp import db
from webapp.domain.trend_identity import SERVICES, Known, Plan, ids_of
from webapp.domain.trends import Chart, Entry, Kind, Trend
from webapp.queries import appearances
from webapp.queries.trusted import SPOTIFYS

COLUMNS = (
    "i.id, i.kind, i.name, i.artist_names, i.released, i.image_url, i.spotify_id, i.deezer_id,"
    " i.mbid::text, i.match_key, i.genres"
)

KNOWN = """
WITH RECURSIVE met (id) AS (
  SELECT id FROM trend_items WHERE kind = %(kind)s AND (spotify_id = ANY (%(spotify)s)
    OR deezer_id = ANY (%(deezer)s) OR mbid = ANY (%(mbid)s::uuid[]) OR match_key = ANY (%(keys)s))
  UNION SELECT m.into_id FROM met JOIN trend_merges m ON m.from_id = met.id)
SELECT i.id, coalesce(m.into_id, i.id), i.kind, i.match_key, i.spotify_id, i.deezer_id,
  i.mbid::text, i.released
FROM met JOIN trend_items i ON i.id = met.id LEFT JOIN trend_merges m ON m.from_id = i.id
ORDER BY i.id
"""

FREE = """
SELECT nextval(pg_get_serial_sequence('trend_items', 'id')) FROM generate_series(1, %s)
"""

ADD = """
INSERT INTO trend_items (id, kind, name, artist_names, released, image_url, spotify_id, deezer_id,
  mbid, upc, isrc, match_key, genres, first_seen_at, last_seen_at)
OVERRIDING SYSTEM VALUE VALUES %s
"""

# What a thing has stays; what it lacks it may learn. Ids come one a thing: see `settle`.
GAIN = """
UPDATE trend_items i SET
  released = coalesce(i.released, told.released), image_url = coalesce(i.image_url, told.image_url),
  spotify_id = coalesce(i.spotify_id, told.spotify_id),
  deezer_id = coalesce(i.deezer_id, told.deezer_id), mbid = coalesce(i.mbid, told.mbid),
  upc = coalesce(i.upc, told.upc), isrc = coalesce(i.isrc, told.isrc),
  genres = CASE WHEN i.genres = '{}' THEN told.genres ELSE i.genres END,
  last_seen_at = greatest(i.last_seen_at, told.seen_at)
FROM (VALUES %s) AS told (id, released, image_url, spotify_id, deezer_id, mbid, upc, isrc, genres,
  seen_at)
WHERE i.id = told.id RETURNING i.id
"""
GAIN_TYPES = (
    "(%s::bigint, %s::date, %s::text, %s::text, %s::text, %s::uuid, %s::text, %s::text,"
    " %s::text[], %s::timestamptz)"
)

MERGE = """
WITH earlier AS (UPDATE trend_merges SET into_id = %(into)s WHERE into_id = %(from)s)
INSERT INTO trend_merges (from_id, into_id) VALUES (%(from)s, %(into)s)
ON CONFLICT (from_id) DO UPDATE SET into_id = excluded.into_id
"""

APPEAR = """
INSERT INTO trend_appearances (item_id, source, chart, position, seen_at) VALUES %s
ON CONFLICT DO NOTHING
"""

# A merged thing is shown as the one it was merged into, with what either knows.
SHOWN = f"""
WITH wanted AS (SELECT w.id AS asked, coalesce(m.into_id, w.id) AS root
  FROM unnest(%(ids)s::bigint[]) AS w (id) LEFT JOIN trend_merges m ON m.from_id = w.id)
SELECT wanted.asked, {COLUMNS},
  CASE WHEN i.genres = '{{}}' THEN (SELECT a.genres FROM artists a
    WHERE a.match_key = CASE WHEN i.kind = 'artist' THEN i.match_key
      ELSE '|' || split_part(i.match_key, '|', 1) END
      AND {SPOTIFYS.format(row="a")}
    ORDER BY cardinality(a.genres) DESC, a.id LIMIT 1) END,
  (SELECT a.image_url FROM artists a WHERE i.kind = 'artist' AND i.image_url IS NULL
    AND a.match_key = i.match_key AND a.image_url IS NOT NULL AND {SPOTIFYS.format(row="a")}
    ORDER BY a.id LIMIT 1),
  (SELECT array_agg(ARRAY[o.spotify_id, o.deezer_id, o.mbid::text, o.image_url] ORDER BY o.id)
    FROM trend_merges m JOIN trend_items o ON o.id = m.from_id WHERE m.into_id = i.id)
FROM wanted JOIN trend_items i ON i.id = wanted.root
"""  # noqa: S608 - our own text

HEARD = """
SELECT i.id FROM unnest(%(ids)s::bigint[]) AS w (id) JOIN trend_items i ON i.id = w.id
WHERE EXISTS (SELECT FROM listening_items h WHERE h.user_id = %(user)s AND h.kind = i.kind
    AND h.item_id = i.spotify_id AND h.grain = 'ever')
  OR EXISTS (SELECT FROM library_items l WHERE l.user_id = %(user)s AND l.item_id = i.spotify_id)
  OR EXISTS (SELECT FROM trend_merges m JOIN trend_items o ON o.id = m.from_id
    JOIN listening_items h ON h.user_id = %(user)s AND h.kind = o.kind AND h.item_id = o.spotify_id
      AND h.grain = 'ever' WHERE m.into_id = i.id)
  OR EXISTS (SELECT FROM listener_collection c WHERE c.user_id = %(user)s AND c.item_id = i.id)
  OR i.kind = 'album' AND EXISTS (SELECT FROM albums a WHERE a.match_key = i.match_key AND (
    EXISTS (SELECT FROM listening_items h WHERE h.user_id = %(user)s AND h.kind = 'album'
      AND h.item_id = a.id AND h.grain = 'ever')
    OR EXISTS (SELECT FROM library_items l WHERE l.user_id = %(user)s AND l.item_id = a.id)))
  OR i.kind = 'track' AND EXISTS (SELECT FROM tracks a WHERE a.match_key = i.match_key AND (
    EXISTS (SELECT FROM listening_items h WHERE h.user_id = %(user)s AND h.kind = 'track'
      AND h.item_id = a.id AND h.grain = 'ever')
    OR EXISTS (SELECT FROM library_items l WHERE l.user_id = %(user)s AND l.item_id = a.id)))
  OR i.kind = 'artist' AND EXISTS (SELECT FROM artists a WHERE a.match_key = i.match_key AND (
    EXISTS (SELECT FROM listening_items h WHERE h.user_id = %(user)s AND h.kind = 'artist'
      AND h.item_id = a.id AND h.grain = 'ever')
    OR EXISTS (SELECT FROM library_items l WHERE l.user_id = %(user)s AND l.item_id = a.id)))
"""


def lock() -> None:
    """Be the only one who writes things until the transaction ends."""
    db.query("SELECT pg_advisory_xact_lock(hashtextextended('trend items', 0))")


def known(kind: Kind, entries: Sequence[Entry]) -> list[Known]:
    """Find the things that entries may be, by ids and names, and what those were merged into."""
    told = {
        service: [getattr(entry, service) for entry in entries if getattr(entry, service)]
        for service in SERVICES
    }
    rows = db.query_by_name(
        KNOWN,
        kind=kind.value,
        spotify=told["spotify_id"],
        deezer=told["deezer_id"],
        mbid=told["mbid"],
        keys=[entry.match_key for entry in entries],
    )
    return [_known(row) for row in rows]


def free_ids(count: int) -> list[int]:
    """Take so many ids that nothing has yet, in ascending order."""
    return sorted(row[0] for row in db.query(FREE, count))


def write(plan: Plan, now: datetime) -> None:
    """Write what `settle` decided: new things, merges, and what was learned."""
    rows = [(thing_id, *_columns(entry), now, now) for thing_id, entry in plan.added]
    db.insert_values(ADD, rows)
    for younger, root in plan.merged:
        merge(younger, root)
    fresh = {thing_id for thing_id, _ in plan.added}
    _gain([(root, entry) for root, entry in plan.gained if root not in fresh], now)


def merge(younger: int, root: int) -> None:
    """Let a thing be another one; what was merged into it goes along."""
    db.query_by_name(MERGE, **{"from": younger, "into": root})


def appear(chart: Chart, entries: Sequence[Entry], item_ids: Sequence[int], now: datetime) -> None:
    """Keep where things stood at a moment, the best place of each."""
    best: dict[int, int] = {}
    for entry, item_id in zip(entries, item_ids, strict=True):
        best[item_id] = min(entry.position, best.get(item_id, entry.position))
    rows = [
        (item_id, chart.source.value, chart.name, place, now) for item_id, place in best.items()
    ]
    db.insert_values(APPEAR, rows)


def shown(ids: Collection[int]) -> dict[int, Trend]:
    """Read things by their ids, or by those they were met under before; without their places."""
    return {row[0]: _shown(row[1:]) for row in db.query_by_name(SHOWN, ids=list(ids))}


def heard(user_id: int, ids: Collection[int]) -> frozenset[int]:
    """Tell which things a listener has played, saved, followed or taken into their collection."""
    return frozenset(row[0] for row in db.query_by_name(HEARD, user=user_id, ids=list(ids)))


def learn(
    item_id: int,
    *,
    now: datetime,
    mbid: str | None = None,
    image_url: str | None = None,
    genres: tuple[str, ...] = (),
) -> int:
    """Teach a thing what it lacks; return the id it goes by now.

    Where another thing has the mbid already, the two are one from now on, under the older id.
    """
    with db.transaction():
        lock()
        root = _root(item_id)
        rows = db.query(
            "SELECT coalesce(m.into_id, o.id) FROM trend_items i JOIN trend_items o"
            " ON o.kind = i.kind AND o.mbid = %s LEFT JOIN trend_merges m ON m.from_id = o.id"
            " WHERE i.id = %s",
            mbid,
            root,
        )
        taken = bool(rows)
        if rows and rows[0][0] != root:
            younger, root = max(rows[0][0], root), min(rows[0][0], root)
            merge(younger, root)
            appearances.recount_weeks([root])
        given = None if taken else mbid
        row = (root, None, image_url, None, None, given, None, None, list(genres), now)
        db.insert_returning(GAIN, [row], GAIN_TYPES)
        return root


def _root(item_id: int) -> int:
    rows = db.query("SELECT into_id FROM trend_merges WHERE from_id = %s", item_id)
    return int(rows[0][0]) if rows else item_id


def _gain(taught: Sequence[tuple[int, Entry]], now: datetime) -> None:
    """Teach each thing once: what several entries tell of it is put together."""
    rows: dict[int, list[Any]] = {}
    for root, entry in taught:
        ids = ids_of(entry)
        told = [
            entry.released,
            entry.image_url,
            *(ids.get(service) for service in SERVICES),
            entry.upc,
            entry.isrc,
            list(entry.genres),
        ]
        before = rows.setdefault(root, told)
        rows[root] = [old or new for old, new in zip(before, told, strict=True)]
    db.insert_returning(
        GAIN, [(root, *told, now) for root, told in sorted(rows.items())], GAIN_TYPES
    )


def _columns(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.kind.value,
        entry.name,
        entry.artist_names,
        entry.released,
        entry.image_url,
        entry.spotify_id,
        entry.deezer_id,
        entry.mbid,
        entry.upc,
        entry.isrc,
        entry.match_key,
        list(entry.genres),
    )


def _known(row: tuple[Any, ...]) -> Known:
    thing_id, root, kind, key, *ids, released = row
    told = {service: value for service, value in zip(SERVICES, ids, strict=True) if value}
    return Known(
        id=thing_id, root=root, kind=Kind(kind), match_key=key, ids=told, released=released
    )


def _shown(row: tuple[Any, ...]) -> Trend:
    id_, kind, name, by, released, image, spotify, deezer, mbid, key, genres = row[:11]
    artist_genres, artist_image, others = row[11:]
    for other in others or ():
        spotify, deezer, mbid, image = (
            ours or theirs
            for ours, theirs in zip((spotify, deezer, mbid, image), other, strict=True)
        )
    return Trend(
        id=id_,
        kind=Kind(kind),
        name=name,
        artist_names=by,
        released=released,
        image_url=image or artist_image,
        spotify_id=spotify,
        deezer_id=deezer,
        mbid=mbid,
        match_key=key,
        genres=tuple(genres or artist_genres or ()),
    )
