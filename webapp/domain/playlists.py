"""Reading all playlists: the list first, then the entries of those that changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.provider import PAGE_SIZE
from webapp.domain.sweeps import Body, Fetch, Reached, Sweep, offsets_of, pages_of
from webapp.domain.syncs import Collection

LIST = "list"
ITEMS = "items"
CLOSED = frozenset({"not_found", "endpoint_gone"})
"""Errors that mean: this playlist is closed to us (not owned, Spotify's own, deleted)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlaylist:
    """What we have of a playlist: its version token, and whether we have its entries."""

    snapshot_id: str
    readable: bool


@dataclass(slots=True, kw_only=True)
class Reading:
    """The pages of one playlist as they come in."""

    wanted: set[int]
    pages: dict[int, Body] = field(default_factory=dict)
    generation: int = 0

    @property
    def finished(self) -> bool:
        """All wanted pages are here."""
        return self.wanted <= self.pages.keys()

    @property
    def rows(self) -> list[Any]:
        """All entries in order."""
        return [row for at in sorted(self.pages) for row in self.pages[at].rows]

    @property
    def steady(self) -> bool:
        """Whether the playlist held still while it was read."""
        totals = {page.total for page in self.pages.values()}
        return len(totals) == 1 and (None in totals or len(self.rows) in totals)


@dataclass(slots=True, kw_only=True)
class PlaylistsSweep(Sweep):
    """All playlists.

    Rows of the list are JSON objects with the fields of `provider.Playlist`; rows of entries are
    `[track_id | None, added_at, added_by]`.

    A playlist whose `snapshot_id` we know is not fetched. One that is someone else's is tried
    with a single page first, and not at all where the app is known to be refused (`others_closed`)
    or this playlist was refused lately (`closed`).
    """

    me: str
    known: Mapping[str, KnownPlaylist]
    closed: frozenset[str] = frozenset()
    others_closed: bool = False
    collection: Collection = Collection.PLAYLISTS
    list_pages: dict[int, Body] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    planned: bool = False

    def begin(self) -> list[Fetch]:
        """Ask for the list."""
        return [self._list(0)]

    def take(self, fetch: Fetch, body: Body) -> list[Fetch]:
        """Learn from a page of the list, or of a playlist."""
        if fetch.subject is None:
            return self._take_list(fetch.offset, body)
        return self._take_items(fetch.subject, fetch, body)

    def refuse(self, fetch: Fetch, kind: str) -> bool:
        """Go on without a playlist that is closed or broken; not without the list."""
        if fetch.subject is None:
            return False
        target = self.refused if kind in CLOSED else self.failed
        target[fetch.subject] = kind
        self.readings.pop(fetch.subject, None)
        return True

    @property
    def listed(self) -> dict[str, dict[str, Any]]:
        """Playlists by id, in the listener's order."""
        rows = (row for at in sorted(self.list_pages) for row in self.list_pages[at].rows)
        return {row["id"]: row for row in rows if row is not None}

    @property
    def whole(self) -> bool:
        """Whether the list adds up, so that what is missing in it is gone."""
        pages = self.list_pages.values()
        count = len(self.listed) + sum(page.rows.count(None) for page in pages)
        return {page.total for page in pages} == {count}

    @property
    def finished(self) -> bool:
        """The list and every wanted playlist are here."""
        return self.planned and all(reading.finished for reading in self.readings.values())

    @property
    def total(self) -> int | None:
        """How many playlists the service counted."""
        return self.list_pages[0].total if 0 in self.list_pages else None

    @property
    def reached(self) -> Reached:
        """Playlists; what is being read now is named."""
        if not self.planned:
            return Reached(done=0, total=self.total, pages=pages_of(self.total))
        listed = self.listed
        open_ones = [id_ for id_, reading in self.readings.items() if not reading.finished]
        pages = sum(len(reading.wanted) for reading in self.readings.values())
        current = listed[open_ones[0]]["name"] if open_ones else None
        return Reached(
            done=len(listed) - len(open_ones),
            total=len(listed),
            pages=len(self.list_pages) + pages,
            current=current,
        )

    def _take_list(self, offset: int, body: Body) -> list[Fetch]:
        self.list_pages[offset] = body
        if self.total is None and body.more:
            return [self._list(offset + PAGE_SIZE)]
        wanted = offsets_of(self.total)
        if offset == 0 and len(wanted) > 1:
            return [self._list(at) for at in wanted[1:]]
        if self.planned or any(at not in self.list_pages for at in wanted):
            return []
        self.planned = True
        return [fetch for row in self.listed.values() for fetch in self._plan(row)]

    def _plan(self, row: Mapping[str, Any]) -> list[Fetch]:
        playlist_id, total = row["id"], row["total"]
        if not self._is_wanted(row):
            return []
        if total == 0:
            self.readings[playlist_id] = Reading(wanted={0}, pages={0: Body(rows=[], total=0)})
            return []
        certain = self._is_ours(row) and total is not None
        wanted = offsets_of(total) if certain else range(1)
        self.readings[playlist_id] = Reading(wanted=set(wanted))
        return [self._items(playlist_id, 0, at) for at in wanted]

    def _is_wanted(self, row: Mapping[str, Any]) -> bool:
        known = self.known.get(row["id"])
        if known and known.readable and known.snapshot_id == row["snapshot_id"]:
            return False
        return row["id"] not in self.closed and (self._is_ours(row) or not self.others_closed)

    def _is_ours(self, row: Mapping[str, Any]) -> bool:
        return bool(row["owner_id"] == self.me or row["collaborative"])

    def _take_items(self, playlist_id: str, fetch: Fetch, body: Body) -> list[Fetch]:
        reading = self.readings.get(playlist_id)
        generation = int(fetch.key.split(":")[2])
        if reading is None or generation != reading.generation:
            return []
        reading.pages[fetch.offset] = body
        further = _offsets(fetch.offset, body) - reading.wanted
        if further:
            reading.wanted |= further
            return [self._items(playlist_id, generation, at) for at in sorted(further)]
        if reading.finished and not reading.steady and generation == 0:
            self.readings[playlist_id] = Reading(wanted={0}, generation=1)
            return [self._items(playlist_id, 1, 0)]
        return []

    def _list(self, offset: int) -> Fetch:
        return Fetch(collection=self.collection, key=f"{LIST}:{offset}", offset=offset)

    def _items(self, playlist_id: str, generation: int, offset: int) -> Fetch:
        key = f"{ITEMS}:{playlist_id}:{generation}:{offset}"
        return Fetch(collection=self.collection, key=key, offset=offset, subject=playlist_id)


def _offsets(offset: int, body: Body) -> set[int]:
    """Tell which pages there are; without a total, whether another follows."""
    if body.total is None:
        return {offset + PAGE_SIZE} if body.more else set()
    return set(offsets_of(body.total))
