"""The one place that knows how htmx asks, and how it is answered."""

from flask import Response, make_response, redirect, render_template, request
from flask_htmx import HTMX

htmx = HTMX()
LISTENBRAINZ_PATH = "/apis/listenbrainz/"


def is_htmx() -> bool:
    """Tell a request for a fragment; going back in history asks for a whole page."""
    return bool(htmx) and not htmx.history_restore_request


def page(template: str, *, status: int = 200, **context: object) -> Response:
    """Render a whole page."""
    response = make_response(render_template(template, **context), status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def fragment(template: str, *, status: int = 200, **context: object) -> Response:
    """Render one named piece of a page."""
    response = make_response(render_template(template, **context), status)
    response.headers["Vary"] = "HX-Request, Cookie"
    response.headers["Cache-Control"] = "no-store"
    return response


def see_other(url: str) -> Response:
    """Send the browser on after a form (303); htmx follows by itself."""
    if is_htmx():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url, 303))


def wants_json() -> bool:
    """Tell a request of the API by its path."""
    return request.path.startswith("/api/")


def wants_listenbrainz_json() -> bool:
    """Tell a request of a scrobbler, which speaks ListenBrainz' API, by its path."""
    return request.path.startswith(("/1/", LISTENBRAINZ_PATH))
