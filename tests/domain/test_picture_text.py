"""Names in pictures: whatever somebody calls a song, it has a form and fits."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from webapp.domain.picture_text import DISPLAY, drawable, family_of, fit, tidy, width_of


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Night \t Train\n", "Night Train"),
        ("a\u200bb\u2060c\ufeff", "abc"),
        ("\u202eevil\u202c", "evil"),
        ("\x00\x07\ud800bell", "bell"),
        ("\ufffe\uffff", ""),
        ("Z" + "\u0351" * 40 + "o", "Z\u0351\u0351o"),
        ("\u0301\u0301lead", "lead"),
        ("e\u0301", "\u00e9"),
        ("\U0001f469\u200d\U0001f3a4", "\U0001f469\u200d\U0001f3a4"),
        ("\u200d\u200d", ""),
        ("עברית", "עברית"),
    ],
)
def test_what_has_no_form_goes(name: str, shown: str) -> None:
    assert tidy(name) == shown


def test_long_names_are_cut_to_the_room() -> None:
    cut = fit(tidy("M" * 10_000), 10)
    assert cut.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert 9 < width_of(cut) <= 10
    assert fit("Reel", 10) == "Reel"
    assert fit("日本語の歌", 3.5) == "日本\N{HORIZONTAL ELLIPSIS}"


def test_names_get_the_typeface_that_has_them() -> None:
    assert family_of("Señor Ő", DISPLAY).startswith("Bricolage Grotesque")
    assert not family_of("Мавка").startswith("Figtree")


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("\U0001f469\u200d\U0001f3a4", "\U0001f469\U0001f3a4"),
        ("\U0001f44d\U0001f3fd \u2764\ufe0f", "\U0001f44d \u2764"),
        ("\U0001f1e9\U0001f1ea", "DE"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
    ],
)
def test_joined_pictures_are_drawn_one_by_one(name: str, drawn: str) -> None:
    assert drawable(name) == drawn


@given(st.text(st.characters(codec="utf-8", exclude_categories=()), max_size=60), st.floats(1, 40))
def test_any_name_can_stand_in_a_picture(name: str, room: float) -> None:
    shown = fit(tidy(name), room)
    assert width_of(shown) <= room
    assert ET.fromstring(f"<text>{escape(shown)}</text>").text in {shown, None}  # noqa: S314
