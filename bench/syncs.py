"""Measures syncs of the large listener: calls, wall time, statements, memory, and a second look."""

from dataclasses import dataclass
from statistics import median

from bench import memory, statements
from bench.install import CONCURRENCY, Install, Stage, make_install
from bench.standin import LATENCY_MS
from bench.table import Row, middle

LISTENER = "large"
TRIALS = 3
LOOKS = 2
"""Pages that the web process fetches to see how large a library is, before it asks the worker."""
LOGS = ("library_events", "playlist_versions", "top_lists", "play_reports")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What two syncs one after the other took."""

    fewest: int
    calls: int
    seconds: float
    calls_again: int
    news: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What one sync took of the worker, in statements per page and MiB."""

    per_page: float
    tree: float
    horse: float


def measure_syncs(stage: Stage) -> list[Row]:
    """Sync a library for the first time, then again with nothing changed."""
    trials = [_timed(stage, make_install(stage)) for _ in range(TRIALS)]
    fewest, calls = trials[0].fewest, max(trial.calls for trial in trials)
    limit = 1.6 * calls * LATENCY_MS / 1000 / CONCURRENCY
    seconds = [trial.seconds for trial in trials]
    again, news = max(t.calls_again for t in trials), max(t.news for t in trials)
    return [
        Row(
            what="first sync of the large listener, 50 ms per call: calls",
            target=f"at most {fewest} + 3",
            measured=f"{calls}",
            met=calls <= fewest + 3,
        ),
        Row(
            what="same, wall time at concurrency 8, from sign-in to done",
            target=f"at most 1.6 x {calls} x 50 ms / 8 = {limit:.2f} s",
            measured=middle(seconds, "s", digits=2),
            met=median(seconds) <= limit,
        ),
        Row(
            what="second sync, nothing changed",
            target="at most 15 calls, 0 new observation rows",
            measured=f"{again} calls, {news} rows",
            met=again <= 15 and news == 0,
        ),
    ]


def measure_worker(stage: Stage) -> list[Row]:
    """Sync with nothing but the worker running, and watch what it takes."""
    trials = [_watched(make_install(stage)) for _ in range(TRIALS)]
    per_page, tree = [trial.per_page for trial in trials], [trial.tree for trial in trials]
    horse = middle([trial.horse for trial in trials], "MiB")
    seen = memory.is_measurable()
    return [
        Row(
            what="SQL statements per fetched page, BEGIN and COMMIT included",
            target="at most 6",
            measured=middle(per_page, "", digits=2),
            met=median(per_page) <= 6,
        ),
        Row(
            what="worker memory during the large sync, all its processes (PSS)",
            target="at most 150 MiB",
            measured=f"{middle(tree, 'MiB')}; RSS of the job {horse}" if seen else "Linux only",
            met=median(tree) <= 150 if seen else None,
        ),
    ]


def _timed(stage: Stage, install: Install) -> Timed:
    with install.web(), install.worker():
        install.await_workers()
        install.sign_in(LISTENER)
        install.await_sync()
        calls, before = stage.standin.calls(), _observations(install)
        stage.standin.act("clear_log")
        install.press_sync()
        install.await_sync()
        return Timed(
            fewest=stage.standin.fewest_calls(LISTENER),
            calls=calls,
            seconds=_seconds_of_first(install),
            calls_again=stage.standin.calls(),
            news=_observations(install) - before,
        )


def _watched(install: Install) -> Watched:
    with install.web():
        install.sign_in(LISTENER)
    counted_url = statements.begin_counting(install.database_url)
    with install.worker(counted_url) as pid, memory.watched(pid) as peak:
        install.await_sync()
        count = statements.counted(install.database_url)
        pages = install.stage.standin.calls() - LOOKS
    return Watched(per_page=count / pages, tree=peak.tree, horse=peak.child)


def _observations(install: Install) -> int:
    return sum(len(install.query(f"SELECT user_id FROM {log}")) for log in LOGS)  # noqa: S608 - ours


def _seconds_of_first(install: Install) -> float:
    seconds = "extract(epoch FROM completed_at - started_at)"
    rows = install.query(f"SELECT {seconds} FROM syncs ORDER BY id LIMIT 1")  # noqa: S608 - ours
    return float(rows[0][0])
