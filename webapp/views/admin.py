"""For the operator: who is here, and how their syncs fare."""

from flask import Blueprint, Response

from webapp.queries import listeners, syncs
from webapp.views.fragments import page
from webapp.views.listener_board import find, listener_views
from webapp.views.requests import admin_only
from webapp.views.sync_board import board

NEWEST = 100

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/users")
@admin_only
def users() -> Response:
    """List listeners and how they are."""
    finding = find()
    return page("admin/users.html", finding=finding, rows=listener_views(finding.part.rows))


@blueprint.get("/syncs")
@admin_only
def all_syncs() -> Response:
    """List the newest syncs of all."""
    newest = syncs.recent(NEWEST)
    names = listeners.usernames([sync.user_id for sync in newest])
    return page("admin/syncs.html", syncs=newest, names=names, board=board)
