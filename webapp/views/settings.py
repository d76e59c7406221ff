"""A listener's settings."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from flask import Blueprint, Response, flash, request, url_for
from flask_babel import force_locale, gettext

from jobs import time_zones
from webapp.domain.accounts import consent_of, is_username
from webapp.domain.languages import LANGUAGES, choose
from webapp.queries.profiles import privacy_of
from webapp.services import accounts
from webapp.services.collection import may_change_library
from webapp.services.submission_tokens import tokens_of
from webapp.views.fragments import LISTENBRAINZ_PATH, page, see_other
from webapp.views.names import reserved_names
from webapp.views.privacy_form import LEVELS, privacy_form
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited

blueprint = Blueprint("settings", __name__)

THEMES = ("system", "light", "dark")


@blueprint.get("/settings")
@login_required
def index() -> Response:
    """Show the settings."""
    return show()


@blueprint.post("/settings")
@login_required
@limited("60/hour")
def save() -> Response:
    """Change them; nothing is changed while anything is wrong."""
    wrong = _wrong()
    username = request.form.get("username", "").strip().lower()
    if not wrong and not accounts.rename(me().id, username):
        wrong["username"] = gettext("Somebody else has this name.")
    if wrong:
        return show(status=422, errors=wrong)
    language = request.form.get("language") or None
    if accounts.change_settings(
        me(), time_zone=request.form["time_zone"], language=language, theme=request.form["theme"]
    ):
        time_zones.offer(wiring(), me().id)
    with force_locale(choose(language, request.accept_languages)):  # it is read on the next page
        flash(gettext("Saved."), "success")
    return see_other(url_for("settings.index"))


def show(
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    token: str | None = None,
    token_error: str | None = None,
    privacy_error: str | None = None,
) -> Response:
    """Show the page, with what was wrong with what was sent, or the token that was just made."""
    account = me()
    consent = account.consented_at and consent_of(account.consented_at, wiring().clock())
    return page(
        "settings/index.html",
        status=status,
        account=account,
        consent=consent,
        errors=errors or {},
        values=_values(),
        time_zones=_time_zones(),
        languages=[(code, _own_name(code)) for code in LANGUAGES],
        themes=THEMES,
        token=token,
        token_error=token_error,
        tokens=tokens_of(account.id),
        may_change_library=may_change_library(account.id),
        privacy=privacy_form(privacy_of(account.id), request.form),
        levels=list(LEVELS.items()),
        privacy_error=privacy_error,
        profile_url=f"{wiring().settings.public_url}/{account.username}",
        submission_url=wiring().settings.public_url + LISTENBRAINZ_PATH.rstrip("/"),
    )


def _own_name(language: str) -> str:
    """Name a language as those who speak it do."""
    return (Locale(language).get_display_name() or language).capitalize()


@cache
def _time_zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


def _wrong() -> dict[str, str]:
    form, wrong = request.form, {}
    if not is_username(form.get("username", "").strip().lower(), reserved_names()):
        wrong["username"] = gettext(
            "Use 1 to 30 small letters, digits and hyphens; some names are taken by pages."
        )
    if not accounts.may_live_in(form.get("time_zone", "")):
        wrong["time_zone"] = gettext("There is no such time zone.")
    if form.get("language", "") not in {"", *LANGUAGES}:
        wrong["language"] = gettext("This language is not there yet.")
    if form.get("theme") not in THEMES:
        wrong["theme"] = gettext("Choose one of these.")
    return {name: str(text) for name, text in wrong.items()}


def _values() -> dict[str, Any]:
    account = me()
    stored = {
        "username": account.username,
        "time_zone": account.wanted_time_zone or account.time_zone,
        "language": account.language or "",
        "theme": account.theme,
    }
    return {name: request.form.get(name, value) for name, value in stored.items()}
