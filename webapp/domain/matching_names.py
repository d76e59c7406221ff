"""When an answer of MusicBrainz means the album we asked for, and how to ask by name.

A release group stands for all editions of an album. So what only names an edition is dropped from
titles ("Deluxe", "2011 Remaster", "EP"), and an edition may be younger than the release group;
otherwise years differ by one at most. Titles and artists must be equal but for case, accents and
punctuation (`domain.reports.song_key`). Two that fit equally well are none: a person must decide.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from webapp.domain.matching import Album, bare_barcode
from webapp.domain.reports import song_key

LEAST_SCORE = 90
LONGEST_PHRASE = 120
"""Four of them, of letters that take twelve bytes in an address, fit into what a server reads."""
WORLDWIDE, DIGITAL = "XW", "Digital Media"

_EDITION = r"deluxe|expanded|edition|anniversary|remaster(?:ed)?|bonus|reissue|explicit|clean"
_OTHER = r"live|remix(?:es|ed)?|acoustic|instrumentals?|demos?|unplugged|sessions?"
_IN_BRACKETS = re.compile(
    rf"\s*[(\[](?![^()\[\]]*\b(?:{_OTHER})\b)[^()\[\]]*\b(?:{_EDITION})\b[^()\[\]]*[)\]]",
    re.IGNORECASE,
)
_AT_END = re.compile(
    rf"\s+[-\u2013\u2014:/]\s+(?:ep|single|(?!.*\b(?:{_OTHER})\b)[^-\u2013\u2014:/]*\b(?:{_EDITION})\b"
    r"[^-\u2013\u2014:/]*)$"
    r"|\s+(?:super\s+)?deluxe(?:\s+(?:edition|version))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Who made something: each name, and the line as MusicBrainz joins them."""

    names: tuple[str, ...]
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release; `ended`: the address that led here is no longer good."""

    id: UUID
    title: str
    credit: Credit
    barcode: str | None = None
    group: UUID | None = None
    tracks: int | None = None
    country: str | None = None
    formats: tuple[str, ...] = ()
    official: bool = True
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One release group; `score` is how well it fits the search, of 100."""

    id: UUID
    title: str
    credit: Credit
    year: int | None = None
    kind: str = ""
    score: int = 100


def choose_linked(album: Album, releases: Sequence[Release]) -> Release | None:
    """Choose among the releases that an album's address leads to: people linked them by hand."""
    return min(releases, key=lambda one: _strangeness(album, one), default=None)


def choose_by_barcode(album: Album, releases: Iterable[Release]) -> Release | None:
    """Choose among releases with an album's barcode.

    Labels have used barcodes twice, so title or artist must be ours as well.
    """
    wanted = bare_barcode(album.barcode)
    fitting = [
        one
        for one in releases
        if one.group
        and bare_barcode(one.barcode) == wanted
        and (same_title(album.name, one.title) or same_artists(album.artists, one.credit))
    ]
    return choose_linked(album, fitting)


def choose_by_name(album: Album, groups: Iterable[Group]) -> Group | None:
    """Choose among what a search found; None where nothing fits, or two fit alike."""
    edition = bare_title(album.name) != album.name
    fitting = [
        one
        for one in groups
        if one.score >= LEAST_SCORE
        and same_title(album.name, one.title)
        and same_artists(album.artists, one.credit)
        and year_fits(album.year, one.year, edition=edition)
    ]
    nearest = min((_distance(album, one) for one in fitting), default=None)
    alike = [one for one in fitting if _distance(album, one) == nearest]
    return alike[0] if len(alike) == 1 else None


def year_fits(ours: int | None, theirs: int | None, *, edition: bool) -> bool:
    """Tell whether a release year may be that of a release group's first release."""
    if ours is None or theirs is None:
        return True
    return abs(ours - theirs) <= 1 or (edition and theirs < ours)


def same_title(ours: str, theirs: str) -> bool:
    """Tell whether two titles are equal, as told or without the names of editions."""
    key = _key(ours)
    return key == _key(theirs) or _key(bare_title(ours)) == _key(bare_title(theirs))


def same_artists(ours: str, theirs: Credit) -> bool:
    """Tell whether a line of names ("A, B") means those credited ("A feat. B").

    Guests may be missing on one side; who comes first may not.
    """
    whole, parts = _key(ours), [_key(part) for part in _parts(ours)]
    names = [_key(name) for name in theirs.names]
    if not whole or not names:
        return False
    return (
        whole in {_key(theirs.line), names[0]}
        or set(parts) == set(names)
        or (len(parts) > 1 and len(names) > 1 and parts[0] == names[0])
    )


def bare_title(title: str) -> str:
    """Drop what names an edition; a title of nothing else stays as it is."""
    found, before = title, ""
    while found != before:
        found, before = _AT_END.sub("", _IN_BRACKETS.sub("", found)), found
    return found.strip() or title


def text_query(album: Album) -> str:
    """Write the search for an album's names: as told, without edition, with its first artist."""
    titles = _any("releasegroup", (album.name, bare_title(album.name)))
    return f"{titles} AND {_any('artist', (album.artists, *_parts(album.artists)[:1]))}"


def any_of(field: str, values: Iterable[object]) -> str:
    """Write the search for any of some ids or barcodes: letters, digits and hyphens alone."""
    return f"{field}:({' OR '.join(map(str, values))})"


def phrase(text: str) -> str:
    r"""Quote words for Lucene: within quotes only `"` and `\` have a meaning to take away."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    cut = words[:LONGEST_PHRASE].rstrip()
    return '"' + cut.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _any(field: str, texts: Iterable[str]) -> str:
    phrases = dict.fromkeys(phrase(text) for text in texts)
    return f"({' OR '.join(f'{field}:{one}' for one in phrases)})"


def _key(name: str) -> str:
    return song_key("", name)


def _parts(artists: str) -> list[str]:
    return [part for part in artists.split(", ") if part.strip()] or [artists]


def _strangeness(album: Album, release: Release) -> tuple[bool | str, ...]:
    """Sort releases, the likeliest first, the same way each time."""
    return (
        release.ended,
        not same_title(album.name, release.title),
        album.tracks is not None and release.tracks != album.tracks,
        not release.official,
        DIGITAL not in release.formats,
        release.country != WORLDWIDE,
        str(release.id),
    )


def _distance(album: Album, group: Group) -> tuple[bool | int, ...]:
    """Tell how far a release group that fits is from the album: title, year, kind."""
    apart = abs(album.year - group.year) if album.year and group.year else 0
    kinds = {"single": ("Single", "EP")}.get(album.kind, ("Album",))
    return (_key(album.name) != _key(group.title), apart, group.kind not in kinds)
