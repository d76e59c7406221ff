"""Reading saved tracks and albums: a look at the top, or every page of a list that may move."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.library import Recheck, recheck
from webapp.domain.provider import PAGE_SIZE
from webapp.domain.sweeps import Body, Fetch, Reached, Sweep, offsets_of, pages_of
from webapp.domain.syncs import Collection

MAX_RESTARTS = 2
"""How often a list that moves under our eyes is read again before we settle for additions."""

AGAIN = "again"


@dataclass(slots=True, kw_only=True)
class SavedSweep(Sweep):
    """Saved tracks or albums, newest first: `[id, added_at]` rows by offset.

    A look at page 1 shows whether anything changed. Additions are read from the top down to the
    first page already known. Anything else (something was removed, or a full reading is due)
    takes every page, and page 1 once more at the end, to know that the list held still.
    """

    collection: Collection
    known: Mapping[str, str | None]
    known_total: int | None
    full: bool
    pages: dict[int, Body] = field(default_factory=dict)
    fresh: list[Any] = field(default_factory=list)
    generation: int = 0
    reading_all: bool = False
    finished: bool = False
    unchanged: bool = False
    whole: bool = False

    def begin(self) -> list[Fetch]:
        """Ask for page 1."""
        return [self._fetch(0)]

    def take(self, fetch: Fetch, body: Body) -> list[Fetch]:
        """Decide after each page what is still needed."""
        generation, _, place = fetch.key.partition(":")
        if self.finished or int(generation) != self.generation:
            return []
        if place == AGAIN:
            return self._verify(body)
        self.pages[fetch.offset] = body
        if self.reading_all:
            return self._read_on()
        if self.full or self.known_total is None:
            return self._read_all()
        return self._look(fetch.offset, body)

    @property
    def rows(self) -> dict[str, str | None]:
        """Item ids with the time they were added."""
        ordered = [*self.fresh, *(row for at in sorted(self.pages) for row in self.pages[at].rows)]
        return {row[0]: row[1] for row in reversed(ordered) if row is not None}

    @property
    def total(self) -> int | None:
        """What the service counted, additions seen at the end included."""
        if not self.pages:
            return None
        first = self.pages[0].total
        return None if first is None else first + len(self.fresh)

    @property
    def counted(self) -> int | None:
        """The total, where it agrees with what was read; else the next look reads all."""
        return self.total if self.whole or not self.reading_all else None

    @property
    def reached(self) -> Reached:
        """Items."""
        read = sum(len(page.rows) for page in self.pages.values())
        done = self.total if self.finished else read
        return Reached(done=done or 0, total=self.total, pages=pages_of(self.total))

    def _look(self, offset: int, body: Body) -> list[Fetch]:
        if not self._is_known(body) and body.more:
            return [self._fetch(offset + PAGE_SIZE)]
        seen = self.rows
        grown = sum(1 for item in seen if item not in self.known)
        if body.total != (self.known_total or 0) + grown:
            return self._read_all()
        self.finished = True
        self.unchanged = all(self.known.get(item, "") == at for item, at in seen.items())
        return []

    def _is_known(self, body: Body) -> bool:
        return all(row is None or self.known.get(row[0], "") == row[1] for row in body.rows)

    def _read_all(self) -> list[Fetch]:
        self.reading_all = True
        missing = [at for at in offsets_of(self.pages[0].total) if at not in self.pages]
        return [self._fetch(at) for at in missing] or self._read_on()

    def _read_on(self) -> list[Fetch]:
        if self.pages[0].total is None:
            return self._follow()
        expected = offsets_of(self.pages[0].total)
        if any(at not in self.pages for at in expected):
            return []
        if len({page.total for page in self.pages.values()}) > 1:
            return self._restart()
        if len(expected) > 1:
            key = f"{self.generation}:{AGAIN}"
            return [Fetch(collection=self.collection, key=key)]
        self.finished = self.whole = True
        return []

    def _follow(self) -> list[Fetch]:
        """Go on while there is more; without a total nothing can be said to be missing."""
        last = max(self.pages)
        if self.pages[last].more:
            return [self._fetch(last + PAGE_SIZE)]
        self.finished = True
        return []

    def _verify(self, again: Body) -> list[Fetch]:
        first = self.pages[0]
        verdict = recheck(first.rows, again.rows, first.total, again.total)
        if verdict is Recheck.SHIFTED:
            return self._restart()
        if verdict is Recheck.GREW:
            self.fresh = again.rows[: (again.total or 0) - (first.total or 0)]
        self.finished = self.whole = True
        return []

    def _restart(self) -> list[Fetch]:
        if self.generation >= MAX_RESTARTS:
            self.finished = True
            return []
        self.generation += 1
        self.pages, self.reading_all, self.full = {}, False, True
        return [self._fetch(0)]

    def _fetch(self, offset: int) -> Fetch:
        key = f"{self.generation}:{offset}"
        return Fetch(collection=self.collection, key=key, offset=offset)
