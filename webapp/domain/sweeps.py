"""Reading a collection page by page: which pages to ask for, and when it has been read.

A sweep only thinks: it is told what arrived (`take`) or was refused (`refuse`) and answers with
what to fetch next. The pages it is fed may come from the service or, after a crash, from the
database: that is all there is to resuming. Rows are plain JSON, as they are kept between pages.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.library import Recheck, recheck
from webapp.domain.provider import PAGE_SIZE, TimeRange
from webapp.domain.syncs import Collection

MAX_RESTARTS = 2
"""How often a list that moves under our eyes is read again before we settle for additions."""

START = "start"
AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One page to ask for.

    `key` names it within its collection; `subject` is what it is about: a playlist's id, a time
    range, a cursor.
    """

    collection: Collection
    key: str
    offset: int = 0
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is kept of a page: one row per item (None for a hole), and the envelope's figures."""

    rows: list[Any]
    total: int | None = None
    more: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far a sweep has come, in its own unit; `pages` is about how many calls it takes."""

    done: int
    total: int | None
    pages: int = 1
    current: str | None = None


class Sweep(ABC):
    """What the sync's engine drives."""

    collection: Collection

    @abstractmethod
    def begin(self) -> list[Fetch]:
        """Ask for the first pages."""

    @abstractmethod
    def take(self, fetch: Fetch, body: Body) -> list[Fetch]:
        """Learn from a page; ask for more, or for nothing."""

    def refuse(self, fetch: Fetch, kind: str) -> bool:  # noqa: ARG002 - for those that can go on
        """Learn that a page can't be had (an error's kind); True: go on without it."""
        return False

    @property
    @abstractmethod
    def finished(self) -> bool:
        """Whether nothing more is needed."""

    @property
    @abstractmethod
    def reached(self) -> Reached:
        """How far it has come."""


@dataclass(slots=True, kw_only=True)
class TopSweep(Sweep):
    """Top tracks or top artists: one page per time range."""

    collection: Collection
    lists: dict[TimeRange, list[str]] = field(default_factory=dict)

    def begin(self) -> list[Fetch]:
        """Ask for all ranges at once."""
        return [Fetch(collection=self.collection, key=r, subject=r) for r in TimeRange]

    def take(self, fetch: Fetch, body: Body) -> list[Fetch]:
        """Keep a list."""
        self.lists[TimeRange(fetch.key)] = [row for row in body.rows if row is not None]
        return []

    @property
    def finished(self) -> bool:
        """All ranges are here."""
        return len(self.lists) == len(TimeRange)

    @property
    def reached(self) -> Reached:
        """Lists of lists."""
        return Reached(done=len(self.lists), total=len(TimeRange), pages=len(TimeRange))


@dataclass(slots=True, kw_only=True)
class RecentSweep(Sweep):
    """Recently played: one page is all there is."""

    collection: Collection = Collection.RECENTLY_PLAYED
    since: str | None = None
    """Ask for what ended after this (ISO 8601); None asks for all 50."""
    plays: list[Any] | None = None

    def begin(self) -> list[Fetch]:
        """Ask for the page."""
        return [Fetch(collection=self.collection, key=START, subject=self.since)]

    def take(self, fetch: Fetch, body: Body) -> list[Fetch]:  # noqa: ARG002 - there is one
        """Keep the plays."""
        self.plays = [row for row in body.rows if row is not None]
        return []

    @property
    def finished(self) -> bool:
        """The page is here."""
        return self.plays is not None

    @property
    def reached(self) -> Reached:
        """Plays."""
        count = len(self.plays or [])
        return Reached(done=count, total=count if self.finished else None)


@dataclass(slots=True, kw_only=True)
class FollowedSweep(Sweep):
    """Followed artists: a chain of cursors, so one page after the other."""

    collection: Collection = Collection.FOLLOWED_ARTISTS
    known: Mapping[str, str | None]
    known_total: int | None
    full: bool
    pages: list[Body] = field(default_factory=list)
    finished: bool = False
    unchanged: bool = False

    def begin(self) -> list[Fetch]:
        """Ask for the first page."""
        return [Fetch(collection=self.collection, key=START)]

    def take(self, fetch: Fetch, body: Body) -> list[Fetch]:  # noqa: ARG002 - they come in order
        """Stop at a first page that shows nothing new; walk to the end otherwise."""
        self.pages.append(body)
        if len(self.pages) == 1 and not self.full and self._nothing_new(body):
            self.unchanged = self.finished = True
        elif not body.more or body.after is None or len(self.pages) > self._expected():
            self.finished = True
        else:
            return [
                Fetch(collection=self.collection, key=f"after:{body.after}", subject=body.after)
            ]
        return []

    @property
    def rows(self) -> dict[str, str | None]:
        """Artist ids; following has no date."""
        return {row: None for page in self.pages for row in page.rows if row is not None}

    @property
    def total(self) -> int | None:
        """What the service counted."""
        return self.pages[0].total if self.pages else None

    @property
    def whole(self) -> bool:
        """Whether what was read adds up, so that what is missing was removed."""
        return not self.unchanged and sum(len(page.rows) for page in self.pages) == self.total

    @property
    def reached(self) -> Reached:
        """Artists."""
        done = self.total if self.unchanged else sum(len(page.rows) for page in self.pages)
        return Reached(done=done or 0, total=self.total, pages=self._expected() - 1)

    def _nothing_new(self, body: Body) -> bool:
        return body.total == self.known_total and all(
            row in self.known for row in body.rows if row is not None
        )

    def _expected(self) -> int:
        """Count the pages there should be, and one to spare; a cursor may lead in circles."""
        return pages_of(self.total) + 1


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


def pages_of(total: int | None) -> int:
    """Count the pages of a list: at least one must be asked for."""
    return max(1, -(-(total or 0) // PAGE_SIZE))


def offsets_of(total: int | None) -> range:
    """Give the offsets of all pages of a list."""
    return range(0, pages_of(total) * PAGE_SIZE, PAGE_SIZE)
