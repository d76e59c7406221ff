"""What is new and much played in the world: the charts, what a place in one is, when to ask again.

A `TrendSource` reads charts of one service. Its answers become `Entry`s at the border; what they
stand for (one thing, whatever services call it) is decided in `domain.trend_identity`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from webapp.domain.reports import song_key

FRESH_FOR = timedelta(hours=6)
"""How long a chart counts as fresh, and the time between two refreshes."""
TRY_AGAIN = timedelta(minutes=30)
"""A chart that could not be read is asked for again after this long, however many come to look."""
BROKEN_OFF = timedelta(minutes=15)
"""A refresh without an end that is older than this was killed."""
LONGEST_CHART = 100
TRENDING = "trending"
"""The key of the page's data in the cache; each chart has a key of its own."""
FUSION = 60
"""Cormack, Clarke and Buettcher 2009: the constant of reciprocal rank fusion."""


class Kind(StrEnum):
    """What a thing in a chart is."""

    ALBUM = "album"
    ARTIST = "artist"
    TRACK = "track"


class Source(StrEnum):
    """Who told; their order is that of the pages."""

    SPOTIFY = "spotify"
    LISTENBRAINZ = "listenbrainz"
    DEEZER = "deezer"


class Shelf(StrEnum):
    """Which list of the page a chart belongs to."""

    RELEASES = "releases"
    ALBUMS = "albums"
    ARTISTS = "artists"
    TRACKS = "tracks"


