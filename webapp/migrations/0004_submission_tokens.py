"""Tokens by which scrobblers submit listens: shown once, kept as a hash."""

from typing import Any

TOKENS = """
CREATE TABLE submission_tokens (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  name text NOT NULL,
  hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE UNIQUE INDEX submission_tokens_hash ON submission_tokens (hash);
CREATE INDEX submission_tokens_of_user ON submission_tokens (user_id, id DESC);
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the table."""
    db.execute_sql(TOKENS)
