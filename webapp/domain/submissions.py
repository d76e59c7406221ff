"""What scrobblers submit, checked as ListenBrainz checks it, and a little more leniently.

The rules are listenbrainz-server's (2026-08): one body is `{"listen_type", "payload": [listen]}`,
and one bad listen refuses the whole. Empty optional fields are as good as absent, as they are
there since 2026-08-21; what concerns MusicBrainz alone is not looked at.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NoReturn

from webapp.domain.errors import BackspinError

MOST_LISTENS = 1_000
LONGEST_LISTEN = 10_240
LARGEST_BODY = MOST_LISTENS * LONGEST_LISTEN + (1 << 16)
"""In bytes: a full request, and what is around its listens."""
MOST_TAGS, LONGEST_TAG = 50, 64
EARLIEST = datetime(2002, 10, 1, tzinfo=UTC)
"""Last.fm's first day; players without a clock tell of 1970."""
AHEAD = timedelta(hours=1)
"""So far a player's clock may be wrong."""
PARTS = frozenset({"listened_at", "track_metadata"})

Listen = dict[str, Any]
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class ListenType(StrEnum):
    """What a submission tells of: a listen that is over, one that has begun, or many old ones."""

    SINGLE = "single"
    PLAYING_NOW = "playing_now"
    IMPORT = "import"


class Fault(StrEnum):
    """Why a submission is refused."""

    NOT_JSON = "not_json"
    NO_LISTENS = "no_listens"
    TOO_MANY = "too_many"
    BAD_TYPE = "bad_type"
    NOT_ONE = "not_one"
    TOO_LARGE = "too_large"
    MORE_KEYS = "more_keys"
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    HAS_TIME = "has_time"
    NO_METADATA = "no_metadata"
    NO_ARTIST = "no_artist"
    NO_TRACK = "no_track"
    BAD_INFO = "bad_info"
    TWO_DURATIONS = "two_durations"
    BAD_TAGS = "bad_tags"


class SubmissionError(BackspinError):
    """A submission that cannot be kept; `number` is the listen that is wrong, from 1."""

    kind = "bad_submission"

    def __init__(self, fault: Fault, number: int | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.number = number


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A body that holds what it should."""

    kind: ListenType
    listens: tuple[Listen, ...]


def read(body: bytes, now: datetime) -> Submission:
    """Read a request's body; raises SubmissionError."""
    document = _decode(body)
    payload = document.get("payload") if isinstance(document, dict) else None
    if not isinstance(payload, list) or not payload:
        raise SubmissionError(Fault.NO_LISTENS)
    if len(payload) > MOST_LISTENS:
        raise SubmissionError(Fault.TOO_MANY)
    kind = _kind(document.get("listen_type"))
    if kind is not ListenType.IMPORT and len(payload) > 1:
        raise SubmissionError(Fault.NOT_ONE)
    for number, listen in enumerate(payload, 1):
        fault = _fault(listen, kind, now) or _size_fault(listen, len(body))
        if fault is not None:
            raise SubmissionError(fault, number)
    return Submission(kind=kind, listens=tuple(payload))


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        pass  # raised below, without the body as its context
    raise SubmissionError(Fault.NOT_JSON)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _kind(value: Any) -> ListenType:
    try:
        return ListenType(value)
    except ValueError:
        raise SubmissionError(Fault.BAD_TYPE) from None


def _fault(listen: Any, kind: ListenType, now: datetime) -> Fault | None:
    if not isinstance(listen, dict) or not isinstance(listen.get("track_metadata"), dict):
        return Fault.NO_METADATA
    if not listen.keys() <= PARTS:
        return Fault.MORE_KEYS
    told = listen.get("listened_at")
    if kind is not ListenType.PLAYING_NOW:
        fault = _time_fault(told, now)
    else:
        fault = Fault.HAS_TIME if told else None
    return fault or _track_fault(listen["track_metadata"])


def _time_fault(told: Any, now: datetime) -> Fault | None:
    if told is None or told == "":
        return Fault.NO_TIME
    try:
        at = None if isinstance(told, bool) else int(told)
    except (TypeError, ValueError, OverflowError):
        at = None
    if at is None:
        return Fault.BAD_TIME
    if at < EARLIEST.timestamp():
        return Fault.TOO_EARLY
    return Fault.TOO_LATE if at >= (now + AHEAD).timestamp() else None


def _track_fault(track: Listen) -> Fault | None:
    if not _is_name(track.get("artist_name")):
        return Fault.NO_ARTIST
    if not _is_name(track.get("track_name")):
        return Fault.NO_TRACK
    more = track.get("additional_info") or {}
    if not isinstance(more, dict):
        return Fault.BAD_INFO
    if more.get("duration") and more.get("duration_ms"):
        return Fault.TWO_DURATIONS
    return None if _are_tags(more.get("tags") or []) else Fault.BAD_TAGS


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.replace("\0", "").strip())


def _are_tags(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_TAGS
        and all(isinstance(tag, str) and len(tag) <= LONGEST_TAG for tag in value)
    )


def _size_fault(listen: Listen, body: int) -> Fault | None:
    """Measure a listen, unless the whole body is shorter than one may be."""
    if body <= LONGEST_LISTEN:
        return None
    size = len(_written(listen).encode("utf-8", "surrogatepass"))
    return Fault.TOO_LARGE if size > LONGEST_LISTEN else None
