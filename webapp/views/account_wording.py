"""The words for what happens while an account is read."""

from typing import Any

from flask_babel import gettext, lazy_gettext

from webapp.domain.import_accounts import Service

NAMES = {Service.LASTFM: "Last.fm", Service.LISTENBRAINZ: "ListenBrainz"}

TROUBLES: dict[str, tuple[Any, Any]] = {
    "account_not_found": (
        lazy_gettext("There is no account of that name there."),
        lazy_gettext("Look at how it is spelled on its own page, and try again."),
    ),
    "account_private": (
        lazy_gettext("This account hides its listening, so nobody else can read it."),
        lazy_gettext(
            "On Last.fm, under Settings, Privacy, let others see your recent listening for a"
            " while. Then try again."
        ),
    ),
    "account_misconfigured": (
        lazy_gettext("The service does not accept the key of this Backspin."),
        lazy_gettext("The operator has to look at it. An export as a file can be sent meanwhile."),
    ),
    "account_malformed": (
        lazy_gettext("The service answered in a way we do not understand."),
        lazy_gettext("An export as a file may work: send that."),
    ),
    "account_outage": (
        lazy_gettext("The service did not answer properly, for hours."),
        lazy_gettext("Try again another day, or send an export as a file."),
    ),
}
"""What went wrong, and what helps."""


def pause_sentence(origin: str, time: str) -> str:
    """Say that a service wants to be left alone for a while."""
    return str(
        gettext(
            "%(service)s asks us to wait until %(time)s. It goes on by itself.",
            service=NAMES[Service(origin)],
            time=time,
        )
    )
