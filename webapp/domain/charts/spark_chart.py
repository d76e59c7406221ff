"""A line as small as a word."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.charts.paths import curve, number, slopes
from webapp.domain.charts.points import checked
from webapp.domain.charts.scales import rounded

TOP, BOTTOM = 10.0, 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkChart:
    """All of it, in a field of 100 x 100 that is stretched; the end is where it is now."""

    path: str
    area: str
    end: tuple[float, float] | None


def spark(values: Sequence[float]) -> SparkChart:
    """Draw values from left to right, from zero up to the highest."""
    found = checked(values)
    if not found:
        return SparkChart(path="", area="", end=None)
    most = max(found) or 1
    ys = [rounded(BOTTOM - (BOTTOM - TOP) * (value / most)) for value in found]
    if len(ys) == 1:
        ys *= 2
    xs = [rounded(96 * at / (len(ys) - 1)) for at in range(len(ys))]
    path = f"M{number(xs[0])} {number(ys[0])}{curve(xs, ys, slopes(ys))}"
    area = f"{path}V100H{number(xs[0])}Z"
    return SparkChart(path=path, area=area, end=(xs[-1], ys[-1]))
