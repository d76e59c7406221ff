"""Every request has a number: in each line of the log, and in the answer."""

import re
from uuid import uuid4

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9_-]{8,64}")


def install(app: Flask) -> None:
    """Give each request a number; one that a proxy has numbered keeps it."""

    def begin() -> None:
        told = request.headers.get(HEADER, "")
        g.request_id = told if SANE.fullmatch(told) else uuid4().hex
        clear_contextvars()  # the thread has served others
        bind_contextvars(request=g.request_id)

    def number(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        return response

    def end(_error: BaseException | None) -> None:
        clear_contextvars()

    app.before_request(begin)
    app.after_request(number)
    app.teardown_request(end)


def name_listener(user_id: int) -> None:
    """Name the listener of this request from here on."""
    bind_contextvars(user=user_id)
