"""Top Songs: which playlist stands for a year, what a year is like, and what years share.

Years are compared with the year before them *that has a list*: a year without one tells nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

from webapp.domain.top_songs_names import detect

FIRST_MARKED_YEAR = 1950
"""A list made by hand may tell of a year before Spotify."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A listener's word about a playlist: the year it stands for, or None: it is no Top Songs."""

    year: int | None
    marked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A playlist as far as its year is concerned; `gone`: it has left the library."""

    id: str
    name: str
    description: str
    owner_id: str
    owner_name: str
    image_url: str | None
    total: int | None
    readable: bool
    gone: bool
    seen_at: datetime
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The lists of one year: the one that stands for it, if any can be read, and the others."""

    year: int
    chosen: Listed | None
    others: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A place in a list. `key` is the recording's (ISRC, else id): one song, many editions.

    `artists` are (id, name); `plays` is how often it was heard, where the list is made of plays.
    """

    id: str
    key: str
    name: str
    artist_names: str
    artists: tuple[tuple[str, str], ...] = ()
    image_url: str | None = None
    duration_ms: int | None = None
    explicit: bool = False
    release_year: int | None = None
    plays: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """One year: `artists` are (id, name, songs), most songs first; `eras` (decade, songs).

    `explicit_share` is from 0 to 1. Eras and `median_year` leave out songs without a year.
    """

    length: int
    duration_ms: int
    artists: tuple[tuple[str, str, int], ...]
    eras: tuple[tuple[int, int], ...]
    explicit_share: float
    median_year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How one year's list came to be from those before. The sets are of keys.

    `stayed` were in the list before, `returned` only in older ones, `arrived` in none; `left` were
    in the list before and are not here. `overlap` compares with the list before; 0 for the first.
    """

    year: int
    before: int | None
    stayed: frozenset[str]
    returned: frozenset[str]
    arrived: frozenset[str]
    left: frozenset[str]
    overlap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The years of one song or artist, and how many lists in a row it was in at most."""

    key: str
    years: tuple[int, ...]
    longest: int


def year_of(listed: Listed, latest: int) -> int | None:
    """Tell the year a playlist stands for: what the listener said, else what its name says."""
    if listed.mark:
        return listed.mark.year
    return detect(
        listed.name,
        owner_id=listed.owner_id,
        description=listed.description,
        image_url=listed.image_url,
        latest=latest,
    )


def choose(lists: Iterable[Listed], me: str, latest: int) -> list[Choice]:
    """Choose a list for every year there is one, oldest year first.

    A marked one wins (the newest mark), else the listener's own, those still in the library first,
    the newest version first. Somebody else's, or one that can't be read, stands for nothing unless
    it is marked and readable.
    """
    by_year: dict[int, list[Listed]] = {}
    for listed in lists:
        year = year_of(listed, latest)
        if year is not None:
            by_year.setdefault(year, []).append(listed)
    return [_choice(year, found, me) for year, found in sorted(by_year.items())]


def portrait(songs: Sequence[Song]) -> Portrait:
    """Describe a list. A song that is there twice counts twice in length and duration only."""
    once = {song.key: song for song in reversed(songs)}.values()
    counts = Counter(artist_id for song in once for artist_id, _ in set(song.artists))
    names = {artist_id: name for song in once for artist_id, name in song.artists}
    years = [song.release_year for song in once if song.release_year is not None]
    return Portrait(
        length=len(songs),
        duration_ms=sum(song.duration_ms or 0 for song in songs),
        artists=tuple((id_, names[id_], count) for id_, count in _ranked(counts, names)),
        eras=tuple(sorted(Counter(year // 10 * 10 for year in years).items())),
        explicit_share=sum(song.explicit for song in once) / len(once) if once else 0.0,
        median_year=median_low(years) if years else None,
    )


def flows(years: Mapping[int, Collection[str]]) -> list[Flow]:
    """Follow keys (of songs or artists) through the years, oldest first."""
    found: list[Flow] = []
    older: set[str] = set()
    before: int | None = None
    for year in sorted(years):
        now = frozenset(years[year])
        last = frozenset(years[before]) if before is not None else frozenset()
        found.append(
            Flow(
                year=year,
                before=before,
                stayed=now & last,
                returned=(now & older) - last,
                arrived=now - older,
                left=last - now,
                overlap=overlap(now, last),
            )
        )
        older |= now
        before = year
    return found


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """Compare two lists by Jaccard's index: common / all, from 0 to 1; 0 if both are empty."""
    both, either = set(one) & set(other), set(one) | set(other)
    return len(both) / len(either) if either else 0.0


def runs(years: Mapping[int, Collection[str]]) -> list[Run]:
    """Tell who was in which lists: most years first, then the longest row, then the key."""
    of_key: dict[str, list[int]] = {}
    for year in sorted(years):
        for key in set(years[year]):
            of_key.setdefault(key, []).append(year)
    places = {year: place for place, year in enumerate(sorted(years))}
    made = [
        Run(key=key, years=tuple(found), longest=_longest([places[year] for year in found]))
        for key, found in of_key.items()
    ]
    return sorted(made, key=lambda run: (-len(run.years), -run.longest, run.key))


def _choice(year: int, found: list[Listed], me: str) -> Choice:
    ranked = sorted(found, key=lambda listed: _worth(listed, me), reverse=True)
    best = ranked[0]
    chosen = best if best.readable and (best.mark or best.owner_id == me) else None
    others = tuple(listed for listed in ranked if listed is not chosen)
    return Choice(year=year, chosen=chosen, others=others)


def _worth(listed: Listed, me: str) -> tuple[bool, bool, float, bool, bool, float, str]:
    marked = listed.mark.marked_at.timestamp() if listed.mark else 0.0
    own = listed.owner_id == me
    newest = listed.seen_at.timestamp()
    readable = listed.readable and (own or listed.mark is not None)
    return (readable, listed.mark is not None, marked, own, not listed.gone, newest, listed.id)


def _ranked(counts: Mapping[str, int], names: Mapping[str, str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], names[item[0]].casefold(), item[0]))


def _longest(places: Sequence[int]) -> int:
    """Count the longest row of neighbouring places."""
    longest = row = 0
    for at, place in enumerate(places):
        row = row + 1 if at and place == places[at - 1] + 1 else 1
        longest = max(longest, row)
    return longest
