"""Charts that a visitor finds too old are read anew: any page or answer about them may notice."""

from contextlib import suppress

from jobs import trends as trend_jobs
from webapp.domain.errors import QueueDownError
from webapp.services import trend_pages
from webapp.views.requests import wiring


def refresh_if_old() -> None:
    """Let a worker read what is too old, behind the visitor's back."""
    if trend_pages.are_old(wiring().clock()):
        with suppress(QueueDownError):  # the next visitor will ask again
            trend_jobs.start(wiring(), everything=False)
