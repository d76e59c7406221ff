"""The difference between a library as we know it and as the service, or a file, shows it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What can be in a library."""

    SAVED_TRACK = "saved_track"
    SAVED_ALBUM = "saved_album"
    FOLLOWED_ARTIST = "followed_artist"


class Event(StrEnum):
    """What happened to it."""

    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference; `added_at` is ISO 8601 as the service told it, if it did."""

    event: Event
    item_id: str
    added_at: str | None = None


def diff(
    ours: Mapping[str, str | None], theirs: Mapping[str, str | None], *, whole: bool
) -> list[Change]:
    """List what changed between item ids with the time they were added.

    Something saved again (same id, another time) is an addition. Removals are believed only from
    a reading that is `whole`.
    """
    changes = [
        Change(event=Event.ADDED, item_id=item, added_at=at)
        for item, at in theirs.items()
        if item not in ours or ours[item] != at
    ]
    if whole:
        gone = [item for item in ours if item not in theirs]
        changes += [Change(event=Event.REMOVED, item_id=item) for item in gone]
    return changes


def content_hash(content: Mapping[str, Any]) -> str:
    """Name a playlist's content, so that an unchanged one is not written again."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


class Recheck(StrEnum):
    """What reading the first page a second time tells about the pages in between."""

    SAME = "same"
    GREW = "grew"
    SHIFTED = "shifted"


def recheck(
    first: Sequence[Any], again: Sequence[Any], total_before: int | None, total_after: int | None
) -> Recheck:
    """Tell whether a list, newest first, held still while its pages were read.

    `first` and `again` are the rows of its first page before and after. Additions on top move
    rows to later pages, where they are seen twice, so nothing is missed; anything else may have
    pulled a row across a page boundary unseen.
    """
    if list(first) == list(again) and total_before == total_after:
        return Recheck.SAME
    if total_before is None or total_after is None:
        return Recheck.SHIFTED
    grown = total_after - total_before
    if 0 < grown < len(again) and list(again[grown:]) == list(first[: len(again) - grown]):
        return Recheck.GREW
    return Recheck.SHIFTED


class Origin(StrEnum):
    """Who told an entry of the log."""

    SPOTIFY = "spotify"
    FILE = "file"
    UNDATED = "undated_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the log: from `seen_at` on, a thing was in the library, or was not."""

    event: Event
    item_id: str
    seen_at: datetime
    added_at: datetime | None = None
    origin: Origin = Origin.SPOTIFY
    sync_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A look at a collection, by a sync or a file; `whole`: what it did not show was not there."""

    at: datetime
    whole: bool
    origin: Origin = Origin.SPOTIFY
    sync_id: int | None = None


def next_reading(
    readings: Iterable[Reading], moment: datetime, *, whole: bool = False
) -> Reading | None:
    """Give the first reading after a moment; where `whole` is asked for, the first whole one."""
    later = [one for one in readings if one.at > moment and (one.whole or not whole)]
    return min(later, key=lambda one: one.at, default=None)


def recall(
    told: Iterable[str],
    log: Sequence[Entry],
    readings: Sequence[Reading],
    *,
    at: datetime,
    whole: bool,
) -> list[Entry]:
    """List what the log lacks, now that a file shows what was in the library at a past moment.

    `log` is all that is known of one kind, oldest first. What the file has and the log did not
    have then was added by that time; what the file lacks was removed, if the file is `whole`.
    Later readings stay as they were: the next one finds things as the log had them, unless the
    log itself speaks of them before. Only a whole reading finds that something is gone.
    """
    items = dict.fromkeys(told)
    then = {entry.item_id: entry for entry in log if entry.seen_at <= at}
    had = {item: entry for item, entry in then.items() if entry.event is Event.ADDED}
    next_told = {entry.item_id: entry.seen_at for entry in reversed(log) if entry.seen_at > at}
    any_next, whole_next = next_reading(readings, at), next_reading(readings, at, whole=True)

    new = [item for item in items if item not in had]
    gone = [item for item in had if item not in items] if whole else []
    entries = [_of_file(Event.ADDED, item, at) for item in new]
    entries += [_of_file(Event.REMOVED, item, at) for item in gone]
    if whole_next:
        lost = [item for item in new if not _speaks(next_told.get(item), whole_next)]
        entries += [_of_reading(Event.REMOVED, item, whole_next) for item in lost]
    if any_next:
        back = [item for item in gone if not _speaks(next_told.get(item), any_next)]
        entries += [_of_reading(Event.ADDED, item, any_next, had[item].added_at) for item in back]
    return entries


def recall_undated(
    told: Iterable[str], log: Sequence[Entry], readings: Sequence[Reading], *, now: datetime
) -> list[Entry]:
    """List what the log lacks, where nobody knows when a file was written.

    Only what the log never had is news: it was there at some time, which is noted now. Once the
    library was read whole, what is there now is known better, and so it is gone again.
    """
    known = {entry.item_id for entry in log}
    new = [item for item in dict.fromkeys(told) if item not in known]
    events = [Event.ADDED]
    if any(one.whole for one in readings):
        events.append(Event.REMOVED)
    return [
        Entry(event=event, item_id=item, seen_at=now, origin=Origin.UNDATED)
        for event in events
        for item in new
    ]


def _speaks(told_at: datetime | None, reading: Reading) -> bool:
    return told_at is not None and told_at <= reading.at


def _of_file(event: Event, item: str, at: datetime) -> Entry:
    return Entry(event=event, item_id=item, seen_at=at, origin=Origin.FILE)


def _of_reading(
    event: Event, item: str, reading: Reading, added_at: datetime | None = None
) -> Entry:
    return Entry(
        event=event,
        item_id=item,
        seen_at=reading.at,
        added_at=added_at,
        origin=reading.origin,
        sync_id=reading.sync_id,
    )
