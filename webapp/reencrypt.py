"""`python -m webapp.reencrypt`: encrypt every stored token with the newest of TOKEN_KEYS."""

import sys

from config import Settings
from webapp import db
from webapp.services import tokens
from webapp.services.wiring import connect


def main() -> None:
    """Encrypt anew; safe to run while everything else runs, and more than once."""
    wiring = connect(Settings.from_env())
    with db.connection():
        count = tokens.reencrypt(wiring)
    sys.stdout.write(f"grants encrypted with the newest key: {count}\n")


if __name__ == "__main__":
    main()
