"""Error pages: each says what happened and what to do next; the API gets the same as JSON."""

import re
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from flask import Flask, Response, abort, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from webapp.db import DatabaseDownError
from webapp.domain.errors import (
    BackspinError,
    ConfigurationError,
    PausedError,
    QueueDownError,
    RateLimitedError,
)
from webapp.views.fragments import wants_json, wants_listenbrainz_json
from webapp.views.wording import error_sentence

PAGES = frozenset({400, 401, 403, 404, 410, 413, 422, 429, 500, 503})
IN_NO_ADDRESS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Control characters: no id has one, and PostgreSQL has no text with a NUL in it."""


def install(app: Flask) -> None:
    """Answer errors of every kind, and addresses that can't be ours."""
    app.before_request(refuse_control_characters)
    app.register_error_handler(CSRFError, csrf_failed)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(BackspinError, expected)
    for kind in DatabaseDownError:
        app.register_error_handler(kind, database_down)
    app.register_error_handler(Exception, crashed)


def refuse_control_characters() -> None:
    """Find nothing at such an address, whichever view it would have been for."""
    if IN_NO_ADDRESS.search(request.path):
        abort(404)


def answer(
    code: int, *, title: str | None = None, text: str | None = None, bare: bool = False
) -> Response:
    """Make the answer of an error, as a page or as JSON."""
    retry_after = g.get("retry_after")
    if bare:
        # flask_login loads the listener for every template; here that may be what fails.
        g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where flask_login keeps it
    if wants_json():
        words = text or title or HTTPStatus(code).phrase
        response = make_response(jsonify(error={"status": code, "message": words}), code)
    elif wants_listenbrainz_json():
        response = make_response(jsonify(code=code, error=text or HTTPStatus(code).phrase), code)
    else:
        context: dict[str, Any] = {"code": code if code in PAGES else _like(code), "bare": bare}
        context |= {"title": title} if title else {}
        context |= {"text": text} if text else {}
        if retry_after:
            context["retry_at"] = g.wiring.clock() + timedelta(seconds=retry_after)
        response = make_response(render_template("errors/error.html", **context), code)
    if retry_after:
        response.headers["Retry-After"] = str(ceil(retry_after))
    response.headers["Cache-Control"] = "no-store"
    return response


def http_error(error: HTTPException) -> Response:
    """Answer what a view aborted with; redirects pass."""
    code = error.code or 500
    if code < HTTPStatus.BAD_REQUEST or error.response is not None:
        return make_response(error.get_response())
    # Files are answered without a database, and so is their absence.
    response = answer(code, bare=request.endpoint == "static")
    for name, value in error.get_headers():
        if name in {"Allow", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def csrf_failed(error: CSRFError) -> Response:
    """Refuse a form without its token: it is not ours, or the page was too old."""
    g.wiring.log.info("csrf refused", reason=error.description)
    return answer(
        422,
        title=gettext("This form has expired"),
        text=gettext("Nothing was changed. Go back, reload the page, and send the form again."),
    )


def expected(error: BackspinError) -> Response:
    """Answer a failure that has a type: with its sentence, and when to come back."""
    g.wiring.log.warning("request failed", error=error.kind, detail=error.detail)
    if isinstance(error, PausedError):
        g.retry_after = max(1.0, (error.until - g.wiring.clock()).total_seconds())
    if isinstance(error, RateLimitedError):
        g.retry_after = error.retry_after
    if isinstance(error, ConfigurationError | QueueDownError | PausedError | RateLimitedError):
        return answer(503, text=error_sentence(error.kind))
    return answer(503, title=gettext("That did not work"), text=error_sentence(error.kind))


def database_down(error: Exception) -> Response:
    """Say that the database is away, on a page that doesn't need it."""
    g.wiring.log.error("database unreachable", error=type(error).__name__)
    g.retry_after = 5
    return answer(503, bare=True)


def crashed(error: Exception) -> Response:
    """Write down a bug, and say that it is one."""
    g.wiring.log.error("request crashed", exc_info=error)
    return answer(500, bare=True)


def _like(code: int) -> int:
    return 422 if code < HTTPStatus.INTERNAL_SERVER_ERROR else 500
