"""Days in a row, as calendars really are."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.counting import longest_run
from webapp.domain.stats_streaks import Run, current, longest, runs

MAY = date(2026, 5, 1)
DAY = timedelta(days=1)


def run(first: date, last: date, days: int) -> Run:
    return Run(first=first, last=last, days=days)


def test_days_in_a_row_are_joined() -> None:
    days = [MAY + n * DAY for n in (4, 0, 1, 2, 9, 5, 1)]
    found = runs(days, "UTC")
    assert found == [
        run(MAY, MAY + 2 * DAY, 3),
        run(MAY + 4 * DAY, MAY + 5 * DAY, 2),
        run(MAY + 9 * DAY, MAY + 9 * DAY, 1),
    ]
    assert longest(found) == found[0]
    assert runs([], "UTC") == []
    assert longest([]) is None


def test_of_equally_long_runs_the_latest_counts() -> None:
    found = runs([MAY, MAY + 5 * DAY], "UTC")
    assert longest(found) == found[1]


def test_a_run_goes_on_while_today_is_not_over() -> None:
    found = runs([MAY, MAY + DAY], "UTC")
    assert current(found, MAY + DAY, "UTC") == found[0]
    assert current(found, MAY + 2 * DAY, "UTC") == found[0]
    assert current(found, MAY + 3 * DAY, "UTC") is None
    assert current([], MAY, "UTC") is None


def test_a_day_that_never_was_breaks_nothing() -> None:
    """Samoa went from 29 to 31 December 2011, over the date line."""
    before, after = date(2011, 12, 29), date(2011, 12, 31)
    assert runs([before, after], "Pacific/Apia") == [run(before, after, 2)]
    assert len(runs([before, after], "Europe/Tallinn")) == 2
    assert current(runs([before], "Pacific/Apia"), after, "Pacific/Apia")


@given(st.sets(st.dates(date(2010, 12, 20), date(2011, 2, 10)), max_size=40))
def test_the_longest_run_is_the_one_counted_by_hand(days: set[date]) -> None:
    found = longest(runs(days, "America/St_Johns"))
    assert (found.days if found else 0) == longest_run(days)
