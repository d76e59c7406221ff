"""What a line of a list shows of a track, and how a part of a long list is asked for."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")

PAGE_SIZE = 50

TRACK = (
    "coalesce(t.kind, 'track'), coalesce(t.name, ''), coalesce(t.artist_names, ''), t.album_id,"
    " coalesce(a.name, ''), a.image_url, t.duration_ms, coalesce(t.explicit, false)"
)
"""The columns of a `TrackLine` after its id, from `tracks t` and `albums a`."""

WIDTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A part of a list: words to find, an order, a page from 1; of the past, with a moment."""

    words: str = ""
    sort: str = ""
    page: int = 1
    size: int = PAGE_SIZE
    moment: datetime | None = None

    @property
    def offset(self) -> int:
        """How many rows come before."""
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[Row]):
    """One page of a list, and how many rows the whole of it has."""

    rows: tuple[Row, ...]
    total: int
    page: int = 1
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, ceil(self.total / self.size))

    @property
    def beyond(self) -> bool:
        """Whether the page asked for is not there."""
        return self.page > 1 and not self.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackLine:
    """A track, an episode or a local file (`kind`); names may be empty, as Spotify's are."""

    id: str
    kind: str
    name: str
    artists: str
    album_id: str | None
    album: str
    image_url: str | None
    duration_ms: int | None
    explicit: bool


def track_line(row: tuple[Any, ...]) -> TrackLine:
    """Make a line of an id and the columns of `TRACK`."""
    return TrackLine(
        id=row[0],
        kind=row[1],
        name=row[2],
        artists=row[3],
        album_id=row[4],
        album=row[5],
        image_url=row[6],
        duration_ms=row[7],
        explicit=row[8],
    )
