"""A period cut into columns, and shares of a whole."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.stats_buckets import Bucket, Step, buckets, gather, step_of
from webapp.domain.stats_shares import Era, decade_of, eras_of, median_year, share

DAY = timedelta(days=1)
DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))


def test_the_length_chooses_the_step() -> None:
    first = date(2026, 1, 1)
    steps = {0: Step.DAY, 27: Step.DAY, 44: Step.DAY, 45: Step.WEEK, 183: Step.WEEK}
    steps |= {314: Step.WEEK, 315: Step.MONTH, 364: Step.MONTH, 9000: Step.MONTH}
    assert {days: step_of(first, first + days * DAY) for days in steps} == steps


def test_weeks_begin_on_monday_and_ends_are_cut() -> None:
    first, last = date(2026, 11, 5), date(2026, 11, 17)  # a Thursday, a Tuesday
    assert buckets(first, last, Step.WEEK) == [
        Bucket(first=first, last=date(2026, 11, 8)),
        Bucket(first=date(2026, 11, 9), last=date(2026, 11, 15)),
        Bucket(first=date(2026, 11, 16), last=last),
    ]


def test_months_end_where_they_end() -> None:
    cut = buckets(date(2024, 1, 31), date(2024, 3, 1), Step.MONTH)
    assert [(part.first, part.last) for part in cut] == [
        (date(2024, 1, 31), date(2024, 1, 31)),
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2024, 3, 1), date(2024, 3, 1)),
    ]


@given(DAYS, st.integers(0, 900), st.sampled_from(Step))
def test_every_day_is_in_one_bucket(first: date, more: int, step: Step) -> None:
    last = first + more * DAY
    cut = buckets(first, last, step)
    days = [part.first + n * DAY for part in cut for n in range((part.last - part.first).days + 1)]
    assert days == [first + n * DAY for n in range(more + 1)]
    counted = [(day, 1) for day in (first - DAY, *days, last + DAY)]
    assert gather(counted, cut) == [(part.last - part.first).days + 1 for part in cut]


def test_decades() -> None:
    told = [(1999, 2, 20), (2000, 1, 10), (1971, 4, 40), (None, 9, 90), (1970, 1, 1), (3000, 5, 5)]
    assert eras_of(told, 2026) == [
        Era(decade=1970, plays=5, ms=41),
        Era(decade=1980, plays=0, ms=0),
        Era(decade=1990, plays=2, ms=20),
        Era(decade=2000, plays=1, ms=10),
    ]
    assert eras_of([(None, 1, 1)], 2026) == []
    years = {1859: None, 1860: 1860, 0: None, 2027: 2020, 2028: None}
    assert {year: decade_of(year, 2026) for year in years} == years


def test_the_median_year_has_half_of_the_plays_behind_it() -> None:
    assert median_year([(1990, 1, 9), (1970, 2, 1), (2020, 3, 1)]) == 1990
    assert median_year([(1990, 1, 9), (2020, 3, 1)]) == 2020
    assert median_year([]) is None


def test_shares() -> None:
    assert (share(1, 4), share(0, 4), share(0, 0)) == (0.25, 0.0, 0.0)
