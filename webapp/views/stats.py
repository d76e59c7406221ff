"""Statistics: one period for the whole page, and cards that each tell one thing about it.

A page URL gives the page, with all cards in it; each card is also to be had alone.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext
from markupsafe import Markup

from webapp.domain.imports import Status
from webapp.domain.stats import By
from webapp.queries import archive, imports, rhythms, spans
from webapp.views import stats_rhythms, stats_tops
from webapp.views.cards import card
from webapp.views.fragments import fragment, page
from webapp.views.periods import control
from webapp.views.requests import login_required, me
from webapp.views.stats_sight import Sight, asked_page, asked_sight

blueprint = Blueprint("stats", __name__)

Build = Callable[[Sight], Mapping[str, Any]]
CARDS: dict[str, tuple[str, Build]] = {
    "totals": ("_totals", stats_rhythms.totals),
    "over-time": ("_over_time", stats_rhythms.over_time),
    "artists": ("_artists", partial(stats_tops.top, name="artists")),
    "tracks": ("_tracks", partial(stats_tops.top, name="tracks")),
    "albums": ("_albums", partial(stats_tops.top, name="albums")),
    "genres": ("_genres", stats_tops.top_genres),
    "calendar": ("_calendar", stats_rhythms.calendar),
    "clock": ("_clock", stats_rhythms.clock),
    "streaks": ("_streaks", stats_rhythms.streaks),
    "sessions": ("_sessions", stats_rhythms.sessions),
    "discoveries": ("_discoveries", stats_tops.discoveries),
    "rediscoveries": ("_rediscoveries", stats_tops.rediscoveries),
    "same-day": ("_same_day", stats_rhythms.same_day),
    "skips": ("_skips", stats_tops.skipped),
    "eras": ("_eras", stats_tops.eras),
}
PAGED = ("artists", "tracks", "albums", "genres")


@blueprint.get("/stats")
@login_required
def index() -> Response:
    """Show a period with all cards."""
    sight = asked_sight({name: asked_page(name) for name in PAGED})
    is_silent = rhythms.is_silent(sight.user_id, sight.period)
    state = archive.find(me().id)
    return page(
        "stats/index.html",
        sight=sight,
        control=control(sight.period, "stats.index", kept=_kept(sight)),
        orders=_orders(sight),
        is_silent=is_silent,
        all_url=url_for("stats.index", period="all"),
        polled_at=state.polled_at if state else None,
        import_url=_import_url(),
        cards={} if is_silent else _cards(sight),
    )


@blueprint.get("/stats/<name>", endpoint="card_alone")
@login_required
def card_alone(name: str) -> Response:
    """Answer one card."""
    if name not in CARDS:
        abort(404)
    sight = asked_sight({name: asked_page("page")})
    return fragment("stats/_card.html", card=_card(sight, name))


def _cards(sight: Sight) -> dict[str, Markup]:
    with spans.shared(before=sight.compared is not None, lately=True):
        return {name.replace("-", "_"): _card(sight, name) for name in CARDS}


def _card(sight: Sight, name: str) -> Markup:
    template, build = CARDS[name]
    return card(
        f"stats/{template}.html",
        sight.period,
        lambda: build(sight),
        by=sight.by,
        page=sight.page_of(name),
    )


def _import_url() -> str | None:
    """Give the address of an import that is under way: what is pending."""
    newest = imports.of_listener(me().id, 1)
    if not newest or newest[0].status not in {Status.PENDING, Status.PROCESSING}:
        return None
    return url_for("imports.show", import_id=newest[0].id)


def _kept(sight: Sight) -> dict[str, str]:
    return {} if sight.by is By.PLAYS else {"by": sight.by}


def _orders(sight: Sight) -> list[tuple[str, str, bool]]:
    names = {By.PLAYS: gettext("Plays"), By.MS: gettext("Time")}
    return [(str(names[by]), sight.url(by=by), by is sight.by) for by in By]
