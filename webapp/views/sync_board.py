"""A sync as its page shows it: every word and number, ready to print."""

from dataclasses import dataclass
from datetime import datetime

from webapp.queries.syncs import CollectionRow, SyncRow
from webapp.views.wording import (
    collection_name,
    collection_note,
    collection_state,
    error_sentence,
    sync_sentence,
    sync_state,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One collection; the fields are those of the macros in `macros/sync.html`."""

    key: str
    name: str
    state: str
    done: int
    total: int | None
    now: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncBoard:
    """A whole sync. It polls while `running`: the end state carries no polling attributes."""

    id: int
    state: str
    sentence: str
    percent: int
    running: bool
    inline: bool
    failed_parts: int
    calls: int
    started_at: datetime | None
    completed_at: datetime | None
    parts: tuple[PartView, ...]


def board(sync: SyncRow) -> SyncBoard:
    """Make the view of a sync."""
    parts = tuple(_part(sync, part) for part in sync.collections)
    return SyncBoard(
        id=sync.id,
        state=sync_state(sync),
        sentence=sync_sentence(sync),
        percent=sync.progress,
        running=not sync.over,
        inline=sync.mode == "inline",
        failed_parts=sum(part.state == "failed" for part in parts),
        calls=sync.calls,
        started_at=sync.started_at,
        completed_at=sync.completed_at,
        parts=parts,
    )


def _part(sync: SyncRow, part: CollectionRow) -> PartView:
    return PartView(
        key=part.name.value,
        name=collection_name(part.name),
        state=collection_state(sync, part),
        done=part.done,
        total=part.total,
        now=collection_note(part),
        error=error_sentence(part.error) if part.error else "",
    )
