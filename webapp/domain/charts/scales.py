"""Round steps, labels that do not touch, shades."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from webapp.domain.charts.names import width_of

STEPS = (1, 2, 5, 10)
TICKS = 5
"""No more lines than these stand behind a chart."""
SMALLEST, LARGEST = 1e-6, 1e15
"""Beyond these, numbers are no longer round."""
NEARLY = 1 - 1e-9
"""What forgives binary fractions."""
LEVELS = 5
NARROW_LETTERS, WIDE_LETTERS = 44, 92
"""So many letters fit side by side below a chart on a phone, and on a desk."""
HALF_LETTER = 1.2
"""Half of a letter's width on a phone, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line behind a chart, at `y` percent from the top."""

    y: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word below a chart, at `x` percent; minor ones are shown where there is room."""

    x: float
    text: str
    anchor: str
    minor: bool


def rounded(number: float) -> float:
    """Round to a hundredth: a tenth of what an eye can see."""
    return round(number, 2)


def top_of(most: float) -> tuple[float, float]:
    """Choose a round end of a scale that holds `most`, and the step to it."""
    if not SMALLEST <= most <= LARGEST:
        return most, most
    size = 10.0 ** floor(log10(most / TICKS))
    step = next(part * size for part in STEPS if part * size * TICKS >= most * NEARLY)
    return step * ceil(most / step * NEARLY), step


def ticks(most: float, *, whole: bool) -> tuple[float, tuple[Tick, ...]]:
    """Choose the end of a scale and the lines behind it; whole numbers have no line at 0.5."""
    if not most:
        return 1.0, ()
    top, step = top_of(most)
    if whole and step < 1:
        top, step = ceil(most), 1
    values = [plain(step * at) for at in range(1, round(top / step) + 1)]
    return top, tuple(Tick(y=rounded(100 - 100 * (value / top)), value=value) for value in values)


def plain(number: float) -> float:
    """Take what binary fractions add away, and the point of whole numbers."""
    near = float(f"{number:.12g}")
    return int(near) if near.is_integer() and near <= LARGEST else near


def labels(texts: Sequence[str], places: Sequence[float]) -> tuple[Label, ...]:
    """Choose which words stand below a chart, at what density."""
    if not texts:
        return ()
    longest = max(width_of(text) for text in texts)
    # A word at the edge begins or ends there, and so comes nearer to its neighbour.
    room = 1.5 * longest + 1 if places[0] < HALF_LETTER * longest else longest + 2
    minor = ceil(len(texts) * room / WIDE_LETTERS)
    major = minor * ceil(len(texts) * room / NARROW_LETTERS / minor)
    return tuple(
        Label(
            x=places[at],
            text=texts[at],
            anchor=anchor_at(places[at], texts[at]),
            minor=at % major != 0,
        )
        for at in range(0, len(texts), minor)
    )


def anchor_at(x: float, text: str) -> str:
    """Choose which part of a word stands at a place, so that the word stays inside."""
    half = width_of(text) * HALF_LETTER
    if x < half:
        return "start"
    return "end" if x > 100 - half else "middle"


def thresholds(values: Iterable[float]) -> list[float]:
    """Choose where each shade above the first begins; each holds as many different values."""
    found = sorted({value for value in values if value > 0})
    return [found[len(found) * at // LEVELS] for at in range(1, LEVELS)] if found else []


def level_of(value: float, begins: Sequence[float]) -> int:
    """Choose a shade: 0 for nothing, up to 5 for most."""
    return 0 if value <= 0 else 1 + bisect_right(begins, value)
