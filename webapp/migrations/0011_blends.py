"""Blends: who asked whom to compare their music, and what came of it.

An invitation by link has no `invited_id` until somebody takes it up. One by name keeps the name as
it was typed, whether or not it reached anybody: its sender sees the same either way. `declined_at`
stays when the inviter takes back what was declined, so that asking again reaches nobody. All of it
vanishes with either account.
"""

from typing import Any

BLENDS = """
CREATE TABLE blends (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  inviter_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  invited_id bigint REFERENCES users ON DELETE CASCADE,
  invited_name text,
  state text NOT NULL DEFAULT 'invited'
    CHECK (state IN ('invited', 'agreed', 'declined', 'revoked')),
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  declined_at timestamptz,
  expires_at timestamptz,
  CHECK (invited_id <> inviter_id),
  CHECK (invited_id IS NOT NULL OR state IN ('invited', 'revoked')),
  CHECK ((invited_name IS NULL) = (expires_at IS NOT NULL))
);
CREATE UNIQUE INDEX blends_one_of_a_pair
  ON blends (least(inviter_id, invited_id), greatest(inviter_id, invited_id))
  WHERE invited_id IS NOT NULL AND state IN ('invited', 'agreed');
CREATE UNIQUE INDEX blends_name_asked_once ON blends (inviter_id, lower(invited_name))
  WHERE invited_name IS NOT NULL AND state IN ('invited', 'declined');
CREATE INDEX blends_of_inviter ON blends (inviter_id, id DESC);
CREATE INDEX blends_of_invited ON blends (invited_id, id DESC);
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the table."""
    db.execute_sql(BLENDS)
