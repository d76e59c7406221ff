"""rq-dashboard under /admin/rq: admins alone, and no change without its token.

rq-dashboard 0.9 requeues by GET as well, calls `.decode()` on dependency ids that RQ 2.6 and
later give as text, and runs inline scripts: each is dealt with here, and only here.
"""

from typing import Any

import rq_dashboard
import rq_dashboard.web
from flask import Flask, Response, abort, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from rq.exceptions import NoSuchJobError
from rq.job import Job

PREFIX = "/admin/rq"
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
)
GUARDED: list[str] = []
"""The blueprint belongs to the process, not to an app: hooks are added once."""

CHANGES_BY_GET = frozenset({"rq_dashboard.requeue_all"})


class _Job(Job):
    @property
    def dependency_ids(self) -> Any:
        """Give bytes, as the dashboard expects."""
        return [id_.encode() for id_ in super().dependency_ids]


def mount(app: Flask, redis_url: str) -> None:
    """Mount the dashboard; its blueprint is one for the whole process."""
    rq_dashboard.web.Job = _Job
    app.config["RQ_DASHBOARD_REDIS_URL"] = redis_url
    blueprint = rq_dashboard.blueprint
    if not GUARDED:
        blueprint.before_request_funcs.setdefault(None, []).insert(0, guard)
        blueprint.after_request_funcs.setdefault(None, []).append(decorate)
        GUARDED.append(PREFIX)
    rq_dashboard.web.setup_rq_connection(app)
    app.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_error_handler(NoSuchJobError, lambda _error: abort(404))


def guard() -> None:
    """Let admins in, and nothing change by GET."""
    if not current_user.is_authenticated:
        abort(401)
    if not current_user.is_admin:
        abort(403)
    if request.endpoint in CHANGES_BY_GET and request.method != "POST":
        abort(405)


def decorate(response: Response) -> Response:
    """Hand the dashboard's script its CSRF token, and relax the policy on its pages alone."""
    response.set_cookie(
        "_csrf_token", generate_csrf(), path=PREFIX, samesite="Strict", secure=request.is_secure
    )
    response.headers["Content-Security-Policy"] = POLICY
    return response
