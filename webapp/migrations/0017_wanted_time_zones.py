"""Where a listener wants to live, until their days are counted there.

`time_zone` is what all roll-ups are counted in. Counting a long history anew takes a worker a
while, so a wish waits in a column of its own, and both change in one transaction
(`services/time_zones.py`).
"""

from typing import Any

WISH = """
ALTER TABLE users ADD COLUMN wanted_time_zone text;
CREATE INDEX users_wanted_time_zone ON users (id) WHERE wanted_time_zone IS NOT NULL;
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Add the column, empty."""
    db.execute_sql(WISH)
