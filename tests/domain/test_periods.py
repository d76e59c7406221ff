"""Periods: read from an address, compared with the one before, cut into what is added up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.periods import EVER, Period, PeriodError, comparable, cut, cut_together, parse
from webapp.domain.stats import Grain

TODAY = date(2026, 11, 21)
FIRST = date(2013, 5, 4)


@pytest.mark.parametrize(
    ("args", "first", "last"),
    [
        ({}, date(2026, 10, 25), TODAY),
        ({"period": "4w"}, date(2026, 10, 25), TODAY),
        ({"period": "6m"}, date(2026, 5, 22), TODAY),
        ({"period": "year"}, date(2026, 1, 1), TODAY),
        ({"period": "2024"}, date(2024, 1, 1), date(2024, 12, 31)),
        ({"period": "2026"}, date(2026, 1, 1), TODAY),
        ({"period": "all"}, FIRST, TODAY),
        ({"from": "2024-02-10", "to": "2024-03-01"}, date(2024, 2, 10), date(2024, 3, 1)),
        ({"from": "2026-11-01", "to": "2030-01-01"}, date(2026, 11, 1), TODAY),
    ],
)
def test_an_address_names_a_period(args: dict[str, str], first: date, last: date) -> None:
    period = parse(args, TODAY, FIRST)
    assert (period.first, period.last) == (first, last)
    assert parse(period.query, TODAY, FIRST) == period


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"period": ""}, "unknown"),
        ({"period": "4W"}, "unknown"),
        ({"period": "20244"}, "unknown"),
        ({"period": "٢٠٢٤"}, "unknown"),
        ({"period": "0000"}, "absurd"),
        ({"period": "2027"}, "absurd"),
        ({"from": "2024-02-10"}, "unknown"),
        ({"from": "2024-02-30", "to": "2024-03-01"}, "unknown"),
        ({"from": "2024-03-02", "to": "2024-03-01"}, "reversed"),
        ({"from": "1066-10-14", "to": "2024-03-01"}, "absurd"),
        ({"from": "2026-11-22", "to": "2026-11-23"}, "absurd"),
    ],
)
def test_what_names_no_period_is_refused(args: dict[str, str], code: str) -> None:
    with pytest.raises(PeriodError) as caught:
        parse(args, TODAY, FIRST)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("period", "first_day", "compared"),
    [
        ("4w", date(2026, 9, 27), True),
        ("4w", date(2026, 9, 28), False),
        ("4w", None, False),
        ("2014", FIRST, False),
        ("2015", FIRST, True),
        ("all", FIRST, False),
    ],
)
def test_only_a_period_that_is_known_whole_is_compared_with(
    period: str, first_day: date | None, compared: bool
) -> None:
    found = parse({"period": period}, TODAY, first_day)
    assert comparable(found, first_day) == (found.before if compared else None)


def test_all_time_without_a_play_is_today() -> None:
    period = parse({"period": "all"}, TODAY, None)
    assert (period.first, period.last, period.days) == (TODAY, TODAY, 1)
    assert period.before is None


@pytest.mark.parametrize(
    ("args", "first", "last"),
    [
        ({"period": "4w"}, date(2026, 9, 27), date(2026, 10, 24)),
        ({"period": "6m"}, date(2025, 11, 22), date(2026, 5, 21)),
        ({"period": "year"}, date(2025, 1, 1), date(2025, 11, 21)),
        ({"period": "2024"}, date(2023, 1, 1), date(2023, 12, 31)),
        ({"from": "2024-02-10", "to": "2024-02-19"}, date(2024, 1, 31), date(2024, 2, 9)),
    ],
)
def test_the_period_before(args: dict[str, str], first: date, last: date) -> None:
    before = parse(args, TODAY, FIRST).before
    assert before is not None
    assert (before.first, before.last) == (first, last)


def test_a_leap_day_is_compared_with_the_day_before_it() -> None:
    before = parse({"period": "year"}, date(2024, 2, 29), None).before
    assert before is not None
    assert before.last == date(2023, 2, 28)


def test_all_time_is_one_piece() -> None:
    pieces = cut(Period(key="all", first=FIRST, last=TODAY))
    assert (pieces.whole, pieces.edges) == (((Grain.EVER, EVER),), ())


def test_years_and_months_are_taken_whole() -> None:
    pieces = cut(Period(key="custom", first=date(2022, 11, 30), last=date(2024, 2, 1)))
    assert pieces.whole == (
        (Grain.YEAR, date(2023, 1, 1)),
        (Grain.MONTH, date(2022, 12, 1)),
        (Grain.MONTH, date(2024, 1, 1)),
    )
    assert pieces.edges == (
        (date(2022, 11, 30), date(2022, 11, 30)),
        (date(2024, 2, 1), date(2024, 2, 1)),
    )


DAYS = st.dates(date(2010, 1, 1), date(2026, 12, 31))


@given(DAYS, DAYS)
def test_pieces_cover_each_day_once(one: date, other: date) -> None:
    period = Period(key="custom", first=min(one, other), last=max(one, other))
    pieces = cut(period)
    found: list[date] = []
    for grain, start in pieces.whole:
        found += days_of(grain, start)
    for first, last in pieces.edges:
        assert (last - first).days < 62
        found += spread(first, last)
    assert sorted(found) == spread(period.first, period.last)


@given(DAYS, st.integers(0, 900), DAYS, st.integers(0, 900))
def test_beyond_what_was_heard_pieces_may_go_on(
    first: date, length: int, heard_first: date, heard_length: int
) -> None:
    period = Period(key="custom", first=first, last=first + timedelta(days=length))
    heard = heard_first, heard_first + timedelta(days=heard_length)
    pieces = cut(period, heard)
    found = [day for grain, start in pieces.whole for day in days_of(grain, start)]
    found += [day for edge in pieces.edges for day in spread(*edge)]
    assert sorted(within(found, heard)) == within(spread(period.first, period.last), heard)


def test_a_year_that_goes_on_is_one_piece() -> None:
    year = parse({"period": "year"}, TODAY, FIRST)
    assert cut(year, (FIRST, TODAY)).whole == ((Grain.YEAR, date(2026, 1, 1)),)
    assert cut(year, (FIRST, TODAY)).edges == ()


def test_all_that_was_heard_is_one_piece() -> None:
    months = parse({"period": "6m"}, TODAY, TODAY)
    assert cut(months, (TODAY, TODAY)) == cut(Period(key="all", first=TODAY, last=TODAY))


def test_what_ends_where_another_begins_shares_the_month() -> None:
    now = parse({"period": "4w"}, date(2026, 11, 21), FIRST)
    shares = cut_together((now, now.before), (FIRST, date(2026, 11, 21)))
    assert shares.whole == {
        (Grain.MONTH, date(2026, 10, 1)): [0, 1],
        (Grain.MONTH, date(2026, 11, 1)): [1, 0],
        (Grain.MONTH, date(2026, 12, 1)): [1, 0],
    }
    assert shares.edges == {
        (date(2026, 10, 25), date(2026, 10, 31)): [1, -1],
        (date(2026, 9, 27), date(2026, 9, 30)): [0, 1],
    }


def test_most_of_a_year_is_the_year_without_a_few_months() -> None:
    most = Period(key="custom", first=date(2023, 2, 1), last=date(2023, 11, 30))
    shares = cut_together((most, None), None)
    assert shares.whole == {
        (Grain.YEAR, date(2023, 1, 1)): [1, 0],
        (Grain.MONTH, date(2023, 1, 1)): [-1, 0],
        (Grain.MONTH, date(2023, 12, 1)): [-1, 0],
    }


@given(DAYS, st.integers(0, 500), DAYS, st.integers(0, 900))
def test_shares_count_each_day_for_whom_it_belongs_to(
    first: date, length: int, heard_first: date, heard_length: int
) -> None:
    now = Period(key="custom", first=first, last=first + timedelta(days=length))
    ago = Period(key="custom", first=first - timedelta(days=180), last=first - timedelta(days=1))
    heard = heard_first, heard_first + timedelta(days=heard_length)
    periods = (now, now.before, None, ago)
    shares = cut_together(periods, heard)
    times = {day: [0, 0, 0, 0] for day in spread(*heard)}
    pieces = [(spread(*edge), many) for edge, many in shares.edges.items()]
    pieces += [(days_of(*piece), many) for piece, many in shares.whole.items()]
    for days, many in pieces:
        for day in within(days, heard):
            times[day] = [a + b for a, b in zip(times[day], many, strict=True)]
    for day, found in times.items():
        assert found == [bool(p and p.first <= day <= p.last) for p in periods], day


def days_of(grain: Grain, start: date) -> list[date]:
    if grain is Grain.EVER:
        return spread(date(2005, 1, 1), date(2031, 12, 31))
    return spread(start, next_start(grain, start) - timedelta(days=1))


def within(days: list[date], heard: tuple[date, date]) -> list[date]:
    return [day for day in days if heard[0] <= day <= heard[1]]


def spread(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def next_start(grain: Grain, start: date) -> date:
    if grain is Grain.YEAR:
        return start.replace(year=start.year + 1)
    return (start + timedelta(days=32)).replace(day=1)
