"""What a profile looks like: its contents, the same for all viewers of a kind, and the frame.

Contents are kept, so they say no "5 minutes ago" and hold no form. Days and times are those of the
listener whose page it is, whoever reads it.
"""

from gzip import compress
from typing import Any

from babel import Locale
from flask import render_template, url_for
from flask_babel import force_locale, gettext, lazy_gettext
from markupsafe import Markup

from webapp.domain.profiles import Viewer, sections_for
from webapp.queries.profiles import Profile
from webapp.services import profiles
from webapp.services.profiles import Contents
from webapp.views.opening import isolated
from webapp.views.privacy_form import LEVELS
from webapp.views.profile_board import NAMED, board, heard_most
from webapp.views.requests import wiring

PERIODS = {
    "4w": lazy_gettext("4 weeks"),
    "6m": lazy_gettext("6 months"),
    "all": lazy_gettext("All time"),
}
DEFAULT = next(iter(PERIODS))


def contents(profile: Profile, viewer: Viewer, period: str, locale: Locale) -> bytes:
    """Write what viewers of a kind see of a listener."""
    with force_locale(locale):
        return _contents(profile, viewer, period, _read(profile, viewer, period)).encode()


def document(profile: Profile, period: str, locale: Locale) -> bytes:
    """Write the whole page for strangers, with what link previews ask for; packed with gzip.

    It is packed once, because it is sent often, and because nothing in it is anybody's secret.
    """
    with force_locale(locale):
        found = _read(profile, Viewer.STRANGER, period)
        body = _contents(profile, Viewer.STRANGER, period, found)
        context = frame(profile, Viewer.STRANGER, body.encode())
        about = _sentence(heard_most(found) if period == DEFAULT else [])
        text = render_template("profiles/show.html", **context, about=about, bare=True)
        return compress(text.encode(), mtime=0)


def frame(profile: Profile, viewer: Viewer, body: bytes) -> dict[str, Any]:
    """Give what stands around the contents."""
    base, username = wiring().settings.public_url, profile.username
    return {
        "profile": profile,
        "name": _name(profile),
        "viewer": viewer,
        "contents": Markup(body.decode()),  # noqa: S704 - a template of ours wrote it, escaped
        "address": base + url_for("profiles.show", username=username),
        "picture": base + url_for("recaps.show_public_picture", username=username, key=DEFAULT),
        "found": sections_for(profile.privacy.levels, Viewer.STRANGER),
    }


def _read(profile: Profile, viewer: Viewer, period: str) -> Contents:
    sections = sections_for(profile.privacy.levels, viewer)
    return profiles.contents(profile, sections, period, wiring().clock())


def _contents(profile: Profile, viewer: Viewer, period: str, found: Contents) -> str:
    levels = profile.privacy.levels
    sections = sections_for(levels, viewer)
    return render_template(
        "profiles/_contents.html",
        profile=profile,
        name=_name(profile),
        viewer=viewer,
        sections=sections,
        levels={section: (levels[section], LEVELS[levels[section]]) for section in sections},
        board=board(found, sections, profile.time_zone),
        sentence=_sentence([isolated(name) for name in heard_most(found)])
        if period == DEFAULT
        else "",
        periods=[(name, _url(profile, key), key == period) for key, name in PERIODS.items()],
    )


def _sentence(heard: list[str]) -> str:
    if len(heard) < NAMED:
        return ""
    first, second, third = heard
    text = gettext(
        "These weeks sound like %(first)s, %(second)s and %(third)s.",
        first=first,
        second=second,
        third=third,
    )
    return str(text)


def _name(profile: Profile) -> str:
    """Name a listener, who may have no name at Spotify."""
    return profile.display_name.strip() or profile.username


def _url(profile: Profile, period: str) -> str:
    return url_for(
        "profiles.show",
        username=profile.username,
        period=None if period == DEFAULT else period,
    )
