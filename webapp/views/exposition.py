"""The figures as Prometheus reads them: names, help, labels.

What ends in `_total` counts up for good, until Redis is emptied (a monitor takes that for a
restart). Everything else is a gauge: what is read in the moment. Labels are bounded: priorities,
states, collections, patterns of endpoints; never a listener.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from jobs.depths import Depth
from webapp.domain.archive import FailureKind
from webapp.domain.budget import Priority
from webapp.domain.syncs import Collection, Status
from webapp.queries.schedule import Run
from webapp.services.budget import left
from webapp.services.figures import Counted, Stored

Labels = TypeVar("Labels", bound=tuple[str, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposition(Collector):
    """One reading. A part that is away is None, and its figures are not there."""

    now: datetime
    stored: Stored | None
    counted: Counted | None
    depths: list[Depth] | None

    def collect(self) -> Iterator[Metric]:
        """Give all figures."""
        up = {("database",): self.stored is not None, ("redis",): self.counted is not None}
        yield _gauge("up", "Whether a part answers.", ["part"], up)
        if self.stored:
            yield from _syncs(self.stored, self.now)
            yield from _collections(self.stored)
            yield from _archive(self.stored, self.now)
            yield from _schedule(self.stored.runs)
            yield from _pause(self.stored, self.now)
        if self.counted:
            yield from _calls(self.counted)
            yield from _budget(self.counted)
            yield from _beat(self.counted, self.now)
        if self.depths is not None:
            yield from _queues(self.depths, self.now)


def _syncs(stored: Stored, now: datetime) -> Iterator[Metric]:
    ended = {row.status: row for row in stored.ended_syncs}
    counts = {(s.value.lower(),): ended[s].syncs if s in ended else 0 for s in _ENDS}
    yield _gauge(
        "syncs_ended_last_day", "Syncs that ended in the last 24 hours.", ["status"], counts
    )
    seconds = {
        (row.status.value.lower(), quantile): value
        for row in stored.ended_syncs
        for quantile, value in (("0.5", row.median), ("0.9", row.ninetieth), ("1", row.longest))
    }
    yield _gauge(
        "sync_duration_seconds",
        "How long syncs took that ended in the last 24 hours, pauses included.",
        ["status", "quantile"],
        seconds,
    )
    waiting: Counter[tuple[str, ...]] = Counter()
    for row in stored.open_syncs:
        waiting[(row.waiting or "its turn",)] += row.syncs
    yield _gauge(
        "syncs_open", "Syncs under way, or waiting for something.", ["waiting_for"], waiting
    )
    oldest = min((row.since for row in stored.open_syncs), default=None)
    yield _age("syncs_open_oldest_seconds", "How long the oldest open sync is there.", oldest, now)


_ENDS = (Status.COMPLETED, Status.FAILED)


def _collections(stored: Stored) -> Iterator[Metric]:
    found = {row.name: row for row in stored.collections}
    parts = [(name, found[name]) for name in Collection if name in found]
    ended = {(name.value, "completed"): float(row.completed) for name, row in parts}
    ended |= {(name.value, "failed"): float(row.failed) for name, row in parts}
    yield _gauge(
        "collections_ended_last_day",
        "Collections that syncs of the last 24 hours brought home, or could not.",
        ["collection", "outcome"],
        ended,
    )
    records = {(name.value, "added"): float(row.added) for name, row in parts}
    records |= {(name.value, "removed"): float(row.removed) for name, row in parts}
    yield _gauge(
        "records_last_day",
        "Records that syncs of the last 24 hours added, or found removed.",
        ["collection", "change"],
        records,
    )


def _archive(stored: Stored, now: datetime) -> Iterator[Metric]:
    people = stored.listeners
    states = {
        ("active",): people.active,
        ("needs_reconnect",): people.needs_reconnect,
        ("disconnected",): people.disconnected,
    }
    yield _gauge("listeners", "Listeners by the state of their connection.", ["state"], states)
    yield _figure("archive_due", "Listeners whose turn to be asked has come.", people.due)
    yield _age(
        "archive_due_oldest_seconds", "How long the first of them waits.", people.due_since, now
    )
    yield _figure(
        "archive_polled_last_hour",
        "Listeners of whom Spotify told plays in the last hour.",
        people.polled,
    )
    found = {row.kind: row for row in stored.breakers}
    failing = {(kind.value,): found[kind].failing if kind in found else 0 for kind in FailureKind}
    cooling = {(kind.value,): found[kind].cooling if kind in found else 0 for kind in FailureKind}
    yield _gauge("archive_failing", "Listeners whose last asking failed.", ["kind"], failing)
    yield _gauge(
        "archive_cooling", "Of these, listeners left alone for a while.", ["kind"], cooling
    )
    yield _figure("plays", "Plays kept, of all listeners; counted every 5 minutes.", stored.plays)
    yield _figure("listening_gaps_open", "Places where plays may be missing.", stored.open_gaps)


def _schedule(runs: Mapping[str, Run]) -> Iterator[Metric]:
    started = {(name,): run.started_at.timestamp() for name, run in runs.items()}
    yield _gauge(
        "schedule_last_run_timestamp_seconds",
        "When an entry of the schedule last began, in Unix time.",
        ["entry"],
        started,
    )
    ended = [(name, run) for name, run in runs.items() if run.ended_at]
    yield _gauge(
        "schedule_last_run_ok",
        "Whether the last run that ended, ended well.",
        ["entry"],
        {(name,): run.outcome == "ok" for name, run in ended},
    )
    yield _gauge(
        "schedule_last_run_duration_seconds",
        "How long it took.",
        ["entry"],
        {
            (name,): (run.ended_at - run.started_at).total_seconds()
            for name, run in ended
            if run.ended_at
        },
    )


def _pause(stored: Stored, now: datetime) -> Iterator[Metric]:
    pause = stored.pause
    left_over = {(pause.why,): (pause.until - now).total_seconds()} if pause else {}
    yield _gauge(
        "spotify_pause_seconds",
        "How long Spotify has everybody wait from now on; absent without a pause.",
        ["why"],
        left_over,
    )


def _calls(counted: Counted) -> Iterator[Metric]:
    totals = counted.totals
    calls = {
        (row.endpoint, row.priority.name.lower(), str(row.status)): float(row.calls)
        for row in totals.ended
    }
    yield _counter(
        "spotify_calls",
        "Calls to Spotify by endpoint and HTTP status; status 0 is no answer.",
        ["endpoint", "priority", "status"],
        calls,
    )
    yield _counter(
        "spotify_pauses",
        "Answers that made everybody wait: rate_limited and quota_exceeded are the two kinds"
        " of 429.",
        ["why"],
        {(why,): float(count) for why, count in totals.pauses.items()},
    )
    yield _counter(
        "spotify_calls_refused",
        "Calls that our own budget did not let out: minute, day, or a pause of Spotify's.",
        ["priority", "why"],
        {(row.priority.name.lower(), row.why): float(row.calls) for row in totals.refused},
    )


def _budget(counted: Counted) -> Iterator[Metric]:
    spent = counted.spent
    rest = {(priority.name.lower(),): float(left(spent, priority)) for priority in Priority}
    yield _gauge("spotify_calls_left", "Calls left in the rolling 24 hours.", ["priority"], rest)
    yield _figure("spotify_calls_last_day", "Calls of the rolling 24 hours.", spent.day)
    yield _figure("spotify_calls_last_minute", "Calls of the last 60 seconds.", spent.minute)


def _beat(counted: Counted, now: datetime) -> Iterator[Metric]:
    yield _age(
        "scheduler_beat_age_seconds",
        "Since when no scheduler was seen; absent when none ever was.",
        counted.beat,
        now,
        absent=True,
    )


def _queues(depths: Iterable[Depth], now: datetime) -> Iterator[Metric]:
    jobs = {
        (row.queue, state): float(getattr(row, state))
        for row in depths
        for state in ("waiting", "running", "scheduled", "failed")
    }
    yield _gauge("queue_jobs", "Jobs by queue and state.", ["queue", "state"], jobs)
    ages = {(row.queue,): _seconds(row.oldest, now) for row in depths}
    yield _gauge(
        "queue_oldest_seconds", "How long the first job in a queue waits.", ["queue"], ages
    )


def _gauge(name: str, said: str, labels: list[str], samples: Mapping[Labels, float]) -> Metric:
    family = GaugeMetricFamily(f"backspin_{name}", said, labels=labels)
    for values, number in sorted(samples.items()):
        family.add_metric(list(values), number)
    return family


def _counter(name: str, said: str, labels: list[str], samples: Mapping[Labels, float]) -> Metric:
    family = CounterMetricFamily(f"backspin_{name}", said, labels=labels)
    for values, number in sorted(samples.items()):
        family.add_metric(list(values), number)
    return family


def _figure(name: str, said: str, number: float) -> Metric:
    return GaugeMetricFamily(f"backspin_{name}", said, value=number)


def _age(
    name: str, said: str, since: datetime | None, now: datetime, *, absent: bool = False
) -> Metric:
    """Say how old something is; nothing at all is 0 s old, or `absent`."""
    family = GaugeMetricFamily(f"backspin_{name}", said)
    if since or not absent:
        family.add_metric([], _seconds(since, now))
    return family


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
