"""The words of a receipt: what became of rows, and why."""

from typing import Any

from flask_babel import format_decimal as written
from flask_babel import gettext, lazy_gettext, ngettext

from webapp.domain.imports import Outcome
from webapp.domain.reports import Reason

OUTCOMES: dict[Outcome, tuple[Any, Any]] = {
    Outcome.NEW: (
        lazy_gettext("New"),
        lazy_gettext("Plays that Backspin did not know. They are in your history now."),
    ),
    Outcome.MERGED: (
        lazy_gettext("Merged"),
        lazy_gettext("Plays that something else had told of. Each counts once, and knows both."),
    ),
    Outcome.HAD: (
        lazy_gettext("Already had"),
        lazy_gettext("Exact copies of rows that were brought in before. They change nothing."),
    ),
    Outcome.SHORT: (
        lazy_gettext("Too short"),
        lazy_gettext("Heard for less than 30 seconds, not to the end. Kept, but not counted."),
    ),
    Outcome.PODCAST: (
        lazy_gettext("Spoken"),
        lazy_gettext("Podcasts and audiobooks. Kept as told, but no music, so not counted."),
    ),
    Outcome.UNREADABLE: (
        lazy_gettext("Unreadable"),
        lazy_gettext("Rows that name no track, or no time that can be. Kept as told."),
    ),
}

REASONS: dict[Reason, Any] = {
    Reason.PODCAST: lazy_gettext("a podcast"),
    Reason.AUDIOBOOK: lazy_gettext("an audiobook"),
    Reason.NO_TRACK: lazy_gettext("names no track"),
    Reason.NO_TIME: lazy_gettext("tells no time"),
    Reason.BAD_TIME: lazy_gettext("tells a time that can't be read"),
    Reason.BEFORE_2002: lazy_gettext("tells a time before 2002, when nobody kept plays"),
    Reason.FUTURE: lazy_gettext("tells a time in the future"),
    Reason.BAD_DURATION: lazy_gettext("tells a duration that can't be read"),
    Reason.NEGATIVE_DURATION: lazy_gettext("tells a negative duration"),
    Reason.ABSURD_DURATION: lazy_gettext("tells a duration of more than a day"),
    Reason.ABSURD_NUMBER: lazy_gettext("has a number of hundreds of digits"),
    Reason.NOT_A_NUMBER: lazy_gettext("has a value that is no number"),
    Reason.NOT_AN_OBJECT: lazy_gettext("is no entry at all"),
    Reason.BAD_JSON: lazy_gettext("is broken JSON"),
    Reason.BAD_CSV: lazy_gettext("has quotes that don't match"),
    Reason.BAD_COLUMNS: lazy_gettext("has more cells than the table has columns"),
    Reason.TOO_LONG: lazy_gettext("is longer than any real entry"),
}
"""Why a row tells of no play."""

EXTRAS: dict[str, Any] = {
    "library_new": lambda n: ngettext(
        "%(n)s change of your library came with it.",
        "%(n)s changes of your library came with it.",
        n,
        n=written(n),
    ),
    "playlists_new": lambda n: ngettext(
        "%(n)s state of a playlist came with it.",
        "%(n)s states of playlists came with it.",
        n,
        n=written(n),
    ),
    "library_left": lambda n: ngettext(
        "%(n)s entry of the library's past was left out: yours tells of the same time, and stays"
        " as it is.",
        "%(n)s entries of the library's past were left out: yours tells of the same time, and"
        " stays as it is.",
        n,
        n=written(n),
    ),
    "collection_new": lambda n: ngettext(
        "%(n)s thing came into your collection.",
        "%(n)s things came into your collection.",
        n,
        n=written(n),
    ),
    "settings_new": lambda _n: gettext("Time zone, language and appearance are as they were."),
    "profile_on": lambda _n: gettext(
        "Your profile is on, and shows others what it showed before. Look it over in the settings."
    ),
    "profile_off": lambda _n: gettext("Your profile is off, as it was."),
    "settings_left": lambda _n: gettext(
        "Your settings stayed as they are here. Those of an archive come into a new or an empty"
        " account alone."
    ),
    "profile_left": lambda _n: gettext("Who may see what of you stayed as it is here."),
    "blends_told": lambda n: ngettext(
        "%(n)s blend is told of in the archive, to be read. It was not made anew: the other one has"
        " to agree here, too.",
        "%(n)s blends are told of in the archive, to be read. They were not made anew: the other"
        " ones have to agree here, too.",
        n,
        n=written(n),
    ),
}
"""What an import brings besides plays."""


def reason(code: str) -> str:
    """Say why a row tells of no play."""
    return str(REASONS[Reason(code)]) if code in set(Reason) else code.replace("_", " ")
