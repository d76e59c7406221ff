"""Who may see what of a listener: the sections of a profile, and how open each one is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Section(StrEnum):
    """The parts of a profile, in the order of the page."""

    NOW = "now"
    TOP = "top"
    CALENDAR = "calendar"
    HISTORY = "history"
    LIBRARY = "library"
    PERSONALITY = "personality"
    COMPARE = "compare"


class Level(StrEnum):
    """How open a section is, most open first."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ONLY_ME = "only_me"


class Viewer(StrEnum):
    """Who looks: the listener, somebody else of this install, anybody at all."""

    OWNER = "owner"
    SIGNED_IN = "signed_in"
    STRANGER = "stranger"


Levels = Mapping[Section, Level]

CLOSED: Levels = MappingProxyType(dict.fromkeys(Section, Level.ONLY_ME))
ADMITTED = {
    Level.PUBLIC: frozenset(Viewer),
    Level.SIGNED_IN: frozenset({Viewer.OWNER, Viewer.SIGNED_IN}),
    Level.ONLY_ME: frozenset({Viewer.OWNER}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What a listener chose; without a choice there is no profile, and nothing is shown."""

    shown: bool = False
    """Whether there is a profile at all."""
    chosen: Levels = field(default_factory=lambda: CLOSED)

    @property
    def levels(self) -> Levels:
        """The levels that hold: without a profile every section is the listener's own."""
        return self.chosen if self.shown else CLOSED


def may_see(section: Section, levels: Levels, viewer: Viewer) -> bool:
    """Decide whether somebody may see a section; one that nobody chose for is closed."""
    return viewer in ADMITTED[levels.get(section, Level.ONLY_ME)]


def sections_for(levels: Levels, viewer: Viewer) -> tuple[Section, ...]:
    """List what somebody may see, in the order of the page."""
    return tuple(section for section in Section if may_see(section, levels, viewer))


def viewer_of(owner_id: int, viewer_id: int | None) -> Viewer:
    """Tell who looks; None is nobody we know."""
    if viewer_id is None:
        return Viewer.STRANGER
    return Viewer.OWNER if viewer_id == owner_id else Viewer.SIGNED_IN
