"""The dashboard: how the music is now, what is in the library, and how the sync fares."""

from typing import Any

from flask import Blueprint, Response

from webapp.domain.syncs import OVER, Collection
from webapp.queries import overview, syncs
from webapp.queries.syncs import SyncRow
from webapp.services.syncs import may_start
from webapp.views.counts import count_views
from webapp.views.dashboard_cards import music_card, now_card
from webapp.views.fragments import fragment, page
from webapp.views.opening import Stage, stage_of
from webapp.views.requests import login_required, me, wiring
from webapp.views.sync_board import board
from webapp.views.top import asked_range

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/dashboard")
@login_required
def index() -> Response:
    """Show the dashboard."""
    return page("dashboard/index.html", **_context())


@blueprint.get("/dashboard/overview", endpoint="overview")
@login_required
def overview_fragment() -> Response:
    """Answer all of it but the frame: what a page asks for when its sync has ended."""
    return fragment("dashboard/_overview.html", **_context())


def _context() -> dict[str, Any]:
    sync = syncs.latest(me().id)
    counts = overview.counts(me().id)
    time_range = asked_range()
    stage = stage_of(sync, sum(part.count for part in counts.values()))
    context = {
        "stage": stage,
        "counts": count_views(counts, _open_parts(sync)),
        "time_range": time_range,
        **_sync(sync),
    }
    if stage is Stage.FULL:
        totals = {name.value: part.count for name, part in counts.items()}
        context |= {"now": now_card(), "music": music_card(time_range, totals)}
    return context


def _sync(sync: SyncRow | None) -> dict[str, Any]:
    return {
        "board": board(sync) if sync else None,
        "ended_at": sync.completed_at if sync else None,
        "not_before": may_start(wiring(), me().id) if sync and sync.over else None,
    }


def _open_parts(sync: SyncRow | None) -> frozenset[Collection]:
    """Name what a sync that is under way has not brought yet."""
    if sync is None or sync.over:
        return frozenset()
    return frozenset(part.name for part in sync.collections if part.status not in OVER)
