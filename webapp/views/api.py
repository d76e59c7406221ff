"""The JSON side of syncs, for scripts and for the page itself.

`/api/spotify/sync` serves two: a listener's library, and with `?of=trending` the charts.
"""

from datetime import datetime
from math import ceil
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from jobs import trends as trend_jobs
from webapp.queries import syncs
from webapp.queries.syncs import SyncRow
from webapp.services import trends
from webapp.views.bearer import bears
from webapp.views.errors import answer
from webapp.views.extensions import csrf
from webapp.views.requests import admin_only, login_required, me, wiring
from webapp.views.security import limited
from webapp.views.syncs import start
from webapp.views.trend_api import state_json

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/sync/status", endpoint="sync_status")
@login_required
def status() -> Response:
    """Answer the newest sync; 404 before the first."""
    latest = syncs.latest(me().id)
    return jsonify(sync_json(latest)) if latest else answer(404, text="there is no sync yet")


@blueprint.get("/spotify/sync")
def spotify_status() -> Response:
    """Answer the newest sync of the listener, or how the refresh of the charts stands."""
    return trending_status() if _of_trending() else status()


@blueprint.post("/spotify/sync")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked below: who shows the secret has no form
def start_spotify() -> Response:
    """Start a sync of the listener, or a refresh of the charts: for admins, or with CRON_SECRET."""
    if bears(wiring().settings.cron_secret):
        return start_trending()
    csrf.protect()
    return admin_only(start_trending)() if _of_trending() else start_sync()


@limited("60/minute")
def trending_status() -> Response:
    """Answer how the refresh of the charts stands; open to everybody."""
    found = trends.status(wiring())
    return jsonify(
        running=found.running,
        started_at=_iso(found.started_at),
        ended_at=_iso(found.ended_at),
        fetched_at=_iso(found.fetched_at),
        charts=[state_json(state) for state in found.charts],
    )


@limited("10/minute")
def start_trending() -> Response:
    """Queue a refresh of all charts: 202, also where one is queued already."""
    trend_jobs.start(wiring(), everything=True)
    return make_response(jsonify(queued=True), 202)


@login_required
@limited("30/minute")
def start_sync() -> Response:
    """Start a sync: 200 when it is done already, 202 while it runs, 429 when it is too early."""
    begun = start()
    if begun.not_before is not None:
        seconds = max(1, ceil((begun.not_before - wiring().clock()).total_seconds()))
        body = {"error": {"status": 429, "message": "synced less than an hour ago"}}
        body["error"]["not_before"] = _iso(begun.not_before) or ""
        return make_response(jsonify(body), 429, {"Retry-After": str(seconds)})
    found = syncs.latest(me().id)
    if found is None:
        return answer(404)
    return make_response(jsonify(sync_json(found)), 200 if found.over else 202)


def sync_json(sync: SyncRow) -> dict[str, Any]:
    """Write a sync as JSON: `status` and collections' states as in the database."""
    return {
        "id": sync.id,
        "status": sync.status,
        "progress": sync.progress,
        "error": sync.error,
        "mode": sync.mode,
        "waiting": sync.waiting,
        "resume_at": _iso(sync.resume_at),
        "collections": [
            {
                "name": part.name,
                "status": part.status,
                "done": part.done,
                "total": part.total,
                "error": part.error,
            }
            for part in sync.collections
        ],
        "started_at": _iso(sync.started_at),
        "updated_at": _iso(sync.updated_at),
        "completed_at": _iso(sync.completed_at),
    }


def _of_trending() -> bool:
    return request.args.get("of") == "trending"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
