"""What the cache holds of charts: their last good answers, and how the last tries went."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from webapp import db
from webapp.domain.trends import CHARTS, FRESH_FOR, Chart, ChartState, Entry

REFRESH = "refresh"
"""The key of the row about the refresh itself."""

STORE = """
INSERT INTO cache_data (key, data, fetched_at, expires_at, metadata)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT (key) DO UPDATE SET data = excluded.data,
  fetched_at = excluded.fetched_at, expires_at = excluded.expires_at, metadata = excluded.metadata
"""

# What was never read has no entries, and expired when it was asked for.
NOTE = """
INSERT INTO cache_data (key, data, fetched_at, expires_at, metadata)
SELECT key, '{"entries": []}', %(now)s, %(now)s,
  jsonb_build_object('tried_at', %(tried)s::text, 'error', %(error)s::text)
FROM unnest(%(keys)s::text[]) AS tried (key)
ON CONFLICT (key) DO UPDATE SET metadata = cache_data.metadata || excluded.metadata
"""

STATES = """
SELECT key, fetched_at, expires_at, metadata, jsonb_array_length(data -> 'entries')
FROM cache_data WHERE key = ANY (%s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """A row of the cache."""

    data: Mapping[str, Any]
    fetched_at: datetime
    expires_at: datetime
    metadata: Mapping[str, Any]


def find(key: str) -> Cached | None:
    """Find what is kept under a key."""
    rows = db.query(
        "SELECT data, fetched_at, expires_at, metadata FROM cache_data WHERE key = %s", key
    )
    for data, fetched_at, expires_at, metadata in rows:
        return Cached(data=data, fetched_at=fetched_at, expires_at=expires_at, metadata=metadata)
    return None


def find_unless(key: str, stamp: str) -> Cached | None:
    """Find what is kept under a key; where it has this stamp already, without its data.

    Whoever stores something stamps it anew, in `metadata`.
    """
    rows = db.query(
        "SELECT CASE WHEN metadata ->> 'stamp' = %s THEN NULL ELSE data END, fetched_at,"
        " expires_at, metadata FROM cache_data WHERE key = %s",
        stamp,
        key,
    )
    for data, fetched_at, expires_at, metadata in rows:
        kept = data or {}
        return Cached(data=kept, fetched_at=fetched_at, expires_at=expires_at, metadata=metadata)
    return None


def store(
    key: str,
    data: Mapping[str, Any],
    now: datetime,
    *,
    expires_at: datetime | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Keep something under a key; it counts as fresh for six hours unless told otherwise."""
    expires = expires_at or now + FRESH_FOR
    stamped = {**(metadata or {}), "stamp": uuid4().hex}
    db.query(STORE, key, json.dumps(data), now, expires, json.dumps(stamped))


def store_chart(
    chart: Chart, entries: Sequence[Entry], item_ids: Sequence[int], now: datetime
) -> None:
    """Keep a good answer: which things stand where, the best place of each."""
    best: dict[int, int] = {}
    for entry, item_id in zip(entries, item_ids, strict=True):
        best[item_id] = min(entry.position, best.get(item_id, entry.position))
    rows = [{"item": item_id, "position": place} for item_id, place in best.items()]
    told = {
        "source": chart.source.value,
        "chart": chart.name,
        "as_of": now.isoformat(),
        "tried_at": now.isoformat(),
        "error": "",
    }
    store(chart.key, {"entries": rows}, now, metadata=told)


def note_failures(charts: Sequence[Chart], error: str, now: datetime) -> None:
    """Keep what went wrong with charts beside their last good answers."""
    if charts:
        keys = [chart.key for chart in charts]
        db.query_by_name(NOTE, keys=keys, now=now, tried=now.isoformat(), error=error)


def states() -> list[ChartState]:
    """Tell how every chart stands."""
    rows = {row[0]: row[1:] for row in db.query(STATES, [chart.key for chart in CHARTS])}
    return [_state(chart, rows.get(chart.key)) for chart in CHARTS]


def places() -> dict[str, list[tuple[int, int]]]:
    """Give (item, position) of each chart, by its key."""
    rows = db.query(
        "SELECT key, data FROM cache_data WHERE key = ANY (%s)", [chart.key for chart in CHARTS]
    )
    return {
        key: [(row["item"], row["position"]) for row in data.get("entries", ())]
        for key, data in rows
    }


@contextmanager
def holding(*, wait: bool = False) -> Iterator[bool]:
    """Hold the right to refresh for the length of a block.

    While another process holds it, it is False, or waited for. The lock is the connection's: when
    the process dies, so does the lock.
    """
    if wait:
        db.query("SELECT pg_advisory_lock(hashtextextended('trends', 0))")
        held = True
    else:
        held = bool(db.query("SELECT pg_try_advisory_lock(hashtextextended('trends', 0))")[0][0])
    try:
        yield held
    finally:
        if held:
            db.query("SELECT pg_advisory_unlock(hashtextextended('trends', 0))")


def _state(chart: Chart, row: tuple[Any, ...] | None) -> ChartState:
    if row is None:
        return ChartState(chart=chart)
    fetched_at, expires_at, metadata, entries = row
    tried = metadata.get("tried_at")
    good = "as_of" in metadata
    return ChartState(
        chart=chart,
        fetched_at=fetched_at if good else None,
        expires_at=expires_at if good else None,
        tried_at=datetime.fromisoformat(tried) if tried else None,
        error=metadata.get("error", ""),
        entries=entries or 0,
    )
