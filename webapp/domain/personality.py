"""Personality: what somebody's listening says of them, each metric with its formula and inputs.

Only plays are counted, and what the catalogue knows of release years and popularity. Nothing is
said before there is enough of it: a metric without a value says how much it lacks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

from webapp.domain.spectra import Spectrum, entropy, most_of, plays_of, quantile, things_of

ENOUGH_PLAYS = 50
ENOUGH_KNOWN = 30
"""Plays whose release year, or popularity, is known."""
ENOUGH_WEEKS = 4
ENOUGH_DAYS = 14
"""Days with plays, before nights and weekends say anything."""
CLOSEST = 10
"""How many artists count as closest to somebody."""
NIGHT_HOURS = range(5)
"""From midnight to five."""
WEEKEND = (5, 6)
"""Saturday and Sunday; Monday is 0."""


class Trait(StrEnum):
    """What is measured."""

    DIVERSITY = "diversity"
    LOYALTY = "loyalty"
    DISCOVERY = "discovery"
    REPEATS = "repeats"
    ERA = "era"
    NIGHT = "night"
    WEEKEND = "weekend"
    MAINSTREAM = "mainstream"
    CONSISTENCY = "consistency"


class Unit(StrEnum):
    """What a value is: a share from 0 to 1, a year, or points from 0 to 100."""

    SHARE = "share"
    YEAR = "year"
    POINTS = "points"


class Need(StrEnum):
    """What there may be too little of."""

    PLAYS = "plays"
    PLAYS_BEFORE = "plays_before"
    YEARS = "years"
    POPULARITY = "popularity"
    DAYS = "days"
    WEEKS = "weeks"
    LENGTHS = "lengths"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """All that the formulas see of a period, in plays unless said otherwise; `days` have some.

    `artists` and `tracks`: (plays, how many of them were played so often). `new_artists` were heard
    for the first time ever. `years` and `popularity`: (release year or points, plays), where known.
    `hours` are 24, `weekdays` 7 from Monday on; `weeks` are milliseconds of each whole week, oldest
    first, counted back from the period's last day.
    """

    plays: int
    days: int
    plays_before: int
    artists: Spectrum
    tracks: Spectrum
    new_artists: int
    new_artist_plays: int
    years: Spectrum
    popularity: Spectrum
    hours: tuple[int, ...]
    weekdays: tuple[int, ...]
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Too little for a value: there are `have` of something, and it takes `needed`."""

    need: Need
    have: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: its value, from `n` plays (of consistency: weeks), and the formula's inputs.

    Without a value `lack` says why. The inputs are there in either case, as far as they are known.
    """

    trait: Trait
    unit: Unit
    value: float | None
    n: int
    inputs: Mapping[str, float]
    lack: Lack | None = None


def measure(counts: Counts) -> dict[Trait, Metric]:
    """Measure everything."""
    metrics = (
        diversity(counts),
        loyalty(counts),
        discovery(counts),
        repeats(counts),
        era(counts),
        night(counts),
        weekend(counts),
        mainstream(counts),
        consistency(counts),
    )
    return {metric.trait: metric for metric in metrics}


def diversity(counts: Counts) -> Metric:
    """Measure how evenly plays are spread over artists: J = H / ln S, from 0 to 1.

    H = -sum(p ln p) is Shannon's entropy of the artists' shares of plays (C. E. Shannon, "A
    mathematical theory of communication", 1948), S the number of artists, J the evenness of E. C.
    Pielou ("The measurement of diversity in different types of biological collections", 1966).
    `effective` = exp(H): as many artists, equally often played, would be as diverse (Hill's number
    of order 1; M. O. Hill, "Diversity and evenness", 1973). One artist alone has J = 0.
    """
    n, artists = plays_of(counts.artists), things_of(counts.artists)
    spread = entropy(counts.artists)
    evenness = spread / log(artists) if artists > 1 else 0.0
    inputs = {"entropy": spread, "artists": artists, "effective": min(exp(spread), artists)}
    return _metric(Trait.DIVERSITY, min(evenness, 1.0), n, inputs, lack=_few_plays(n))


def loyalty(counts: Counts) -> Metric:
    """Measure what share of plays goes to the ten artists played most: from 0 to 1.

    It is the concentration ratio CR10 (M. Hall, N. Tideman, "Measures of concentration", 1967).
    """
    n, closest = plays_of(counts.artists), most_of(counts.artists, CLOSEST)
    inputs = {"closest": closest, "plays": n}
    return _metric(Trait.LOYALTY, closest / n if n else 0.0, n, inputs, lack=_few_plays(n))


def discovery(counts: Counts) -> Metric:
    """Measure what share of a period's artists was heard for the first time ever: from 0 to 1.

    It is the share of novel items among all that were consumed (K. Kapoor, V. Kumar, L. Terveen,
    J. A. Konstan, P. Schrater, "I like to explore sometimes", RecSys 2015), with all that is kept
    of the time before as memory. Without such a time everything would be new.
    """
    artists = things_of(counts.artists)
    lack = _few_plays(counts.plays) or _few(Need.PLAYS_BEFORE, counts.plays_before, ENOUGH_PLAYS)
    inputs = {
        "new": counts.new_artists,
        "artists": artists,
        "new_plays": counts.new_artist_plays,
        "plays_before": counts.plays_before,
    }
    share = counts.new_artists / artists if artists else 0.0
    return _metric(Trait.DISCOVERY, share, counts.plays, inputs, lack=lack)


def repeats(counts: Counts) -> Metric:
    """Measure what share of plays repeats a track of the same period: 1 - tracks / plays.

    Repeat consumption as A. Anderson, R. Kumar, A. Tomkins, S. Vassilvitskii count it ("The
    dynamics of repeat consumption", WWW 2014). It grows with the length of a period, so only
    periods of the same length compare.
    """
    n, tracks = plays_of(counts.tracks), things_of(counts.tracks)
    inputs = {"tracks": tracks, "plays": n}
    return _metric(Trait.REPEATS, 1 - tracks / n if n else 0.0, n, inputs, lack=_few_plays(n))


def era(counts: Counts) -> Metric:
    """Find the year of release in the middle: half of the plays are of music as old or older.

    Median and quartiles are years that occur: the inverse of the empirical distribution function
    (type 1 of R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", 1996).
    """
    n = sum(plays for _, plays in counts.years)
    inputs = {"known": n, "plays": counts.plays}
    if n:
        inputs |= {"first": quantile(counts.years, 0.25), "third": quantile(counts.years, 0.75)}
    middle = quantile(counts.years, 0.5) if n else 0
    lack = _few(Need.YEARS, n, ENOUGH_KNOWN)
    return _metric(Trait.ERA, middle, n, inputs, unit=Unit.YEAR, lack=lack)


def night(counts: Counts) -> Metric:
    """Measure what share of plays ended between midnight and five, by the listener's clock.

    Our own definition. Evenly spread over the day it would be 5 / 24 (`even`).
    """
    n, heard = sum(counts.hours), sum(counts.hours[hour] for hour in NIGHT_HOURS)
    inputs = {"night": heard, "plays": n, "even": len(NIGHT_HOURS) / 24}
    lack = _few_plays(n) or _few(Need.DAYS, counts.days, ENOUGH_DAYS)
    return _metric(Trait.NIGHT, heard / n if n else 0.0, n, inputs, lack=lack)


def weekend(counts: Counts) -> Metric:
    """Measure what share of plays ended on a Saturday or Sunday, where the listener lives.

    Our own definition. Evenly spread over the week it would be 2 / 7 (`even`).
    """
    n, heard = sum(counts.weekdays), sum(counts.weekdays[day] for day in WEEKEND)
    inputs = {"weekend": heard, "plays": n, "even": len(WEEKEND) / 7}
    lack = _few_plays(n) or _few(Need.DAYS, counts.days, ENOUGH_DAYS)
    return _metric(Trait.WEEKEND, heard / n if n else 0.0, n, inputs, lack=lack)


def mainstream(counts: Counts) -> Metric:
    """Average the popularity of what was played, in Spotify's points from 0 to 100, by play.

    Mainstreaminess as the mean popularity of a listening history (M. Schedl, D. Hauger, "Tailoring
    music recommendations to users by considering diversity, mainstreaminess, and novelty", SIGIR
    2015). Popularity is as it was when Spotify last told of the track.
    """
    n = sum(plays for _, plays in counts.popularity)
    mean = sum(points * plays for points, plays in counts.popularity) / n if n else 0.0
    inputs = {"known": n, "plays": counts.plays}
    lack = _few(Need.POPULARITY, n, ENOUGH_KNOWN)
    return _metric(Trait.MAINSTREAM, mean, n, inputs, unit=Unit.POINTS, lack=lack)


def consistency(counts: Counts) -> Metric:
    """Measure how alike weeks are in hours listened: (sum x)^2 / (k sum x^2), from 1/k to 1.

    The fairness index of R. Jain, D. Chiu, W. Hawe ("A quantitative measure of fairness and
    discrimination", DEC TR-301, 1984), which is 1 / (1 + CV^2). Equal listening in m of k weeks
    and none in the others gives m / k, so `effective` = k times the value is a number of weeks.
    """
    weeks = len(counts.weeks)
    total, squares = sum(counts.weeks), sum(week * week for week in counts.weeks)
    index = total * total / (weeks * squares) if squares else 0.0
    inputs = {"weeks": weeks, "effective": weeks * index, "ms": total}
    lack = (
        _few_plays(counts.plays)
        or _few(Need.WEEKS, weeks, ENOUGH_WEEKS)
        or _few(Need.LENGTHS, sum(week > 0 for week in counts.weeks), 1)
    )
    return _metric(Trait.CONSISTENCY, min(index, 1.0), weeks, inputs, lack=lack)


def _metric(
    trait: Trait,
    value: float,
    n: int,
    inputs: Mapping[str, float],
    *,
    unit: Unit = Unit.SHARE,
    lack: Lack | None,
) -> Metric:
    told = None if lack else value
    return Metric(trait=trait, unit=unit, value=told, n=n, inputs=inputs, lack=lack)


def _few_plays(plays: int) -> Lack | None:
    return _few(Need.PLAYS, plays, ENOUGH_PLAYS)


def _few(need: Need, have: int, needed: int) -> Lack | None:
    return Lack(need=need, have=have, needed=needed) if have < needed else None
