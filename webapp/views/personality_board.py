"""What the page of personality shows: the headline, and a card for each metric."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from flask_babel import gettext

from webapp.domain import charts
from webapp.domain.characters import SCALES, Character, Standing
from webapp.domain.charts import BarChart, ColumnChart, Point, ShareChart
from webapp.domain.personality import Counts, Metric, Trait
from webapp.services.personality import Personality
from webapp.views import formats
from webapp.views.personality_terms import DEFINITIONS, FORMULAS, INPUTS, SOURCES, TITLES
from webapp.views.personality_wording import (
    basis,
    change_text,
    input_text,
    sentence,
    value_text,
    words_for,
)

HEIGHT = 120.0
LETTERS = 28
"""So many fit below a card's columns."""
MOST_WEEKS = 53
HOUR_MS = 3_600_000
WEEK = timedelta(weeks=1)
DECADE = 10

Head = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A small picture: the name of its macro, and the heads of the table behind it."""

    kind: str
    chart: BarChart | ColumnChart | ShareChart
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A metric; the picture is None where there is too little for a value."""

    trait: Trait
    title: str
    value: str
    known: bool
    sentence: str
    change: str
    basis: str
    definition: str
    formula: str
    source: str
    inputs: list[tuple[str, str]]
    sight: Sight | None
    stands_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The whole page. `reasons` are the sentences that the headline rests on."""

    headline: str
    known: bool
    balanced: bool
    reasons: list[str]
    cards: list[Card]


def board(found: Personality) -> Board:
    """Prepare the page."""
    chosen = _chosen(found.headline.standing, found.headline.main, found.headline.second)
    metrics = found.metrics
    return Board(
        headline=words_for(found.headline.main, found.headline.second),
        known=found.headline.main is not Character.UNKNOWN,
        balanced=found.headline.main is Character.BALANCED,
        reasons=[sentence(metrics[trait]) for trait in chosen],
        cards=[
            _card(found, metric, stands_out=metric.trait in chosen) for metric in metrics.values()
        ],
    )


def scales() -> list[tuple[str, str, str, str]]:
    """List where each word begins to hold, and where fully: word, metric, from, to."""
    return [
        (
            words_for(scale.character, None),
            str(TITLES[scale.trait]),
            _bound(scale.trait, scale.begins),
            _bound(scale.trait, scale.full),
        )
        for scale in SCALES
    ]


def _chosen(
    standing: tuple[Standing, ...], main: Character, second: Character | None
) -> list[Trait]:
    return [one.trait for one in standing if one.character in {main, second}]


def _bound(trait: Trait, value: float) -> str:
    if trait is Trait.ERA:
        return str(gettext("%(years)s years back", years=formats.number(int(value))))
    if trait is Trait.MAINSTREAM:
        return str(gettext("%(points)s points", points=formats.number(int(value))))
    return formats.percent(value)


def _card(found: Personality, metric: Metric, *, stands_out: bool) -> Card:
    trait, known = metric.trait, metric.value is not None
    return Card(
        trait=trait,
        title=str(TITLES[trait]),
        value=value_text(metric),
        known=known,
        sentence=sentence(metric),
        change=change_text(metric, found.changes.get(trait)) if known else "",
        basis=basis(metric),
        definition=str(DEFINITIONS[trait]),
        formula=FORMULAS[trait],
        source=SOURCES[trait],
        inputs=[
            (str(INPUTS[name]), input_text(name, value)) for name, value in metric.inputs.items()
        ],
        sight=SIGHTS[trait](metric, found.counts, found.period.last) if known else None,
        stands_out=stands_out,
    )


def _diversity(metric: Metric, _counts: Counts, _last: date) -> Sight:
    artists, effective = int(metric.inputs["artists"]), round(metric.inputs["effective"])
    points = [
        Point(str(gettext("Artists you played")), artists, formats.number(artists)),
        Point(str(gettext("As varied as so many")), effective, formats.number(effective)),
    ]
    head = (str(gettext("Artists")), str(gettext("How many")))
    return Sight(kind="bars", chart=charts.bars(points), head=head)


def _loyalty(metric: Metric, _counts: Counts, _last: date) -> Sight:
    closest, plays = int(metric.inputs["closest"]), int(metric.inputs["plays"])
    return _halves(
        (str(gettext("Your ten most played")), closest),
        (str(gettext("All others")), plays - closest),
        str(gettext("Artists")),
    )


def _discovery(metric: Metric, _counts: Counts, _last: date) -> Sight:
    new, artists = int(metric.inputs["new"]), int(metric.inputs["artists"])
    return _halves(
        (str(gettext("New to you")), new),
        (str(gettext("Known before")), artists - new),
        str(gettext("Artists")),
    )


def _repeats(metric: Metric, _counts: Counts, _last: date) -> Sight:
    tracks, plays = int(metric.inputs["tracks"]), int(metric.inputs["plays"])
    return _halves(
        (str(gettext("Played again")), plays - tracks),
        (str(gettext("For the first time in this period")), tracks),
        str(gettext("Plays")),
    )


def _era(_metric: Metric, counts: Counts, _last: date) -> Sight:
    decades: dict[int, int] = {}
    for year, plays in counts.years:
        decade = year // DECADE * DECADE
        decades[decade] = decades.get(decade, 0) + plays
    every = range(min(decades), max(decades) + 1, DECADE)
    named = [(str(decade), decades.get(decade, 0)) for decade in every]
    return _columns(named, str(gettext("Decade from")))


def _night(_metric: Metric, counts: Counts, _last: date) -> Sight:
    named = [(f"{hour}:00", plays) for hour, plays in enumerate(counts.hours)]
    return _columns(named, str(gettext("Hour")))


def _weekend(_metric: Metric, counts: Counts, _last: date) -> Sight:
    named = [
        (formats.weekday(day, "abbreviated"), plays) for day, plays in enumerate(counts.weekdays)
    ]
    return _columns(named, str(gettext("Weekday")))


def _mainstream(_metric: Metric, counts: Counts, _last: date) -> Sight:
    tens = [0] * 10
    for points, plays in counts.popularity:
        tens[min(9, max(0, points // 10))] += plays
    named = [(f"{10 * at}+", plays) for at, plays in enumerate(tens)]
    return _columns(named, str(gettext("Popularity")))


def _consistency(_metric: Metric, counts: Counts, last: date) -> Sight:
    """Draw weeks; of more than a year, some of them together, on average."""
    together = ceil(len(counts.weeks) / MOST_WEEKS)
    points = []
    for end in range(len(counts.weeks), 0, -together):
        some = counts.weeks[max(0, end - together) : end]
        ms = sum(some) // len(some)
        day = last - WEEK * (len(counts.weeks) - end)
        label = formats.day_of_year(day) if together == 1 else formats.month(day, "abbreviated")
        points.append(Point(label, ms / HOUR_MS, formats.hours(ms)))
    head = (str(gettext("Week until")), str(gettext("Listened")))
    return Sight(kind="columns", chart=_drawn(points[::-1]), head=head)


def _halves(one: tuple[str, int], other: tuple[str, int], name: str) -> Sight:
    whole = (one[1] + other[1]) or 1
    points = [Point(label, value, formats.percent(value / whole)) for label, value in (one, other)]
    return Sight(kind="share", chart=charts.share(points), head=(name, str(gettext("Share"))))


def _columns(named: list[tuple[str, int]], name: str) -> Sight:
    points = [Point(label, plays, formats.number(plays)) for label, plays in named]
    head = (name, str(gettext("Plays")))
    return Sight(kind="columns", chart=_drawn(points), head=head)


def _drawn(points: list[Point]) -> ColumnChart:
    """Draw columns for a card, which is narrower than a phone: not all labels have room."""
    chart = charts.columns(points, height=HEIGHT)
    shown = [label for label in chart.labels if not label.minor]
    step = ceil(sum(len(label.text) + 2 for label in shown) / LETTERS) or 1
    return replace(chart, labels=tuple(shown[::step]))


SIGHTS: dict[Trait, Callable[[Metric, Counts, date], Sight]] = {
    Trait.DIVERSITY: _diversity,
    Trait.LOYALTY: _loyalty,
    Trait.DISCOVERY: _discovery,
    Trait.REPEATS: _repeats,
    Trait.ERA: _era,
    Trait.NIGHT: _night,
    Trait.WEEKEND: _weekend,
    Trait.MAINSTREAM: _mainstream,
    Trait.CONSISTENCY: _consistency,
}
