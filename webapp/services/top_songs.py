"""Top Songs of a listener: every year's list, what years share, and the same from plays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from webapp import db
from webapp.domain.accounts import Account
from webapp.domain.days import SMALLEST, end_of_day, local_day
from webapp.domain.top_songs import (
    Choice,
    Flow,
    Listed,
    Portrait,
    Run,
    Song,
    choose,
    flows,
    overlap,
    portrait,
    runs,
    year_of,
)
from webapp.queries import accounts
from webapp.queries import top_songs as queries
from webapp.queries.top_songs import Span

FROM_PLAYS = 100
"""How many songs a list made of plays has: as many as Spotify's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearList:
    """A year's list. `plays` is how many plays it was made of; None for a playlist."""

    year: int
    songs: tuple[Song, ...]
    portrait: Portrait
    playlist: Listed | None = None
    plays: int | None = None

    @property
    def keys(self) -> frozenset[str]:
        """What is in it."""
        return frozenset(song.key for song in self.songs)

    @property
    def artist_names(self) -> dict[str, str]:
        """Who is in it, by id."""
        return {id_: name for song in self.songs for id_, name in song.artists}


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """All years. `lists` are those with a playlist; years have either that, or plays, or both."""

    lists: tuple[YearList, ...]
    choices: tuple[Choice, ...]
    refused: tuple[Listed, ...]
    """Playlists the listener said are no Top Songs."""
    markable: tuple[Listed, ...]
    """Readable playlists that stand for no year."""
    played_years: tuple[int, ...]

    @cached_property
    def songs(self) -> dict[str, Song]:
        """Every song of the lists, by key, as it was in the newest."""
        return {song.key: song for of_year in self.lists for song in of_year.songs}

    @cached_property
    def artists(self) -> dict[str, str]:
        """The names of all artists, by id."""
        return {id_: name for of_year in self.lists for id_, name in of_year.artist_names.items()}

    @cached_property
    def song_years(self) -> dict[int, frozenset[str]]:
        """What is in each list."""
        return {of_year.year: of_year.keys for of_year in self.lists}

    @cached_property
    def artist_years(self) -> dict[int, frozenset[str]]:
        """Who is in each list."""
        return {of_year.year: frozenset(of_year.artist_names) for of_year in self.lists}

    @property
    def years(self) -> list[int]:
        """Every year there is anything of, newest first."""
        every = {choice.year for choice in self.choices} | set(self.played_years)
        return sorted(every, reverse=True)

    def song_flows(self) -> list[Flow]:
        """Follow the songs."""
        return flows(self.song_years)

    def artist_flows(self) -> list[Flow]:
        """Follow the artists."""
        return flows(self.artist_years)

    def song_runs(self) -> list[Run]:
        """Tell which songs were there longest."""
        return runs(self.song_years)

    def artist_runs(self) -> list[Run]:
        """Tell who was there longest."""
        return runs(self.artist_years)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage:
    """One year: its playlist, the same made of plays, and how it came to be."""

    year: int
    listed: YearList | None
    played: YearList | None
    choice: Choice | None
    song_flow: Flow | None
    artist_flow: Flow | None
    places_before: Mapping[str, int]
    """Places (from 1) in the list before, by key, in its order."""
    agreement: float | None
    """What playlist and plays share, where both are there."""


def read_shelf(account: Account, now: datetime) -> Shelf:
    """Read all lists of a listener."""
    latest = local_day(now, account.time_zone).year + 1
    listed = queries.listed(account.id)
    choices = choose(listed, account.spotify_id, latest)
    chosen = {choice.year: choice.chosen for choice in choices if choice.chosen}
    songs = queries.songs(account.id, [playlist.id for playlist in chosen.values()])
    return Shelf(
        lists=tuple(
            _year_list(year, songs[playlist.id], playlist) for year, playlist in chosen.items()
        ),
        choices=tuple(choices),
        refused=tuple(one for one in listed if one.mark and one.mark.year is None),
        markable=tuple(
            one for one in listed if one.readable and not one.mark and year_of(one, latest) is None
        ),
        played_years=tuple(_played_years(account)),
    )


def read_year(account: Account, shelf: Shelf, year: int) -> YearPage | None:
    """Read one year of a shelf; None if there is nothing of it."""
    if year not in shelf.years:
        return None
    listed = next((one for one in shelf.lists if one.year == year), None)
    played = _played(account, year) if year in shelf.played_years else None
    flow = next((one for one in shelf.song_flows() if one.year == year), None)
    before = next((one for one in shelf.lists if flow and one.year == flow.before), None)
    return YearPage(
        year=year,
        listed=listed,
        played=played,
        choice=next((one for one in shelf.choices if one.year == year), None),
        song_flow=flow,
        artist_flow=next((one for one in shelf.artist_flows() if one.year == year), None),
        places_before=_places(before),
        agreement=overlap(listed.keys, played.keys) if listed and played else None,
    )


def mark(user_id: int, playlist_id: str, year: int | None, now: datetime) -> bool:
    """Note which year a playlist stands for, or none; False if there is no such playlist."""
    with db.transaction():
        found = queries.mark(user_id, playlist_id, year, now)
        accounts.bump_version(user_id)
    return found


def unmark(user_id: int, playlist_id: str) -> None:
    """Let a playlist's name speak for itself again."""
    with db.transaction():
        queries.unmark(user_id, playlist_id)
        accounts.bump_version(user_id)


def span_of(year: int, time_zone: str) -> Span:
    """Tell when a year begins and ends where the listener lives."""
    return Span(
        year=year,
        start=end_of_day(date(year - 1, 12, 31), time_zone) + SMALLEST,
        stop=end_of_day(date(year, 12, 31), time_zone) + SMALLEST,
    )


def _played_years(account: Account) -> list[int]:
    reach = queries.first_and_last_play(account.id)
    if reach is None:
        return []
    first, last = (local_day(moment, account.time_zone).year for moment in reach)
    spans = [span_of(year, account.time_zone) for year in range(first, last + 1)]
    return queries.years_with_plays(account.id, spans)


def _played(account: Account, year: int) -> YearList:
    found = queries.played(account.id, span_of(year, account.time_zone), FROM_PLAYS)
    return YearList(year=year, songs=found.songs, portrait=portrait(found.songs), plays=found.plays)


def _year_list(year: int, songs: list[Song], playlist: Listed) -> YearList:
    return YearList(year=year, songs=tuple(songs), portrait=portrait(songs), playlist=playlist)


def _places(of_year: YearList | None) -> dict[str, int]:
    songs = of_year.songs if of_year else ()
    places: dict[str, int] = {}
    for place, song in enumerate(songs, 1):
        places.setdefault(song.key, place)
    return places
