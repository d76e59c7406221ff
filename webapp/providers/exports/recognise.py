"""What a file is, told by its content: names are changed by browsers, people and translations."""

import re
from collections.abc import Collection
from enum import StrEnum
from itertools import islice

from webapp.domain.errors import ExportError
from webapp.providers.exports import lastfm_csv
from webapp.providers.exports.text import OPENING, glimpse, table

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


class Kind(StrEnum):
    """Files we know: what can be read, and what is told apart to say why it is not."""

    EXTENDED = "extended"
    ACCOUNT = "account"
    LASTFM_CSV = "lastfm_csv"
    LASTFM_API = "lastfm_api"
    LISTENBRAINZ = "listenbrainz"
    MALOJA = "maloja"
    KOITO = "koito"
    LIBRARY = "library"
    PLAYLISTS = "playlists"
    BACKSPIN = "backspin"
    TECHNICAL_LOG = "technical_log"
    PERSONAL = "personal"
    ZIP = "zip"
    EMPTY = "empty"
    UNKNOWN = "unknown"


_KNOWN = (
    ("{", {"format", "format_version", "made_at", "members"}, Kind.BACKSPIN),
    ("[", {"ts", "ms_played"}, Kind.EXTENDED),
    ("[", {"endTime", "msPlayed"}, Kind.ACCOUNT),
    ("[{", {"track_metadata", "listened_at"}, Kind.LISTENBRAINZ),
    ("{", {"payload", "listens", "latest_listen_ts"}, Kind.LISTENBRAINZ),
    ("{", {"recenttracks"}, Kind.LASTFM_API),
    ("[", {"track", "@attr", "totalPages"}, Kind.LASTFM_API),
    ("[", {"artist", "name", "date", "#text"}, Kind.LASTFM_API),
    ("{", {"scrobbles"}, Kind.MALOJA),
    ("{", {"listens", "listened_at", "aliases"}, Kind.KOITO),
    ("{", {"listens", "exported_at"}, Kind.KOITO),
    ("{", {"playlists"}, Kind.PLAYLISTS),
    ("{", {"tracks", "albums", "artists"}, Kind.LIBRARY),
    ("{", {"tracks", "track", "artist", "uri"}, Kind.LIBRARY),
    ("{", {"score", "recording_msid"}, Kind.PERSONAL),
)
"""How a file begins and which keys are among its first: the first line that fits counts. A long
library shows only its tracks."""

_PERSONAL = frozenset(
    {"address", "birthdate", "blurb_content", "chats", "displayName", "email", "firstName"}
    | {"followerCount", "identifierType", "inferences", "messages", "payment_method"}
    | {"payment_methods", "postalCode", "searchQuery", "segment", "street", "topArtists", "user_id"}
    | {"userIsFollowedBy", "userIsFollowing", "username", "yearlyMetrics"}
)
"""Keys of files that lie beside the listening in the same packages, and are none of our business:
identity, address, payments, followers, searches, conclusions for advertising, ratings."""

_keys = re.compile(r'"([^"\\]{1,60})"\s*:').findall


def recognise(head: bytes) -> Kind:
    """Tell what a file is from its beginning; 64 KiB are enough, fewer if it is shorter."""
    if head.startswith(ZIP_SIGNATURES):
        return Kind.ZIP
    try:
        text = glimpse(head[:OPENING]).lstrip()
    except ExportError:
        return Kind.UNKNOWN
    if not text or "".join(text.split()) in {"[]", "{}"}:
        return Kind.EMPTY
    if text[0] in "[{":
        return _recognise_json(text[0], set(_keys(text)))
    return _recognise_table(text)


def _recognise_json(sign: str, keys: Collection[str]) -> Kind:
    if any(key.startswith("context_") for key in keys) and "timestamp_utc" in keys:
        return Kind.TECHNICAL_LOG
    for signs, needed, kind in _KNOWN:
        if sign in signs and needed.issubset(keys):
            return kind
    return Kind.PERSONAL if _PERSONAL.intersection(keys) else Kind.UNKNOWN


def _recognise_table(text: str) -> Kind:
    """Tell a table by its first whole rows; a file of one row may end without a newline."""
    if "\0" in text:
        return Kind.UNKNOWN
    whole, newline, _ = text.rpartition("\n")
    rows = table([((whole + newline) or text).encode()], lastfm_csv.DELIMITERS)
    try:
        head = list(islice(rows, lastfm_csv.LOOK_AT))
        lastfm_csv.find_layout(head or [None])
    except ExportError:
        return Kind.UNKNOWN
    return Kind.LASTFM_CSV
