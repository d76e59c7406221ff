"""Exports of listening, read as they come: pure, from bytes to rows.

`recognise` tells what a file is, `members` looks into a package, and `READERS` has the reader for
each kind of listening; `library` reads what was saved.
"""

from collections.abc import Mapping
from types import MappingProxyType

from webapp.domain.reports import Source
from webapp.providers.exports import (
    account,
    extended,
    koito,
    lastfm_api,
    lastfm_csv,
    listenbrainz,
    maloja,
)
from webapp.providers.exports.library import read_library, read_playlists
from webapp.providers.exports.package import Limits, Member, members
from webapp.providers.exports.recognise import Kind, recognise
from webapp.providers.exports.rows import Read
from webapp.providers.exports.text import OPENING

__all__ = [
    "OPENING",
    "READERS",
    "SOURCES",
    "Kind",
    "Limits",
    "Member",
    "Read",
    "members",
    "read_library",
    "read_playlists",
    "recognise",
]

READERS: Mapping[Kind, Read] = MappingProxyType(
    {
        Kind.EXTENDED: extended.read,
        Kind.ACCOUNT: account.read,
        Kind.LASTFM_CSV: lastfm_csv.read,
        Kind.LASTFM_API: lastfm_api.read,
        Kind.LISTENBRAINZ: listenbrainz.read,
        Kind.MALOJA: maloja.read,
        Kind.KOITO: koito.read,
    }
)
SOURCES: Mapping[Kind, Source] = MappingProxyType(
    {
        Kind.EXTENDED: Source.EXTENDED,
        Kind.ACCOUNT: Source.ACCOUNT,
        Kind.LASTFM_CSV: Source.LASTFM,
        Kind.LASTFM_API: Source.LASTFM,
        Kind.LISTENBRAINZ: Source.LISTENBRAINZ,
        Kind.MALOJA: Source.MALOJA,
        Kind.KOITO: Source.KOITO,
    }
)
