"""Measures the pages of a listener with a hundred thousand plays, and of one with a million."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median, quantiles

from bench import listening, memory
from bench.install import Install, Stage, make_install
from bench.processes import ROOT
from bench.table import Row, middle
from webapp import db
from webapp.queries import accounts, day_rollups, plays
from webapp.queries.plays import Heard
from webapp.queries.touched import Touched

LISTENER = "tiny"
MANY, MOST = 100_000, 1_000_000
REPEATS = 20
CLIENTS = 8
ROUNDS = 3
DASHBOARD, EVER = "/dashboard", "/stats?period=all"
PAGES = (
    DASHBOARD,
    EVER,
    "/stats?period=4w",
    "/stats?period=6m",
    "/stats?period=2023",
    "/stats?from=2019-02-10&to=2024-05-20",
    "/history",
    "/taste?period=all",
    "/personality?period=all",
    "/artist/artist3",
    "/album/album3",
    "/track/track3",
)

ONE_DAY = plays.WRITE_DAYS.format(
    counted=plays.COUNTED.format(day="touched.day", plays=day_rollups.TOUCHED.format(log="plays"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds that pages took, by path: right after a new play, and asked for once more."""

    anew: Mapping[str, float]
    warm: Mapping[str, float]


def measure_stats(stage: Stage) -> list[Row]:
    """Ask for every page, one at a time; then for the dashboard, eight at once."""
    install = make_install(stage)
    with install.web() as pid:
        install.sign_in(LISTENER)
        listening.seed(install, MANY)
        many = _measure(install)
        archived = _archive(install)
        loads = [_load(install) for _ in range(ROUNDS)]
        with memory.watched(pid) as peak:
            _measure(install, repeats=2)
    install = make_install(stage)
    with install.web():
        install.sign_in(LISTENER)
        listening.seed(install, MOST)
        most = _measure(install)
    return [
        *_rows_of_pages(many),
        _row_of_growth(many, most),
        _row_of_load(loads),
        Row(
            what="memory of a web process after all this (PSS; two and their parent)",
            target="at most 150 MiB each",
            measured=f"{peak.tree / 2:.0f} MiB each",
            met=peak.tree / 2 <= 150 if memory.is_measurable() else None,
        ),
        _row_of_archiving(archived),
    ]


def _rows_of_pages(many: Measured) -> list[Row]:
    warm, anew = _ms(many.warm[DASHBOARD]), _ms(many.anew[DASHBOARD])
    ever = _ms(many.anew[EVER])
    return [
        Row(
            what=f"dashboard, {MANY:,} plays: once more / right after a new play",
            target="p95 at most 60 ms / 100 ms",
            measured=f"p95 {warm:.0f} ms / {anew:.0f} ms",
            met=warm <= 60 and anew <= 100,
        ),
        Row(
            what=f"statistics of all time, {MANY:,} plays, right after a new play",
            target="p95 at most 120 ms",
            measured=f"p95 {ever:.0f} ms; once more {_ms(many.warm[EVER]):.0f} ms",
            met=ever <= 120,
        ),
    ]


def _row_of_growth(many: Measured, most: Measured) -> Row:
    anew = {path: most.anew[path] / many.anew[path] for path in PAGES}
    warm = {path: most.warm[path] / many.warm[path] for path in PAGES}
    worst, slow = max(PAGES, key=lambda path: anew[path]), max(PAGES, key=lambda path: warm[path])
    return Row(
        what=f"any of {len(PAGES)} pages at {MOST:,} plays, compared with {MANY:,}",
        target="p95 at most 1.5 times",
        measured=f"right after a new play {anew[worst]:.2f} times ({worst},"
        f" {_ms(most.anew[worst]):.0f} ms); once more {warm[slow]:.2f} times ({slow},"
        f" {_ms(most.warm[slow]):.0f} ms)",
        met=anew[worst] <= 1.5 and warm[slow] <= 1.5,
    )


def _row_of_load(loads: list[dict[str, float]]) -> Row:
    rate, p95 = ([one[name] for one in loads] for name in ("rate", "p95"))
    return Row(
        what=f"dashboard, {CLIENTS} clients, 2 web processes, {MANY:,} plays",
        target="at least 150 requests/s",
        measured=f"{middle(rate, 'requests/s')}, p95 {middle(p95, 'ms')}",
        met=median(rate) >= 150,
    )


def _row_of_archiving(archived: tuple[float, float]) -> Row:
    bare, whole = archived
    return Row(
        what=f"archiving one play, all roll-ups kept, {MANY:,} plays",
        target="at most 15 ms more than without them",
        measured=f"{_ms(whole - bare):.1f} ms more ({_ms(bare):.1f} ms without), medians",
        met=_ms(whole - bare) <= 15,
    )


def _measure(install: Install, repeats: int = REPEATS) -> Measured:
    anew: dict[str, float] = {}
    warm: dict[str, float] = {}
    for path in PAGES:
        _ask(install, path)
        first, again = [], []
        for _ in range(repeats):
            _play(install, _count)
            first.append(_ask(install, path))
            again.append(_ask(install, path))
        anew[path], warm[path] = (quantiles(found, n=20)[-1] for found in (first, again))
    return Measured(anew=anew, warm=warm)


def _archive(install: Install) -> tuple[float, float]:
    """Give the median seconds of storing one play, without roll-ups and with all of them."""
    bare = [_play(install, _count_day) for _ in range(REPEATS)]
    whole = [_play(install, _count) for _ in range(REPEATS)]
    return median(bare), median(whole)


def _play(install: Install, count: Callable[[list[Touched]], None]) -> float:
    """Store a play of this moment as the archive does; give the seconds."""
    db.configure(install.database_url, pool_size=1)
    with db.connection():
        user_id, now = db.query("SELECT min(id) FROM users")[0][0], datetime.now(UTC)
        heard = Heard(
            user_id=user_id,
            track_id=f"track{now.microsecond % 2000}",
            ended_at=now,
            context_uri=None,
        )
        began = time.perf_counter()
        with db.transaction():
            plays.lock([user_id])
            count(plays.record([heard], now))
            accounts.bump_version(user_id)
        seconds = time.perf_counter() - began
    db.disconnect()
    return seconds


def _count(new: list[Touched]) -> None:
    plays.count_days(new)


def _count_day(new: list[Touched]) -> None:
    """Count the day alone, as before there were roll-ups."""
    db.query(ONE_DAY, [play.user_id for play in new], [play.day for play in new])


def _ask(install: Install, path: str) -> float:
    began = time.perf_counter()
    answer = install.browser.get(f"{install.url}{path}", allow_redirects=False, timeout=60)
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, (path, answer.status_code)
    return seconds


def _load(install: Install) -> dict[str, float]:
    cookie = "; ".join(f"{one.name}={one.value}" for one in install.browser.cookies)
    command = [sys.executable, "-m", "bench.load", f"{install.url}{DASHBOARD}"]
    command += ["--cookie", cookie, "--clients", str(CLIENTS)]
    done = subprocess.run(  # noqa: S603 - our own command line
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _ms(seconds: float) -> float:
    return seconds * 1000
