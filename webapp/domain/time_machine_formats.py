"""Saved tracks or a playlist of a past day, to take away: a table, JSON, or addresses to paste."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from types import MappingProxyType
from typing import Any, NamedTuple

from webapp.domain.play_formats import FORMULA, SPOTIFY_ID_LENGTH

COLUMNS = (
    *("position", "title", "artists", "album", "added_at", "added_by"),
    *("duration_ms", "kind", "spotify_uri"),
)


class TakenEntry(NamedTuple):
    """An entry to take away, at its place from 1; `track_id` is None for a hole."""

    position: int
    track_id: str | None
    kind: str
    title: str
    artists: str
    album: str
    added_at: datetime | None
    added_by: str | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What is taken away: its name, as of when, and whether there may have been more.

    `seen_at` is the last look before, where one is known.
    """

    what: str
    name: str
    at: datetime
    at_least: bool
    seen_at: datetime | None = None


Batches = Iterable[list[TakenEntry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write entries: what the file is, and how its text comes about."""

    mimetype: str
    write: Callable[[Heading, Batches], Iterator[str]]


def write_table(_heading: Heading, batches: Batches) -> Iterator[str]:
    """Write CSV (RFC 4180) with the header of `COLUMNS`; times are ISO 8601 in UTC."""
    yield _rows([COLUMNS])
    for batch in batches:
        yield _rows(_cells(entry) for entry in batch)


def write_json(heading: Heading, batches: Batches) -> Iterator[str]:
    """Write one JSON object: what it is, as of when, and its entries."""
    told = {
        "what": heading.what,
        "name": heading.name,
        "at": _moment(heading.at),
        "seen_at": _moment(heading.seen_at) or None,
        "at_least": heading.at_least,
    }
    yield _json(told)[:-1] + ',"entries":'
    separator = "[\n"
    for batch in batches:
        yield separator + ",\n".join(_json(_fields(entry)) for entry in batch)
        separator = ",\n"
    yield "\n]}\n" if separator == ",\n" else "[]}\n"


def write_addresses(_heading: Heading, batches: Batches) -> Iterator[str]:
    """Write Spotify's address of each entry that has one, a line each, to paste into a playlist."""
    for batch in batches:
        yield "".join(f"{uri}\n" for uri in map(_uri, batch) if uri)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format(mimetype="text/csv", write=write_table),
        "json": Format(mimetype="application/json", write=write_json),
        "txt": Format(mimetype="text/plain", write=write_addresses),
    }
)


def _rows(rows: Iterable[Iterable[str]]) -> str:
    page = StringIO()
    csv.writer(page, lineterminator="\r\n").writerows(rows)
    return page.getvalue()


def _cells(entry: TakenEntry) -> Iterable[str]:
    cells = ("" if value is None else str(value) for value in _fields(entry).values())
    return (f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)


def _fields(entry: TakenEntry) -> dict[str, Any]:
    values = (
        *(entry.position, entry.title, entry.artists, entry.album),
        *(_moment(entry.added_at) or None, entry.added_by, entry.duration_ms),
        *(None if entry.track_id is None else entry.kind, _uri(entry)),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def _uri(entry: TakenEntry) -> str | None:
    """Give Spotify's address; holes, local files and what only has a name have none."""
    identity = entry.track_id or ""
    is_id = len(identity) == SPOTIFY_ID_LENGTH and identity.isalnum()
    return f"spotify:{entry.kind}:{identity}" if is_id and entry.kind != "local" else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
