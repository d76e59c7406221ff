"""The picture of the flow says what the numbers say."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.top_songs import flows
from webapp.views.flow_picture import COLUMN, HEIGHT, TOP, draw

YEARS = st.dictionaries(
    st.integers(2000, 2027), st.frozensets(st.integers(0, 60).map(str)), min_size=1, max_size=12
)


def test_three_years_are_three_columns() -> None:
    picture = draw(flows({2020: "abcd", 2021: "ab", 2022: "acde"}))
    assert [column.year for column in picture.columns] == [2020, 2021, 2022]
    assert [column.total for column in picture.columns] == [4, 2, 4]
    parts = [[(part.kind, part.count) for part in column.parts] for column in picture.columns]
    assert parts == [
        [("arrived", 4)],
        [("stayed", 2)],
        [("stayed", 1), ("arrived", 1), ("returned", 2)],
    ]
    kinds = [band.kind for band in picture.bands]
    assert kinds.count("staying") == 2
    assert kinds.count("returning") == 1
    (arc,) = (band for band in picture.bands if band.kind == "returning")
    assert arc.width == HEIGHT / 2


def test_nobody_who_will_be_back_is_drawn_as_gone() -> None:
    picture = draw(flows({2020: "ab", 2021: "c", 2022: "ab"}))
    leaving = [band for band in picture.bands if band.kind == "leaving"]
    assert len(leaving) == 1, "only c is gone for good"


@given(YEARS)
def test_columns_stand_apart_within_the_picture(years: dict[int, frozenset[str]]) -> None:
    picture = draw(flows(years))
    for left, right in pairwise(picture.columns):
        assert right.x > left.x + COLUMN
    assert picture.columns[-1].x + COLUMN <= picture.width
    for column in picture.columns:
        ends = [part.y + part.height for part in column.parts]
        assert all(TOP <= end <= TOP + HEIGHT + 0.5 for end in ends)
        assert sum(part.count for part in column.parts) == column.total


@given(YEARS)
def test_paths_are_numbers_within_the_picture(years: dict[int, frozenset[str]]) -> None:
    picture = draw(flows(years))
    for band in picture.bands:
        assert re.fullmatch(r"M[-\d. CSHVZ]+", band.path)
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", band.path)]
        assert all(-1 <= number <= max(picture.width, picture.height) for number in numbers)
