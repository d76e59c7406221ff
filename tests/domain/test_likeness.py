"""The likeness of two listeners, against numbers made by hand and against what must always hold."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.likeness import likeness

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 100_000))


def test_it_is_the_cosine_of_damped_counts() -> None:
    found = likeness({"Nia": 1, "Mavka": 3}, {"Mavka": 3, "Zed": 7})
    one, two, three = log(2), log(4), log(8)
    expected = two * two / ((one**2 + two**2) ** 0.5 * (two**2 + three**2) ** 0.5)
    assert found.value == pytest.approx(expected)
    assert expected == pytest.approx(0.496, abs=0.001)
    assert (found.left.plays, found.right.plays, found.shared) == (4, 10, 1)
    assert (found.left.things, found.right.things) == (2, 2)


def test_ends_of_the_scale() -> None:
    assert likeness({"Nia": 5}, {"Zed": 5}).value == 0
    assert likeness({"Nia": 5}, {}).value == 0
    assert likeness({}, {}).value == 0
    assert likeness({"Nia": 5}, {"Nia": 90_000}).value == pytest.approx(1)


def test_parts_add_up_to_the_whole() -> None:
    left, right = {"Nia": 40, "Mavka": 3, "Zed": 1}, {"Nia": 2, "Mavka": 30, "Øst": 9}
    found = likeness(left, right)
    parts = [found.part(left[artist], right[artist]) for artist in ("Nia", "Mavka")]
    assert sum(parts) == pytest.approx(1)
    assert likeness({}, {}).part(0, 0) == 0


@pytest.mark.parametrize(("left", "right", "enough"), [(50, 50, True), (49, 9000, False)])
def test_a_few_plays_are_not_enough(left: int, right: int, enough: bool) -> None:
    assert likeness({"Nia": left}, {"Nia": right}).enough is enough


@given(COUNTS, COUNTS)
def test_it_lies_between_0_and_1_and_is_the_same_from_both_sides(
    left: dict[str, int], right: dict[str, int]
) -> None:
    found = likeness(left, right)
    assert 0 <= found.value <= 1
    assert found.value == likeness(right, left).value
    assert (found.value > 0) is bool(left.keys() & right.keys())


@given(COUNTS)
def test_everybody_is_like_themselves(counts: dict[str, int]) -> None:
    assert likeness(counts, counts).value == pytest.approx(1 if counts else 0)
