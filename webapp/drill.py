"""`python -m webapp.drill URL RESTORED_URL`: hold a restored backup against the database.

It only reads. Both are named by their addresses, so that no environment decides which is which.
"""

import sys
from collections.abc import Sequence
from datetime import datetime

from peewee import DatabaseError

from webapp import db
from webapp.queries import backups
from webapp.queries.backups import Held


def missing(live: Held, restored: Held) -> list[str]:
    """Name tables that are empty in the backup, and are not here."""
    return [name for name, rows in live.rows.items() if rows and not restored.rows[name]]


def table(live: Held, restored: Held) -> str:
    """Write both side by side; what came after the backup was made is missing in it."""
    lines = [("", "database", "restored")]
    lines += [(name, f"{rows:,}", f"{restored.rows[name]:,}") for name, rows in live.rows.items()]
    lines.append(("newest report", _minute(live.newest), _minute(restored.newest)))
    return "".join(f"{name:18}{here:>18}{there:>18}\n" for name, here, there in lines)


def main(arguments: Sequence[str]) -> int:
    """Compare, print, and give 1 where the backup is no good."""
    if len(arguments) != 2 or arguments[0] == arguments[1]:  # noqa: PLR2004 - as the usage says
        sys.stderr.write("usage: python -m webapp.drill URL RESTORED_URL (two databases)\n")
        return 2
    try:
        live, restored = (_read(url) for url in arguments)
    except DatabaseError as error:
        sys.stderr.write(f"NOT RESTORED: {error}\n")
        return 1
    sys.stdout.write(table(live, restored))
    lost = missing(live, restored)
    sys.stdout.write(f"NOT RESTORED: {', '.join(lost)}\n" if lost else "restored\n")
    return 1 if lost else 0


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"


def _read(url: str) -> Held:
    db.configure(url, pool_size=1)
    with db.connection():
        found = backups.held()
    db.disconnect()
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
