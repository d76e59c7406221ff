"""Reading a collection page by page: which pages to ask for, and when it has been read.

A sweep only thinks: it is told what arrived (`take`) or was refused (`refuse`) and answers with
what to fetch next. The pages it is fed may come from the service or, after a crash, from the
database: that is all there is to resuming. Rows are plain JSON, as they are kept between pages.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.provider import PAGE_SIZE, TimeRange
from webapp.domain.syncs import Collection

START = "start"


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
        """Entries of all lists; how many there are shows when the last one is here."""
        entries = sum(len(found) for found in self.lists.values())
        return Reached(done=entries, total=entries if self.finished else None, pages=len(TimeRange))


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
    cursors: set[str] = field(default_factory=set)
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
        elif not body.more or body.after is None or body.after in self.cursors:
            self.finished = True  # a cursor seen before leads in circles
        else:
            self.cursors.add(body.after)
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
        holes = sum(page.rows.count(None) for page in self.pages)
        return not self.unchanged and len(self.rows) + holes == self.total

    @property
    def counted(self) -> int | None:
        """The total, where it agrees with what was read; else the next look reads all."""
        return self.total if self.unchanged or self.whole else None

    @property
    def reached(self) -> Reached:
        """Artists."""
        done = self.total if self.unchanged else sum(len(page.rows) for page in self.pages)
        return Reached(done=done or 0, total=self.total, pages=pages_of(self.total))

    def _nothing_new(self, body: Body) -> bool:
        return body.total == self.known_total and all(
            row in self.known for row in body.rows if row is not None
        )


def pages_of(total: int | None) -> int:
    """Count the pages of a list: at least one must be asked for."""
    return max(1, -(-(total or 0) // PAGE_SIZE))


def offsets_of(total: int | None) -> range:
    """Give the offsets of all pages of a list."""
    return range(0, pages_of(total) * PAGE_SIZE, PAGE_SIZE)
