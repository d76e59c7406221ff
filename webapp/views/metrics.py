"""`/metrics`: the figures of the install, for a Prometheus that may see them."""

from http import HTTPStatus
from ipaddress import ip_address
from typing import NoReturn

from flask import Blueprint, Response, abort, make_response, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from jobs.depths import Depth, depths
from jobs.schedule import SCHEDULE
from webapp.domain.errors import QueueDownError
from webapp.services import figures
from webapp.views.bearer import bears
from webapp.views.exposition import Exposition
from webapp.views.requests import wiring

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def show() -> Response:
    """Answer with what can be read, even while the database or Redis is away."""
    _check_visitor()
    parts, entries = wiring(), [entry.name for entry in SCHEDULE]
    counted = figures.counted(parts)
    exposition = Exposition(
        now=parts.clock(),
        stored=figures.stored(parts, entries, redis_up=counted is not None),
        counted=counted,
        depths=_depths() if counted else None,
    )
    response = make_response(generate_latest(exposition))
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    response.headers["Cache-Control"] = "no-store"
    return response


def _check_visitor() -> None:
    token = wiring().settings.metrics_token
    if token and not bears(token):
        _refuse(401, "Show the token: Authorization: Bearer <METRICS_TOKEN>")
    if not token and not _is_from_here():
        _refuse(403, "Only this machine may look. Set METRICS_TOKEN to let others in.")


def _refuse(code: int, text: str) -> NoReturn:
    """Refuse in plain text: who comes here reads no pages, and the database may be away."""
    response = make_response(text + "\n", code, {"Content-Type": "text/plain; charset=utf-8"})
    if code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    abort(response)


def _is_from_here() -> bool:
    """Tell a visitor on this machine from one whom a proxy of this machine lets in.

    Where no proxy is trusted, a header of one means that the address is not the visitor's.
    """
    if not wiring().settings.trusted_proxies and any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _depths() -> list[Depth] | None:
    try:
        return depths(wiring().redis)
    except QueueDownError:
        return None
