"""Plays of which nobody told the end: only when they began is known, and stands in its place."""

from typing import Any

ENDS = """
ALTER TABLE plays ADD COLUMN end_unknown boolean NOT NULL DEFAULT false;
UPDATE plays p SET end_unknown = true FROM play_reports r
WHERE r.user_id = p.user_id AND r.play_ended_at = p.ended_at AND r.play_track_id = p.track_id
  AND r.ended_at = p.ended_at AND r.at = r.ended_at
  AND r.source IN ('lastfm', 'listenbrainz', 'maloja', 'koito', 'submitted');
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Add the column, and find the plays that are so already."""
    db.execute_sql(ENDS)
