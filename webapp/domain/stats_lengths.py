"""Lengths of sessions, in groups fine enough to find the usual one: of a minute and up.

Whole minutes up to an hour, five minutes up to four hours, a quarter of an hour up to a day.
"""

from collections.abc import Mapping
from datetime import timedelta

MINUTE = timedelta(minutes=1)
STEPS = ((60, 1), (240, 5), (1440, 15))
"""Up to how many minutes, groups of how many."""


def _edges() -> tuple[int, ...]:
    edges, at = [0], 0
    for until, step in STEPS:
        edges += range(at + step, until + 1, step)
        at = until
    return tuple(edges)


EDGES = _edges()
"""The minute at which each group begins; the last one has no end."""


def begin_of(group: int) -> timedelta:
    """Tell the length with which a group begins."""
    return EDGES[group] * MINUTE


def median_of(counts: Mapping[int, int]) -> timedelta | None:
    """Find the length that half of all sessions reach, rounded down to its group's begin."""
    half, so_far = sum(counts.values()) / 2, 0
    for group in sorted(counts):
        so_far += counts[group]
        if so_far >= half:
            return begin_of(group)
    return None
