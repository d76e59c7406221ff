"""Formulas against numbers worked out by hand, and what holds for any listening."""

from dataclasses import replace
from datetime import date, timedelta
from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import personality
from webapp.domain.personality import Counts, Lack, Metric, Need, Trait, Unit, measure
from webapp.domain.spectra import entropy, quantile, spectrum_of
from webapp.domain.weeks import whole_weeks

NOTHING = Counts(
    plays=0,
    days=0,
    plays_before=0,
    artists=(),
    tracks=(),
    new_artists=0,
    new_artist_plays=0,
    years=(),
    popularity=(),
    hours=(0,) * 24,
    weekdays=(0,) * 7,
    weeks=(),
)
# 100 plays: artist A 40, B 30, ten others 3 each.
SOME = replace(
    NOTHING,
    plays=100,
    days=14,
    plays_before=900,
    artists=((3, 10), (30, 1), (40, 1)),
    tracks=((1, 20), (4, 20)),
    new_artists=3,
    new_artist_plays=36,
    years=((1973, 10), (1999, 20), (2010, 20), (2024, 30)),
    popularity=((0, 10), (50, 20), (80, 10)),
    hours=(4, 3, 2, 1, 0, 0, 5, *(5,) * 17),
    weekdays=(10, 10, 10, 10, 10, 30, 20),
    weeks=(3_600_000, 3_600_000, 0, 7_200_000),
)


def test_everything_by_hand() -> None:
    spread = -(0.4 * log(0.4) + 0.3 * log(0.3) + 10 * 0.03 * log(0.03))
    values = {trait: metric.value for trait, metric in measure(SOME).items()}
    assert values == pytest.approx(
        {
            Trait.DIVERSITY: spread / log(12),
            Trait.LOYALTY: (40 + 30 + 8 * 3) / 100,
            Trait.DISCOVERY: 3 / 12,
            Trait.REPEATS: 1 - 40 / 100,
            Trait.ERA: 2010,
            Trait.NIGHT: 10 / 100,
            Trait.WEEKEND: 50 / 100,
            Trait.MAINSTREAM: (20 * 50 + 10 * 80) / 40,
            Trait.CONSISTENCY: 16 / (4 * 6),
        }
    )


def test_inputs_and_n_are_told() -> None:
    metrics = measure(SOME)
    era = metrics[Trait.ERA]
    assert (era.n, era.unit) == (80, Unit.YEAR)
    assert era.inputs == {"known": 80, "plays": 100, "first": 1999, "third": 2024}
    assert metrics[Trait.DIVERSITY].inputs["artists"] == 12
    assert metrics[Trait.CONSISTENCY].inputs["effective"] == pytest.approx(16 / 6)
    assert metrics[Trait.MAINSTREAM].n == 40


def test_equal_shares_are_as_diverse_as_can_be() -> None:
    even = measure(replace(SOME, artists=((5, 20),)))[Trait.DIVERSITY]
    assert entropy(((5, 20),)) == pytest.approx(log(20))
    assert even.value == pytest.approx(1)
    assert even.inputs["effective"] == pytest.approx(20)


def test_one_artist_alone_is_no_diversity_at_all() -> None:
    alone = measure(replace(SOME, artists=((100, 1),)))
    assert alone[Trait.DIVERSITY].value == 0
    assert alone[Trait.DIVERSITY].inputs["effective"] == pytest.approx(1)
    assert alone[Trait.LOYALTY].value == 1


def test_of_nothing_nothing_is_said_but_what_it_lacks() -> None:
    metrics = measure(NOTHING)
    assert set(metrics) == set(Trait)
    assert all(metric.value is None and metric.lack for metric in metrics.values())
    assert metrics[Trait.NIGHT].lack == Lack(need=Need.PLAYS, have=0, needed=50)


@pytest.mark.parametrize(
    ("trait", "change", "need", "have"),
    [
        (Trait.DISCOVERY, {"plays_before": 49}, Need.PLAYS_BEFORE, 49),
        (Trait.ERA, {"years": ((2020, 29),)}, Need.YEARS, 29),
        (Trait.MAINSTREAM, {"popularity": ((9, 29),)}, Need.POPULARITY, 29),
        (Trait.CONSISTENCY, {"weeks": (1, 1, 1)}, Need.WEEKS, 3),
        (Trait.CONSISTENCY, {"weeks": (0, 0, 0, 0)}, Need.LENGTHS, 0),
        (Trait.NIGHT, {"days": 13}, Need.DAYS, 13),
        (Trait.WEEKEND, {"days": 13}, Need.DAYS, 13),
        (Trait.REPEATS, {"tracks": ((1, 49),)}, Need.PLAYS, 49),
    ],
)
def test_too_little_is_said_to_be(
    trait: Trait, change: dict[str, object], need: Need, have: int
) -> None:
    assert measure(SOME)[trait].lack is None
    metric = measure(replace(SOME, **change))[trait]  # type: ignore[arg-type]
    assert (metric.value, metric.lack and metric.lack.need) == (None, need)
    assert metric.lack
    assert metric.lack.have == have


def test_listening_in_some_weeks_alone_counts_as_those() -> None:
    metric = personality.consistency(replace(SOME, weeks=(5, 0, 5, 0, 5, 0, 5, 0)))
    assert metric.value == pytest.approx(4 / 8)
    varied = (2, 4, 6, 8)  # mean 5, variance 5
    spread = sqrt(5) / 5
    assert personality.consistency(replace(SOME, weeks=varied)).value == pytest.approx(
        1 / (1 + spread**2)
    )


def test_quantiles_are_years_that_occur() -> None:
    years = ((1970, 1), (1980, 1), (1990, 1), (2000, 1))
    assert [quantile(years, share) for share in (0.25, 0.5, 0.75, 1)] == [1970, 1980, 1990, 2000]
    assert quantile(((2001, 3), (2002, 1)), 0.5) == 2001


def test_weeks_are_counted_back_from_the_last_day() -> None:
    last = date(2026, 3, 28)
    heard = [(last, 1), (last - timedelta(6), 2), (last - timedelta(7), 4), (date(2026, 3, 1), 8)]
    assert whole_weeks(heard, date(2026, 3, 1), last) == (8, 0, 4, 3)
    assert whole_weeks(heard, date(2026, 3, 2), last) == (0, 4, 3)
    assert whole_weeks(heard, last, last) == ()


counts_of_plays = st.lists(st.integers(1, 5000), max_size=60)


@given(
    counts_of_plays,
    counts_of_plays,
    st.lists(st.integers(0, 10**9), max_size=60),
    st.tuples(*[st.integers(0, 9)] * 24),
)
def test_shares_are_shares(
    artists: list[int], tracks: list[int], weeks: list[int], hours: tuple[int, ...]
) -> None:
    found = replace(
        SOME,
        artists=spectrum_of(artists),
        tracks=spectrum_of(tracks),
        new_artists=len(artists) // 2,
        hours=hours,
        weeks=tuple(weeks),
    )
    for metric in measure(found).values():
        if metric.unit is Unit.SHARE and metric.value is not None:
            assert 0 <= metric.value <= 1
    assert_is_effective(measure(found)[Trait.DIVERSITY], len(artists))


def assert_is_effective(metric: Metric, artists: int) -> None:
    """Nobody listens to more artists than there are, nor to fewer than one."""
    if artists:
        assert 1 <= metric.inputs["effective"] <= artists
