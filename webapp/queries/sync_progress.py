"""How far a running sync has come: its collections, the pages it keeps, the looks it took."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp import db
from webapp.domain.sweeps import Body
from webapp.domain.syncs import Checked, Collection, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the engine writes about a collection while it runs."""

    name: Collection
    status: Status
    done: int
    total: int | None
    current: str | None = None
    error: str | None = None
    error_detail: str | None = None
    added: int = 0
    removed: int = 0
    unchanged: bool = False
    skipped: int = 0


def write_progress(sync_id: int, parts: Sequence[Progress]) -> None:
    """Write how far collections have come, all in one statement."""
    if not parts:
        return
    db.insert_values(
        "UPDATE sync_collections c SET status = v.status, done = v.done, total = v.total::int,"
        " current = v.current, error = v.error, error_detail = v.detail, added = v.added,"
        " removed = v.removed, unchanged = v.unchanged, skipped = v.skipped"
        " FROM (VALUES %s) v (sync_id, name, status, done, total, current, error, detail, added,"
        " removed, unchanged, skipped) WHERE c.sync_id = v.sync_id AND c.name = v.name",
        [
            (
                sync_id,
                part.name,
                part.status,
                part.done,
                part.total,
                part.current,
                part.error,
                part.error_detail,
                part.added,
                part.removed,
                part.unchanged,
                part.skipped,
            )
            for part in parts
        ],
    )


def store_pages(sync_id: int, pages: Sequence[tuple[Collection, str, Body]]) -> None:
    """Keep fetched pages until their collection settles."""
    db.insert_values(
        "INSERT INTO sync_pages (sync_id, collection, page_key, body) VALUES %s"
        " ON CONFLICT (sync_id, collection, page_key) DO UPDATE SET body = excluded.body",
        [(sync_id, name, key, _body_json(body)) for name, key, body in pages],
    )


def stored_pages(sync_id: int) -> dict[tuple[Collection, str], Body]:
    """Read what was fetched before."""
    rows = db.query("SELECT collection, page_key, body FROM sync_pages WHERE sync_id = %s", sync_id)
    return {(Collection(name), key): Body(**body) for name, key, body in rows}


def drop_pages(sync_id: int, name: Collection) -> None:
    """Forget the pages of a collection that has settled."""
    db.query("DELETE FROM sync_pages WHERE sync_id = %s AND collection = %s", sync_id, name)


def checks(user_id: int) -> dict[Collection, Checked]:
    """Tell when each collection was last looked at, and last read whole."""
    rows = db.query(
        "SELECT collection, max(checked_at), max(checked_at) FILTER (WHERE swept),"
        " (array_agg(total ORDER BY checked_at DESC, id DESC))[1]"
        " FROM collection_checks WHERE user_id = %s AND result <> 'failed' GROUP BY collection",
        user_id,
    )
    return {
        Collection(name): Checked(looked_at=looked, swept_at=swept, total=total)
        for name, looked, swept, total in rows
    }


def add_check(
    user_id: int,
    name: Collection,
    *,
    result: str,
    swept: bool,
    total: int | None,
    detail: str | None,
    now: datetime,
    sync_id: int | None,
) -> None:
    """Remember a look."""
    db.query(
        "INSERT INTO collection_checks"
        " (user_id, collection, result, swept, total, detail, checked_at, sync_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        user_id,
        name,
        result,
        swept,
        total,
        detail,
        now,
        sync_id,
    )


def _body_json(body: Body) -> str:
    content = {"rows": body.rows, "total": body.total, "more": body.more, "after": body.after}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
