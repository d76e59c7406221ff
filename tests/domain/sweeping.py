"""Drives sweeps without a service: pages from literal lists, in any order, broken off anywhere."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from webapp.domain.provider import PAGE_SIZE
from webapp.domain.sweeps import Body, Fetch, Sweep

Answer = Callable[[Fetch], Body | str]
"""What comes back for a page: its body, or the kind of an error."""


def drive(
    sweep: Sweep,
    answer: Answer,
    *,
    seed: int | None = None,
    stored: dict[str, Body] | None = None,
    most: int | None = None,
    limit: int = 200,
) -> list[str]:
    """Fetch until nothing is wanted, or `most` pages were had; return the keys that were asked.

    As the engine does: what is `stored` is not asked for again, and what comes in is stored.
    """
    kept = {} if stored is None else stored
    order = None if seed is None else Random(seed)  # noqa: S311 - an order to repeat
    found, asked = dict(kept), list[str]()
    waiting = sweep.begin()
    while waiting:
        fetch = waiting.pop(order.randrange(len(waiting)) if order else 0)
        reply: Body | str | None = found.pop(fetch.key, None)
        if reply is None:
            if most is not None and len(asked) >= most:
                continue
            asked.append(fetch.key)
            assert len(asked) < limit, "a sweep ends"
            reply = answer(fetch)
        if isinstance(reply, str):
            assert sweep.refuse(fetch, reply), f"{fetch.key} can't be done without"
            continue
        kept[fetch.key] = reply
        waiting += sweep.take(fetch, reply)
    return asked


def page(rows: Sequence[Any], offset: int = 0) -> Body:
    """Cut a page out of a list."""
    return Body(
        rows=list(rows[offset : offset + PAGE_SIZE]),
        total=len(rows),
        more=offset + PAGE_SIZE < len(rows),
    )


def listing(rows: Sequence[Any]) -> Answer:
    """Answer from a list that holds still."""
    return lambda fetch: page(rows, fetch.offset)


def moving(*states: Sequence[Any]) -> Answer:
    """Answer the first call from the first state, and so on; the last state stays."""
    left = list(states)
    return lambda fetch: page(left.pop(0) if len(left) > 1 else left[0], fetch.offset)
