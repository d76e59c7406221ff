"""The operator's page of the call budget: what was spent, what is left, who waits for what."""

from flask import Blueprint, Response

from jobs.depths import Depth, depths
from webapp.domain.errors import QueueDownError
from webapp.queries import budget, figures
from webapp.services import spending
from webapp.services.backlogs import look_ahead
from webapp.services.spending import Spending
from webapp.views.budget_board import (
    CAPABILITIES,
    KINDS,
    PRIORITIES,
    WORK,
    BudgetBoard,
)
from webapp.views.fragments import fragment, page
from webapp.views.requests import admin_only, wiring

WORDS = {"priorities": PRIORITIES, "work": WORK, "kinds": KINDS, "capabilities": CAPABILITIES}

blueprint = Blueprint("admin_budget", __name__, url_prefix="/admin/budget")


@blueprint.get("")
@admin_only
def index() -> Response:
    """Show the page."""
    return page("admin/budget.html", board=_board(), words=WORDS)


@blueprint.get("/figures", endpoint="figures")
@admin_only
def figures_fragment() -> Response:
    """Answer the figures alone: an open page asks for them again and again."""
    return fragment("admin/_figures.html", board=_board(), words=WORDS)


def _board() -> BudgetBoard:
    now, found = wiring().clock(), _spending()
    waiting = look_ahead(figures.listeners(now), figures.open_syncs(), found, now)
    return BudgetBoard(
        spending=found,
        pause=found.pause if found else spending.find_pause(wiring()),
        waiting=waiting,
        depths=_depths() if found else [],
        breakers=figures.breakers(now),
        capabilities=budget.capabilities(),
        now=now,
    )


def _spending() -> Spending | None:
    try:
        return spending.read(wiring())
    except QueueDownError:
        return None


def _depths() -> list[Depth]:
    try:
        return depths(wiring().redis)
    except QueueDownError:
        return []
