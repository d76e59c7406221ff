"""Profiles: whether a listener has one, and who may see which section of it.

Pages made before `not_before` (a `data_version`) are not shown any more, not even while a new one
is being made: since then the listener has taken something back.
"""

from typing import Any

PROFILES = """
CREATE TABLE profiles (
  user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  shown boolean NOT NULL DEFAULT false,
  levels jsonb NOT NULL DEFAULT '{}',
  not_before bigint NOT NULL DEFAULT 0,
  changed_at timestamptz NOT NULL
);
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the table."""
    db.execute_sql(PROFILES)
