"""What the pages of Top Songs say and draw: sentences, covers, movements, shares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from flask_babel import format_percent, gettext, ngettext

from webapp.domain.top_songs import Flow, Run, Song, overlap
from webapp.services.top_songs import Shelf, YearList, YearPage
from webapp.views.flow_picture import FlowPicture, draw
from webapp.views.opening import isolated

COVERS = 12
LONGEST = 10
LEVELS = 6
"""Shades of the table of overlaps."""

Movement = int | Literal["new"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCard:
    """A year on the shelf."""

    year: int
    covers: tuple[tuple[str, str], ...]
    text: str
    from_plays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A song or artist that was there for long; `dots` says for each list whether it was in."""

    title: str
    about: str
    spotify: tuple[str, str]
    image_url: str | None
    count: int
    years: str
    dots: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What two years share; `level` is its shade, 0 to 5."""

    years: tuple[int, int]
    text: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsSight:
    """The page of all years. The picture is None for fewer than two lists."""

    headline: str
    cards: tuple[YearCard, ...]
    flows: tuple[Flow, ...]
    picture: FlowPicture | None
    said: str
    songs: tuple[RunLine, ...]
    artists: tuple[RunLine, ...]
    matrix: tuple[tuple[int, tuple[Shared | None, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SongLine:
    """A place in a year's list."""

    song: Song
    change: Movement
    returned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSight:
    """The page of one year; `left` are songs of the list before, in its order."""

    covers: tuple[tuple[str, str], ...]
    lines: tuple[SongLine, ...]
    left: tuple[Song, ...]
    flow_text: str
    agreement: str | None


def sight_of_years(shelf: Shelf, *, artists: bool) -> YearsSight:
    """Prepare the page of all years; the flow is of songs, or of artists."""
    followed = shelf.artist_flows() if artists else shelf.song_flows()
    song_runs, artist_runs = shelf.song_runs(), shelf.artist_runs()
    return YearsSight(
        headline=headline(shelf, song_runs, artist_runs),
        cards=tuple(_card(shelf, year) for year in shelf.years),
        flows=tuple(followed),
        picture=draw(followed) if len(followed) > 1 else None,
        said=" ".join(_said(flow) for flow in followed),
        songs=tuple(_song_run(shelf, run) for run in song_runs[:LONGEST]),
        artists=tuple(_artist_run(shelf, run) for run in artist_runs[:LONGEST]),
        matrix=tuple(_matrix(shelf.lists)),
    )


def sight_of_year(shelf: Shelf, found: YearPage) -> YearSight:
    """Prepare the page of one year."""
    shown = found.listed or found.played
    songs = shown.songs if shown else ()
    flow = found.song_flow
    listed = found.listed.songs if found.listed else ()
    return YearSight(
        covers=covers_of(songs),
        lines=tuple(_line(place, song, found) for place, song in enumerate(listed, 1)),
        left=tuple(shelf.songs[key] for key in found.places_before if flow and key in flow.left),
        flow_text=_said(flow) if flow and flow.before else "",
        agreement=_percent(found.agreement) if found.agreement is not None else None,
    )


def headline(shelf: Shelf, songs: Sequence[Run], artists: Sequence[Run]) -> str:
    """Say the most telling thing about all years in one sentence."""
    count = len(shelf.lists)
    if count < 2:  # noqa: PLR2004 - with one year there is nothing to compare
        return str(gettext("Your Top Songs"))
    faithful = sum(len(run.years) == count for run in songs)
    if faithful:
        sentence = ngettext(
            "%(num)s song has been with you through all %(years)s years.",
            "%(num)s songs have been with you through all %(years)s years.",
            faithful,
            years=count,
        )
        return str(sentence)
    if not artists:
        return str(gettext("Your Top Songs"))
    name, years = isolated(shelf.artists[artists[0].key]), len(artists[0].years)
    if years == count:
        return str(gettext("%(artist)s has been there all %(all)s years.", artist=name, all=count))
    return str(
        gettext(
            "%(artist)s has been there in %(years)s of %(all)s years.",
            artist=name,
            years=years,
            all=count,
        )
    )


