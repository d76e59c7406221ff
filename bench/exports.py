"""Measures taking everything away, and bringing it back into an empty account of another install.

A worker makes the archive of a million made-up rows; the web process streams it; another account
gets it through the upload page. The clock runs from the listener's word to COMPLETED.
"""

import time
from pathlib import Path

from bench import memory
from bench.install import Install, Stage, make_install
from bench.processes import until
from bench.table import Row
from tests.exporting import history, write_extended

LISTENER = "empty"
"""Nobody else's plays are in the way."""
ROWS = 1_000_000
MOST_MIB = 250
LOOK_SECONDS = 0.5
CHUNK = 1 << 20
PLAYS = "SELECT count(*), sum(ms_played), min(ended_at), max(ended_at) FROM plays"
REPORTS = "SELECT count(*) FROM play_reports"
# The listener leaves, and with them all that the install knows of music.
LEAVE = """
SELECT set_config('backspin.erasing_user', id::text, true) FROM users; DELETE FROM users;
TRUNCATE track_artists, album_artists, tracks, albums, artists
"""


def measure_exports(stage: Stage) -> list[Row]:
    """Take a million rows away, and bring them back."""
    package, archive = stage.folder / "history.zip", stage.folder / "everything.zip"
    write_extended(package, history(ROWS))
    install = make_install(stage)
    with install.web(), install.worker() as worker:
        install.await_workers()
        install.sign_in(LISTENER)
        _bring(install, package)
        before, reports = install.query(PLAYS), install.query(REPORTS)[0][0]
        made, making = _make(install, worker)
        taken = _take(install, archive)
        install.query(LEAVE)
        install.sign_in(LISTENER)
        with memory.watched(worker, LOOK_SECONDS) as peak:
            back = _bring(install, archive)
        assert install.query(PLAYS) == before, "the plays are the same"
    size = archive.stat().st_size / (1 << 20)
    return [
        _row(f"everything of {reports:,} reports as one archive ({size:.0f} MiB)", made, making),
        Row(
            what="downloading it",
            target="whole",
            measured=f"{size / taken:.0f} MiB/s",
            met=True,
        ),
        _row("bringing it back into an empty account, the same plays", back, peak.tree),
    ]


def _row(what: str, seconds: float, held: float) -> Row:
    counted = memory.is_measurable()
    return Row(
        what=what,
        target=f"worker at most {MOST_MIB} MiB",
        measured=f"{seconds:.0f} s" + (f", {held:.0f} MiB" if counted else ""),
        met=held <= MOST_MIB if counted else None,
    )


def _bring(install: Install, package: Path) -> float:
    """Send a package, let it in, and wait; give the seconds from the word to the end."""
    with package.open("rb") as upload:
        address = install.send("/imports", files=(package.name, upload, "application/zip"))
    began = time.perf_counter()
    install.send(f"{address}/start")
    _await(install, "imports")
    return time.perf_counter() - began


def _make(install: Install, worker: int) -> tuple[float, float]:
    """Let an archive be made; give the seconds, and the most that the worker held."""
    with memory.watched(worker, LOOK_SECONDS) as peak:
        began = time.perf_counter()
        install.send("/exports")
        _await(install, "exports")
        return time.perf_counter() - began, peak.tree


def _take(install: Install, archive: Path) -> float:
    """Download the archive; give the seconds."""
    export_id, size = install.query("SELECT id, bytes FROM exports")[0]
    url = f"{install.url}/exports/{export_id}/archive.zip"
    began = time.perf_counter()
    with install.browser.get(url, stream=True, timeout=60) as reply, archive.open("wb") as file:
        assert reply.status_code == 200
        for chunk in reply.iter_content(CHUNK):
            file.write(chunk)
    assert archive.stat().st_size == size
    return time.perf_counter() - began


def _await(install: Install, table: str) -> None:
    status = f"SELECT status FROM {table} ORDER BY id DESC LIMIT 1"  # noqa: S608 - our own names

    def is_over() -> bool:
        found = install.query(status)[0][0]
        assert found != "FAILED", install.query(f"SELECT * FROM {table}")  # noqa: S608 - our own names
        return bool(found == "COMPLETED")

    until(is_over, table, seconds=600, every=0.5)
