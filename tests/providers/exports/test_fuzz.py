"""Whatever is done to a file, a reader gives rows or says that the file is broken; nothing else.

Mutations are made of the bytes (cut, doubled, overwritten, mixed with each other's files) and of
the values in sound JSON, so that both the syntax and every field are tried.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.exports.writing import (
    ACCOUNT,
    EXTENDED,
    KOITO,
    LASTFM,
    LISTEN,
    MALOJA,
    lines_of,
    pieces,
)
from webapp.domain.errors import ExportError, ExportFault
from webapp.domain.reports import Reason, Row, Told
from webapp.providers.exports import READERS, Kind, read_library, read_playlists, recognise
from webapp.providers.exports.values import EARLIEST, LONGEST_MS

pytestmark = pytest.mark.usefixtures("narrow_window")

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REASONS = set(map(str, Reason))
UNSTORABLE = re.compile("[\x00\ud800-\udfff]").search
SAVED = {"artist": "Ana", "album": "First", "track": "One", "uri": "spotify:track:x"}
ENTRY = {"track": {"trackName": "One", "trackUri": "spotify:track:x"}, "addedDate": "2021-01-31"}

FILES: dict[Kind, bytes] = {
    Kind.EXTENDED: json.dumps([EXTENDED] * 2, indent=2).encode(),
    Kind.ACCOUNT: json.dumps([ACCOUNT] * 3).encode(),
    Kind.LISTENBRAINZ: lines_of([LISTEN] * 2),
    Kind.LASTFM_API: json.dumps({"recenttracks": {"track": [LASTFM] * 2}}).encode(),
    Kind.LASTFM_CSV: b'artist,album,track,uts\nAna,"Fi,rst",One,1612096496\n' * 2,
    Kind.MALOJA: json.dumps({"maloja": {"x": 1}, "scrobbles": [MALOJA] * 2}).encode(),
    Kind.KOITO: json.dumps({"version": "1", "listens": [KOITO]}).encode(),
}
LIBRARIES: dict[Kind, bytes] = {
    Kind.LIBRARY: json.dumps({"tracks": [SAVED], "albums": [SAVED], "artists": [SAVED]}).encode(),
    Kind.PLAYLISTS: json.dumps({"playlists": [{"name": "Mix", "items": [ENTRY]}]}).encode(),
}
WRAPPED: dict[Kind, Callable[[Any], Any]] = {
    Kind.EXTENDED: lambda rows: rows,
    Kind.ACCOUNT: lambda rows: rows,
    Kind.LISTENBRAINZ: lambda rows: rows,
    Kind.LASTFM_API: lambda rows: {"recenttracks": {"track": rows}},
    Kind.MALOJA: lambda rows: {"scrobbles": rows},
    Kind.KOITO: lambda rows: {"listens": rows},
}
SAMPLES: dict[Kind, dict[str, Any]] = {
    Kind.EXTENDED: EXTENDED,
    Kind.ACCOUNT: ACCOUNT,
    Kind.LISTENBRAINZ: LISTEN,
    Kind.LASTFM_API: LASTFM,
    Kind.MALOJA: MALOJA,
    Kind.KOITO: KOITO,
}

snippets = st.binary(max_size=6) | st.sampled_from(
    [
        *(b"[", b"]", b"{", b"}", b'"', b",", b":", b"\\", b"\n", b"\0", b"\xff", b"\xef\xbb\xbf"),
        *(b"\\ud800", b"\\u0000", b"null", b"true", b"NaN", b"-Infinity", b"1e999"),
        *(b"9" * 5_000, b"[" * 3_000),
    ]
)
texts = st.text(max_size=8) | st.sampled_from(
    [
        *("", "\x00", "\ud800", "²", "nan", "9" * 30, "A" * 3_000, "spotify:local:::"),
        *("spotify:track:" + "x" * 22, "2021-13-45", "2021-01-31T12:34:56Z"),
        *("31 Jan 2021 12:34", "1612096496"),
    ]
)
numbers = st.integers() | st.floats() | st.sampled_from([10**400, -1, 0, 2**63, 1_612_096_496])
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, files: list[bytes]) -> bytes:
    """Cut, overwrite and mix the bytes of good files."""
    data = draw(st.sampled_from(files))
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 20))
        data = data[:at] + draw(snippets) + data[at + length :]
    if draw(st.booleans()):
        other = draw(st.sampled_from(files))
        data = data[: draw(st.integers(0, len(data)))] + other[draw(st.integers(0, len(other))) :]
    return data


@st.composite
def altered(draw: st.DrawFn, sample: dict[str, Any]) -> Any:
    """Put anything at some places of a good row."""
    row = json.loads(json.dumps(sample))
    for _ in range(draw(st.integers(1, 4))):
        parent, key = draw(st.sampled_from(places(row)))
        parent[key] = draw(anything)
    return row


def places(value: Any) -> list[tuple[Any, Any]]:
    """List every key and index of a row."""
    keys: list[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        found += places(value[key])
    return found


def check(rows: Iterable[Row]) -> int:
    """Hold every row to what it promises; gives how many there are."""
    count = 0
    for count, row in enumerate(rows, start=1):
        assert row.number == count
        assert row.reason == "" if row.told is Told.PLAY else row.reason in REASONS
        assert row.told is not Told.PLAY or row.track_id or (row.title and row.artist)
        assert row.at is None if row.reason.endswith("_time") else True
        assert row.at is None or (EARLIEST <= row.at <= NOW and row.at.tzinfo is UTC)
        assert row.ms_played is None or 0 <= row.ms_played <= LONGEST_MS
        assert row.duration_ms is None or 0 < row.duration_ms <= LONGEST_MS
        assert row.told is not Told.PLAY or row.at is not None
        assert all(map(can_be_stored, values([*row])))
        assert json.dumps(row.kept, allow_nan=False)
    return count


def values(value: Any) -> Iterator[Any]:
    """Walk all that is in a row, keys included."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        for part in value:
            yield from values(part)
    else:
        yield value