def covers_of(songs: Iterable[Song]) -> tuple[tuple[str, str], ...]:
    """Choose covers, each once, in the order of the list; they say nothing the list does not."""
    found = dict.fromkeys(song.image_url for song in songs if song.image_url)
    return tuple((url, "") for url in list(found)[:COVERS])


def _card(shelf: Shelf, year: int) -> YearCard:
    listed = next((one for one in shelf.lists if one.year == year), None)
    played = year in shelf.played_years
    return YearCard(
        year=year,
        covers=covers_of(listed.songs) if listed else (),
        text=_card_text(listed, played=played),
        from_plays=played,
    )


def _card_text(listed: YearList | None, *, played: bool) -> str:
    if listed is None and played:
        return str(gettext("No list of Spotify's yet; made from the plays Backspin has kept."))
    if listed is None:
        return str(gettext("There is a list, but Backspin cannot read it. Here is what helps."))
    portrait = listed.portrait
    songs = ngettext("%(num)s song", "%(num)s songs", portrait.length)
    artists = ngettext("%(num)s artist", "%(num)s artists", len(portrait.artists))
    if portrait.median_year is None:
        return f"{songs} · {artists}"
    half = gettext("half of it from %(year)s or before", year=str(portrait.median_year))
    return f"{songs} · {artists} · {half}"


def _said(flow: Flow) -> str:
    """Say one year's flow in words: what the picture says to those who do not see it."""
    if flow.before is None:
        count = len(flow.arrived)
        return str(
            gettext("%(year)s begins with %(count)s.", year=str(flow.year), count=str(count))
        )
    return str(
        gettext(
            "Of %(before)s, %(stayed)s stayed in %(year)s and %(left)s left; %(arrived)s were new"
            " and %(returned)s came back.",
            before=str(flow.before),
            year=str(flow.year),
            stayed=len(flow.stayed),
            left=len(flow.left),
            arrived=len(flow.arrived),
            returned=len(flow.returned),
        )
    )


def _song_run(shelf: Shelf, run: Run) -> RunLine:
    song = shelf.songs[run.key]
    return _run(
        shelf,
        run,
        title=song.name,
        about=song.artist_names,
        image_url=song.image_url,
        spotify=("track", song.id),
    )


def _artist_run(shelf: Shelf, run: Run) -> RunLine:
    theirs = [
        song for song in shelf.songs.values() if any(id_ == run.key for id_, _ in song.artists)
    ]
    image = next((song.image_url for song in theirs if song.image_url), None)
    about = ngettext("%(num)s song", "%(num)s songs", len(theirs))
    return _run(
        shelf,
        run,
        title=shelf.artists[run.key],
        about=str(about),
        image_url=image,
        spotify=("artist", run.key),
    )


def _run(
    shelf: Shelf,
    run: Run,
    *,
    title: str,
    about: str,
    image_url: str | None,
    spotify: tuple[str, str],
) -> RunLine:
    return RunLine(
        title=title,
        about=about,
        spotify=spotify,
        image_url=image_url,
        count=len(run.years),
        years=", ".join(str(year) for year in run.years),
        dots=tuple(of_year.year in run.years for of_year in shelf.lists),
    )


def _matrix(lists: Sequence[YearList]) -> list[tuple[int, tuple[Shared | None, ...]]]:
    keys = {one.year: one.keys for one in lists}
    return [
        (row, tuple(_shared(row, column, keys) if row != column else None for column in keys))
        for row in keys
    ]


def _shared(row: int, column: int, keys: dict[int, frozenset[str]]) -> Shared:
    share = overlap(keys[row], keys[column])
    level = min(LEVELS - 1, round(share * 10))
    return Shared(years=(row, column), text=_percent(share), level=level)


def _line(place: int, song: Song, found: YearPage) -> SongLine:
    flow = found.song_flow
    if flow is None or flow.before is None:
        return SongLine(song=song, change=None, returned=False)
    before = found.places_before.get(song.key)
    returned = song.key in flow.returned
    new: Movement = None if returned else "new"
    return SongLine(song=song, change=new if before is None else before - place, returned=returned)


def _percent(share: float) -> str:
    return str(format_percent(share))
