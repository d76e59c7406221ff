"""What happens to every call on its way: faults strike, and the log notes it."""

import json
import socket
import time
from collections.abc import Callable, Iterator

from flask import Response, g, jsonify, request

from demo.standin.api import bearer, refusal
from demo.standin.calls import Call
from demo.standin.faults import AFTERWARDS, QUOTA_SECONDS, STATUSES, Fault, Kind
from demo.standin.world import World

UNLOGGED = ("/_control", "/images", "/favicon", "/healthz")
HTML = "<!doctype html><title>Oops</title><h1>Upstream request timeout</h1>"


class Traffic:
    """Hooks before and after each request."""

    def __init__(self, world: World) -> None:
        """Watch over this world's calls."""
        self._world = world

    def before(self) -> Response | None:
        """Wait or answer wrongly if a fault says so."""
        request.get_data(cache=True)  # a kept-alive connection must be read to its end
        if request.path.startswith(UNLOGGED):
            return None
        g.listener = self._whose()
        faults = self._world.faults
        target = f"{request.path}?{request.query_string.decode('latin-1')}"
        g.struck = faults.strike(request.method, target, g.listener)
        waits = [fault.seconds or 0 for fault in g.struck if fault.kind == "latency"]
        if delay := sum(waits) + faults.latency:
            time.sleep(delay)
        return next((WRONG[fault.kind](fault) for fault in g.struck if fault.kind in WRONG), None)

    def after(self, answer: Response) -> Response:
        """Spoil a good answer if a fault says so, and write the call down."""
        if request.path.startswith(UNLOGGED):
            return answer
        for fault in g.get("struck", ()):
            if fault.kind in AFTERWARDS and answer.status_code == 200:  # noqa: PLR2004
                answer = SPOIL[fault.kind](answer)
        self._world.log.add(
            Call(
                method=request.method,
                path=request.path,
                query=request.query_string.decode("latin-1"),
                listener=g.get("listener"),
                status=0 if g.get("dropped") else answer.status_code,
                at=self._world.now(),
            )
        )
        return answer

    def _whose(self) -> str | None:
        tokens = self._world.tokens
        access = tokens.find_access(bearer(request.headers.get("Authorization", "")))
        if access is not None:
            return access.listener
        if request.path == "/api/token":
            return tokens.find_owner(
                request.form.get("refresh_token", request.form.get("code", ""))
            )
        return None


def _too_many(fault: Fault) -> Response:
    quota = fault.kind == "quota"
    answer = refusal(429, fault.text, "QUOTA_EXCEEDED" if quota else None)
    wait = fault.seconds if fault.seconds is not None else (QUOTA_SECONDS if quota else 1.0)
    answer.headers["Retry-After"] = str(round(wait))
    return answer


def _server_error(fault: Fault) -> Response:
    answer = refusal(fault.status or STATUSES[fault.kind], fault.text)
    if fault.seconds is not None:
        answer.headers["Retry-After"] = str(round(fault.seconds))
    return answer


def _html(fault: Fault) -> Response:
    return Response(HTML, fault.status or STATUSES[fault.kind], mimetype="text/html")


def _plain(fault: Fault) -> Response:
    return Response(fault.text, 403, mimetype="text/plain")


def _refused(status: int) -> Callable[[Fault], Response]:
    return lambda fault: refusal(fault.status or status, fault.text)


def _invalid_grant(fault: Fault) -> Response:
    answer = jsonify(error="invalid_grant", error_description=fault.text)
    answer.status_code = 400
    return answer


def _lastfm_error(fault: Fault) -> Response:
    answer = jsonify(error=fault.code or 8, message=fault.text)
    answer.status_code = fault.status or 400
    return answer


def _body(fault: Fault) -> Response:
    return Response(fault.text, fault.status or STATUSES[fault.kind], mimetype="application/json")


def _drop(_fault: Fault) -> Response:
    _hang_up()
    return Response("")


def _hang_up() -> None:
    """Close the connection under the server's feet; both servers show their socket."""
    g.dropped = True
    plug = request.environ.get("werkzeug.socket") or request.environ.get("gunicorn.socket")
    if isinstance(plug, socket.socket):
        plug.shutdown(socket.SHUT_RDWR)


def _drop_midway(answer: Response) -> Response:
    body = answer.get_data()
    g.dropped = True
    plug = request.environ.get("werkzeug.socket") or request.environ.get("gunicorn.socket")

    def half() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        if isinstance(plug, socket.socket):
            plug.shutdown(socket.SHUT_RDWR)

    answer.response = half()
    answer.content_length = len(body)
    return answer


def _truncate(answer: Response) -> Response:
    body = answer.get_data()
    answer.set_data(body[: len(body) * 2 // 3])
    return answer


def _mistype(answer: Response) -> Response:
    body = json.loads(answer.get_data() or b"{}")
    wrong = "these are not the items you are looking for"
    answer.set_data(json.dumps(_with_items(body, wrong) if isinstance(body, dict) else [wrong]))
    return answer


def _with_items(body: dict[str, object], wrong: str) -> dict[str, object]:
    inner = {key: value for key, value in body.items() if isinstance(value, dict)}
    if "items" in body or not inner:
        return {**body, "items": wrong}
    key, value = next(iter(inner.items()))
    return {**body, key: {**value, "items": wrong}}


WRONG: dict[Kind, Callable[[Fault], Response]] = {
    "rate_limit": _too_many,
    "quota": _too_many,
    "server_error": _server_error,
    "html": _html,
    "premium": _plain,
    "allowlist": _plain,
    "scope": _refused(403),
    "forbidden": _refused(403),
    "not_found": _refused(404),
    "unauthorized": _refused(401),
    "invalid_grant": _invalid_grant,
    "body": _body,
    "lastfm_error": _lastfm_error,
    "drop": _drop,
}
SPOIL: dict[Kind, Callable[[Response], Response]] = {
    "drop_midway": _drop_midway,
    "truncated": _truncate,
    "wrong_type": _mistype,
}
