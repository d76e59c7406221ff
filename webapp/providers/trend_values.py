"""Values that charts tell, out of untrusted JSON."""

from datetime import date
from typing import Any
from uuid import UUID

LONGEST_GENRE = 60
MOST_GENRES = 8
YEARS = range(1900, 2101)


def day_of(value: Any) -> date | None:
    """Read a day as YYYY-MM-DD; "0000-00-00" and what is less exact are none."""
    if not isinstance(value, str):
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def mbid_of(value: Any) -> str | None:
    """Read an identifier of MusicBrainz, in lower case."""
    if not isinstance(value, str):
        return None
    try:
        return str(UUID(value))
    except ValueError:
        return None


def genres_of(value: Any) -> tuple[str, ...]:
    """Read tags as genres: lower case, each once, a few of them."""
    names = value if isinstance(value, list) else []
    told = (name.strip().lower() for name in names if isinstance(name, str))
    kept = dict.fromkeys(name for name in told if 0 < len(name) <= LONGEST_GENRE)
    return tuple(kept)[:MOST_GENRES]
