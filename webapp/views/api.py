"""The JSON side of syncs, for scripts and for the page itself."""

from datetime import datetime
from math import ceil
from typing import Any

from flask import Blueprint, Response, jsonify, make_response

from webapp.queries import syncs
from webapp.queries.syncs import SyncRow
from webapp.views.errors import answer
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited
from webapp.views.syncs import start

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/sync/status", endpoint="sync_status")
@blueprint.get("/spotify/sync")
@login_required
def status() -> Response:
    """Answer the newest sync; 404 before the first."""
    latest = syncs.latest(me().id)
    return jsonify(sync_json(latest)) if latest else answer(404, text="there is no sync yet")


@blueprint.post("/spotify/sync")
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


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
