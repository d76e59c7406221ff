"""Flask's extensions, wired: who is signed in, which language, how numbers are written."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, abort, g, request, session, url_for
from flask_babel import (
    Babel,
    format_date,
    format_datetime,
    format_decimal,
    format_timedelta,
    get_locale,
    gettext,
)
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect

from webapp.domain.accounts import Account
from webapp.queries import accounts
from webapp.services.wiring import Wiring
from webapp.views.fragments import htmx, is_htmx, see_other, wants_json
from webapp.views.notices import SiteNotices
from webapp.views.tracing import name_listener

LANGUAGES = ("en",)
"""Languages that are there whole; each other one joins with its catalogue."""

GROUPED_FROM = 1000
UNKNOWN = "\N{EN DASH}"

babel = Babel()
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
    app.jinja_env.filters.update(
        number=format_number,
        datetime=_when(lambda value: format_datetime(value, "medium")),
        date=_when(lambda value: format_date(value, "medium")),
        time=_when(lambda value: format_datetime(value, "HH:mm")),
        ago=_ago,
        until=_until,
        duration=duration,
    )
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


def format_number(value: float) -> str:
    """Write a number as the reader's language does."""
    if type(value) is int and 0 <= value < GROUPED_FROM:
        return str(value)  # the same in our languages, and a page has dozens
    return str(format_decimal(value))


def duration(milliseconds: int | None) -> str:
    """Write a track's length as 3:07 or 1:02:09; a dash where it isn't known."""
    if milliseconds is None:
        return UNKNOWN
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _when(write: Any) -> Any:
    return lambda value: UNKNOWN if value is None else write(value)


def _ago(value: datetime | None) -> str:
    if value is None:
        return str(gettext("never"))
    elapsed: timedelta = g.wiring.clock() - value
    if abs(elapsed) < timedelta(seconds=45):
        return str(gettext("just now"))
    return str(format_timedelta(-elapsed, add_direction=True))


def _until(value: datetime | None) -> str:
    """Say when something comes; what is late comes in a moment."""
    if value is None:
        return UNKNOWN
    left: timedelta = value - g.wiring.clock()
    if left < timedelta(seconds=45):
        return str(gettext("in a moment"))
    return str(format_timedelta(left, add_direction=True))


def _language() -> str | None:
    account = _account()
    if account and account.language in LANGUAGES:
        return account.language
    return request.accept_languages.best_match(LANGUAGES)


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
