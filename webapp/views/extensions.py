"""Flask's extensions, wired: who is signed in, which language, how numbers are written."""

from typing import Any

from flask import Flask, Response, abort, g, request, session, url_for
from flask_babel import get_locale
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect

from webapp.domain.accounts import Account
from webapp.domain.languages import LANGUAGES, choose
from webapp.queries import accounts
from webapp.services.wiring import Wiring
from webapp.views.catalogues import Languages
from webapp.views.formats import FILTERS
from webapp.views.fragments import htmx, is_htmx, see_other, wants_json, wants_listenbrainz_json
from webapp.views.notices import SiteNotices
from webapp.views.tracing import name_listener

babel = Languages()
csrf = CSRFProtect()
login_manager = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]  # flask_login is untyped
    """The listener of this request."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """Name the listener and the generation of their cookies: revoking raises it."""
        return f"{self.account.id}.{self.account.session_version}"

    def __getattr__(self, name: str) -> Any:
        """Show templates the account's own fields."""
        return getattr(self.account, name)


def install(app: Flask, wiring: Wiring) -> None:
    """Wire everything to an app."""
    htmx.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=_language, timezone_selector=_time_zone)
    login_manager.session_protection = None  # cookies carry their own generation
    login_manager.user_loader(load_listener)
    login_manager.unauthorized_handler(ask_to_sign_in)
    login_manager.init_app(app)
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(FILTERS)
    app.after_request(_vary)
    app.context_processor(lambda: _context(wiring))


def load_listener(cookie_id: str) -> SignedIn | None:
    """Find who a cookie belongs to; an older generation belongs to nobody."""
    user_id, _, version = cookie_id.partition(".")
    if not (user_id.isdecimal() and version.isdecimal()):
        return None
    account = accounts.find(int(user_id))
    if account is None or account.session_version != int(version):
        return None
    name_listener(account.id)
    return SignedIn(account)


def ask_to_sign_in() -> Response:
    """Answer who must sign in first: a page, a redirect for htmx, or JSON."""
    if is_htmx():
        return see_other(url_for("landing.index"))
    if not wants_json() and request.method == "GET":
        session["next"] = request.full_path.rstrip("?")
    return abort(401)


def _language() -> str:
    """Choose the language of an answer: programs are always answered in English."""
    if wants_json() or wants_listenbrainz_json():
        return LANGUAGES[0]
    account = _account()
    return choose(account.language if account else None, request.accept_languages)


def _vary(response: Response) -> Response:
    """Tell caches that the browser's language counts."""
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
    return response


def _time_zone() -> str | None:
    account = _account()
    return account.time_zone if account else None


def _account() -> Account | None:
    # On an error page the listener may not be to be had: then the browser's word is enough.
    if "opened_database" not in g or not current_user:
        return None
    return current_user.account if current_user.is_authenticated else None


def _context(wiring: Wiring) -> dict[str, Any]:
    account = _account()
    theme = account.theme if account else "system"
    return {
        "get_locale": get_locale,
        "nav_endpoint": request.endpoint or "",
        "site_notices": SiteNotices(wiring, account),
        "theme": "auto" if theme == "system" else theme,
    }
