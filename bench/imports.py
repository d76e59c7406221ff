"""Measures imports: uploaded to the web process, brought in by a worker, until all pages are right.

The clock runs from the listener's word to COMPLETED; what was uploaded is read from the database.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg2

from bench import memory
from bench.install import Install, Stage, make_install
from bench.processes import ROOT, until
from bench.table import Row, middle
from tests.exporting import history, write_extended

LISTENER = "empty"
"""Nobody else's plays are in the way."""
TRIALS = 3
LOOK_SECONDS = 0.5
MANY, MOST = 100_000, 1_000_000
REAL = ROOT.parent / "shared" / "data" / "exports" / "extended_2013_2024.zip"
REAL_ROWS = 41_418
STATE = "SELECT status FROM imports WHERE id = %s"
RECEIPT = "SELECT receipt FROM imports ORDER BY id DESC LIMIT 1"
RIGHT = "SELECT (SELECT count(*) FROM plays), (SELECT sum(plays) FROM daily_listening)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """An import: rows a second, new plays, and what the worker and its job took, in MiB."""

    rate: float
    new: int
    tree: float
    horse: float


def measure_imports(stage: Stage) -> list[Row]:
    """Bring in a real export, if it is there, and made-up ones, the largest one twice."""
    rows = [_real(stage)]
    package = stage.folder / "export.zip"
    write_extended(package, history(MANY))
    many = [_bring(stage, package, MANY)[0].rate for _ in range(TRIALS)]
    rows.append(
        Row(
            what=f"import of {MANY:,} made-up rows",
            target="at least 20,000 rows/s",
            measured=middle(many, "rows/s"),
            met=median(many) >= 20_000,
        )
    )
    write_extended(package, history(MOST))
    first, again = _bring(stage, package, MOST, times=2)
    return [*rows, *_rows_of_most(first, again)]


def _real(stage: Stage) -> Row:
    what, target = f"import of a real export, {REAL_ROWS:,} rows", "at least 15,000 rows/s"
    if not REAL.exists():
        return Row(what=what, target=target, measured="the export is not here", met=None)
    rates = [_bring(stage, REAL, REAL_ROWS)[0].rate for _ in range(TRIALS)]
    return Row(
        what=what, target=target, measured=middle(rates, "rows/s"), met=median(rates) >= 15_000
    )


def _rows_of_most(first: Brought, again: Brought) -> list[Row]:
    held = f"{first.tree:.0f} MiB (its job {first.horse:.0f} MiB)"
    if not memory.is_measurable():
        held = "memory is not counted here"
    return [
        Row(
            what=f"import of {MOST:,} made-up rows, one run",
            target="at least 15,000 rows/s, worker at most 250 MiB",
            measured=f"{first.rate:.0f} rows/s, {held}",
            met=first.rate >= 15_000 and first.tree <= 250,
        ),
        Row(
            what="importing it again",
            target=f"at least {first.rate:.0f} rows/s, 0 new plays",
            measured=f"{again.rate:.0f} rows/s, {again.new} new plays",
            met=again.rate >= first.rate and again.new == 0,
        ),
    ]


def _bring(stage: Stage, package: Path, rows: int, *, times: int = 1) -> list[Brought]:
    """Bring a package into a new install, so many times in a row."""
    install = make_install(stage)
    with install.web(), _listening(install) as worker:
        install.sign_in(LISTENER)
        return [_bring_one(install, worker, package, rows) for _ in range(times)]


@contextmanager
def _listening(install: Install) -> Iterator[int]:
    with install.worker() as worker:
        install.await_workers()
        yield worker


def _bring_one(install: Install, worker: int, package: Path, rows: int) -> Brought:
    before = install.query("SELECT count(*) FROM plays")[0][0]
    with package.open("rb") as upload:
        address = install.send("/imports", files=(package.name, upload, "application/zip"))
    with memory.watched(worker, LOOK_SECONDS) as peak:
        began = time.perf_counter()
        install.send(f"{address}/start")
        _await(install, int(address.rpartition("/")[2]))
        seconds = time.perf_counter() - began
    after, counted = install.query(RIGHT)[0]
    assert counted == after, "the days are right the moment it is done"
    receipt = install.query(RECEIPT)[0][0]
    assert sum(receipt.values()) == rows, receipt
    assert receipt.get("new", 0) == after - before
    return Brought(rate=rows / seconds, new=after - before, tree=peak.tree, horse=peak.child)


def _await(install: Install, import_id: int) -> None:
    with closing(psycopg2.connect(install.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:

            def is_over() -> bool:
                cursor.execute(STATE, [import_id])
                status = cursor.fetchone()
                assert status not in {("FAILED",), ("CANCELLED",)}, status
                return status == ("COMPLETED",)

            until(is_over, "the import", seconds=300)
