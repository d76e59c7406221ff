"""The front page."""

from flask import Blueprint, Response, url_for
from flask_login import current_user

from webapp.views.fragments import page, see_other
from webapp.views.requests import wiring

blueprint = Blueprint("landing", __name__)


@blueprint.get("/")
def index() -> Response:
    """Greet a visitor; a listener goes to the dashboard."""
    if current_user.is_authenticated:
        return see_other(url_for("dashboard.index"))
    return show()


def show(*, status: int = 200, paste_error: str | None = None) -> Response:
    """Show the page, with what went wrong with a pasted address."""
    settings = wiring().settings
    return page(
        "landing/index.html",
        status=status,
        reachable=not settings.needs_paste,
        public_url=settings.public_url,
        callback_url=settings.redirect_uri,
        paste_error=paste_error,
        sign_up=settings.sign_up,
    )
