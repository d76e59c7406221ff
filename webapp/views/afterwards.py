"""Work that an answer need not wait for: done by the same process once it is sent."""

from collections.abc import Callable

from flask import Response, copy_current_request_context, g

from webapp import db
from webapp.views.requests import wiring


def after(response: Response, work: Callable[[], object]) -> None:
    """Let a request go on when its answer is out, with a database connection of its own."""
    parts = wiring()

    @copy_current_request_context
    def run() -> None:
        g.wiring = parts
        with db.connection():
            work()

    response.call_on_close(run)
