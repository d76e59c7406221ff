"""Imports from accounts at Last.fm and ListenBrainz: a name is enough."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from jobs import imports as jobs
from webapp.domain.import_accounts import Service, account_name
from webapp.queries import import_pages
from webapp.services.import_fetching import offered, open_account
from webapp.views.fragments import see_other
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited

blueprint = Blueprint("import_accounts", __name__)

MOST_UNDECIDED = 5


@blueprint.app_context_processor
def services() -> dict[str, object]:
    """Let the form list the services that can be read here."""
    return {"account_services": lambda: offered(wiring())}


@blueprint.post("/imports/accounts")
@login_required
@limited("20/hour")
def create() -> Response:
    """Begin to read an account; another import of the same listener is waited for."""
    service = _service()
    account = account_name(service, request.form.get("account", ""))
    if account is None:
        return _refused(gettext("That is no name of an account. Nothing was started."))
    if import_pages.undecided(me().id) >= MOST_UNDECIDED:
        return _refused(gettext("Several imports wait for your word. Decide about them first."))
    import_id = open_account(wiring(), me().id, service, account)
    jobs.start(wiring(), me().id, import_id)
    return see_other(url_for("imports.show", import_id=import_id))


def _service() -> Service:
    name = request.form.get("service", "")
    return next((one for one in offered(wiring()) if one.value == name), None) or abort(404)


def _refused(text: str) -> Response:
    flash(text, "error")
    return see_other(url_for("imports.index"))
