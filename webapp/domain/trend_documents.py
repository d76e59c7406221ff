"""Things and charts as the cache keeps them: JSON that pages and the API read."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from webapp.domain.trends import CHARTS, ChartState, Kind, Place, Source, Trend

BY_NAME = {(chart.source.value, chart.name): chart for chart in CHARTS}


def as_document(trend: Trend) -> dict[str, Any]:
    """Write a thing as the cache keeps it, without what is not known."""
    told = {
        "id": trend.id,
        "kind": trend.kind.value,
        "name": trend.name,
        "artist_names": trend.artist_names,
        "released": trend.released.isoformat() if trend.released else None,
        "image_url": trend.image_url,
        "spotify_id": trend.spotify_id,
        "deezer_id": trend.deezer_id,
        "mbid": trend.mbid,
        "match_key": trend.match_key,
        "genres": list(trend.genres),
        "places": [[place.source.value, place.chart, place.position] for place in trend.places],
    }
    return {key: value for key, value in told.items() if value or key == "name"}


def from_document(document: Mapping[str, Any]) -> Trend:
    """Read a thing from the cache."""
    told = dict(document)
    released = told.pop("released", None)
    return Trend(
        kind=Kind(told.pop("kind")),
        released=date.fromisoformat(released) if released else None,
        genres=tuple(told.pop("genres", ())),
        places=tuple(_place(*place) for place in told.pop("places", ())),
        **told,
    )


def chart_document(state: ChartState) -> dict[str, Any]:
    """Write how a chart stands."""
    times = {
        name: moment.isoformat() if moment else None
        for name, moment in (
            ("fetched_at", state.fetched_at),
            ("expires_at", state.expires_at),
            ("tried_at", state.tried_at),
        )
    }
    return {
        "source": state.chart.source.value,
        "chart": state.chart.name,
        "shelf": state.chart.shelf.value,
        "error": state.error,
        "entries": state.entries,
        **times,
    }


def chart_state(document: Mapping[str, Any]) -> ChartState:
    """Read how a chart stands."""

    def moment(name: str) -> datetime | None:
        told = document.get(name)
        return datetime.fromisoformat(told) if told else None

    return ChartState(
        chart=BY_NAME[document["source"], document["chart"]],
        fetched_at=moment("fetched_at"),
        expires_at=moment("expires_at"),
        tried_at=moment("tried_at"),
        error=document["error"],
        entries=document["entries"],
    )


def _place(source: str, chart: str, position: int) -> Place:
    shelf = BY_NAME[source, chart].shelf
    return Place(source=Source(source), chart=chart, shelf=shelf, position=position)
