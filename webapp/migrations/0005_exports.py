"""Exports: a listener's everything as one archive, kept in parts until it expires. The way back.

`import_lines` stages the lines of an archive that is brought back, as `import_rows` stages rows.
"""

from typing import Any

EXPORTS = """
CREATE TABLE exports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  status text NOT NULL DEFAULT 'PENDING'
    CHECK (status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED')),
  lines_done integer NOT NULL DEFAULT 0,
  lines_total integer NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  error text,
  claim uuid,
  attempt integer NOT NULL DEFAULT 0,
  crashes integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  updated_at timestamptz NOT NULL,
  completed_at timestamptz,
  expires_at timestamptz
);
CREATE UNIQUE INDEX exports_one_at_a_time ON exports (user_id)
  WHERE status IN ('PENDING', 'PROCESSING');
CREATE INDEX exports_of_user ON exports (user_id, id DESC);

CREATE TABLE export_parts (
  export_id bigint NOT NULL REFERENCES exports ON DELETE CASCADE,
  part integer NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (export_id, part)
);
ALTER TABLE export_parts ALTER COLUMN body SET STORAGE EXTERNAL;
"""

# On its way in: lost in a crash of the database, and read again then.
STAGING = """
CREATE UNLOGGED TABLE import_lines (
  import_id bigint NOT NULL,
  file smallint NOT NULL,
  member text NOT NULL,
  number integer NOT NULL,
  line jsonb NOT NULL,
  body bytea
);
CREATE INDEX import_lines_of ON import_lines (import_id, file, member, number);
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the tables."""
    for part in (EXPORTS, STAGING):
        db.execute_sql(part)
