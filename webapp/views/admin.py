"""For the operator: who is here, and how their syncs fare."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Response, abort

from webapp.domain.errors import QueueDownError
from webapp.queries import accounts, syncs
from webapp.services.budget import Spent
from webapp.views.fragments import page
from webapp.views.requests import login_required, me, wiring
from webapp.views.sync_board import board

P = ParamSpec("P")
R = TypeVar("R")

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


def admin_only(view: Callable[P, R]) -> Callable[P, R]:
    """Let admins in; ask others to sign in, or refuse."""

    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        if not me().is_admin:
            abort(403)
        return view(*args, **kwargs)

    return login_required(inner)


@blueprint.get("/users")
@admin_only
def users() -> Response:
    """List listeners and how they are."""
    everyone = accounts.every()
    latest = syncs.latest_of_all()
    rows = [(account, latest.get(account.id)) for account in everyone]
    return page("admin/users.html", rows=rows, board=board, spent=_spent())


@blueprint.get("/syncs")
@admin_only
def all_syncs() -> Response:
    """List the newest syncs of all."""
    names = {account.id: account for account in accounts.every()}
    return page("admin/syncs.html", syncs=syncs.recent(100), names=names, board=board)


def _spent() -> Spent | None:
    try:
        return wiring().gate.spent()
    except QueueDownError:
        return None