KIND_OF = {
    Shelf.RELEASES: Kind.ALBUM,
    Shelf.ALBUMS: Kind.ALBUM,
    Shelf.ARTISTS: Kind.ARTIST,
    Shelf.TRACKS: Kind.TRACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A ranked list that a source keeps up; `name` is the source's word for it."""

    source: Source
    name: str
    shelf: Shelf

    @property
    def key(self) -> str:
        """Its key in the cache: `listenbrainz:artists`."""
        return f"{self.source}:{self.name}"

    @property
    def kind(self) -> Kind:
        """What stands in it."""
        return KIND_OF[self.shelf]


CHARTS = (
    Chart(source=Source.SPOTIFY, name="new_releases", shelf=Shelf.RELEASES),
    Chart(source=Source.LISTENBRAINZ, name="fresh_releases", shelf=Shelf.RELEASES),
    Chart(source=Source.LISTENBRAINZ, name="release_groups", shelf=Shelf.ALBUMS),
    Chart(source=Source.LISTENBRAINZ, name="artists", shelf=Shelf.ARTISTS),
    Chart(source=Source.LISTENBRAINZ, name="recordings", shelf=Shelf.TRACKS),
    Chart(source=Source.DEEZER, name="releases", shelf=Shelf.RELEASES),
    Chart(source=Source.DEEZER, name="albums", shelf=Shelf.ALBUMS),
    Chart(source=Source.DEEZER, name="artists", shelf=Shelf.ARTISTS),
    Chart(source=Source.DEEZER, name="tracks", shelf=Shelf.TRACKS),
)
"""Every chart, in the order of the pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place in a chart, as its source tells it; `position` counts from 1.

    `mbid` is of a release group, an artist or a recording, as a UUID in lower case. `artist_names`
    is empty for an artist.
    """

    position: int
    kind: Kind
    name: str
    artist_names: str = ""
    released: date | None = None
    image_url: str | None = None
    spotify_id: str | None = None
    deezer_id: str | None = None
    mbid: str | None = None
    upc: str | None = None
    isrc: str | None = None
    genres: tuple[str, ...] = ()

    @property
    def match_key(self) -> str:
        """The key under which its names meet other spellings of them."""
        return match_key(self.kind, self.name, self.artist_names)


class TrendSource(Protocol):
    """A service that keeps charts. Reading one may take several calls."""

    @property
    def source(self) -> Source:
        """Whose charts these are."""

    def read(self, chart: Chart) -> tuple[Entry, ...]:
        """Read a chart, best first, at most `LONGEST_CHART`; may raise ProviderError.

        `EmptyError` says that there is nothing to read, so what was read before stays.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartState:
    """How a chart stands: `fetched_at` its last good answer, `error` the kind of the last failure.

    `error` is empty where the last try went well, and `unavailable` where this install's app may
    not ask at all.
    """

    chart: Chart
    fetched_at: datetime | None = None
    expires_at: datetime | None = None
    tried_at: datetime | None = None
    error: str = ""
    entries: int = 0

    def is_due(self, now: datetime) -> bool:
        """Say whether somebody should ask: no fresh answer, and no try just now."""
        fresh = self.expires_at is not None and now < self.expires_at
        tried = self.tried_at is not None and now - self.tried_at < TRY_AGAIN
        return not fresh and not tried


def match_key(kind: Kind, name: str, artist_names: str) -> str:
    """Make the key under which two spellings of one thing are equal, as in the catalogue."""
    return song_key("" if kind is Kind.ARTIST else artist_names, name)


def ranked(entries: Iterable[Entry | None]) -> tuple[Entry, ...]:
    """Keep what has a name, up to a chart's length, as its source ordered it."""
    named = (entry for entry in entries if entry and entry.name.strip() and entry.match_key)
    return tuple(named)[:LONGEST_CHART]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a thing stands in a chart at present."""

    source: Source
    chart: str
    shelf: Shelf
    position: int

    @property
    def is_listed(self) -> bool:
        """Whether it is merely on a list: new releases come in no order that says something."""
        return self.shelf is Shelf.RELEASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A thing that is in charts now, in whatever words and pictures are known of it."""

    id: int
    kind: Kind
    name: str
    artist_names: str = ""
    released: date | None = None
    image_url: str | None = None
    spotify_id: str | None = None
    deezer_id: str | None = None
    mbid: str | None = None
    match_key: str = ""
    genres: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def maker_key(self) -> str:
        """The key of who made it: the artist's own, as in the catalogue; empty where unknown."""
        maker, _, name = self.match_key.partition("|")
        return name if self.kind is Kind.ARTIST else maker

    @property
    def total_weight(self) -> float:
        """How high it stands in the charts of all shelves together."""
        return sum(self.weight(shelf) for shelf in {place.shelf for place in self.places})

    def weight(self, shelf: Shelf) -> float:
        """Say how high it stands in all charts of a shelf together (reciprocal rank fusion)."""
        return sum(1 / (FUSION + place.position) for place in self.places if place.shelf is shelf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a visitor wants to see; `known` are ids that are left out."""

    shelf: Shelf
    words: str = ""
    source: Source | None = None
    genre: str = ""
    known: frozenset[int] = frozenset()


def choose(trends: Sequence[Trend], wish: Wish) -> list[Trend]:
    """Give what a visitor wants, the highest first; equals in the order of their ids."""
    words = wish.words.casefold().split()
    found = [
        trend
        for trend in trends
        if _stands(trend, wish) and trend.id not in wish.known and _says(trend, words)
    ]
    if wish.source:
        return sorted(found, key=lambda trend: (_best(trend, wish), trend.id))
    return sorted(found, key=lambda trend: (-trend.weight(wish.shelf), trend.id))


def found_elsewhere(trends: Sequence[Trend], wish: Wish) -> list[tuple[Shelf, int]]:
    """Count what the words find on the other shelves; shelves where they find nothing are left out.

    Source, genre and what is known stay behind: they were meant for the shelf.
    """
    if not wish.words:
        return []
    asked = [Wish(shelf=shelf, words=wish.words) for shelf in Shelf if shelf is not wish.shelf]
    counts = [(one.shelf, len(choose(trends, one))) for one in asked]
    return [(shelf, count) for shelf, count in counts if count]


def by_the_same(trends: Iterable[Trend], made: Trend, most: int = 12) -> list[Trend]:
    """Give what else its maker has in charts, an artist's works for an artist; the highest first.

    Makers are told apart by what a person would read, as everywhere in charts.
    """
    maker = made.maker_key
    found = [
        one
        for one in trends
        if maker
        and one.maker_key == maker
        and one.kind is not Kind.ARTIST
        and (one.kind, one.match_key) != (made.kind, made.match_key)
    ]
    return sorted(found, key=lambda one: (-one.total_weight, one.id))[:most]


def genres_of(trends: Iterable[Trend], shelf: Shelf, most: int = 40) -> list[tuple[str, int]]:
    """Count the genres on a shelf, the most frequent first."""
    counts: dict[str, int] = {}
    for trend in trends:
        if any(place.shelf is shelf for place in trend.places):
            for genre in trend.genres:
                counts[genre] = counts.get(genre, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def _stands(trend: Trend, wish: Wish) -> bool:
    """Say whether it is on the shelf, told by the source, and of the genre."""
    here = (place for place in trend.places if place.shelf is wish.shelf)
    if not any(wish.source in (None, place.source) for place in here):
        return False
    return not wish.genre or wish.genre in trend.genres


def _says(trend: Trend, words: list[str]) -> bool:
    told = f"{trend.name} {trend.artist_names}".casefold()
    return all(word in told or word in trend.match_key for word in words)


def _best(trend: Trend, wish: Wish) -> int:
    return min(
        place.position
        for place in trend.places
        if place.source is wish.source and place.shelf is wish.shelf
    )
