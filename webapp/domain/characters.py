"""The word for somebody's listening: whichever of its metrics stands out most, if any does.

A scale says from where on a metric counts as standing out, and where it could hardly do more. Both
are ours, and the same for everybody: nobody is compared with others. A metric that reached the
most of its scale gives the name, the next one, of another kind, the second word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.personality import Metric, Trait

SHORT_DAYS = 100
"""What grows with a period (repeats) or wears off with it is told of short ones alone."""


class Character(StrEnum):
    """What listening can be like."""

    ROAMER = "roamer"
    LOYALIST = "loyalist"
    EXPLORER = "explorer"
    REPEATER = "repeater"
    TIME_TRAVELLER = "time_traveller"
    UP_TO_DATE = "up_to_date"
    NIGHT_OWL = "night_owl"
    WEEKENDER = "weekender"
    HIT_LOVER = "hit_lover"
    DIGGER = "digger"
    CLOCKWORK = "clockwork"
    TIDAL = "tidal"
    BALANCED = "balanced"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where a metric begins to stand out, and where it does so fully; either may be the higher.

    Years are years before the period's end. `short`: of short periods only.
    """

    character: Character
    trait: Trait
    begins: float
    full: float
    short: bool = False


SCALES = (
    Scale(character=Character.EXPLORER, trait=Trait.DISCOVERY, begins=0.4, full=0.9, short=True),
    Scale(character=Character.REPEATER, trait=Trait.REPEATS, begins=0.6, full=0.95, short=True),
    Scale(character=Character.LOYALIST, trait=Trait.LOYALTY, begins=0.5, full=1.0),
    Scale(character=Character.ROAMER, trait=Trait.DIVERSITY, begins=0.85, full=1.0),
    Scale(character=Character.TIME_TRAVELLER, trait=Trait.ERA, begins=15, full=45),
    Scale(character=Character.UP_TO_DATE, trait=Trait.ERA, begins=3, full=0),
    Scale(character=Character.HIT_LOVER, trait=Trait.MAINSTREAM, begins=60, full=90),
    Scale(character=Character.DIGGER, trait=Trait.MAINSTREAM, begins=30, full=0),
    Scale(character=Character.NIGHT_OWL, trait=Trait.NIGHT, begins=5 / 24, full=0.6),
    Scale(character=Character.WEEKENDER, trait=Trait.WEEKEND, begins=0.4, full=0.8),
    Scale(character=Character.CLOCKWORK, trait=Trait.CONSISTENCY, begins=0.85, full=1.0),
    Scale(character=Character.TIDAL, trait=Trait.CONSISTENCY, begins=0.55, full=0.1),
)
RHYTHMS = frozenset({Trait.NIGHT, Trait.WEEKEND, Trait.CONSISTENCY})
"""When somebody listens; the other metrics are about what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A metric that stands out: how far along its scale it is, more than 0 and at most 1."""

    character: Character
    trait: Trait
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The word, and the second one if there is any, with what they were chosen from."""

    main: Character
    second: Character | None
    standing: tuple[Standing, ...]


def headline(metrics: Mapping[Trait, Metric], days: int, last_year: int) -> Headline:
    """Choose the words for a period of so many days that ends in a year.

    UNKNOWN: nothing could be measured; BALANCED: it could, and nothing stands out.
    """
    found = [_standing(scale, metrics[scale.trait], days, last_year) for scale in SCALES]
    standing = sorted((one for one in found if one), key=lambda one: -one.strength)
    if not standing:
        measured = any(metric.value is not None for metric in metrics.values())
        main = Character.BALANCED if measured else Character.UNKNOWN
        return Headline(main=main, second=None, standing=())
    first = standing[0]
    other = (
        one.character for one in standing if (one.trait in RHYTHMS) != (first.trait in RHYTHMS)
    )
    return Headline(main=first.character, second=next(other, None), standing=tuple(standing))


def _standing(scale: Scale, metric: Metric, days: int, last_year: int) -> Standing | None:
    if metric.value is None or (scale.short and days > SHORT_DAYS):
        return None
    value = last_year - metric.value if metric.trait is Trait.ERA else metric.value
    strength = min(1.0, (value - scale.begins) / (scale.full - scale.begins))
    if strength <= 0:
        return None
    return Standing(character=scale.character, trait=scale.trait, strength=strength)
