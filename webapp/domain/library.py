"""The difference between a library as we know it and as the service shows it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
