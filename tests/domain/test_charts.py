"""Charts say what the numbers say."""

from collections.abc import Callable
from datetime import date, timedelta
from math import inf, nan

import pytest

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
from webapp.domain.charts.names import fitted, width_of
from webapp.domain.charts.paths import slopes
from webapp.domain.charts.scales import level_of, thresholds, ticks


def points(*values: float) -> list[Point]:
    return [Point(f"p{at}", value, f"{value} plays") for at, value in enumerate(values)]


def test_a_bar_is_as_long_as_its_part_of_the_longest() -> None:
    chart = bars(points(8, 2, 0))
    assert [bar.width for bar in chart.bars] == [100, 25, 0]
    assert [bar.y for bar in chart.bars] == [0, 46, 92]
    assert chart.height == 3 * 46


def test_columns_stand_on_the_ground_below_a_round_scale() -> None:
    chart = columns(points(10, 0, 45))
    assert [(tick.value, tick.y) for tick in chart.ticks] == [
        (10, 80),
        (20, 60),
        (30, 40),
        (40, 20),
        (50, 0),
    ]
    assert [column.height for column in chart.columns] == [20, 0, 90]
    assert [column.y + column.height for column in chart.columns] == [100, 100, 100]
    assert chart.peak
    assert chart.peak.point.text == "45 plays"


@pytest.mark.parametrize(
    ("most", "whole", "values"),
    [
        (1, True, [1]),
        (3, True, [1, 2, 3]),
        (60.4, False, [20, 40, 60, 80]),
        (0.7, False, [0.2, 0.4, 0.6, 0.8]),
        (1234, True, [500, 1000, 1500]),
        (0, True, []),
    ],
)
def test_lines_behind_a_chart_are_round(most: float, whole: bool, values: list[float]) -> None:
    assert [tick.value for tick in ticks(most, whole=whole)[1]] == values


def test_many_columns_are_one_shape() -> None:
    assert columns(points(*range(1, 100))).path == ""
    assert columns(points(*range(1, 141))).path.count("M") == 140


def test_words_below_a_chart_leave_each_other_room() -> None:
    days = [Point(f"{day} Nov", day, "") for day in range(1, 31)]
    labels = columns(days).labels
    often = [label.text for label in labels if not label.minor]
    assert often == ["1 Nov", "9 Nov", "17 Nov", "25 Nov"]
    assert [label.text for label in labels][:3] == ["1 Nov", "5 Nov", "9 Nov"]
    assert (labels[0].anchor, labels[1].anchor) == ("start", "middle")


def test_a_line_touches_its_points() -> None:
    chart = line(points(0, 10, 5))
    assert [(dot.x, dot.y) for dot in chart.dots] == [(1, 100), (50, 0), (99, 50)]
    assert chart.path.startswith("M1 100C")
    assert chart.path.endswith(" 99 50")
    assert line(points(5)).path == ""


def test_a_curve_is_flat_where_it_turns() -> None:
    assert slopes([1, 3, 2, 2, 4, 6]) == [0, 0, 0, 0, 2, 0]


def test_a_share_is_a_part_of_the_whole() -> None:
    parts = share(points(3, 1, 0)).parts
    assert [(part.x, part.width) for part in parts] == [(0, 75), (75, 25), (100, 0)]
    assert [part.hue for part in parts] == [1, 2, 3]


def test_a_stream_is_thick_where_there_is_much() -> None:
    chart = stream([Series("a", [1, 1, 1]), Series("b", [1, 1, 1])], ["x", "y", "z"])
    upper, lower = (band.path for band in sorted(chart.bands, key=lambda band: band.path))
    there, back = upper.split("L")
    assert there == "M0 0C16.67 0 33.33 0 50 0C66.67 0 83.33 0 100 0"
    assert back == "100 50C83.33 50 66.67 50 50 50C33.33 50 16.67 50 0 50Z"
    assert lower.startswith("M0 50")
    assert chart.rows == (("x", (1, 1)), ("y", (1, 1)), ("z", (1, 1)))


def test_a_name_stands_in_a_band_that_has_room_for_it() -> None:
    thick, thin = [0, 5, 90, 90, 90, 5, 0], [1] * 7
    chart = stream([Series("Thick", thick), Series("Thin", thin)], [str(at) for at in range(7)])
    names = {band.series.name: band.names for band in chart.bands}
    assert names["Thin"] == ()
    assert [(name.size, name.narrow) for name in names["Thick"]] == [
        ("large", True),
        ("large", False),
    ]
    assert all(33 <= name.x <= 67 for name in names["Thick"])


