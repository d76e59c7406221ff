"""The listening history: day by day from any point on, searched, filtered, with its gaps."""

from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import gettext

from webapp.domain.days import local_day
from webapp.queries import archive, history
from webapp.queries.history import Part
from webapp.views.archive_board import board
from webapp.views.errors import answer
from webapp.views.fragments import fragment, page, see_other
from webapp.views.history_days import days_of, span_of
from webapp.views.history_listing import HistoryListing, asked_history, source_name
from webapp.views.requests import login_required, me, wiring

blueprint = Blueprint("history", __name__)
blueprint.add_app_template_global(source_name, "source_name")


@blueprint.get("/history")
@login_required
def index() -> Response:
    """Show a part of the history."""
    listing, part = _asked()
    if _is_ahead(listing, part):
        return see_other(listing.newest_url)
    return page("history/index.html", **_context(listing, part), **_standing())


@blueprint.get("/history/list", endpoint="list")
@login_required
def list_fragment() -> Response:
    """Answer its list alone; the browser's address becomes the page's."""
    listing, part = _asked()
    if _is_ahead(listing, part):
        return see_other(listing.newest_url)
    context = _context(listing, part)
    if not part.plays:
        context |= _standing()
    response = fragment("history/_plays.html", **context)
    if not request.headers.get("HX-Current-URL", "").endswith(listing.page_url):
        response.headers["HX-Push-Url"] = listing.page_url
    return response


@blueprint.get("/history/status")
@login_required
def status() -> Response:
    """Answer how the archive stands, alone."""
    return fragment("history/_archive.html", board=board(wiring(), me()))


def _asked() -> tuple[HistoryListing, Part]:
    listing, account = asked_history(), me()
    part = history.part(account.id, account.time_zone, listing.filters, listing.point)
    if not part.plays and not (listing.newest or listing.day or listing.point.newer):
        text = gettext("Nothing was played before this point, as far as Backspin knows.")
        abort(answer(404, title=gettext("The beginning is behind you"), text=text))
    return listing, part


def _is_ahead(listing: HistoryListing, part: Part) -> bool:
    """Tell whether what comes after the newest play was asked for."""
    return not part.plays and listing.point.newer


def _context(listing: HistoryListing, part: Part) -> dict[str, Any]:
    account = me()
    since, until = span_of(listing, part, account.time_zone)
    gaps = archive.gaps(account.id, since, until) if part.plays else []
    today = local_day(wiring().clock(), account.time_zone)
    days = days_of(listing, part, gaps, time_zone=account.time_zone, today=today)
    return {
        "listing": listing,
        "days": days,
        "shown": len(part.plays),
        "today": today,
        "older_url": listing.older_url(part),
        "newer_url": listing.newer_url(part),
    }


def _standing() -> dict[str, Any]:
    return {"board": board(wiring(), me()), "summary": history.summary(me().id)}
