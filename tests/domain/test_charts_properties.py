"""Whatever the numbers, a chart stays inside its picture."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.charts import (
    Point,
    Series,
    bars,
    calendar,
    clock,
    columns,
    line,
    ranks,
    share,
    spark,
    stream,
)
from webapp.domain.charts.clock_chart import SIZE
from webapp.domain.charts.names import fitted, width_of
from webapp.domain.charts.stream_chart import order

AMOUNTS = st.one_of(
    st.integers(0, 5000),
    st.floats(0, 1e300, allow_nan=False),
    st.sampled_from([0, 0, 1, 5e-324, 1.7e308]),
)
LISTS = st.lists(AMOUNTS, max_size=110)
NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Series], list[str]]:
    width = draw(st.integers(0, 14))
    rows = draw(st.lists(st.lists(AMOUNTS, min_size=width, max_size=width), max_size=9))
    series = [Series(f"series {at}", values) for at, values in enumerate(rows)]
    return series, [str(at) for at in range(width)]


def within(numbers: Iterable[float], most: float = 100) -> bool:
    """Tell whether numbers lie inside a picture, give or take what rounding does; NaN does not."""
    return all(-0.02 <= number <= most + 0.02 for number in numbers)


def numbers_of(path: str) -> list[float]:
    """Read all numbers of a path, once it is known to be one."""
    assert re.fullmatch(r"([MCLHVAhvz Z]|-?[\d.]+(e-?\d+)?)*", path)
    return [float(number) for number in NUMBER.findall(path)]


@settings(max_examples=40)
@given(LISTS)
def test_one_value_each(values: list[float]) -> None:
    points = [Point(f"label {at}", value, "") for at, value in enumerate(values)]
    assert within(bar.width for bar in bars(points).bars)
    towers = columns(points)
    assert within(n for c in towers.columns for n in (c.x, c.y, c.x + c.width, c.y + c.height))
    assert all(column.height > 0 for column in towers.columns if column.point.value > 0)
    assert all(a.x + a.width <= b.x + 0.02 for a, b in pairwise(towers.columns))
    way = line(points)
    assert within(n for dot in way.dots for n in (dot.x, dot.y))
    for path in (towers.path, way.path, way.area, spark(values).path, spark(values).area):
        assert within(numbers_of(path))
    for chart in (towers, way):
        assert within(n for tick in chart.ticks for n in (tick.y,))
        assert within(label.x for label in chart.labels)
        assert len(chart.ticks) <= 5
    parts = share(points).parts
    assert within(n for part in parts for n in (part.x, part.x + part.width))


@settings(max_examples=30)
@given(tables())
def test_many_series(table: tuple[list[Series], list[str]]) -> None:
    series, labels = table
    chart = stream(series, labels)
    for band in chart.bands:
        assert within(numbers_of(band.path))
        assert within(n for name in band.names for n in (name.x, name.y))
    values = [[value or 0 for value in one.values] for one in series]
    assert sorted(order(values)) == list(range(len(series)))
    places = [
        Series(one.name, [1 + value % 400 if value else None for value in one.values])
        for one in series
    ]
    for track in ranks(places, labels).tracks:
        assert within(numbers_of(track.path))
        assert within(n for place in track.places for n in (place.x, place.y))


@settings(max_examples=40)
@given(
    st.dates(date(1999, 1, 1), date(2040, 1, 1)),
    st.integers(1, 366),
    st.dictionaries(st.integers(0, 365), AMOUNTS),
)
def test_days(first: date, length: int, amounts: dict[int, float]) -> None:
    days = {first + timedelta(days=at): value for at, value in amounts.items()}
    chart = calendar(days, first, first + timedelta(days=length - 1))
    drawn = 0
    for half in chart.halves:
        for path in [half.blank, *(day.path for _, shade in half.shades for day in shade)]:
            drawn += path.count("M")
            spots = [float(n) for spot in re.findall(r"M(\d+) (\d+)", path) for n in spot]
            assert within((n + 8 for n in spots[::2]), half.width)
            assert within((n + 8 for n in spots[1::2]), half.height)
    assert drawn == length
    assert all(1 <= level <= 5 for half in chart.halves for level, _ in half.shades)


@settings(max_examples=30)
@given(st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 23)), AMOUNTS))
def test_hours(cells: dict[tuple[int, int], float]) -> None:
    chart = clock(cells)
    shown = [cell for _, shade in chart.shades for cell in shade]
    assert {(cell.weekday, cell.hour) for cell in shown} == {k for k, v in cells.items() if v}
    for path in [chart.grooves, chart.spokes, *(cell.path for cell in shown)]:
        assert within(numbers_of(path), SIZE)
    assert within((n for spot in chart.numerals for n in (spot.x - 9, spot.x + 9)), SIZE)


@settings(max_examples=50)
@given(st.text(max_size=60), st.integers(1, 20))
def test_a_cut_name_is_no_wider_than_its_room(text: str, room: int) -> None:
    assert width_of(fitted(text, room)) <= room
