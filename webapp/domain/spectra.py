"""How many things were played how often: frequencies of frequencies, and what follows from them.

Thousands of artists come to a few hundred pairs (I. J. Good, "The population frequencies of species
and the estimation of population parameters", 1953).
"""

from collections.abc import Iterable
from math import log

Spectrum = tuple[tuple[int, int], ...]
"""Pairs: a number, and how many have it; each number once, lowest first."""


def entropy(spectrum: Spectrum) -> float:
    """Compute Shannon's entropy, in nats, of things that were played so and so often.

    -sum(p ln p) with p = c / n is ln n - sum(c ln c) / n. Rounding never makes it negative.
    """
    n = plays_of(spectrum)
    if not n:
        return 0.0
    return max(0.0, log(n) - sum(things * plays * log(plays) for plays, things in spectrum) / n)


def quantile(spectrum: Spectrum, share: float) -> int:
    """Find the lowest number that at least this share of plays does not exceed."""
    wanted = share * sum(plays for _, plays in spectrum)
    passed = 0
    for number, plays in spectrum:
        passed += plays
        if passed >= wanted:
            return number
    raise ValueError("a quantile of nothing")


def spectrum_of(numbers: Iterable[int]) -> Spectrum:
    """Count how often each number comes."""
    counted: dict[int, int] = {}
    for number in numbers:
        counted[number] = counted.get(number, 0) + 1
    return tuple(sorted(counted.items()))


def plays_of(spectrum: Spectrum) -> int:
    """Add up all plays."""
    return sum(plays * things for plays, things in spectrum)


def things_of(spectrum: Spectrum) -> int:
    """Count the things."""
    return sum(things for _, things in spectrum)


def most_of(spectrum: Spectrum, places: int) -> int:
    """Add up the plays of the things played most."""
    found = 0
    for plays, things in reversed(spectrum):
        taken = min(places, things)
        found += taken * plays
        places -= taken
    return found
