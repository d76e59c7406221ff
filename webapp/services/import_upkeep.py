"""What was sent to be imported and never let begin: it is large, and not kept for ever."""

from datetime import timedelta

from webapp.queries import import_pages
from webapp.services.wiring import Wiring

UNDECIDED_FOR = timedelta(days=7)


def forget_undecided(wiring: Wiring) -> int:
    """Throw away what waited a week for its listener's word; tell how many."""
    return import_pages.forget_undecided(wiring.clock(), UNDECIDED_FOR)
