"""What surrounds every job: the process's wiring, and a connection opened after the fork."""

from collections.abc import Iterator
from contextlib import contextmanager

from config import Settings
from webapp import db
from webapp.logs import configure_logs
from webapp.services.wiring import Wiring, connect

_wired: list[Wiring] = []


def wiring() -> Wiring:
    """Give this process's parts; wired from the environment unless `use` came first."""
    if not _wired:
        settings = Settings.from_env()
        configure_logs(settings.log_format)
        use(connect(settings))
    return _wired[0]


def use(parts: Wiring) -> None:
    """Let the jobs of this process run with these parts."""
    _wired[:] = [parts]


@contextmanager
def job() -> Iterator[Wiring]:
    """Hold a database connection for the length of a job."""
    parts = wiring()
    with db.connection():
        yield parts
