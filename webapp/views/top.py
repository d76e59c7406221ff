"""Top lists: what Spotify ranks highest for a listener, and how it moved."""

from typing import cast

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import lazy_gettext

from webapp.domain.provider import TimeRange
from webapp.queries import top_pages
from webapp.queries.top_pages import TopKind
from webapp.views.fragments import page
from webapp.views.requests import login_required, me

blueprint = Blueprint("top", __name__)

RANGES = {
    TimeRange.SHORT: lazy_gettext("4 weeks"),
    TimeRange.MEDIUM: lazy_gettext("6 months"),
    TimeRange.LONG: lazy_gettext("1 year"),
}
KINDS = {"tracks": lazy_gettext("Tracks"), "artists": lazy_gettext("Artists")}


@blueprint.get("/top/<kind>")
@login_required
def index(kind: str) -> Response:
    """Show a top list; the range switch fetches this page and cuts out its list."""
    if kind not in KINDS:
        abort(404)
    time_range = asked_range()
    return page(
        "top/index.html",
        kind=kind,
        time_range=time_range,
        list=top_pages.top_lists(me().id, cast("TopKind", kind), {time_range})[time_range],
        kinds=[(KINDS[k], _url(k, time_range), k == kind) for k in KINDS],
        ranges=[(RANGES[r], _url(kind, r), r is time_range) for r in TimeRange],
    )


def asked_range() -> TimeRange:
    """Read `?range=`: the last weeks where it is absent, 404 where there is none such."""
    text = request.args.get("range", TimeRange.SHORT)
    if text not in set(TimeRange):
        abort(404)
    return TimeRange(text)


def _url(kind: str, time_range: TimeRange) -> str:
    short = time_range is TimeRange.SHORT
    return url_for("top.index", kind=kind, range=None if short else time_range.value)
