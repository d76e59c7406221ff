"""Two ordered lists compared: what stayed, came, went and moved between two versions of a playlist.

A list may have the same track several times, and holes (None) where Spotify withdrew a track.
"""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

MOST_PAIRS = 50_000
"""Up to here the longest common subsequence is found; a playlist of 10,000 tracks has 10,000."""


class Change(StrEnum):
    """What became of an entry. One that moved is in a comparison twice: it LEFT, and ARRIVED."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"
    LEFT = "left"
    ARRIVED = "arrived"


class Step(NamedTuple):
    """An entry of two lists side by side, at `old` in one and `new` in the other, from 0.

    An ADDED one has no `old`, a REMOVED one no `new`. LEFT stands where the entry was, ARRIVED
    where it is; both know both places.
    """

    change: Change
    item: str | None
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many entries came, went and moved."""

    added: int
    removed: int
    moved: int


def compare(old: Sequence[str | None], new: Sequence[str | None]) -> list[Step]:
    """Put two lists side by side, in an order that is right for both.

    What stays is the longest common subsequence. Of the rest, what is in both lists has moved
    (the first one that left is the first one that arrived); holes never move, as nobody knows
    whether two of them are the same. Then the rest of the old list was removed, and of the new
    one added. Where the lists are so full of repeats that more than `MOST_PAIRS` of their entries
    are alike, the nth of a track stands for the nth alone: what is then told is true, but may not
    be the shortest way to tell it.
    """
    kept = _kept(old, new)
    moves = _moves(old, new, kept)
    backwards = {place: origin for origin, place in moves.items()}
    steps: list[Step] = []
    from_old, from_new = 0, 0
    for stop_old, stop_new in [*kept, (len(old), len(new))]:
        steps += [_gone(old, at, moves) for at in range(from_old, stop_old)]
        steps += [_come(new, at, backwards) for at in range(from_new, stop_new)]
        if stop_old < len(old):
            item = old[stop_old]
            steps.append(Step(change=Change.KEPT, item=item, old=stop_old, new=stop_new))
        from_old, from_new = stop_old + 1, stop_new + 1
    return steps


def tally(steps: Iterable[Step]) -> Tally:
    """Count a comparison."""
    count = Counter(step.change for step in steps)
    return Tally(
        added=count[Change.ADDED], removed=count[Change.REMOVED], moved=count[Change.ARRIVED]
    )


def changes(steps: Iterable[Step]) -> list[Step]:
    """Leave out what stayed; what moved is told once, where it is now."""
    return [step for step in steps if step.change not in {Change.KEPT, Change.LEFT}]


def _kept(old: Sequence[str | None], new: Sequence[str | None]) -> list[tuple[int, int]]:
    """Find the places (in old, in new) of what stays; the same beginning and end go for free."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    stop_old, stop_new = len(old) - tail, len(new) - tail
    between = _longest(*_comparable(old[head:stop_old], new[head:stop_new]))
    return [
        *((at, at) for at in range(head)),
        *((head + at, head + place) for at, place in between),
        *((stop_old + at, stop_new + at) for at in range(tail)),
    ]


def _comparable(
    old: Sequence[Hashable], new: Sequence[Hashable]
) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
    """Tell repeats apart by number, where there are too many of them."""
    in_new = Counter(new)
    if sum(in_new[item] for item in old) <= MOST_PAIRS:
        return old, new
    return _numbered(old), _numbered(new)


def _numbered(items: Sequence[Hashable]) -> list[Hashable]:
    seen: Counter[Hashable] = Counter()
    numbered: list[Hashable] = []
    for item in items:
        seen[item] += 1
        numbered.append((item, seen[item]))
    return numbered


def _longest(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Find the longest common subsequence as places (Hunt and Szymanski, CACM 20(5), 1977).

    It takes time by the pairs of entries that are alike, not by the lengths of the lists.
    """
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, item in enumerate(new):
        places[item].append(place)
    ends: list[int] = []
    runs: list[Any] = []
    for at, item in enumerate(old):
        for place in reversed(places.get(item, [])):
            length = bisect_left(ends, place)
            run = (at, place, runs[length - 1] if length else None)
            ends[length : length + 1] = [place]
            runs[length : length + 1] = [run]
    found: list[tuple[int, int]] = []
    last = runs[-1] if runs else None
    while last:
        found.append(last[:2])
        last = last[2]
    return found[::-1]


def _moves(
    old: Sequence[str | None], new: Sequence[str | None], kept: Sequence[tuple[int, int]]
) -> dict[int, int]:
    """Tell where in the new list what stands elsewhere in the old one is, by its old place."""
    stay_old, stay_new = {at for at, _ in kept}, {at for _, at in kept}
    left: defaultdict[str, deque[int]] = defaultdict(deque)
    for at, item in enumerate(old):
        if item is not None and at not in stay_old:
            left[item].append(at)
    return {
        left[item].popleft(): at
        for at, item in enumerate(new)
        if item is not None and at not in stay_new and left.get(item)
    }


def _gone(old: Sequence[str | None], at: int, moves: dict[int, int]) -> Step:
    change = Change.LEFT if at in moves else Change.REMOVED
    return Step(change=change, item=old[at], old=at, new=moves.get(at))


def _come(new: Sequence[str | None], at: int, origins: dict[int, int]) -> Step:
    change = Change.ARRIVED if at in origins else Change.ADDED
    return Step(change=change, item=new[at], old=origins.get(at), new=at)
