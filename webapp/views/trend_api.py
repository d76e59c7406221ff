"""The JSON side of trends, for scripts: open to everybody, in measure. Documented in the README."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request
from flask_login import current_user

from webapp.domain.appearances import Churn, Climb, Run
from webapp.domain.trends import TRENDING, ChartState
from webapp.queries import appearances, collection, trend_charts, trends
from webapp.queries.appearances import TrendItem
from webapp.queries.trend_charts import Chart, Stay
from webapp.services import trend_statistics
from webapp.services.trend_statistics import Statistics
from webapp.views.errors import answer
from webapp.views.requests import login_required, me, printable, wiring
from webapp.views.security import limited
from webapp.views.trend_history import first_play
from webapp.views.trend_refresh import refresh_if_old
from webapp.views.trend_statistics import asked_chart

blueprint = Blueprint("trend_api", __name__, url_prefix="/api")

LONGEST_CHART = 100
LIMIT_DIGITS = 3
OUR_DIGITS = 18
"""Our ids have no more; Spotify's have 22 letters and digits."""
DEFINITIONS = {
    "appearance": "One look at a chart in which the thing had a place.",
    "week": "Monday to Sunday in UTC; a thing's place in a week is its best one.",
    "entry": "The first look that showed it.",
    "exit": "The last look that showed it, once a later look did without it; null while in.",
    "peak": "The best place ever, and the first week with that place.",
    "weeks_in_chart": "Weeks with at least one appearance, in a row or not.",
    "climb": "Places by which a week's best is better than that of the week before.",
    "churn": "Share of a week's things that were not there the week before; null where unknown.",
    "turnover": "Mean churn of the weeks that are over, 52 at most.",
    "taste": "Share of the chart as it is now that you have played; ahead: on a day before entry.",
}


@blueprint.get("/spotify/trending")
@limited("60/minute")
def trending() -> Response:
    """Answer what stands in the charts now: `?source=&chart=&limit=`."""
    refresh_if_old()
    source, chart = (printable(request.args.get(name, "")) for name in ("source", "chart"))
    rows = trend_charts.standings(source, chart, most=_limit())
    looks = {(one.source, one.chart): one.last_at for one in trend_charts.charts()}
    found = {key: [row for row in rows if (row.source, row.chart) == key] for key in looks}
    return jsonify(
        charts=[
            {
                "source": key[0],
                "chart": key[1],
                "as_of": looks[key].isoformat(),
                "entries": [{"position": row.position, **item_json(row.item)} for row in standing],
            }
            for key, standing in found.items()
            if standing
        ]
    )


@blueprint.get("/cache/trending")
@limited("60/minute")
def cache() -> Response:
    """Answer what the cache holds of trends, how old it is, and what went wrong last."""
    refresh_if_old()
    kept, now = trends.find(TRENDING), wiring().clock()
    return jsonify(
        key=TRENDING,
        fetched_at=_iso(kept.fetched_at) if kept else None,
        expires_at=_iso(kept.expires_at) if kept else None,
        fresh=kept is not None and now < kept.expires_at,
        items=len(kept.data.get("items", ())) if kept else 0,
        charts=[state_json(state) for state in trends.states()],
    )


@blueprint.get("/albums/appearances/<album_id>")
@limited("60/minute")
def album_appearances(album_id: str) -> Response:
    """Answer an album's past in charts, by our id or Spotify's."""
    refresh_if_old()
    item = _album(album_id)
    runs = appearances.history(item.id)
    return jsonify(
        album=item_json(item),
        charts=[_run(run) for run in runs],
        your_first_play=_iso(first_play(item)),
        definitions={key: DEFINITIONS[key] for key in ("week", "entry", "exit", "peak")},
    )


@blueprint.post("/albums/add-from-trending")
@login_required
@limited("60/minute")
def add_from_trending() -> Response:
    """Take an album into the listener's collection: 201 when it is new there, else 200."""
    album_id = _sent_id()
    if not album_id:
        return answer(422, text="send the album's id")
    item = _album(album_id)
    new = item.id not in collection.held(me().id, [item.id])
    collection.add(me().id, item.id, wiring().clock())
    return make_response(jsonify(album=item_json(item), added=new), 201 if new else 200)


