"""`python -m webapp.rebuild`: make every derived table anew from the logs."""

import sys

from config import Settings
from webapp import db
from webapp.queries import accounts, library, playlists
from webapp.services import decisions


def rebuild(user_id: int) -> None:
    """Make one listener's derived rows anew, in one transaction."""
    with db.transaction():
        library.rebuild(user_id)
        playlists.rebuild(user_id)
        decisions.rebuild(user_id)
        accounts.bump_version(user_id)


def main() -> None:
    """Rebuild every listener, one after the other."""
    settings = Settings.from_env()
    db.configure(settings.database_url, pool_size=1)
    with db.connection():
        for account in accounts.every():
            rebuild(account.id)
            sys.stdout.write(f"rebuilt: {account.username}\n")


if __name__ == "__main__":
    main()
