"""Who sees what, as the settings ask it and as it comes back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext

from webapp.domain.profiles import Level, Privacy, Section

SECTIONS = {
    Section.NOW: (lazy_gettext("Lately"), lazy_gettext("Your last plays, with their times")),
    Section.TOP: (
        lazy_gettext("Top lists"),
        lazy_gettext("Artists, tracks and albums you play most, and recaps"),
    ),
    Section.CALENDAR: (
        lazy_gettext("Calendar"),
        lazy_gettext("How much you listened each day, and in recaps at which hours"),
    ),
    Section.HISTORY: (
        lazy_gettext("History"),
        lazy_gettext("Your last 50 plays, day by day, and in recaps what you heard first"),
    ),
    Section.LIBRARY: (lazy_gettext("Library"), lazy_gettext("How much you saved, and what last")),
    Section.PERSONALITY: (lazy_gettext("Personality"), lazy_gettext("How you listen, in measures")),
    Section.COMPARE: (
        lazy_gettext("Compare"),
        lazy_gettext("Whether others may ask to compare their taste with yours"),
    ),
}
LEVELS = {
    Level.PUBLIC: lazy_gettext("Everybody"),
    Level.SIGNED_IN: lazy_gettext("Listeners here"),
    Level.ONLY_ME: lazy_gettext("Only me"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A section to choose for, and what is chosen (as it was sent, which may make no sense)."""

    section: Section
    label: str
    about: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyForm:
    """The form: whether there is a profile, and a row for each section."""

    shown: bool
    choices: list[Choice]


def privacy_form(privacy: Privacy, sent: Mapping[str, str]) -> PrivacyForm:
    """Fill the form with what holds, or with what was sent of it."""
    was_sent = any(section in sent for section in Section)
    return PrivacyForm(
        shown=bool(sent.get("shown")) if was_sent else privacy.shown,
        choices=[
            Choice(
                section=section,
                label=str(label),
                about=str(about),
                level=sent.get(section, "") if was_sent else privacy.chosen[section],
            )
            for section, (label, about) in SECTIONS.items()
        ],
    )


def asked_privacy(sent: Mapping[str, str]) -> Privacy | None:
    """Read the form; None if a section has no level, or one that there is not."""
    if any(sent.get(section) not in set(Level) for section in Section):
        return None
    return Privacy(
        shown=bool(sent.get("shown")),
        chosen={section: Level(sent[section]) for section in Section},
    )