def test_first_place_is_on_top_and_a_gap_is_no_line() -> None:
    chart = ranks(
        [Series("a", [1, 2, 1, 1]), Series("b", [2, None, 2, None])], ["w", "x", "y", "z"]
    )
    first, second = chart.tracks
    assert [place.y for place in first.places] == [25, 75, 25, 25]
    assert (first.path.count("M"), second.path) == (3, "")
    assert [place.label for place in second.places] == ["w", "y"]
    assert first.best.label == "z"
    deep = ranks([Series("a", [1, 480])], ["x", "y"])
    assert [mark for mark, _ in deep.marks] == [1, 2, 5, 10, 20, 50, 100, 200]


def test_a_calendar_holds_each_day_once() -> None:
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    chart = calendar({date(2024, 2, 29): 7, date(2023, 12, 31): 99}, first, last)
    days = [day for _, week in chart.weeks for day in week if day]
    assert [day.day for day in days] == [first + timedelta(days=at) for at in range(366)]
    assert chart.best
    assert (chart.best.day, chart.best.value) == (date(2024, 2, 29), 7)
    assert len(chart.halves) == 2
    assert [half.blank.count("M") for half in chart.halves] == [27 * 7 - 1, 366 - 27 * 7]
    months = [[day.month for _, day in half.months] for half in chart.halves]
    assert months == [[1, 2, 3, 4, 5, 6, 7], [7, 8, 9, 10, 11, 12]]


def test_a_calendar_of_a_few_weeks_is_whole_and_one_of_years_is_refused() -> None:
    assert len(calendar({}, date(2024, 3, 1), date(2024, 3, 28)).halves) == 1
    with pytest.raises(ValueError, match="54 weeks"):
        calendar({}, date(2023, 1, 1), date(2024, 12, 31))


def test_a_clock_begins_at_midnight_and_has_monday_outside() -> None:
    chart = clock({(0, 0): 1, (6, 23): 5})
    assert [len(row) for row in chart.rows] == [7] * 24
    assert chart.peak
    assert (chart.peak.weekday, chart.peak.hour) == (6, 23)
    monday, sunday = chart.rows[0][0], chart.rows[23][6]
    assert monday.path.startswith("M224.65 52")
    assert "A150 150 " in monday.path
    assert "A63 63 " in sunday.path
    assert clock({}).peak is None
    with pytest.raises(ValueError, match="7 days"):
        clock({(7, 0): 1})


def test_shades_hold_as_many_values_each() -> None:
    begins = thresholds([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert [level_of(value, begins) for value in range(11)] == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert level_of(3, thresholds([3, 3, 3])) == 5


def test_a_name_is_cut_to_its_room() -> None:
    assert fitted("Godspeed You! Black Emperor", 13) == "Godspeed You…"
    assert fitted("Björk", 13) == "Björk"
    assert (width_of("宇多田"), fitted("宇多田ヒカル", 7)) == (6, "宇多田…")
    assert fitted("👨‍👩‍👧" * 5, 4) == "👨…"
    assert fitted("e\u0301" * 9, 4) == "e\u0301" * 3 + "…"


@pytest.mark.parametrize("bad", [-1, nan, inf])
def test_what_is_no_amount_is_refused(bad: float) -> None:
    day = date(2024, 1, 1)
    drawings: list[Callable[[], object]] = [
        lambda: bars(points(bad)),
        lambda: columns(points(1, bad)),
        lambda: line(points(bad)),
        lambda: share(points(bad)),
        lambda: spark([bad]),
        lambda: stream([Series("a", [bad])], ["x"]),
        lambda: ranks([Series("a", [bad])], ["x"]),
        lambda: calendar({day: bad}, day, day),
        lambda: clock({(0, 0): bad}),
    ]
    for draw in drawings:
        with pytest.raises(ValueError, match="cannot show"):
            draw()


def test_a_series_fits_its_labels() -> None:
    with pytest.raises(ValueError, match="one value for each label"):
        stream([Series("a", [1, 2])], ["x"])
    with pytest.raises(ValueError, match="begin at 1"):
        ranks([Series("a", [0])], ["x"])
