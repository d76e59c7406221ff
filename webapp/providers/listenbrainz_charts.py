"""ListenBrainz' charts of a week, and what came out lately. Neither needs a key (2026-08).

Statistics that are not computed yet are 204 without a body. Identifiers may be absent, empty or
null; covers are named by their place in the Cover Art Archive.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from webapp.domain.errors import (
    ConfigurationError,
    EmptyError,
    MalformedError,
    NotFoundError,
    OutageError,
    ProviderError,
)
from webapp.domain.trends import LONGEST_CHART, Chart, Entry, Kind, Source, ranked
from webapp.providers.spotify.parsing.values import Json, as_object, objects, text, tidy, whole
from webapp.providers.spotify.wire import Answer
from webapp.providers.transport import Transport, failure_of
from webapp.providers.trend_values import day_of, genres_of, mbid_of

NO_CONTENT = 204
DAYS = 14
FRESH = "fresh_releases"
PATHS: Mapping[str, str] = {
    "artists": "/1/stats/sitewide/artists",
    "release_groups": "/1/stats/sitewide/release-groups",
    "recordings": "/1/stats/sitewide/recordings",
    FRESH: "/1/explore/fresh-releases/",
}
LISTS: Mapping[str, str] = {FRESH: "releases"}
"""What the list is called in an answer, where not as the chart."""
REFUSALS: dict[int, type[ProviderError]] = {
    400: MalformedError,
    401: ConfigurationError,
    403: ConfigurationError,
    404: NotFoundError,
}
LARGEST_CAA_ID = 2**53


class ListenBrainzCharts:
    """A TrendSource. `covers_url` is where the Cover Art Archive is reached."""

    source = Source.LISTENBRAINZ

    def __init__(
        self, transport: Transport, clock: Callable[[], datetime], *, covers_url: str
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._covers_url = covers_url

    def read(self, chart: Chart) -> tuple[Entry, ...]:
        """Read a chart in one call."""
        what = f"listenbrainz {chart.name}"
        answer = self._transport.get(PATHS[chart.name], self._params(chart), what=what)
        document = _document(answer)
        failure = failure_of(answer, what, self._clock(), lambda told: _refusal(answer, told))
        if failure is not None:
            raise failure
        if answer.status == NO_CONTENT:
            raise EmptyError(f"{what}: not computed yet")
        if document is None:
            raise OutageError(f"{what}: {answer.status}, but the body is not JSON")
        return entries(document, chart, self._covers_url)

    def _params(self, chart: Chart) -> dict[str, str | int]:
        if chart.name != FRESH:
            return {"range": "week", "count": LONGEST_CHART}
        today = self._clock().date().isoformat()
        return {
            "release_date": today,
            "days": DAYS,
            "sort": "release_date",
            "past": "true",
            "future": "false",
        }


def entries(document: Json, chart: Chart, covers_url: str) -> tuple[Entry, ...]:
    """Read the rows of an answer; MalformedError where there is no list, EmptyError if empty."""
    payload = as_object(document.get("payload"))
    rows = payload.get(LISTS.get(chart.name, chart.name))
    if not isinstance(rows, list):
        raise MalformedError(f"listenbrainz {chart.name}: not a list")
    found = objects(rows)
    if chart.name == FRESH:
        found = _most_heard(found)
    read = READERS[chart.name]
    told = ranked(read(tidy(row), place, covers_url) for place, row in enumerate(found, 1))
    if not told:
        raise EmptyError(f"listenbrainz {chart.name}: nothing in it")
    return told


def _most_heard(rows: list[Json]) -> list[Json]:
    """Order releases by how often they were heard, the latest first among equals.

    A release group may be out in several releases: the most heard one stands for it.
    """

    def rank(row: Json) -> tuple[int, str]:
        return whole(row.get("listen_count")) or 0, text(row.get("release_date"))

    best: dict[Any, Json] = {}
    for number, row in enumerate(sorted(rows, key=rank, reverse=True)):
        best.setdefault(mbid_of(row.get("release_group_mbid")) or number, row)
    return list(best.values())[: 2 * LONGEST_CHART]


def _release(row: Json, place: int, covers_url: str) -> Entry:
    return Entry(
        position=place,
        kind=Kind.ALBUM,
        name=text(row.get("release_name")).strip(),
        artist_names=text(row.get("artist_credit_name")).strip(),
        released=day_of(row.get("release_date")),
        image_url=_cover(row, covers_url),
        mbid=mbid_of(row.get("release_group_mbid")),
        genres=genres_of(row.get("release_tags")),
    )


def _release_group(row: Json, place: int, covers_url: str) -> Entry:
    return Entry(
        position=place,
        kind=Kind.ALBUM,
        name=text(row.get("release_group_name")).strip(),
        artist_names=text(row.get("artist_name")).strip(),
        image_url=_cover(row, covers_url),
        mbid=mbid_of(row.get("release_group_mbid")),
    )


def _artist(row: Json, place: int, _covers_url: str) -> Entry:
    return Entry(
        position=place,
        kind=Kind.ARTIST,
        name=text(row.get("artist_name")).strip(),
        mbid=mbid_of(row.get("artist_mbid")),
    )


def _recording(row: Json, place: int, covers_url: str) -> Entry:
    return Entry(
        position=place,
        kind=Kind.TRACK,
        name=text(row.get("track_name")).strip(),
        artist_names=text(row.get("artist_name")).strip(),
        image_url=_cover(row, covers_url),
        mbid=mbid_of(row.get("recording_mbid")),
    )


READERS: Mapping[str, Callable[[Json, int, str], Entry]] = {
    "artists": _artist,
    "release_groups": _release_group,
    "recordings": _recording,
    FRESH: _release,
}


def _cover(row: Json, covers_url: str) -> str | None:
    """Name the small picture of a cover (ListenBrainz' documentation of caa_id)."""
    release, number = mbid_of(row.get("caa_release_mbid")), whole(row.get("caa_id"), LARGEST_CAA_ID)
    return f"{covers_url}/release/{release}/{number}-250.jpg" if release and number else None


def _document(answer: Answer) -> Json | None:
    try:
        return as_object(answer.json())
    except ValueError:
        return None


def _refusal(answer: Answer, what: str) -> ProviderError | None:
    """Judge what ListenBrainz itself refuses: some proxy's word does not count."""
    document = _document(answer)
    if not document or "error" not in document or answer.status not in REFUSALS:
        return None
    return REFUSALS[answer.status](what)
