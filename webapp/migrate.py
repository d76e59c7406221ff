"""`python -m webapp.migrate`: bring the database's shape up to date, once, whoever else tries.

Forward only. Several at once queue up behind an advisory lock and all succeed. This runs as the
Procfile's release line, before new code serves.
"""

import sys
from pathlib import Path

from playhouse.migrations import Runner

from config import Settings
from webapp import db
from webapp.queries import plays

DIRECTORY = Path(__file__).parent / "migrations"
LOCK = 0x6261636B  # "back": any constant will do, as long as it is ours


def migrate() -> list[str]:
    """Apply what is pending on an open connection; return the names applied."""
    db.query("SELECT pg_advisory_lock(%s)", LOCK)
    try:
        applied: list[str] = Runner(db.database, str(DIRECTORY)).up()
        plays.count_uncounted()
    finally:
        db.query("SELECT pg_advisory_unlock(%s)", LOCK)
    return applied


def pending() -> list[str]:
    """Name the migrations this code has and the database lacks."""
    status = Runner(db.database, str(DIRECTORY)).status()
    return [step.name for step in status if step.path and not step.applied]


def main() -> None:
    """Migrate the database of the environment."""
    settings = Settings.from_env()
    db.configure(settings.database_url, pool_size=1)
    with db.connection():
        applied = migrate()
    sys.stdout.write(f"migrations: {', '.join(applied) or 'nothing to do'}\n")


if __name__ == "__main__":
    main()
