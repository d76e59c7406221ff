"""How alike two listeners are: the cosine of what they play, with counts damped.

A listener is a vector: one direction for each artist (track, genre), as long as log(1 + plays).
The likeness of two is the cosine of the angle between their vectors: 0 with nothing in common, 1
where one plays the same things in the same proportions as the other. Since counts are never
negative, it lies between.

Cosine: G. Salton, A. Wong, C. S. Yang, "A vector space model for automatic indexing", 1975.
Damping: C. D. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval", 2008,
section 6.4.1 (sublinear tf scaling); log(1 + n) instead of 1 + log(n), so that 0 plays weigh 0.
Without it, the one artist somebody plays all night would decide alone. Weights by rarity (idf)
are left out: an install has too few listeners to tell what is rare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, log1p, sqrt

FEWEST_PLAYS = 50
"""Below this many plays of each, a likeness would say more about chance than about taste."""


class Aspect(StrEnum):
    """By what two listeners are compared."""

    ARTISTS = "artists"
    TRACKS = "tracks"
    GENRES = "genres"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: plays, how many different things, and the squared length of the vector."""

    plays: int
    things: int
    square: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two listeners in one aspect: `product` is the inner product of their vectors."""

    left: Side
    right: Side
    shared: int
    product: float

    @property
    def enough(self) -> bool:
        """Whether both have played enough for a number to mean something."""
        return min(self.left.plays, self.right.plays) >= FEWEST_PLAYS

    @property
    def value(self) -> float:
        """The cosine, from 0 to 1; 0 for somebody who played nothing."""
        length = sqrt(self.left.square) * sqrt(self.right.square)
        return min(1.0, self.product / length) if length else 0.0

    def part(self, left_plays: int, right_plays: int) -> float:
        """Give the part of the likeness that one thing makes, from 0 to 1."""
        return weight(left_plays) * weight(right_plays) / self.product if self.product else 0.0


def weight(plays: int) -> float:
    """Damp a count: twice the plays is more, but not twice as much."""
    return log1p(plays)


def likeness(left: Mapping[str, int], right: Mapping[str, int]) -> Likeness:
    """Compare two counts of plays by thing. The database does the same for whole archives."""
    shared = left.keys() & right.keys()
    return Likeness(
        left=_side(left),
        right=_side(right),
        shared=len(shared),
        product=fsum(weight(left[thing]) * weight(right[thing]) for thing in shared),
    )


def _side(counts: Mapping[str, int]) -> Side:
    return Side(
        plays=sum(counts.values()),
        things=len(counts),
        square=fsum(weight(plays) ** 2 for plays in counts.values()),
    )
