"""Packages, well meant and not: what is in them can be streamed, or nothing is touched."""

import io
import struct
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.providers.exports.writing import zipped
from webapp.domain.errors import ExportError
from webapp.providers.exports import Limits, Member, members

LIMITS = Limits(total_bytes=10_000_000, members=20, density=200)
NOISE = bytes(range(256)) * 40


def refused(packed: io.BytesIO, limits: Limits = LIMITS) -> tuple[str, str]:
    with pytest.raises(ExportError) as caught:
        members(packed, limits)
    return caught.value.kind, caught.value.file


def content(member: Member) -> bytes:
    return b"".join(member.chunks())


def test_members_are_listed_and_streamed() -> None:
    large = NOISE * 100
    found = members(zipped({"a/one.json": b"[]", "two.csv": large, "empty": b""}), LIMITS)
    assert [(one.name, one.size, one.ignored) for one in found] == [
        ("a/one.json", 2, ""),
        ("two.csv", len(large), ""),
        ("empty", 0, ""),
    ]
    assert [content(one) for one in found] == [b"[]", large, b""]
    assert max(map(len, found[1].chunks())) < len(large)
    assert found[1].head(5) == large[:5]
    assert found[2].head() == b""


def test_two_members_can_be_read_side_by_side() -> None:
    one, two = members(zipped({"one": NOISE, "two": NOISE[::-1]}, ZIP_STORED), LIMITS)
    taken = list(zip(one.chunks(100), two.chunks(100), strict=True))
    assert b"".join(first for first, _ in taken) == NOISE
    assert b"".join(second for _, second in taken) == NOISE[::-1]


def test_what_is_no_listening_is_ignored_with_a_reason() -> None:
    files = {
        "My Data/": b"",
        "My Data/ReadMe.PDF": b"%PDF",
        "__MACOSX/My Data/._a.json": b"x",
        "My Data/._b.json": b"x",
        "My Data/.DS_Store": b"x",
        "My Data/a.json": b"[]",
    }
    assert [one.ignored for one in members(zipped(files), LIMITS)] == [
        "folder",
        "document",
        "mac_metadata",
        "mac_metadata",
        "mac_metadata",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\windows\\a.json", "windows/a.json"),
        ("C:\\a.json", "a.json"),
        ("a/./b/ .. /c.json", "a/b/c.json"),
        ("a\u202egnp.json", "agnp.json"),
        ("a\nb\x1b[31m.json", "ab[31m.json"),
        ("..", "?"),
        ("x" * 300, "x" * 200),
        ("Ágætis/伊吹.json", "Ágætis/伊吹.json"),
    ],
)
def test_names_lead_nowhere(name: str, shown: str) -> None:
    [found] = members(zipped({name: b"[]"}), LIMITS)
    assert found.name == shown
    assert content(found) == b"[]"


def test_a_package_in_a_package_is_refused() -> None:
    inner = zipped({"a": b"b"}).getvalue()
    assert refused(zipped({"x/inner.zip": b"[]"})) == ("nested_zip", "x/inner.zip")
    assert refused(zipped({"a.json": b"[]", "disguised.json": inner})) == (
        "nested_zip",
        "disguised.json",
    )


@pytest.mark.parametrize("compression", [ZIP_BZIP2, ZIP_LZMA], ids=["bzip2", "lzma"])
def test_only_usual_compression_is_read(compression: int) -> None:
    packed = zipped({"a.json": b"[]"}, compression)
    assert refused(packed) == ("unknown_compression", "a.json")


@pytest.mark.parametrize("flag", [0x1, 0x41])
def test_an_encrypted_package_is_refused(flag: int) -> None:
    data = bytearray(zipped({"a.json": b"[]"}).getvalue())
    data[data.index(b"PK\x01\x02") + 8] |= flag
    assert refused(io.BytesIO(data)) == ("encrypted", "a.json")


def test_bombs_are_refused_before_anything_is_unpacked() -> None:
    assert refused(zipped({"a": bytes(9_000_000)})) == ("too_dense", "a")
    assert refused(zipped({"a": NOISE * 500, "b": NOISE * 500})) == ("too_large", "")
    assert refused(zipped({str(number): b"" for number in range(21)})) == ("too_many_files", "")


def test_small_files_may_be_dense_and_limits_are_met_exactly() -> None:
    assert len(members(zipped({"a": bytes(1_000_000)}), LIMITS)) == 1
    assert len(members(zipped({str(number): b"" for number in range(20)}), LIMITS)) == 20


def test_a_directory_of_millions_is_not_even_read() -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for number in range(4_000):
            archive.writestr(f"{number:040}", b"")
    assert refused(packed) == ("too_many_files", "")


@pytest.mark.parametrize("told", [5, 50_000])
def test_sizes_that_lie_break_the_package(told: int) -> None:
    data = bytearray(zipped({"a.json": NOISE}, ZIP_STORED).getvalue())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(signature) + offset
        data[at : at + 4] = struct.pack("<I", told)
    with pytest.raises(ExportError) as caught:
        content(*members(io.BytesIO(data), LIMITS))
    assert (caught.value.kind, caught.value.file) == ("broken_zip", "a.json")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "not_zip"),
        (b"hello" * 99, "not_zip"),
        (b"PK\x03\x04 and no more", "broken_zip"),
        (zipped({"a": NOISE}).getvalue()[:-30], "broken_zip"),
    ],
)
def test_what_is_no_package_is_refused(data: bytes, kind: str) -> None:
    assert refused(io.BytesIO(data)) == (kind, "")


def test_content_that_is_damaged_is_refused_while_reading() -> None:
    data = bytearray(zipped({"a.json": NOISE}, ZIP_STORED).getvalue())
    data[5_000] ^= 1
    [found] = members(io.BytesIO(data), LIMITS)
    with pytest.raises(ExportError) as caught:
        content(found)
    assert (caught.value.kind, caught.value.file) == ("broken_zip", "a.json")


GOOD = zipped({"a/one.json": NOISE, "two.csv": b"x,y\n" * 99}).getvalue()


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6),
    st.integers(0, 99),
)
@example(changes=[(GOOD.index(b"PK\x01\x02") + 8, 1)], cut=0)
@example(changes=[(GOOD.index(b"PK\x01\x02") + 46, 0)], cut=0)  # a name that is empty
def test_a_mutated_package_is_read_or_refused(changes: list[tuple[int, int]], cut: int) -> None:
    data: Any = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    read = 0
    try:
        for member in members(io.BytesIO(data[: len(data) - cut]), LIMITS):
            assert member.name.isprintable()
            read += sum(map(len, member.chunks()))
    except ExportError as error:
        assert error.kind in KINDS  # noqa: PT017 - many a mutation does no harm
    assert read <= LIMITS.total_bytes


KINDS = {
    "broken_zip",
    "encrypted",
    "nested_zip",
    "not_zip",
    "too_dense",
    "too_large",
    "too_many_files",
    "unknown_compression",
}
