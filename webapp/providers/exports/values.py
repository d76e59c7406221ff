"""Sound values out of untrusted rows: what was asked for, or the reason why it cannot be read."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any
from urllib.parse import unquote_plus

from webapp.domain.reports import Reason
from webapp.providers.spotify.parsing.values import DEEPEST, Json, text, tidy, tidy_text, whole

EARLIEST = datetime(2002, 1, 1, tzinfo=UTC)
"""Scrobbling began in 2002; players without a clock tell of 1970."""
FOREVER = datetime.max.replace(tzinfo=UTC)
LONGEST_MS = 24 * 60 * 60 * 1_000
"""Nothing is heard for longer than a day at a stretch; the longest real play had 5.5 hours."""
MANY_TEXTS = 50_000
SHORT_TEXT = 200
"""What is longer is not remembered: it may be as long as an item."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 10**11
"""A Unix time above this is in milliseconds: in seconds it would be the year 5138."""
_LARGEST = 10**15
_SHORTEST_TIME = len("2021-01-31 12:34")
_TRACK_URI = "spotify:track:"
_TRACK_URI_LENGTH = 36
_LOCAL_URI = "spotify:local:"
_LOCAL_PARTS = 4

_track_id = re.compile(
    r"(?:https?://open\.spotify\.com/(?:[\w-]{1,12}/)?track/|spotify:track:)?"
    r"([0-9A-Za-z]{22})(?:[?#/].*)?",
    re.ASCII,
).fullmatch


class UnreadableError(Exception):
    """A row that tells of nothing one can place; raised and caught within the readers only."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Texts(dict[str, str]):
    """Clean texts by what they were: the same names come thousands of times in a history."""

    def __missing__(self, value: str) -> str:
        """Clean a text that is new; forget all when they are many."""
        cleaned = name(value)
        if len(self) >= MANY_TEXTS:
            self.clear()
        if len(value) <= SHORT_TEXT:
            self[value] = cleaned
        return cleaned


def name(value: Any) -> str:
    """Read a name: trimmed, cut at 1,000 characters, no NUL, no lone surrogate; else empty."""
    if not isinstance(value, str):
        return ""
    value = value.strip()
    return text(value if value.isprintable() else tidy_text(value).strip())


def pick(item: Json, keys: Collection[str]) -> Json:
    """Keep what lies under these keys, at any depth, but for nulls, as the database can hold it.

    What is not named is dropped: a field unknown to us may be personal.
    """
    kept: Json = tidy(_picked(item, keys, DEEPEST))
    return kept


def _picked(value: Any, keys: Collection[str], depth: int) -> Any:
    if not depth or not isinstance(value, dict | list):
        return value if depth else None
    if isinstance(value, list):
        return [_picked(part, keys, depth - 1) for part in value]
    parts = ((key, part) for key, part in value.items() if key in keys and part is not None)
    return {key: _picked(part, keys, depth - 1) for key, part in parts}


def instant(value: Any, latest: datetime) -> datetime:
    """Read an ISO 8601 time; without a zone it is UTC, as every export means it.

    Raises UnreadableError: `no_time`, `bad_time`, `before_2002`, `future`.
    """
    if not isinstance(value, str) or not value:
        raise UnreadableError(Reason.NO_TIME if value is None or value == "" else Reason.BAD_TIME)
    if len(value) < _SHORTEST_TIME:
        raise UnreadableError(Reason.BAD_TIME)
    try:
        found = datetime.fromisoformat(value.removesuffix(" UTC").removesuffix("[UTC]"))
        if found.tzinfo is not UTC:
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise UnreadableError(Reason.BAD_TIME) from None
    return _placed(found, latest)


def unix(value: Any, latest: datetime) -> datetime:
    """Read a Unix time in seconds or milliseconds; raises UnreadableError as `instant` does."""
    if value is None or value == "":
        raise UnreadableError(Reason.NO_TIME)
    if isinstance(value, float) and isfinite(value):
        value = int(value)
    number = whole(value, _LARGEST, least=-_LARGEST)
    if number is None:
        raise UnreadableError(Reason.BAD_TIME)
    unit = timedelta(milliseconds=1) if abs(number) > _MILLISECONDS_FROM else timedelta(seconds=1)
    try:
        return _placed(_EPOCH + number * unit, latest)
    except OverflowError:
        raise UnreadableError(Reason.BAD_TIME) from None


def _placed(found: datetime, latest: datetime) -> datetime:
    if found < EARLIEST:
        raise UnreadableError(Reason.BEFORE_2002)
    if found > latest:
        raise UnreadableError(Reason.FUTURE)
    return found


def heard(value: Any) -> int | None:
    """Read how many milliseconds were heard; None where nobody says.

    Raises UnreadableError: `bad_duration`, `negative_duration`, `absurd_duration`.
    """
    if value is None:
        return None
    number = value if value.__class__ is int else whole(value, _LARGEST, least=-_LARGEST)
    if number is None:
        raise UnreadableError(Reason.BAD_DURATION)
    if number < 0:
        raise UnreadableError(Reason.NEGATIVE_DURATION)
    if number > LONGEST_MS:
        raise UnreadableError(Reason.ABSURD_DURATION)
    return int(number)


def length(value: Any, unit: int = 1) -> int | None:
    """Read a track's length in milliseconds (`unit` of them); zero and nonsense are unknown."""
    number = whole(value, LONGEST_MS // unit, least=1)
    return None if number is None else number * unit


def spotify_track(value: Any) -> str | None:
    """Read the id of a track from its URI, its page, or the bare id."""
    if not isinstance(value, str):
        return None
    if value.startswith(_TRACK_URI) and len(value) == _TRACK_URI_LENGTH:
        identity = value[len(_TRACK_URI) :]
        return identity if identity.isascii() and identity.isalnum() else None
    found = _track_id(value)
    return found[1] if found else None


def local_file(value: Any) -> tuple[str, str, str, int | None]:
    """Read artist, album, title and length of a file on the listener's disk from its URI.

    It is `spotify:local:{artist}:{album}:{title}:{seconds}`, encoded like a web form. Anything
    else has no title.
    """
    parts = value.removeprefix(_LOCAL_URI).split(":") if isinstance(value, str) else []
    if len(parts) != _LOCAL_PARTS or not value.startswith(_LOCAL_URI):
        return "", "", "", None
    artist, album, title = (name(unquote_plus(part)) for part in parts[:-1])
    return artist, album, title, length(parts[-1], 1_000)
