"""Plays put straight into the tables, from any source, with their days counted."""

from collections.abc import Sequence
from datetime import datetime

from webapp import db
from webapp.queries import plays

SPOTIFY, EXTENDED = "spotify", "spotify_extended"


def played(user_id: int, rows: Sequence[tuple[str, datetime] | tuple[str, datetime, str]]) -> None:
    """Add plays: track, end, and where it is not Spotify, the source."""
    db.insert_values(
        "INSERT INTO plays (user_id, track_id, ended_at, source, seen_at) VALUES %s",
        [(user_id, row[0], row[1], row[2] if len(row) > 2 else SPOTIFY, row[1]) for row in rows],
    )
    with db.transaction():
        plays.count_all_days(user_id)


def missed(
    user_id: int, after: datetime, before: datetime, *, closed_by: str | None = None
) -> None:
    """Note a gap, and that something filled it, if it did."""
    db.query(
        "INSERT INTO listening_gaps (user_id, after_at, before_at, found_at, closed_at, closed_by)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        user_id,
        after,
        before,
        before,
        before if closed_by else None,
        closed_by,
    )
