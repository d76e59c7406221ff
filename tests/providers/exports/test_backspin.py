"""An archive of our own, read back: sound lines come through, anything else is an ExportError."""

import io
import json
import random
from collections.abc import Iterable, Iterator
from hashlib import md5, sha256
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import ExportError, ExportFault
from webapp.domain.export_format import BY_FILE, MANIFEST, PARTS, VERSION
from webapp.domain.reports import song_key
from webapp.providers.exports import Kind, Limits, backspin, members, recognise
from webapp.providers.exports.backspin import Archive, find_archive, read_part

REPORTS = BY_FILE["play_reports.jsonl"]
TRACKS = BY_FILE["tracks.jsonl"]
ROWS = BY_FILE["import_rows.jsonl"]
REPORT: dict[str, Any] = {
    "hash": "0b5ad44c-5f3c-1a2b-9c8d-0123456789ab",
    "import": None,
    "file": None,
    "number": None,
    "source": "spotify",
    "at": "2026-03-01T12:00:00.5+00:00",
    "ended_at": "2026-03-01T12:00:00.5+00:00",
    "track_id": "a" * 22,
    "context_uri": None,
    "ms_played": 1,
    "done": False,
    "skipped": None,
    "raw": {"any": ["thing", 1.5, None]},
    "seen_at": "2026-03-01T12:00:00+00:00",
    "verdict": "new",
    "play_ended_at": "2026-03-01T12:00:00.5+00:00",
    "play_track_id": "a" * 22,
}
TRACK: dict[str, Any] = {
    "id": "a" * 22,
    "name": "Song",
    "artist_names": "Band",
    "kind": "track",
    "album_id": None,
    "duration_ms": None,
    "explicit": False,
    "disc_number": None,
    "track_number": None,
    "isrc": None,
    "popularity": None,
    "artists": [],
    "raw": {},
}


def written(*lines: Any) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def read(part: Any, body: bytes, chunks: Iterable[bytes] | None = None) -> list[Any]:
    found = read_part(part, sha256(body).hexdigest(), [body] if chunks is None else chunks)
    return [(line.number, line.value) for line in found]


def fault(part: Any, body: bytes) -> tuple[str, str, int | None]:
    with pytest.raises(ExportError) as caught:
        read(part, body)
    return caught.value.kind, caught.value.file, caught.value.row


def package(files: dict[str, bytes]) -> Archive | None:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as made:
        for name, body in files.items():
            made.writestr(name, body)
    return find_archive(members(packed, Limits()))


def manifest(**fields: Any) -> bytes:
    told = {
        "format": "backspin",
        "format_version": VERSION,
        "made_at": "2026-03-01T12:00:00+00:00",
        "listener": {"time_zone": "Asia/Tokyo", "language": None, "theme": "dark"},
        "members": [{"file": part.file, "sha256": sha256().hexdigest()} for part in PARTS],
    }
    return json.dumps({**told, **fields}).encode()


def whole(**fields: Any) -> dict[str, bytes]:
    return {MANIFEST: manifest(**fields), **{part.file: b"" for part in PARTS}}


def test_lines_come_with_their_numbers_as_they_stand() -> None:
    body = written(REPORT, {**REPORT, "ms_played": 2})
    lines = list(read_part(REPORTS, sha256(body).hexdigest(), [body]))
    assert [line.number for line in lines] == [1, 2]
    assert [line.value["ms_played"] for line in lines] == [1, 2]
    assert "".join(f"{line.text}\n" for line in lines).encode() == body


@given(st.lists(st.integers(1, 700), max_size=20))
def test_it_does_not_matter_where_the_pieces_are_cut(sizes: list[int]) -> None:
    body = written(*[{**REPORT, "ms_played": n, "raw": {"é": "\U0001f3b5"}} for n in range(5)])
    assert read(REPORTS, body, cut(body, sizes)) == read(REPORTS, body)


def cut(body: bytes, sizes: list[int]) -> Iterator[bytes]:
    for size in sizes:
        yield body[:size]
        body = body[size:]
    yield body


@given(st.integers(0, 2**32))
def test_mutated_bytes_give_lines_or_an_export_error(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - it must repeat itself
    body = bytearray(written(*[{**REPORT, "ms_played": n} for n in range(3)]))
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(body))
        body[place : place + dice.randint(0, 2)] = dice.randbytes(dice.randint(0, 2))
    wrong: list[ExportError] = []
    try:
        assert all(REPORTS.accepts(value) for _, value in read(REPORTS, bytes(body)))
    except ExportError as error:
        wrong.append(error)
    assert all(error.file == REPORTS.file and error.row is not None for error in wrong)


