"""Personality: what a period's listening says of its listener, with formulas and inputs."""

from flask import Blueprint, Response

from webapp.queries import archive, listening
from webapp.services import personality
from webapp.services.personality import Personality
from webapp.views.fragments import page
from webapp.views.periods import asked_period, control
from webapp.views.personality_board import board, scales
from webapp.views.requests import login_required, me, wiring

blueprint = Blueprint("personality", __name__)

DEFAULT = "6m"
"""Four weeks are short for a character."""


@blueprint.get("/personality")
@login_required
def index() -> Response:
    """Show the personality of a period."""
    period = asked_period(default=DEFAULT)
    account = me()
    found: Personality = personality.of(
        account.id,
        period,
        time_zone=account.time_zone,
        data_version=account.data_version,
        now=wiring().clock(),
    )
    state = archive.find(account.id)
    return page(
        "personality/index.html",
        found=found,
        board=board(found),
        scales=scales(),
        control=control(period, "personality.index"),
        first_day=listening.first_day(account.id),
        as_of=state.polled_at if state else None,
        at_least=any(gap.closed_at is None for gap in archive.gaps(account.id)),
    )
