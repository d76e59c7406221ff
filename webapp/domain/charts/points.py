"""What charts are made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

HUES = 8
"""So many series have a colour of their own."""

Row = tuple[str, tuple[str | float | None, ...]]
"""A row of the table behind a chart: a label, and words or numbers."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its name, and in the words a person reads ("3 h 12 min").

    `running`: what it counts is not over yet (this month), and drawn as such.
    """

    label: str
    value: float
    text: str
    url: str | None = None
    running: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one thing over time, one for each label; None where there is none.

    `texts` are the same values in words, where numbers alone would not do.
    """

    name: str
    values: Sequence[float | None]
    texts: Sequence[str] = ()
    url: str | None = None


def checked(values: Iterable[float]) -> list[float]:
    """Give values back, or raise ValueError where one is negative or no number."""
    found = list(values)
    for value in found:
        if not isfinite(value) or value < 0:
            raise ValueError(f"a chart cannot show {value}")
    return found


def matching(series: Iterable[Series], labels: Sequence[str]) -> tuple[Series, ...]:
    """Give series back, or raise ValueError where one has more or fewer values than labels."""
    found = tuple(series)
    for one in found:
        if len(one.values) != len(labels) or len(one.texts) not in {0, len(labels)}:
            raise ValueError("a series has one value for each label")
    return found


def hue_of(place: int) -> int:
    """Choose the colour, 1 to 8, of the series at a place; after eight they come again."""
    return place % HUES + 1


def rows_of(series: Sequence[Series], labels: Sequence[str]) -> tuple[Row, ...]:
    """Turn series into the rows of a table: for each label what each series has there."""
    told = [one.texts or one.values for one in series]
    return tuple((label, tuple(one[at] for one in told)) for at, label in enumerate(labels))
