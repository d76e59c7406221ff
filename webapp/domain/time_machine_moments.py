"""The story of one thing: when it came into the library and the playlists, and when it left.

Two clocks tell it. Spotify dates what is saved or added; Backspin knows when it saw it, and when
it had looked before. Spotify tells no date of what was taken out, so that lies between two looks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from webapp.domain.library import Origin


class What(StrEnum):
    """What happened; SAVED and LOST in the library, the others in a playlist."""

    SAVED = "saved"
    SAVED_AGAIN = "saved_again"
    LOST = "lost"
    LISTED = "listed"
    UNLISTED = "unlisted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The log begins, or ceases, to have the thing in one place.

    `playlist_id` is None for the library. `told_at` is Spotify's own date of an addition,
    `looked_at` the last look before `seen_at`. `closed`: the whole playlist left the library.
    """

    there: bool
    seen_at: datetime
    told_at: datetime | None = None
    looked_at: datetime | None = None
    origin: Origin = Origin.SPOTIFY
    playlist_id: str | None = None
    playlist: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point of the story. `at` is Spotify's date where it gave a sensible one, else ours."""

    what: What
    at: datetime
    turn: Turn

    @property
    def told(self) -> bool:
        """Whether the date is Spotify's."""
        return self.at == self.turn.told_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is known of a thing, newest first, and where it is now.

    `saved` is the moment since when it is in the library, `lists` those since when it is in
    playlists it has not left.
    """

    moments: tuple[Moment, ...]
    saved: Moment | None
    lists: tuple[Moment, ...]


def tell(turns: Sequence[Turn]) -> Story:
    """Make the story of turns, which come in the order in which they were seen."""
    places = [list(turns) for _, turns in groupby(sorted(turns, key=_place), key=_place)]
    stories = [_moments(place) for place in places]
    standing = [story[-1] for story in stories if story[-1].turn.there]
    every = sorted((one for story in stories for one in story), key=_order, reverse=True)
    return Story(
        moments=tuple(every),
        saved=next((one for one in standing if one.turn.playlist_id is None), None),
        lists=tuple(one for one in standing if one.turn.playlist_id is not None),
    )


def _place(turn: Turn) -> str:
    return turn.playlist_id or ""


def _order(moment: Moment) -> tuple[datetime, datetime, str]:
    return moment.at, moment.turn.seen_at, _place(moment.turn)


def _moments(turns: Iterable[Turn]) -> list[Moment]:
    """Name what happened at each turn of one place."""
    found: list[Moment] = []
    was_there = False
    for turn in _folded(turns):
        found.append(Moment(what=_what(turn, was_there=was_there), at=_date(turn), turn=turn))
        was_there = turn.there
    return found


def _folded(turns: Iterable[Turn]) -> list[Turn]:
    """Take what was told of one addition together: a file saw it, and later Spotify dated it.

    Only a date later than when we saw the thing there tells that it was added again.
    """
    found: list[Turn] = []
    for turn in turns:
        last = found[-1] if found else None
        if last is None or not (last.there and turn.there) or _is_after(turn, last):
            found.append(turn)
        elif last.told_at is None:
            found[-1] = replace(last, told_at=turn.told_at)
    return found


def _is_after(turn: Turn, last: Turn) -> bool:
    return turn.told_at is not None and turn.told_at > last.seen_at


def _what(turn: Turn, *, was_there: bool) -> What:
    if turn.playlist_id is None:
        added = What.SAVED_AGAIN if was_there else What.SAVED
        return added if turn.there else What.LOST
    if turn.there:
        return What.LISTED
    return What.CLOSED if turn.closed else What.UNLISTED


def _date(turn: Turn) -> datetime:
    """Believe Spotify's date, unless it is later than when the thing was seen."""
    told = turn.told_at if turn.there else None
    return told if told and told <= turn.seen_at else turn.seen_at
