"""Words as they are typed, turned into patterns that mean only themselves."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp import db
from webapp.queries.search import escape, fold, folded, patterns

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("100%", r"100\%"), ("a_b", r"a\_b"), ("AC\\DC", r"AC\\DC"), ("plain", "plain")],
)
def test_wildcards_lose_their_meaning(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ólafur Arnalds", "olafur arnalds"),
        ("Mø", "mo"),
        ("ŁÓDŹ", "lodz"),
        ("Don’t", "don't"),  # noqa: RUF001 - as Spotify writes it
        ("Й", "и"),
        ("ﬁne ①", "fine 1"),
    ],
)
def test_folding(text: str, plain: str) -> None:
    assert fold(text) == plain


def test_every_word_is_a_pattern() -> None:
    assert patterns("  Über\u00a050% ") == ["%uber%", r"%50\%%"]
    assert patterns(" \t") == []


@pytest.mark.usefixtures("database")
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=NAMES)
def test_a_name_is_found_by_itself(name: str) -> None:
    found = db.query(f"SELECT {folded('%s::text')} LIKE ALL(%s)", name, patterns(name))
    assert found == [(True,)]
