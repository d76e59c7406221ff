"""What personality is measured from: the counts of a period, kept until the data changes.

The formulas (`domain/personality.py`) cost nothing next to the counting, so their results follow
from a row when it is read. `data_version` and `shape` say what a row was counted from, and by what
rules.
"""

from typing import Any

PERSONALITIES = """
CREATE TABLE personalities (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  period text NOT NULL,
  first_day date NOT NULL,
  last_day date NOT NULL,
  data_version bigint NOT NULL,
  shape smallint NOT NULL,
  counts jsonb NOT NULL,
  counted_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, period, first_day, last_day)
);
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the table."""
    db.execute_sql(PERSONALITIES)
