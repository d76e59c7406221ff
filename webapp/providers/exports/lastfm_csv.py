"""Last.fm's history as exporters write it: CSV, in the order and with the names each one likes.

Known: lastfm-to-csv (artist, album, track, "31 Jan 2021 12:34", no header, commas and quotes
dropped); lastfm.ghan.nl (header: uts, utc_time, artist, artist_mbid, album, ...); lastexport.py
(tabs, no header: uts, track, artist, album, mbids); Last.fm's own old archive (tabs, header:
ISO time, unixtime, track name, ...); and any table whose header names artist, track and time.
Times are the start of the play in UTC, some of them to the minute only: those rows have a source
of their own, because Last.fm tells the same plays to the second elsewhere.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain, islice

from webapp.domain.errors import ExportError, ExportFault
from webapp.domain.reports import Reason, Row, Source, Told
from webapp.providers.exports.rows import each
from webapp.providers.exports.stream import Odd
from webapp.providers.exports.text import table
from webapp.providers.exports.values import (
    FOREVER,
    UnreadableError,
    instant,
    name,
    unix,
)
from webapp.providers.spotify.parsing.values import Json

DELIMITERS = ",\t;"
LOOK_AT = 3
"""Rows to look at: what is playing now comes first, without a time."""

Layout = dict[str, tuple[int, ...]]
"""In which columns a field is; of several, the first that is filled counts."""

_HEADERS = {
    "time": (
        "uts",
        "unixtime",
        "unixtimestamp",
        "timestamp",
        "epoch",
        "utctime",
        "isotime",
        "date",
        "datetime",
        "dateutc",
        "time",
        "playedat",
        "listenedat",
        "scrobbledat",
        "datetext",
    ),
    "artist": ("artist", "artistname", "artisttext"),
    "track": ("track", "trackname", "title", "tracktitle", "song", "songname", "name"),
    "album": ("album", "albumname", "albumtitle", "albumtext", "release"),
    "track_mbid": ("trackmbid", "recordingmbid", "mbid"),
    "artist_mbid": ("artistmbid",),
    "album_mbid": ("albummbid", "releasembid"),
}
"""What headers call a column, with only their letters left; the best first."""


_BARE: dict[int, Layout] = {
    4: {"artist": (0,), "album": (1,), "track": (2,), "time": (3,)},
    5: {"time": (0, 1), "artist": (2,), "album": (3,), "track": (4,)},
    7: {"time": (0,), "track": (1,), "artist": (2,), "album": (3,), "track_mbid": (4,)},
    8: {"time": (0, 1), "artist": (2,), "album": (4,), "track": (6,), "track_mbid": (7,)},
}
"""Where what is in tables without a header, by their number of columns."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_spoken_time = re.compile(
    r"(\d{1,2}) ([a-z]{3})[a-z]* (\d{4}),? (\d{2}):(\d{2})(?::(\d{2}))?", re.ASCII | re.IGNORECASE
).fullmatch
_seconds = re.compile(r"\d:\d\d:\d\d", re.ASCII).search


def read(chunks: Iterable[bytes], *, now: datetime | None = None) -> Iterator[Row]:
    """Read a table; raises ExportError `unknown_columns` where they cannot be told."""
    return each(_fields(chunks), dict, partial(_tell, latest=now or FOREVER))


def _fields(chunks: Iterable[bytes]) -> Iterator[Json | Odd]:
    rows = table(chunks, DELIMITERS)
    head = list(islice(rows, LOOK_AT))
    if not head:
        raise ExportError(ExportFault.EMPTY)
    layout, skip = find_layout(head)
    width = len(next(filter(None, head)))
    for cells in islice(chain(head, rows), skip, None):
        if cells is None:
            yield Odd(Reason.BAD_CSV)
        elif any(cells[width:]):
            yield Odd(Reason.BAD_COLUMNS)
        else:
            yield _named(cells, layout)


def find_layout(head: Sequence[list[str] | None]) -> tuple[Layout, int]:
    """Find out where what is from the first rows; gives also how many of them are header.

    Raises ExportError: `unknown_columns`.
    """
    if layout := _by_header(head[0] or ()):
        return layout, 1
    for cells in filter(None, head):
        if bare := _bare(cells):
            return bare, 0
    raise ExportError(ExportFault.UNKNOWN_COLUMNS)


def _by_header(cells: Sequence[str]) -> Layout | None:
    names = ["".join(filter(str.isalnum, cell.lower())) for cell in cells]
    layout = {
        field: tuple(names.index(known) for known in knowns if known in names)
        for field, knowns in _HEADERS.items()
    }
    return layout if all(layout[field] for field in ("time", "artist", "track")) else None


def _bare(cells: Sequence[str]) -> Layout | None:
    layout = _BARE.get(len(cells))
    return layout if layout and _is_time(_named(cells, layout).get("time", "")) else None


def _named(cells: Sequence[str], layout: Layout) -> Json:
    """Give the fields that are filled, cleaned."""
    named = {}
    for field, columns in layout.items():
        filled = (name(cells[column]) for column in columns if column < len(cells))
        if found := next(filter(None, filled), ""):
            named[field] = found
    return named


def _tell(number: int, item: Json, kept: Json, latest: datetime) -> Row:
    at = _moment(item.get("time"), latest)
    title, artist = item.get("track"), item.get("artist")
    if not title or not artist:
        raise UnreadableError(Reason.NO_TRACK)
    return Row(
        number,
        Told.PLAY,
        at=at,
        is_start=True,
        title=title,
        artist=artist,
        album=item.get("album", ""),
        kept=kept,
        source=None if _tells_seconds(item["time"]) else Source.LASTFM_MINUTES,
    )


def _is_time(value: str) -> bool:
    try:
        _moment(value, FOREVER)
    except UnreadableError:
        return False
    return True


def _tells_seconds(value: str) -> bool:
    return value.isdecimal() or _seconds(value) is not None


def _moment(value: str | None, latest: datetime) -> datetime:
    """Read Unix seconds, ISO 8601, or "31 Jan 2021, 12:34"."""
    if value is None or value.isdecimal():
        return unix(value, latest)
    found = _spoken_time(value)
    if not found:
        return instant(value, latest)
    day, month, year, *clock = found.groups(default="00")
    if month.lower() not in _MONTHS:
        raise UnreadableError(Reason.BAD_TIME)
    number = _MONTHS.index(month.lower()) + 1
    return instant(f"{year}-{number:02}-{day:0>2}T{':'.join(clock)}+00:00", latest)
