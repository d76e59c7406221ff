"""What surrounds every job: the process's wiring, and a connection opened after the fork."""

from collections.abc import Iterator
from contextlib import contextmanager

from rq import get_current_job  # noqa: TID251 - its name, for the log

from config import Settings
from webapp import db
from webapp.logs import configure_logs, working
from webapp.services.wiring import Wiring, connect

ID_ENDINGS = ("_id", "_ids")

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
    """Hold a database connection for the length of a job, and let the log name it."""
    parts = wiring()
    with working(**_ids()), db.connection():
        yield parts


def _ids() -> dict[str, object]:
    """Name this job and what it was given that is an id; nothing outside of a worker."""
    current = get_current_job()
    if current is None:
        return {}
    given = {name: value for name, value in current.kwargs.items() if name.endswith(ID_ENDINGS)}
    return {"job": current.id, **given}
