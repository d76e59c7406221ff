"""Parts of a whole: of which decade the albums are, and how much is known at all."""

from collections.abc import Iterable
from dataclasses import dataclass

OLDEST_RECORDING = 1860
"""The first recording of a voice; a release year before it is a mistake of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """A decade, named by its first year, and what was heard of its albums."""

    decade: int
    plays: int
    ms: int


def decade_of(year: int | None, latest: int) -> int | None:
    """Name the decade of a year; None where the year is unknown, or can't be."""
    if year is None or not OLDEST_RECORDING <= year <= latest + 1:
        return None
    return year - year % 10


def eras_of(years: Iterable[tuple[int | None, int, int]], latest: int) -> list[Era]:
    """Add up (year, plays, ms) by decade, oldest first, decades without plays in between too.

    What has no year is left out: the caller knows the whole.
    """
    sums: dict[int, tuple[int, int]] = {}
    for year, plays, ms in years:
        decade = decade_of(year, latest)
        if decade is not None:
            before = sums.get(decade, (0, 0))
            sums[decade] = (before[0] + plays, before[1] + ms)
    if not sums:
        return []
    return [
        Era(decade=decade, plays=sums.get(decade, (0, 0))[0], ms=sums.get(decade, (0, 0))[1])
        for decade in range(min(sums), max(sums) + 1, 10)
    ]


def median_year(years: Iterable[tuple[int, int, int]]) -> int | None:
    """Find the year that half of the plays are from or before: (year, plays, ms), in any order."""
    ordered = sorted(years)
    half, so_far = sum(plays for _, plays, _ in ordered) / 2, 0
    for year, plays, _ in ordered:
        so_far += plays
        if so_far >= half:
            return year
    return None


def share(part: int, whole: int) -> float:
    """Give a part of a whole, from 0 to 1; of nothing, nothing."""
    return part / whole if whole else 0.0
