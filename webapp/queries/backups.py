"""How much a database holds: what a restored backup is compared by."""

from dataclasses import dataclass
from datetime import datetime

from webapp import db

TABLES = (
    "users",
    "library_events",
    "playlist_versions",
    "top_lists",
    "play_reports",
    "play_decisions",
    "plays",
    "tracks",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Rows of tables, as they are called, and when the newest of all reports came."""

    rows: dict[str, int]
    newest: datetime | None


def held() -> Held:
    """Count, as of one moment."""
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)  # noqa: S608
    sql = f"SELECT (SELECT max(seen_at) FROM play_reports), {counts}"  # noqa: S608 - our own names
    newest, *rows = db.query(sql)[0]
    return Held(rows=dict(zip(TABLES, rows, strict=True)), newest=newest)
