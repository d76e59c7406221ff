"""The rhythm of listening, added up: hours of the week, and how long sessions are.

`bin` is weekday * 24 + hour (Monday is 0), or a group of lengths (`domain/stats_lengths.py`);
`count` counts plays or sessions, `ms` is how long they were. Derived from `hourly_listening` and
`listening_sessions` (`queries/rhythm_rollups.py`), in the same transaction.
"""

from typing import Any

TABLES = """
CREATE TABLE listening_rhythms (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('hour', 'length')),
  grain text NOT NULL CHECK (grain IN ('month', 'year', 'ever')),
  period date NOT NULL,
  bin smallint NOT NULL,
  count integer NOT NULL,
  ms bigint NOT NULL,
  PRIMARY KEY (user_id, kind, grain, period, bin)
);
CREATE INDEX listening_sessions_longest
  ON listening_sessions (user_id, (ended_at - started_at) DESC, started_at DESC);
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the table, empty."""
    db.execute_sql(TABLES)
