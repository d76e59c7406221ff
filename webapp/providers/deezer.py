"""Deezer's charts: no key is needed, and what is wrong is told with status 200.

Shapes: recorded answers of /chart/0/* and /editorial/0/releases. Errors are
`{"error": {"type", "message", "code"}}`; code 4 is the quota of 50 requests in 5 s. Charts follow
the country from which this install asks.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from webapp.domain.errors import (
    EmptyError,
    MalformedError,
    NotFoundError,
    OutageError,
    ProviderError,
    RateLimitedError,
)
from webapp.domain.trends import LONGEST_CHART, Chart, Entry, Kind, Shelf, Source, ranked
from webapp.providers.spotify.parsing.values import (
    Json,
    as_object,
    objects,
    text,
    tidy,
    web_address,
    whole,
)
from webapp.providers.transport import Transport, failure_of
from webapp.providers.trend_values import day_of

PATHS: Mapping[str, str] = {
    "releases": "/editorial/0/releases",
    "albums": "/chart/0/albums",
    "artists": "/chart/0/artists",
    "tracks": "/chart/0/tracks",
}
QUOTA, NOT_FOUND = 4, 800
QUOTA_SECONDS = 5.0
LARGEST_ID = 2**53
LONGEST_ISRC = 32


class DeezerCharts:
    """A TrendSource."""

    source = Source.DEEZER

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._clock = clock

    def read(self, chart: Chart) -> tuple[Entry, ...]:
        """Read a chart in one call."""
        path = PATHS[chart.name]
        answer = self._transport.get(path, {"limit": LONGEST_CHART}, what=f"deezer {chart.name}")
        what = f"deezer {chart.name}: {answer.status}"
        try:
            document = as_object(answer.json())
        except ValueError:
            document = {}
        failure = failure_of(
            answer, f"deezer {chart.name}", self._clock(), lambda _: _refusal(document, what)
        )
        if failure is not None:
            raise failure
        if not document:
            raise OutageError(f"{what}, but the body is not an object")
        return entries(document, chart)


def entries(document: Json, chart: Chart) -> tuple[Entry, ...]:
    """Read the rows of an answer; MalformedError where there is no list, EmptyError if empty."""
    rows = document.get("data")
    if not isinstance(rows, list):
        raise MalformedError(f"deezer {chart.name}: data is not a list")
    read = READERS[chart.shelf]
    found = ranked(read(tidy(row), place) for place, row in enumerate(objects(rows), 1))
    if not found:
        raise EmptyError(f"deezer {chart.name}: nothing in it")
    return found


def _album(row: Json, place: int) -> Entry:
    return Entry(
        position=place,
        kind=Kind.ALBUM,
        name=text(row.get("title")).strip(),
        artist_names=text(as_object(row.get("artist")).get("name")).strip(),
        released=day_of(row.get("release_date")),
        image_url=_picture(row, "cover"),
        deezer_id=_id(row.get("id")),
    )


def _artist(row: Json, place: int) -> Entry:
    return Entry(
        position=place,
        kind=Kind.ARTIST,
        name=text(row.get("name")).strip(),
        image_url=_picture(row, "picture"),
        deezer_id=_id(row.get("id")),
    )


def _track(row: Json, place: int) -> Entry:
    isrc = text(row.get("isrc"), LONGEST_ISRC).strip().upper()
    return Entry(
        position=place,
        kind=Kind.TRACK,
        name=text(row.get("title")).strip(),
        artist_names=text(as_object(row.get("artist")).get("name")).strip(),
        image_url=_picture(as_object(row.get("album")), "cover"),
        deezer_id=_id(row.get("id")),
        isrc=isrc or None,
    )


READERS: Mapping[Shelf, Callable[[Json, int], Entry]] = {
    Shelf.RELEASES: _album,
    Shelf.ALBUMS: _album,
    Shelf.ARTISTS: _artist,
    Shelf.TRACKS: _track,
}


def _picture(row: Json, name: str) -> str | None:
    """Choose the picture of 250 px, else the next larger."""
    told = (row.get(f"{name}_{size}") for size in ("medium", "big", "xl"))
    return next((address for address in map(web_address, told) if address), None)


def _id(value: Any) -> str | None:
    found = whole(value, LARGEST_ID, least=1)
    return str(found) if found else None


def _refusal(document: Json, what: str) -> ProviderError | None:
    """Judge an error that comes as if all were well."""
    if "error" not in document:
        return None
    told = whole(as_object(document["error"]).get("code"))
    if told == QUOTA:
        return RateLimitedError(retry_after=QUOTA_SECONDS, quota=False, detail=f"{what} (quota)")
    if told == NOT_FOUND:
        return NotFoundError(f"{what} (no data)")
    return OutageError(f"{what} (error {told})")