@given(st.integers(0, 2**32))
def test_a_mutated_manifest_gives_an_archive_none_or_an_export_error(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - it must repeat itself
    told = bytearray(manifest())
    for _ in range(dice.randint(1, 8)):
        told[dice.randrange(len(told))] = dice.randrange(256)
    try:
        found = package({**whole(), MANIFEST: bytes(told)})
    except ExportError:
        return
    assert found is None or set(found.members) == set(BY_FILE)


def test_the_last_good_line_is_named() -> None:
    assert fault(REPORTS, written(REPORT, REPORT, {})) == ("bad_line", REPORTS.file, 2)
    assert fault(REPORTS, written(REPORT)[:-1]) == ("truncated", REPORTS.file, 0)
    assert fault(REPORTS, written(REPORT, [1], REPORT)) == ("bad_line", REPORTS.file, 1)
    assert fault(REPORTS, b"\n") == ("bad_line", REPORTS.file, 0)
    assert fault(REPORTS, b"\xff\xfe\n") == ("bad_line", REPORTS.file, 0)


def test_a_checksum_is_held_against_all_of_it() -> None:
    body = written(REPORT)
    with pytest.raises(ExportError) as caught:
        list(read_part(REPORTS, sha256(b"other").hexdigest(), [body]))
    assert (caught.value.fault, caught.value.row) == (ExportFault.CHANGED, 1)


def test_a_line_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backspin, "LONGEST_LINE", 1_000)
    endless = (b"x" * 100 for _ in range(10_000))
    with pytest.raises(ExportError) as caught:
        read(REPORTS, b"", endless)
    assert caught.value.fault is ExportFault.TOO_LARGE
    assert sum(1 for _ in endless) > 9_900, "the rest was not even read"


@pytest.mark.parametrize("name", ["\U0001f3b5", "a\\u0000b", "é", "\x7f", "\u2028"])
def test_any_text_that_can_be_stored_comes_through(name: str) -> None:
    for ascii_only in (False, True):
        body = json.dumps({**TRACK, "name": name}, ensure_ascii=ascii_only).encode() + b"\n"
        assert read(TRACKS, body)[0][1]["name"] == name


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "\udc00\ud800"])
def test_a_text_that_cannot_be_stored_is_a_bad_line(name: str) -> None:
    body = json.dumps({**TRACK, "name": name}).encode() + b"\n"
    assert fault(TRACKS, body)[0] == "bad_line"
    assert fault(TRACKS, json.dumps({**TRACK, "raw": {name: 1}}).encode() + b"\n")[0] == "bad_line"


def test_rows_as_told_may_hold_what_the_database_could_not() -> None:
    line = {"import": 1, "file": 0, "first_number": 1, "last_number": 1, "rows": [{"a": "\ud800"}]}
    assert read(ROWS, json.dumps(line).encode() + b"\n") == [(1, line)]


@pytest.mark.parametrize("raw", ['{"a":NaN}', '{"a":-Infinity}', '{"a":' + "9" * 5000 + "}"])
def test_numbers_that_are_none_are_a_bad_line(raw: str) -> None:
    body = written({**TRACK, "raw": "RAW"}).replace(b'"RAW"', raw.encode())
    assert fault(TRACKS, body)[0] == "bad_line"


def test_nesting_without_end_is_a_bad_line() -> None:
    deep = ("[" * 200_000).encode()
    assert fault(TRACKS, written({**TRACK, "raw": "RAW"}).replace(b'"RAW"', deep))[0] == "bad_line"


def test_what_is_named_after_itself_must_be_so() -> None:
    identity = "name:" + md5(song_key("Band", "Song").encode(), usedforsecurity=False).hexdigest()
    assert read(TRACKS, written({**TRACK, "id": identity}))
    assert fault(TRACKS, written({**TRACK, "id": identity, "name": "Other"}))[0] == "bad_line"


def test_an_archive_is_told_by_its_manifest() -> None:
    assert recognise(manifest()) is Kind.BACKSPIN
    found = package({"My things/a/" + name: body for name, body in whole().items()})
    assert found is not None
    assert (found.settings.time_zone, found.settings.theme) == ("Asia/Tokyo", "dark")
    assert package({name: body for name, body in whole().items() if name != MANIFEST}) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"format": 5},
        {"format_version": None},
        {"format_version": "one"},
        {"format_version": True},
        {"format_version": -1},
    ],
    ids=str,
)
def test_a_manifest_that_is_none_is_a_bad_line(fields: dict[str, Any]) -> None:
    with pytest.raises(ExportError) as caught:
        package(whole(**fields))
    assert caught.value.fault is ExportFault.BAD_LINE


@pytest.mark.parametrize("told", [None, [], [{}], [1], {}, [{"file": 1, "sha256": None}]], ids=str)
def test_a_manifest_without_its_members_is_incomplete(told: Any) -> None:
    with pytest.raises(ExportError) as caught:
        package(whole(members=told))
    assert caught.value.fault is ExportFault.INCOMPLETE


@pytest.mark.parametrize("told", [None, [], "x", {"time_zone": 5, "theme": [], "language": {}}])
def test_settings_may_be_anything(told: Any) -> None:
    found = package(whole(listener=told, made_at=told))
    assert found is not None
    assert (found.settings.time_zone, found.settings.theme) == ("", "")
