"""The log of calls: who asked what, when, and what came back."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import overload

KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `status` is 0 when the connection was dropped."""

    method: str
    path: str
    query: str
    listener: str | None
    status: int
    at: datetime


class CallLog(Sequence[Call]):
    """The calls so far, oldest first; reading sees one moment, also while others write."""

    def __init__(self) -> None:
        """Begin empty."""
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._lock = Lock()

    def add(self, call: Call) -> None:
        """Note a call."""
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()

    def matching(self, part: str) -> list[Call]:
        """Return the calls whose path contains `part`."""
        return [call for call in self if part in call.path]

    def tally(self) -> dict[str, Counter[str | None]]:
        """Count by path and listener; None stands for nobody."""
        counts: dict[str, Counter[str | None]] = {}
        for call in self:
            counts.setdefault(call.path, Counter())[call.listener] += 1
        return counts

    def __iter__(self) -> Iterator[Call]:
        """Iterate over a copy."""
        return iter(self._copy())

    def __len__(self) -> int:
        """Count the calls."""
        return len(self._calls)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        """Pick one call or a part."""
        return self._copy()[index]

    def _copy(self) -> list[Call]:
        with self._lock:
            return list(self._calls)
