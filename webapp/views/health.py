"""For whoever watches the process: is it alive, is it ready."""

from flask import Blueprint, Response, jsonify, make_response
from redis import RedisError

from webapp.db import DatabaseDownError
from webapp.domain.errors import QueueDownError
from webapp.domain.schedule import Pulse
from webapp.migrate import pending
from webapp.services.schedule import last_pulse
from webapp.views.requests import wiring

blueprint = Blueprint("health", __name__)

WELL = frozenset({"ok", Pulse.OUTSIDE})


@blueprint.get("/healthz")
def alive() -> Response:
    """Answer as long as the process can."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Response:
    """Answer 200 when everything behind the page answers, 503 and what is missing otherwise."""
    checks = {"database": _database(), "redis": _redis(), "scheduler": _scheduler()}
    code = 200 if all(found in WELL for found in checks.values()) else 503
    return make_response(jsonify(checks), code)


def _database() -> str:
    try:
        missing = pending()
    except DatabaseDownError:
        return "unreachable"
    return "ok" if not missing else "migrations pending"


def _redis() -> str:
    try:
        wiring().redis.ping()
    except RedisError:
        return "unreachable"
    return "ok"


def _scheduler() -> str:
    """Judge how the schedule is kept; where Redis can't be asked, nobody knows."""
    try:
        return last_pulse(wiring())
    except QueueDownError:
        return "unknown"
