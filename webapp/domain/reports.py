"""What a source tells of one play, and when two names mean the same song.

Every export, API answer and submission becomes rows of this one shape. Nothing is decided here
but what a row says: whether it counts, and which play it supports, is for `webapp.domain.plays`.
"""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class Source(StrEnum):
    """Who told of a play; their order is how well they know it, best first.

    A source knows the time of each play once: tables of Last.fm's that have no seconds are one of
    their own. Its place in this order is its bit in what is stored: new ones go to the end.
    """

    SPOTIFY = "spotify"
    EXTENDED = "spotify_extended"
    ACCOUNT = "spotify_account"
    LASTFM = "lastfm"
    LISTENBRAINZ = "listenbrainz"
    MALOJA = "maloja"
    KOITO = "koito"
    SUBMITTED = "submitted"
    LASTFM_MINUTES = "lastfm_minutes"


class Told(StrEnum):
    """What a row told of: music, speech (its `reason` says which), or nothing one can read."""

    PLAY = "play"
    PODCAST = "podcast"
    UNREADABLE = "unreadable"


class Reason(StrEnum):
    """Why a row cannot be read; the last two say what kind of speech it tells of."""

    NOT_AN_OBJECT = "not_an_object"
    BAD_JSON = "bad_json"
    BAD_CSV = "bad_csv"
    BAD_COLUMNS = "bad_columns"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    ABSURD_NUMBER = "absurd_number"
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    BEFORE_2002 = "before_2002"
    FUTURE = "future"
    BAD_DURATION = "bad_duration"
    NEGATIVE_DURATION = "negative_duration"
    ABSURD_DURATION = "absurd_duration"
    NO_TRACK = "no_track"
    PODCAST = "podcast"
    AUDIOBOOK = "audiobook"


class Row(NamedTuple):
    """One row of a file. A NamedTuple, because a million of them are made.

    `number` counts from 1 within the file, as a person counts: items of a list, lines of a CSV
    without its header. `reason` is empty or a Reason. `at` is aware UTC, the end of the play, or
    its start where `is_start`. `ms_played` is what was heard,
    `duration_ms` the track's own length. `done` means played to its end. Texts hold no NUL and
    no lone surrogate. `kept` is the row as told, without nulls and without personal data.
    `source` is who told it, where that is not who tells files of its kind.
    """

    number: int
    told: Told
    reason: str = ""
    at: datetime | None = None
    is_start: bool = False
    track_id: str | None = None
    title: str = ""
    artist: str = ""
    album: str = ""
    ms_played: int | None = None
    duration_ms: int | None = None
    isrc: str | None = None
    done: bool = False
    skipped: bool | None = None
    kept: dict[str, Any] = {}  # noqa: RUF012 - shared by rows that keep nothing; nobody writes to it
    source: Source | None = None


_DASHES = "\\-\u2013\u2014"
_GUESTS = r"(?:feat\.?|ft\.?|featuring)"
_GUESTS_IN_BRACKETS = re.compile(
    rf" ?[(\[](?:{_GUESTS}|with|prod\.?(?: by)?) [^()\[\]]*[)\]]", re.IGNORECASE
)
_GUESTS_AT_END = re.compile(rf"(?<!\d) {_GUESTS} .*?(?= [{_DASHES}] | [(\[]|$)", re.IGNORECASE)
_REMASTER = (
    r"(?:\d{4} )?(?:24[- ]bit )?(?:digital(?:ly)? )?remaster(?:ed)?"
    r"(?: (?:album )?version| edition)?(?: (?:in )?\d{4})?"
)
_LABEL = rf"(?:{_REMASTER}|album version|explicit(?: version)?|bonus track)"
_LABEL_IN_BRACKETS = re.compile(rf" ?[(\[]{_LABEL}[)\]]", re.IGNORECASE)
_LABEL_AT_END = re.compile(rf" (?:[{_DASHES}] \d{{4}} )?[{_DASHES}/] {_LABEL}$", re.IGNORECASE)

_UNDECOMPOSED = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ħ": "h",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
    }
    | {"ـ": ""}  # Arabic's stretching of a line
)
"""Letters that Unicode does not take apart, though people type them as these."""

_ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]"
)
"""Marks that writers leave out: accents, Hebrew and Arabic points, variation selectors. The marks
of Indic scripts, Thai and kana are not among them: without those it is another word."""


def song_key(artist: str, title: str) -> str:
    """Make the key under which two names of one song are equal: `artist|title`, normalised.

    Case, accents, spaces and punctuation don't matter; letters and digits of any script do, and
    "&" is "and". Guests are dropped ("feat. X", "[with X]"), and so are labels that name the
    ordinary recording: remasters, "Album Version", "Explicit", "Bonus Track". Live, remix,
    acoustic, mono, demo, edit, "Radio Edit", "Single Version" and re-recordings stay, for they
    are other recordings with lengths of their own. Empty only if both names are.
    """
    by, name = _normalise(_without_guests(artist)), _normalise(_ordinary(title))
    return f"{by}|{name}" if by or name else ""


def _without_guests(name: str) -> str:
    name = " ".join(name.split())
    found = _GUESTS_AT_END.sub("", _GUESTS_IN_BRACKETS.sub("", name))
    return found if found.strip() else name


def _ordinary(title: str) -> str:
    """Drop the labels that tell nothing apart; a title of labels alone stays as it is."""
    title = _without_guests(title)
    found, before = _LABEL_IN_BRACKETS.sub("", title), ""
    while found != before:
        found, before = _LABEL_AT_END.sub("", found), found
    return found if found.strip() else title


def _normalise(name: str) -> str:
    name = f" {name} ".replace("&", " and ").replace(" + ", " and ")
    letters = "".join(filter(str.isalnum, name.lower())) if name.isascii() else _letters(name)
    return letters or "".join(name.casefold().split())


def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_UNDECOMPOSED)
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", folded))
    kept = [sign for sign in bare if sign.isalnum() or unicodedata.category(sign)[0] == "M"]
    return unicodedata.normalize("NFC", "".join(kept))
