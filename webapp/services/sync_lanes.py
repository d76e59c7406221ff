"""One lane per collection of a running sync: its sweep, what came of it, and how to say so."""

from dataclasses import dataclass

from webapp.domain.errors import BackspinError
from webapp.domain.sweeps import Sweep
from webapp.domain.syncs import Collection, Part, Status
from webapp.queries.sync_progress import Progress
from webapp.services.sync_settle import Settled


@dataclass(slots=True, kw_only=True)
class Lane:
    """A collection on its way. `sweep` is None where nothing needs to be read."""

    collection: Collection
    status: Status = Status.PENDING
    sweep: Sweep | None = None
    settled: Settled | None = None
    error: BackspinError | None = None
    dirty: bool = True
    """Whether the database has not heard the news yet."""

    @property
    def over(self) -> bool:
        """Whether nothing more will happen here."""
        return self.status in {Status.COMPLETED, Status.FAILED}

    @property
    def running(self) -> Sweep | None:
        """The sweep, while it is wanted."""
        return None if self.over else self.sweep

    @property
    def part(self) -> Part:
        """The share of this lane in the whole."""
        if self.sweep is None:
            return Part(status=self.status, done=1, total=1, pages=1)
        reached = self.sweep.reached
        return Part(status=self.status, done=reached.done, total=reached.total, pages=reached.pages)

    @property
    def progress(self) -> Progress:
        """The row that tells a page about this lane."""
        reached = self.sweep.reached if self.sweep else None
        settled = self.settled or Settled()
        return Progress(
            name=self.collection,
            status=self.status,
            done=reached.done if reached else 0,
            total=reached.total if reached else None,
            current=reached.current if reached and not self.over else None,
            error=self.error.kind if self.error else None,
            error_detail=self.error.detail if self.error else None,
            added=settled.added,
            removed=settled.removed,
            unchanged=self.status is Status.COMPLETED and settled.unchanged,
            skipped=settled.skipped,
        )
