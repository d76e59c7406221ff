"""Two circles of the same size that overlap by a given share of their area."""

from math import acos, pi, sqrt

STEPS = 40


def apart(share: float) -> float:
    """Give how far apart two middles are, in radii: 0 where the share is 1, 2 where it is 0."""
    near, far = 0.0, 2.0
    for _ in range(STEPS):
        middle = (near + far) / 2
        if overlap(middle) > share:
            near = middle
        else:
            far = middle
    return (near + far) / 2


def overlap(distance: float) -> float:
    """Give the share of a circle's area that lies in the other one.

    Area of a lens: E. W. Weisstein, "Circle-circle intersection", MathWorld, equation 14.
    """
    half = min(distance, 2.0) / 2
    return 2 * (acos(half) - half * sqrt(1 - half * half)) / pi
