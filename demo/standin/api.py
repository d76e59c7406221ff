"""The Web API under /v1: token, scope and limits are checked here, once for all endpoints."""

from flask import Flask, Response, request

from demo.standin import api_catalogue, api_me, api_playlists
from demo.standin.endpoints import Ask, Endpoint, RefusedError
from demo.standin.listeners import Listener
from demo.standin.shapes import compact
from demo.standin.tokens import Access
from demo.standin.world import World

ENDPOINTS = (*api_me.ENDPOINTS, *api_playlists.ENDPOINTS, *api_catalogue.ENDPOINTS)
REMOVED = (
    "/tracks",
    "/albums",
    "/artists",
    "/users/<id>",
    "/markets",
    "/browse/categories",
    "/artists/<id>/top-tracks",
    "/artists/<id>/related-artists",
    "/audio-features/<id>",
    "/recommendations",
    "/me/tracks/contains",
    "/me/albums/contains",
    "/me/following/contains",
)


def mount(app: Flask, world: World) -> None:
    """Add every endpoint, and those removed in 2026, which answer 403."""
    for endpoint in ENDPOINTS:
        view = _View(world, endpoint)
        name = endpoint.path if endpoint.method == "GET" else f"{endpoint.method} {endpoint.path}"
        app.add_url_rule(f"/v1{endpoint.path}", name, view, methods=[endpoint.method])
    for path in REMOVED:
        view = _View(world, Endpoint(path=path, answer=_removed))
        app.add_url_rule(f"/v1{path}", path, view)


def refusal(status: int, message: str, reason: str | None = None) -> Response:
    """Write the Web API's error object."""
    error: dict[str, object] = {"status": status, "message": message}
    if reason is not None:
        error["reason"] = reason
    return json_response(compact({"error": error}), status)


def json_response(body: str, status: int = 200) -> Response:
    """Send ready JSON with the headers that Spotify sends."""
    answer = Response(body, status, content_type="application/json; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=0"
    return answer


def bearer(authorization: str) -> str:
    """Take the token out of an Authorization header, or give nothing."""
    return authorization.removeprefix("Bearer ") if authorization.startswith("Bearer ") else ""


class _View:
    """One endpoint as a Flask view."""

    def __init__(self, world: World, endpoint: Endpoint) -> None:
        self._world, self._endpoint = world, endpoint

    def __call__(self, **ids: str) -> Response:
        try:
            body = self._answer(ids)
        except RefusedError as error:
            return refusal(error.status, error.message)
        return json_response("", 204) if body is None else json_response(body)

    def _answer(self, ids: dict[str, str]) -> str | None:
        world, endpoint = self._world, self._endpoint
        access = _check_token(world)
        extended = world.shape == "extended"
        if endpoint.extended_only and not extended:
            raise RefusedError(403, "Forbidden")
        caller = _caller(world, access)
        if caller and endpoint.scopes and not {*endpoint.scopes} & {*access.scope.split()}:
            raise RefusedError(403, "Insufficient client scope")
        query = request.args.to_dict()
        ask = Ask(
            world=world,
            caller=caller,
            path=request.path.removeprefix("/v1"),
            query=query,
            ids=ids,
            span=endpoint.span(query, extended=extended),
        )
        with world.lock:
            return endpoint.answer(ask)


def _check_token(world: World) -> Access:
    token = bearer(request.headers.get("Authorization", ""))
    if not token:
        raise RefusedError(401, "No token provided")
    access = world.tokens.find_access(token)
    if access is None:
        raise RefusedError(401, "Invalid access token")
    if world.now() >= access.expires_at:
        raise RefusedError(401, "The access token expired")
    return access


def _caller(world: World, access: Access) -> Listener | None:
    """Find whose token it is: nobody's where it is the app's own."""
    if access.listener is None:
        return None
    found = world.find_listener(access.listener)
    if found is None:  # tokens may outlive a crowd
        raise RefusedError(401, "Invalid access token")
    return found


def _removed(_ask: Ask) -> str:
    raise RefusedError(403, "Forbidden")