@blueprint.get("/stats/trending")
@limited("60/minute")
def statistics() -> Response:
    """Answer a chart's statistics, and what the words mean: `?source=&chart=`, else the first."""
    refresh_if_old()
    known = trend_charts.charts()
    chart = asked_chart(known)
    found = trend_statistics.read(chart, wiring().clock()) if chart else None
    return jsonify(
        definitions=DEFINITIONS,
        charts=[{"source": one.source, "chart": one.chart} for one in known],
        **(_statistics(found) if found else {"chart": None}),
        taste=_taste(chart) if chart and current_user.is_authenticated else None,
    )


def item_json(item: TrendItem) -> dict[str, Any]:
    """Write a thing."""
    return {
        "id": item.id,
        "kind": item.kind,
        "name": item.name,
        "artists": item.artists,
        "released": _iso(item.released),
        "image_url": item.image_url,
        "spotify_id": item.spotify_id,
        "mbid": item.mbid,
        "deezer_id": item.deezer_id,
    }


def state_json(state: ChartState) -> dict[str, Any]:
    """Write how a chart stands; `error` is the kind of the last failure, null after a good try."""
    return {
        "source": state.chart.source.value,
        "chart": state.chart.name,
        "fetched_at": _iso(state.fetched_at),
        "expires_at": _iso(state.expires_at),
        "tried_at": _iso(state.tried_at),
        "error": state.error or None,
        "entries": state.entries,
    }


def _statistics(found: Statistics) -> dict[str, Any]:
    names = {item_id: item_json(item) for item_id, item in found.items.items()}
    return {
        "chart": {
            "source": found.chart.source,
            "chart": found.chart.chart,
            "first_look": _iso(found.chart.first_at),
            "as_of": _iso(found.chart.last_at),
        },
        "longest": [_stay(stay, names) for stay in found.longest],
        "climbers_this_week": [_climb(climb, names) for climb in found.lately],
        "climbers_of_52_weeks": [_climb(climb, names) for climb in found.year],
        "churn": [_change(change) for change in found.churn],
        "turnover": found.turnover,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "source": run.source,
        "chart": run.chart,
        "entry": _iso(run.entered_at),
        "exit": _iso(run.left_at),
        "peak": run.peak,
        "peak_week": _iso(run.peak_week),
        "weeks_in_chart": run.weeks_in_chart,
        "appearances": run.appearances,
        "weeks": [
            {"week": _iso(week.week), "best": week.best, "appearances": week.appearances}
            for week in run.weeks
        ],
    }


def _stay(stay: Stay, names: dict[int, dict[str, Any]]) -> dict[str, Any]:
    told = {"weeks": stay.weeks, "peak": stay.peak}
    return {**names[stay.item_id], **told, "first": _iso(stay.first), "last": _iso(stay.last)}


def _climb(climb: Climb, names: dict[int, dict[str, Any]]) -> dict[str, Any]:
    told = {"places": climb.places, "from": climb.before, "to": climb.after}
    return {**names[climb.item_id], **told, "week": _iso(climb.week)}


def _change(change: Churn) -> dict[str, Any]:
    told = {"size": change.size, "came": change.came, "went": change.went}
    return {"week": _iso(change.week), **told, "churn": change.share}


def _taste(chart: Chart) -> dict[str, Any]:
    taste = trend_statistics.taste(chart, me())
    return {
        "size": taste.size,
        "played": len(taste.met),
        "share": taste.share,
        "ahead": taste.ahead,
        "known": [
            {
                "position": one.standing.position,
                **item_json(one.standing.item),
                "first_play": _iso(one.first_at),
                "days_ahead": one.days_ahead,
            }
            for one in taste.met
        ],
    }


def _album(album_id: str) -> TrendItem:
    """Find an album by our id or Spotify's, or answer 404."""
    if album_id.isascii() and album_id.isdecimal() and len(album_id) <= OUR_DIGITS:
        found = appearances.find_item(int(album_id))
    else:
        found = appearances.find_by_spotify_id("album", printable(album_id))
    if found is None or found.kind != "album":
        abort(404)
    return found


def _sent_id() -> str:
    """Read the id from a form or a JSON object; empty where none was sent."""
    if not request.is_json:
        return request.form.get("id", "")
    sent = request.get_json(silent=True)
    told = sent.get("id") if isinstance(sent, dict) else None
    return str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""


def _limit() -> int:
    text = request.args.get("limit", "50")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= LIMIT_DIGITS else 0
    if not 1 <= number <= LONGEST_CHART:
        abort(400)
    return number


def _iso(moment: datetime | date | None) -> str | None:
    return moment.isoformat() if moment else None
