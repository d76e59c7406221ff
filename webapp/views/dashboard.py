"""The dashboard: how the music is now, what is in the library, and how the sync fares."""

from typing import Any

from flask import Blueprint, Response, url_for

from webapp.domain.provider import TimeRange
from webapp.domain.syncs import OVER, Collection
from webapp.queries import library_pages, overview, playlist_pages, syncs, top_pages
from webapp.queries.lines import Wanted
from webapp.queries.overview import CollectionCount
from webapp.queries.syncs import SyncRow
from webapp.services.syncs import may_start
from webapp.views.counts import count_views
from webapp.views.fragments import fragment, page
from webapp.views.opening import WALL, Picture, sentence, stage_of, wall
from webapp.views.requests import login_required, me, wiring
from webapp.views.sync_board import board
from webapp.views.top import RANGES, asked_range

blueprint = Blueprint("dashboard", __name__)

PREVIEW = 5
SHELF = 6


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
    return {
        "stage": stage_of(sync, sum(part.count for part in counts.values())),
        "counts": count_views(counts, _open_parts(sync)),
        "as_of": max((c.checked_at for c in counts.values() if c.checked_at), default=None),
        **_sync(sync),
        **_music(counts),
    }


def _sync(sync: SyncRow | None) -> dict[str, Any]:
    return {
        "board": board(sync) if sync else None,
        "ended_at": sync.completed_at if sync else None,
        "not_before": may_start(wiring(), me().id) if sync and sync.over else None,
    }


def _music(counts: dict[Collection, CollectionCount]) -> dict[str, Any]:
    user_id, time_range = me().id, asked_range()
    artists = top_pages.top_lists(user_id, "artists", {TimeRange.SHORT, time_range}, WALL)
    tracks = top_pages.top_lists(user_id, "tracks", {TimeRange.SHORT, time_range}, WALL * 2)
    lately = (artists[TimeRange.SHORT].rows, tracks[TimeRange.SHORT].rows)
    newest = library_pages.saved_tracks(user_id, Wanted(size=SHELF)).rows
    saved = [row.track for row in newest if row.track.image_url]
    return {
        "sentence": sentence(*lately, me().display_name),
        "from_top_lists": any(lately),
        "wall": wall(lately[1], [Picture(image_url=t.image_url or "", alt=t.album) for t in saved]),
        "top_artists": artists[time_range].rows[:PREVIEW],
        "top_tracks": tracks[time_range].rows[:PREVIEW],
        "ranges": [(RANGES[r], _range_url(r), r is time_range) for r in TimeRange],
        "time_range": time_range,
        "newest": newest,
        "plays": library_pages.recent_plays(user_id, limit=SHELF),
        "playlists": playlist_pages.playlists(user_id, Wanted(size=SHELF)).rows,
        "totals": {name.value: part.count for name, part in counts.items()},
    }


def _range_url(time_range: TimeRange) -> str:
    short = time_range is TimeRange.SHORT
    return url_for("dashboard.index", range=None if short else time_range.value)


def _open_parts(sync: SyncRow | None) -> frozenset[Collection]:
    """Name what a sync that is under way has not brought yet."""
    if sync is None or sync.over:
        return frozenset()
    return frozenset(part.name for part in sync.collections if part.status not in OVER)
