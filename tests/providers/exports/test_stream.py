"""JSON through a window: the same items as decoding it whole, in bounded memory."""

import gc
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.exports.writing import lines_of, pieces
from webapp.domain.errors import ExportError
from webapp.providers.exports.stream import Odd, Window, array, below, json_lines
from webapp.providers.exports.text import LONGEST_ITEM

pytestmark = pytest.mark.usefixtures("narrow_window")

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)
indents = st.sampled_from([None, 0, 2])


def read(data: bytes, size: int = 7) -> list[Any]:
    return list(array(Window(pieces(data, size))))


def fault(data: bytes, size: int = 7) -> str:
    with pytest.raises(ExportError) as caught:
        read(data, size)
    return caught.value.kind


@settings(deadline=None)
@given(st.lists(anything, max_size=6), st.integers(1, 40), indents, st.booleans())
def test_items_are_those_of_the_whole(
    items: list[Any], size: int, indent: int | None, ascii_only: bool
) -> None:
    data = json.dumps(items, indent=indent, ensure_ascii=ascii_only).encode()
    assert read(data, size) == items


@settings(deadline=None)
@given(st.lists(anything, max_size=4), anything, st.integers(1, 40), indents)
def test_a_list_is_found_below_its_keys(
    items: list[Any], other: Any, size: int, indent: int | None
) -> None:
    file = {"before": other, "payload": {"x": other, "listens": items, "y": other}, "after": other}
    data = json.dumps(file, indent=indent).encode()
    assert list(below(Window(pieces(data, size)), "payload", "listens")) == items


@settings(deadline=None)
@given(st.lists(anything, max_size=6), st.integers(1, 40))
def test_lines_are_values(items: list[Any], size: int) -> None:
    assert list(json_lines(pieces(lines_of(items), size))) == items


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"{}", "wrong_top_level"),
        (b'"text"', "wrong_top_level"),
        (b"null", "wrong_top_level"),
        (b"<html>", "not_json"),
        (b"ts,ms_played", "wrong_top_level"),
        (b"[", "truncated"),
        (b"[1", "truncated"),
        (b"[1,", "truncated"),
        (b'[{"a": "b', "truncated"),
        (b'[{"a": [1, 2', "truncated"),
        (b"[1 2]", "not_json"),
        (b"[1,]", "not_json"),
        (b"[{a: 1}]", "not_json"),
        (b'[{"a": tru}, {}]', "not_json"),
        (b"[1] [2]", "not_json"),
        (b"[1]]", "not_json"),
        (b"[" * 100_000, "too_deep"),
        (b'[{"a":' * 100_000, "too_deep"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1_000_000])
def test_a_broken_list_is_refused(data: bytes, kind: str, size: int) -> None:
    assert fault(data, size) == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"[]", "wrong_top_level"),
        (b"{}", "wrong_top_level"),
        (b'{"other": []}', "wrong_top_level"),
        (b'{"list": null}', "wrong_top_level"),
        (b'{"list": ', "truncated"),
        (b'{"list": [1]', "truncated"),
        (b'{"list": [1], "x"', "truncated"),
        (b'{"other": [[', "truncated"),
        (b'{"list" 1}', "not_json"),
        (b"{1: []}", "not_json"),
        (b'{"list": [1]} x', "not_json"),
    ],
)
@pytest.mark.parametrize("size", [1, 1_000])
def test_a_broken_object_is_refused(data: bytes, kind: str, size: int) -> None:
    with pytest.raises(ExportError) as caught:
        list(below(Window(pieces(data, size)), "list"))
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (b'{"a": NaN}', "not_a_number"),
        (b"-Infinity", "not_a_number"),
        (b'{"a": [Infinity]}', "not_a_number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "absurd_number"),
        (b"7" * 5_000, "absurd_number"),
        (b'{"a": "' + b"x" * 10_000_000 + b'"}', "too_long"),
        (b'{"a": "\\"' + b"[{" * 1_000_000 + b'\\\\"}', "too_long"),
        (b"7" * 2_000_000, "too_long"),
    ],
    ids=["nan", "infinity", "deep", "digits", "bare digits", "long", "brackets", "long number"],
)
@pytest.mark.parametrize("size", [999, 1_000_000])
def test_an_odd_item_leaves_the_others_alone(item: bytes, reason: str, size: int) -> None:
    assert read(b"[1, " + item + b" , 2]", size) == [1, Odd(reason), 2]


@pytest.mark.parametrize("size", [999, 70_000, 5_000_000])
def test_how_long_an_item_may_be_does_not_depend_on_the_pieces(size: int) -> None:
    fits, long = b'"' + b"x" * (LONGEST_ITEM - 2) + b'"', b'"' + b"x" * (LONGEST_ITEM - 1) + b'"'
    found = read(b"[" + fits + b"," + long + b",{" + long + b"},3]", size)
    assert found == [fits.decode()[1:-1], Odd("too_long"), Odd("too_long"), 3]


def test_numbers_may_be_cut_anywhere() -> None:
    for data in (b"[12345,-1.5e+10,true,7]", b"[1e5]", b"[-12]"):
        for size in range(1, 12):
            assert read(data, size) == json.loads(data)


def test_control_characters_in_texts_are_let_through() -> None:
    assert read(b'["a\tb\x00"]') == ["a\tb\x00"]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"{}\n{]\n\n  \n[1]\n", [{}, Odd("bad_json"), [1]]),
        (b"{} {}\n{}\r\n", [Odd("bad_json"), {}]),
        (b'{"a": NaN}\n1', [Odd("not_a_number"), 1]),
        (b'"' + b"x" * 2_000_000 + b'"\n2\n', [Odd("too_long"), 2]),
    ],
)
def test_a_bad_line_is_one_odd_item(data: bytes, found: list[Any]) -> None:
    assert list(json_lines(pieces(data, 100_000))) == found


def test_a_last_line_that_is_cut_breaks_the_file() -> None:
    with pytest.raises(ExportError) as caught:
        list(json_lines([b'{"a": 1}\n{"a": "b']))
    assert caught.value.kind == "truncated"


def test_memory_is_bounded_however_long_the_file_or_the_item_is() -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"noise": ["'
        yield from (b"y" * 100_000 for _ in range(200))
        yield b'"], "list": [0'
        yield from (b',{"a": "%s"}' % (b"x" * 1_000) * 100 for _ in range(200))
        yield b', "'
        yield from (b"z" * 100_000 for _ in range(200))
        yield b'"]}'

    tracemalloc.start()
    try:
        counted = sum(1 for _ in below(Window(endless()), "list"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert counted == 1 + 200 * 100 + 1
    assert peak < 10_000_000


def test_no_window_waits_for_the_collector() -> None:
    # A worker's collector looks rarely, and each error at a window's edge would hold its text.
    gc.collect()
    gc.disable()
    try:
        assert len(read(json.dumps([{"name": "x" * 50}] * 50).encode())) == 50
        assert not [one for one in gc.get_objects() if isinstance(one, json.JSONDecodeError)]
    finally:
        gc.enable()
