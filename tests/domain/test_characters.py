"""The word for a listening follows from its numbers, and says nothing without them."""

from dataclasses import replace

from webapp.domain.characters import Character, headline
from webapp.domain.personality import Lack, Metric, Need, Trait, Unit

UNITS = {Trait.ERA: Unit.YEAR, Trait.MAINSTREAM: Unit.POINTS}
PLAIN = {
    Trait.DIVERSITY: 0.8,
    Trait.LOYALTY: 0.4,
    Trait.DISCOVERY: 0.2,
    Trait.REPEATS: 0.5,
    Trait.ERA: 2018.0,
    Trait.NIGHT: 0.1,
    Trait.WEEKEND: 0.3,
    Trait.MAINSTREAM: 45.0,
    Trait.CONSISTENCY: 0.7,
}


def metrics(**values: float) -> dict[Trait, Metric]:
    return {
        trait: Metric(
            trait=trait,
            unit=UNITS.get(trait, Unit.SHARE),
            value=values.get(trait.value, plain),
            n=100,
            inputs={},
        )
        for trait, plain in PLAIN.items()
    }


def said(days: int = 28, **values: float) -> tuple[Character, Character | None]:
    found = headline(metrics(**values), days, 2026)
    return found.main, found.second


def test_what_stands_out_most_gives_the_word() -> None:
    assert said(era=1985) == (Character.TIME_TRAVELLER, None)
    assert said(era=2025) == (Character.UP_TO_DATE, None)
    assert said(mainstream=80) == (Character.HIT_LOVER, None)
    assert said(mainstream=5) == (Character.DIGGER, None)
    assert said(loyalty=0.95, diversity=0.87) == (Character.LOYALIST, None)
    assert said(consistency=0.2) == (Character.TIDAL, None)


def test_the_second_word_is_of_the_other_kind() -> None:
    assert said(night=0.5, weekend=0.6, mainstream=10) == (Character.NIGHT_OWL, Character.DIGGER)
    assert said(discovery=0.9, night=0.3) == (Character.EXPLORER, Character.NIGHT_OWL)


def test_where_nothing_stands_out_that_is_said() -> None:
    assert said() == (Character.BALANCED, None)


def test_long_periods_are_not_called_after_what_grows_with_them() -> None:
    assert said(repeats=0.9) == (Character.REPEATER, None)
    assert said(days=365, repeats=0.95, discovery=0.9) == (Character.BALANCED, None)


def test_the_scale_begins_where_plays_are_spread_evenly() -> None:
    assert said(night=5 / 24) == (Character.BALANCED, None)
    assert said(night=0.21) == (Character.NIGHT_OWL, None)


def test_without_numbers_there_is_no_word() -> None:
    lack = Lack(need=Need.PLAYS, have=3, needed=50)
    found = {t: replace(m, value=None, lack=lack) for t, m in metrics().items()}
    assert headline(found, 28, 2026).main is Character.UNKNOWN
