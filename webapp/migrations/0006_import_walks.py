"""Imports from accounts: how far each is read, and when the service may be asked again."""

from typing import Any

WALKS = """
CREATE TABLE import_walks (
  import_id bigint PRIMARY KEY REFERENCES imports ON DELETE CASCADE,
  since timestamptz,
  until timestamptz NOT NULL,
  total integer,
  place bigint,
  stumbles smallint NOT NULL
);
ALTER TABLE imports ADD COLUMN resume_at timestamptz;
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the table."""
    db.execute_sql(WALKS)
