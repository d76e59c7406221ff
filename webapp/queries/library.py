"""The library's log, written and replayed: what is saved, followed and on top.

`library_events` is the log; `library_items` is derived from it, and kept up in the same
transaction. Every function that writes expects to be inside one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from webapp import db
from webapp.domain.library import Change, Event, Kind
from webapp.domain.provider import TimeRange

STATE_AT = """
SELECT item_id, item_added_at, seen_at FROM (
  SELECT DISTINCT ON (item_id) item_id, item_added_at, seen_at, event
  FROM library_events WHERE user_id = %s AND kind = %s AND seen_at <= %s
  ORDER BY item_id, seen_at DESC, id DESC) last
WHERE event = 'added'
"""

REBUILD = """
INSERT INTO library_items (user_id, kind, item_id, added_at, seen_at)
SELECT user_id, kind, item_id, item_added_at, seen_at FROM (
  SELECT DISTINCT ON (kind, item_id) user_id, kind, item_id, item_added_at, seen_at, event
  FROM library_events WHERE user_id = %s ORDER BY kind, item_id, seen_at DESC, id DESC) last
WHERE event = 'added'
"""


def known(user_id: int, kind: Kind) -> dict[str, str | None]:
    """Read what we have: item ids with the time they were added (ISO 8601)."""
    rows = db.query(
        "SELECT item_id, added_at FROM library_items WHERE user_id = %s AND kind = %s",
        user_id,
        kind,
    )
    return {item: at.isoformat() if at else None for item, at in rows}


def record(
    user_id: int, kind: Kind, changes: Sequence[Change], now: datetime, sync_id: int | None
) -> None:
    """Append changes to the log and bring the derived table along."""
    db.insert_values(
        "INSERT INTO library_events"
        " (user_id, kind, item_id, event, item_added_at, seen_at, sync_id) VALUES %s",
        [(user_id, kind, c.item_id, c.event, c.added_at, now, sync_id) for c in changes],
    )
    db.insert_values(
        "INSERT INTO library_items (user_id, kind, item_id, added_at, seen_at) VALUES %s"
        " ON CONFLICT (user_id, kind, item_id) DO UPDATE SET"
        " added_at = excluded.added_at, seen_at = excluded.seen_at",
        [(user_id, kind, c.item_id, c.added_at, now) for c in changes if c.event is Event.ADDED],
    )
    gone = [c.item_id for c in changes if c.event is Event.REMOVED]
    if gone:
        db.query(
            "DELETE FROM library_items WHERE user_id = %s AND kind = %s AND item_id = ANY(%s)",
            user_id,
            kind,
            gone,
        )


def state_at(user_id: int, kind: Kind, moment: datetime) -> dict[str, datetime | None]:
    """Replay the log: what was in the library at a moment, with the time each was added."""
    return {item: added for item, added, _ in db.query(STATE_AT, user_id, kind, moment)}


def rebuild(user_id: int) -> None:
    """Make the derived rows anew from the log."""
    db.query("DELETE FROM library_items WHERE user_id = %s", user_id)
    db.query(REBUILD, user_id)


def last_top_lists(user_id: int, kind: str, moment: datetime) -> dict[TimeRange, list[str]]:
    """Read the top lists (`tracks` or `artists`) as last seen at a moment."""
    rows = db.query(
        "SELECT DISTINCT ON (time_range) time_range, item_ids FROM top_lists"
        " WHERE user_id = %s AND kind = %s AND seen_at <= %s"
        " ORDER BY time_range, seen_at DESC, id DESC",
        user_id,
        kind,
        moment,
    )
    return {TimeRange(time_range): ids for time_range, ids in rows}


def record_top_lists(
    user_id: int,
    kind: str,
    lists: Mapping[TimeRange, Sequence[str]],
    now: datetime,
    sync_id: int | None,
) -> None:
    """Append top lists to their log."""
    db.insert_values(
        "INSERT INTO top_lists (user_id, kind, time_range, item_ids, seen_at, sync_id) VALUES %s",
        [(user_id, kind, r, list(ids), now, sync_id) for r, ids in lists.items()],
    )
