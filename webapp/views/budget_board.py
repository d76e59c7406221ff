"""The call budget as its page shows it: every word and number, ready to print."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext

from jobs.depths import Depth
from webapp.domain.archive import FailureKind
from webapp.domain.budget import DAY_HOURS, Priority, start_of
from webapp.queries.budget import Capability
from webapp.queries.figures import Breakers
from webapp.services.backlogs import Queueing, Work
from webapp.services.budget import left
from webapp.services.spending import Ended, Pause, Refused, Spending
from webapp.views.calls_picture import CallsPicture, draw

PRIORITIES = {
    Priority.ARCHIVE: lazy_gettext("Listening archive"),
    Priority.LISTENER: lazy_gettext("Sign-in and clicks"),
    Priority.DELTA: lazy_gettext("Automatic syncs"),
    Priority.ENRICHMENT: lazy_gettext("Enrichment and trends"),
}
WORK = {
    Work.ARCHIVE: lazy_gettext("Listeners whose plays are due"),
    Work.ASKED: lazy_gettext("Syncs that somebody waits for"),
    Work.AUTOMATIC: lazy_gettext("Syncs that started by themselves"),
    Work.RECONNECT: lazy_gettext("Syncs that wait for their listener to reconnect"),
}
KINDS = {
    FailureKind.AUTH: lazy_gettext("Permission or token refused"),
    FailureKind.NETWORK: lazy_gettext("No answer, or one that made no sense"),
}
CAPABILITIES = {
    "others_playlists": lazy_gettext("Read the contents of playlists that others own"),
    "new_releases": lazy_gettext("Read the list of new releases"),
}
TOO_MANY = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityView:
    """What is left for one priority of today's calls, and how often it was refused some."""

    key: str
    name: str
    left: int
    stop: int
    free_at: datetime | None
    """When it may call again; None: now."""
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointView:
    """How calls of one endpoint ended in the last 24 hours; the most used first."""

    endpoint: str
    calls: int
    limited: int
    faulty: int
    broken: int
    silent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetBoard:
    """The whole page. Without `spending`, Redis does not answer; the rest is the database's."""

    spending: Spending | None
    pause: Pause | None
    waiting: list[Queueing]
    depths: list[Depth]
    breakers: list[Breakers]
    capabilities: list[Capability]
    now: datetime

    @property
    def picture(self) -> CallsPicture | None:
        """The calls of the last hours."""
        return draw(self.spending.ended, self.spending.this_hour) if self.spending else None

    @property
    def priorities(self) -> list[PriorityView]:
        """What is left, for whom."""
        return priority_views(self.spending, self.now) if self.spending else []

    @property
    def endpoints(self) -> list[EndpointView]:
        """How calls ended."""
        return endpoint_views(self.spending.ended) if self.spending else []

    @property
    def next_free(self) -> tuple[int, datetime] | None:
        """How many calls leave the rolling day next, and when."""
        hours = self.spending.spent.hours if self.spending else {}
        oldest = min((hour for hour, calls in hours.items() if calls), default=None)
        return None if oldest is None else (hours[oldest], start_of(oldest + DAY_HOURS))


def endpoint_views(ended: Iterable[Ended]) -> list[EndpointView]:
    """Sort what became of calls by endpoint."""
    counts: dict[str, dict[str, int]] = {}
    for row in ended:
        kinds = counts.setdefault(row.endpoint, {})
        for kind in ("calls", _outcome(row.status)):
            kinds[kind] = kinds.get(kind, 0) + row.calls
    views = [_endpoint(name, kinds) for name, kinds in counts.items()]
    return sorted(views, key=lambda view: (-view.calls, view.endpoint))


def priority_views(spending: Spending, now: datetime) -> list[PriorityView]:
    """Say what each priority has left of the day."""
    spent = spending.spent
    return [
        PriorityView(
            key=priority.name.lower(),
            name=str(PRIORITIES[priority]),
            left=left(spent, priority),
            stop=spent.limits.day_stop(priority),
            free_at=spent.limits.free_at(priority, spent.hours, now),
            refused=_refused(spending.refused, priority),
        )
        for priority in Priority
    ]


def _refused(refused: Iterable[Refused], priority: Priority) -> int:
    return sum(row.calls for row in refused if row.priority is priority)


def _outcome(status: int) -> str:
    if status == TOO_MANY:
        return "limited"
    return {0: "silent", 4: "faulty", 5: "broken"}.get(status // 100, "well")


def _endpoint(name: str, kinds: Mapping[str, int]) -> EndpointView:
    return EndpointView(
        endpoint=name,
        calls=kinds["calls"],
        limited=kinds.get("limited", 0),
        faulty=kinds.get("faulty", 0),
        broken=kinds.get("broken", 0),
        silent=kinds.get("silent", 0),
    )
