"""Drawing by lot, so that it comes out the same all day: favourites are likelier, none is certain.

Weighted random sampling without replacement: P. S. Efraimidis, P. G. Spirakis, "Weighted random
sampling with a reservoir", 2006: the largest u ** (1 / w) win. `u` follows from the seed and the
thing alone, so that one more thing in the pot changes nothing among the others.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar

Thing = TypeVar("Thing")

STEPS = 2**64


def drawn(
    things: Iterable[Thing],
    seed: str,
    *,
    name: Callable[[Thing], str],
    weight: Callable[[Thing], float],
) -> list[Thing]:
    """Put things into the order in which they are drawn; weights are more than 0."""

    def place(thing: Thing) -> tuple[float, str]:
        return -(lot(seed, name(thing)) ** (1 / weight(thing))), name(thing)

    return sorted(things, key=place)


def lot(seed: str, name: str) -> float:
    """Give a thing its lot of the day: more than 0, less than 1."""
    digest = sha256(f"{seed}|{name}".encode(errors="replace")).digest()
    return (int.from_bytes(digest[:8]) + 0.5) / STEPS
