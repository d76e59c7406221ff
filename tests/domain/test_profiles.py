"""Who may see what."""

import pytest

from webapp.domain.profiles import (
    Level,
    Privacy,
    Section,
    Viewer,
    may_see,
    sections_for,
    viewer_of,
)

MIXED = {
    Section.NOW: Level.PUBLIC,
    Section.TOP: Level.SIGNED_IN,
    Section.CALENDAR: Level.ONLY_ME,
    Section.LIBRARY: Level.PUBLIC,
}


@pytest.mark.parametrize(
    ("level", "viewer", "allowed"),
    [
        ("public", "owner", True),
        ("public", "signed_in", True),
        ("public", "stranger", True),
        ("signed_in", "owner", True),
        ("signed_in", "signed_in", True),
        ("signed_in", "stranger", False),
        ("only_me", "owner", True),
        ("only_me", "signed_in", False),
        ("only_me", "stranger", False),
    ],
)
def test_a_level_admits(level: str, viewer: str, allowed: bool) -> None:
    assert may_see(Section.TOP, {Section.TOP: Level(level)}, Viewer(viewer)) is allowed


@pytest.mark.parametrize(
    ("viewer", "sections"),
    [
        (Viewer.OWNER, tuple(Section)),
        (Viewer.SIGNED_IN, (Section.NOW, Section.TOP, Section.LIBRARY)),
        (Viewer.STRANGER, (Section.NOW, Section.LIBRARY)),
    ],
)
def test_sections_come_in_the_order_of_the_page_and_unknown_ones_are_closed(
    viewer: Viewer, sections: tuple[Section, ...]
) -> None:
    assert sections_for(MIXED, viewer) == sections


def test_a_profile_that_is_off_shows_nothing_whatever_was_chosen() -> None:
    levels = Privacy(shown=False, chosen=dict.fromkeys(Section, Level.PUBLIC)).levels
    assert sections_for(levels, Viewer.STRANGER) == ()
    assert sections_for(levels, Viewer.SIGNED_IN) == ()
    assert sections_for(levels, Viewer.OWNER) == tuple(Section)


def test_who_never_chose_has_no_profile() -> None:
    assert not Privacy().shown
    assert set(Privacy(shown=True).levels.values()) == {Level.ONLY_ME}


def test_viewers_are_told_apart_by_their_account() -> None:
    assert viewer_of(7, 7) is Viewer.OWNER
    assert viewer_of(7, 8) is Viewer.SIGNED_IN
    assert viewer_of(7, None) is Viewer.STRANGER
