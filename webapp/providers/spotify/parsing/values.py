"""Sound values out of untrusted JSON: every reader answers with what was asked for, or nothing."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

Json = dict[str, Any]

LONGEST_NAME = 1_000
LONGEST_TEXT = 10_000
LONGEST_URL = 2_000
LONGEST_ID = 64
LARGEST_COUNT = 2**31 - 1
"""What a PostgreSQL integer holds."""
LONGEST_DURATION_MS = 48 * 60 * 60 * 1_000
YEARS_OF_SPOTIFY = range(2006, 2101)
"""A moment outside of these is a placeholder (1970-01-01) or a mistake."""
BEST_IMAGE_WIDTH = 300
LONGEST_NUMERAL = 18
DEEPEST = 16

_DATE_LENGTHS = {"year": 4, "month": 7, "day": 10}


def tidy(value: Any, depth: int = DEEPEST) -> Any:
    """Copy JSON as PostgreSQL's jsonb can hold it, without the lists of 180 country codes.

    NUL is removed, lone surrogates become U+FFFD, NaN and infinities null; texts are cut at
    10,000 characters, and what is nested deeper than 16 levels is null.
    """
    kind = type(value)
    if kind is str:
        return value if value.isprintable() and len(value) <= LONGEST_TEXT else tidy_text(value)
    if kind is dict:
        return _tidy_object(value, depth - 1) if depth else None
    if kind is list:
        return [tidy(part, depth - 1) for part in value] if depth else None
    return None if kind is float and not isfinite(value) else value


def _tidy_object(value: Json, depth: int) -> Json:
    """Tidy an object. Texts are most of it, so they are looked at without another call."""
    tidied = {}
    for key, part in value.items():
        kind = type(part)
        if kind is str:
            sound = part.isprintable() and len(part) <= LONGEST_TEXT
            tidied[key] = part if sound else tidy_text(part)
        elif kind is int or kind is bool or part is None:
            tidied[key] = part
        elif key != "available_markets":
            tidied[key] = tidy(part, depth)
    if all(map(str.isidentifier, tidied)):
        return tidied
    return {tidy_text(key): part for key, part in tidied.items()}


def tidy_text(value: str) -> str:
    """Make a text one that PostgreSQL stores."""
    value = value[:LONGEST_TEXT].replace("\x00", "")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_object(value: Any) -> Json:
    """Read an object; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Json]:
    """Read the objects of a list; anything else is an empty one."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def text(value: Any, longest: int = LONGEST_NAME) -> str:
    """Read a text, cut with an ellipsis; anything else is empty."""
    if not isinstance(value, str):
        return ""
    return value if len(value) <= longest else value[: longest - 1] + "…"


def code(value: Any, longest: int = LONGEST_ID) -> str | None:
    """Read an identifier of any alphabet, which may not be cut: too long is none at all."""
    return value if isinstance(value, str) and 0 < len(value) <= longest else None


def spotify_id(value: Any) -> str | None:
    """Read an id of Spotify's catalogue or a playlist's: letters and digits, 22 of them today."""
    found = code(value)
    return found if found and found.isascii() and found.isalnum() else None


def whole(value: Any, largest: int = LARGEST_COUNT, least: int = 0) -> int | None:
    """Read a whole number between bounds; digits in a text and 3.0 are tolerated."""
    number = _integer(value)
    return number if number is not None and least <= number <= largest else None


def _integer(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.isdecimal() and len(value) <= LONGEST_NUMERAL:
        return int(value)
    return None


def duration(value: Any) -> int | None:
    """Read milliseconds; zero and more than two days are none. Once seen as an object."""
    if isinstance(value, dict):
        value = value.get("totalMilliseconds")
    return whole(value, LONGEST_DURATION_MS, least=1)


def moment(value: Any) -> datetime | None:
    """Read an ISO 8601 instant as aware UTC, exact to the millisecond."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if found.year not in YEARS_OF_SPOTIFY:
        return None
    found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return found.replace(microsecond=found.microsecond // 1_000 * 1_000)


def release(value: Any, precision: Any) -> tuple[str | None, str | None]:
    """Read a release date and its precision: as much of the date as is told and exists."""
    if not isinstance(value, str):
        return None, None
    length = _DATE_LENGTHS.get(precision, len(value)) if isinstance(precision, str) else len(value)
    for name, cut in reversed(_DATE_LENGTHS.items()):
        if cut <= length and cut <= len(value) and _is_date(value[:cut]):
            return value[:cut], name
    return None, None


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value + "0001-01-01"[len(value) :])
    except ValueError:
        return False
    return value.replace("-", "").isdecimal()


def image(value: Any) -> str | None:
    """Choose the image nearest to 300 px wide; widest come first, and widths may be null."""
    best, best_distance = None, float("inf")
    for candidate in objects(value):
        url = web_address(candidate.get("url"))
        if url is None:
            continue
        width = whole(candidate.get("width"), least=1)
        distance = abs(width - BEST_IMAGE_WIDTH) if width else LARGEST_COUNT
        if distance < best_distance:
            best, best_distance = url, distance
    return best


def web_address(value: Any) -> str | None:
    """Read an address that a page may link to; too long is none at all."""
    sound = (
        isinstance(value, str)
        and len(value) <= LONGEST_URL
        and value.startswith(("https://", "http://"))
    )
    return value if sound else None


def joined(names: Iterable[str]) -> str:
    """Join names as they are shown and searched."""
    return text(", ".join(name for name in names if name))
