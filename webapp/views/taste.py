"""Taste over time: a stream of artists or genres by month, and who came and went each year."""

from flask import Blueprint, Response, abort, request

from webapp.domain.taste import whole_months
from webapp.queries import taste
from webapp.views.cards import card
from webapp.views.fragments import page
from webapp.views.periods import asked_period, control
from webapp.views.requests import login_required, me
from webapp.views.taste_sight import stream_of_artists, stream_of_genres, turnover_of

blueprint = Blueprint("taste", __name__)

STREAMS = {"artists": stream_of_artists, "genres": stream_of_genres}


@blueprint.get("/taste")
@login_required
def index() -> Response:
    """Show a period of whole months; `?of=genres` follows genres instead of artists."""
    of = request.args.get("of", "artists")
    if of not in STREAMS:
        abort(404)
    account, asked = me(), asked_period(default="all")
    period = whole_months(asked)
    as_of, at_least = taste.standing(account.id, asked, account.time_zone)
    kept = {} if of == "artists" else {"of": of}
    return page(
        "taste/index.html",
        control=control(asked, "taste.index", kept=kept),
        of=of,
        as_of=as_of,
        at_least=at_least,
        stream=card("taste/_stream.html", asked, lambda: STREAMS[of](account, period), of=of),
        turnover=card("taste/_turnover.html", asked, lambda: turnover_of(account, period)),
    )
