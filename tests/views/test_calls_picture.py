"""The picture of the calls: heights, places, round lines."""

import pytest

from webapp.domain.budget import Priority, start_of
from webapp.services.spending import Ended
from webapp.views.calls_picture import HEIGHT, TOP, draw, step_for

NOW = 500_000


def calls(hour: int, count: int, priority: Priority = Priority.ARCHIVE) -> Ended:
    return Ended(hour=hour, endpoint="/me", priority=priority, status=200, calls=count)


def test_columns_are_the_last_24_hours_oldest_first() -> None:
    picture = draw([], NOW)
    assert [column.begin for column in picture.columns] == [
        start_of(hour) for hour in range(NOW - 23, NOW + 1)
    ]
    places = [column.x for column in picture.columns]
    assert places == sorted(places)
    assert picture.left < places[0]
    assert places[-1] + picture.column_width < picture.right < picture.width


def test_parts_stand_on_each_other_most_important_at_the_bottom() -> None:
    picture = draw([calls(NOW, 30), calls(NOW, 15, Priority.DELTA), calls(NOW, 15)], NOW)
    archive, delta = picture.columns[-1].parts
    assert (archive.priority, archive.calls) == (Priority.ARCHIVE, 45)
    assert (delta.priority, delta.calls) == (Priority.DELTA, 15)
    assert archive.y + archive.height == picture.bottom
    assert delta.y + delta.height == archive.y
    assert archive.height == pytest.approx(3 * delta.height)


def test_the_highest_column_fits_below_the_highest_line() -> None:
    picture = draw([calls(NOW, 47), calls(NOW - 3, 12)], NOW)
    assert picture.lines == (
        (TOP + HEIGHT, 0),
        (TOP + HEIGHT - HEIGHT / 3, 20),
        (TOP + HEIGHT - 2 * HEIGHT / 3, 40),
        (TOP, 60),
    )
    assert min(part.y for column in picture.columns for part in column.parts) > TOP
    assert picture.busiest.calls == 47


def test_hours_outside_of_the_picture_are_left_out() -> None:
    picture = draw([calls(NOW - 24, 5), calls(NOW + 1, 5)], NOW)
    assert not [column for column in picture.columns if column.calls]
    assert picture.lines == ((TOP + HEIGHT, 0), (TOP, 1)), "an empty picture has a ground"


@pytest.mark.parametrize(
    ("most", "step"),
    [(0, 1), (3, 1), (4, 2), (7, 5), (15, 5), (16, 10), (47, 20), (150, 50), (5700, 2000)],
)
def test_lines_are_round_numbers_and_few(most: int, step: int) -> None:
    assert step_for(most) == step