def can_be_stored(value: Any) -> bool:
    """Tell whether PostgreSQL takes it: no NUL, no lone surrogate."""
    return not isinstance(value, str) or not UNSTORABLE(value)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=150, deadline=None)
@given(data=mutated([*FILES.values()]), size=st.sampled_from([1, 7, 64, 100_000]))
def test_mutated_bytes(kind: Kind, data: bytes, size: int) -> None:
    try:
        check(READERS[kind](pieces(data, size), now=NOW))
    except ExportError as error:
        assert error.row is not None  # noqa: PT017 - many a mutation does no harm


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=100, deadline=None)
@given(data=mutated([*FILES.values()]), size=st.integers(1, 200))
def test_pieces_make_no_difference(kind: Kind, data: bytes, size: int) -> None:
    assert outcome(kind, data, size) == outcome(kind, data, len(data) + 1)


def outcome(kind: Kind, data: bytes, size: int) -> tuple[list[Row], ExportFault | None]:
    """Read all that comes, and tell how it ended."""
    rows: list[Row] = []
    try:
        rows.extend(READERS[kind](pieces(data, size), now=NOW))
    except ExportError as error:
        return rows, error.fault
    return rows, None


@pytest.mark.parametrize("kind", SAMPLES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_altered_rows(kind: Kind, data: st.DataObject) -> None:
    rows = data.draw(st.lists(altered(SAMPLES[kind]), min_size=1, max_size=3))
    file = json.dumps(WRAPPED[kind](rows)).encode()
    found = list(READERS[kind]([file], now=NOW))
    assert check(found) <= len(rows)
    assert "private" not in repr(found)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(texts.filter(lambda text: "\ud800" not in text), max_size=6), max_size=5))
def test_altered_tables(rows: list[list[str]]) -> None:
    table = "artist,album,track,uts\n" + "\n".join(",".join(cells) for cells in rows)
    check(READERS[Kind.LASTFM_CSV]([table.encode()], now=NOW))


@settings(max_examples=200, deadline=None)
@given(data=mutated([*LIBRARIES.values()]), size=st.sampled_from([1, 7, 100_000]))
def test_mutated_libraries(data: bytes, size: int) -> None:
    for read in (read_library, read_playlists):
        try:
            found: Any = read(pieces(data, size))
        except ExportError as error:
            assert error.fault in ExportFault  # noqa: PT017 - many a mutation does no harm
        else:
            shelves = found if isinstance(found, list) else [found]
            assert all(map(can_be_stored, values([astuple(shelf) for shelf in shelves])))


@settings(max_examples=300, deadline=None)
@given(data=mutated([*FILES.values(), *LIBRARIES.values()]))
def test_mutated_files_are_told(data: bytes) -> None:
    assert recognise(data) in Kind


@pytest.mark.parametrize("kind", FILES)
def test_the_good_files_are_told_and_read(kind: Kind) -> None:
    assert recognise(FILES[kind]) is kind
    rows = list(READERS[kind]([FILES[kind]], now=NOW))
    assert Told.PLAY in {row.told for row in rows}
    assert check(rows) == len(rows)
