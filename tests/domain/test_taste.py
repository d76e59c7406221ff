"""Which months a page of taste is about, and who came and went."""

from datetime import date

from webapp.domain.periods import parse
from webapp.domain.taste import Band, YearOfTaste, bands, months_of, turnover, whole_months

TODAY = date(2026, 11, 21)


def test_a_period_is_widened_to_whole_months() -> None:
    period = whole_months(parse({"from": "2025-12-31", "to": "2026-02-01"}, TODAY, None))
    assert (period.first, period.last) == (date(2025, 12, 1), date(2026, 2, 28))
    assert months_of(period) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert len(months_of(whole_months(parse({"period": "2024"}, TODAY, None)))) == 12
    assert len(months_of(whole_months(parse({"period": "4w"}, TODAY, None)))) == 2


def test_all_time_stays_what_it_is() -> None:
    period = parse({"period": "all"}, TODAY, date(2026, 9, 30))
    assert whole_months(period) == period
    assert months_of(period) == (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))


def test_a_month_without_plays_is_thin() -> None:
    months = (date(2026, 1, 1), date(2026, 2, 1))
    counted = {("a", months[1]): 4, ("b", months[0]): 2, ("c", months[0]): 9}
    assert bands([("b", "Bea"), ("a", "Ada")], counted, months) == (
        Band(id="b", name="Bea", plays=(2, 0)),
        Band(id="a", name="Ada", plays=(0, 4)),
    )


def test_who_came_back_after_a_year_away() -> None:
    lists = {2023: ["a", "b"], 2024: ["b", "c"], 2025: [], 2026: ["a", "d", "b"]}
    newest, middle, first = turnover(lists)
    assert newest == YearOfTaste(
        year=2026, compared=2024, came=("a", "d"), returned=frozenset("a"), left=("c",), stayed=1
    )
    assert middle == YearOfTaste(
        year=2024, compared=2023, came=("c",), returned=frozenset(), left=("a",), stayed=1
    )
    assert first == YearOfTaste(
        year=2023, compared=None, came=("a", "b"), returned=frozenset(), left=(), stayed=0
    )
    assert turnover({2026: []}) == ()
