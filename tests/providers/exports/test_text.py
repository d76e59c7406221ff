"""Bytes become text whatever their pieces are, or the file is refused for its encoding."""

import codecs
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.exports.writing import pieces
from webapp.domain.errors import ExportError
from webapp.providers.exports.text import LONGEST_ITEM, decode, glimpse, lines, opening, table

SPOKEN = "Ágætis 伊吹 🎵\n"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1_000])
@pytest.mark.parametrize(
    "encode",
    [
        str.encode,
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 mark", "utf-16", "utf-16-be mark", "utf-16-le bare", "utf-16-be bare"],
)
def test_text_is_read_in_any_pieces(encode: Callable[[str], bytes], size: int) -> None:
    data = encode("[" + SPOKEN)
    assert "".join(decode(pieces(data, size))) == "[" + SPOKEN
    assert glimpse(data) == "[" + SPOKEN


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"[\xe9\xe8]", "encoding"),
        (b'["\xed\xa0\x80"]', "encoding"),
        ("[1]".encode("utf-32"), "encoding"),
        ("[🎵".encode()[:-1], "truncated"),
        ("[1]".encode("utf-16")[:-1], "truncated"),
    ],
    ids=["latin", "lone surrogate", "utf-32", "cut character", "cut utf-16"],
)
def test_what_is_no_text_is_refused(data: bytes, kind: str) -> None:
    with pytest.raises(ExportError) as caught:
        list(decode([data]))
    assert caught.value.kind == kind


def test_nothing_is_no_text() -> None:
    assert list(decode([])) == []
    assert list(decode([b"", b""])) == []


def test_the_beginning_can_be_looked_at_without_losing_it() -> None:
    head, whole = opening(iter([b"ab", b"cd", b"x" * 100_000, b"yz"]))
    assert head == b"abcd" + b"x" * (65_536 - 4)
    assert b"".join(whole) == b"abcd" + b"x" * 100_000 + b"yz"


@given(st.text(st.sampled_from("ab\n\r\u2028"), max_size=40), st.integers(1, 9))
def test_lines_end_at_newlines_only(text: str, size: int) -> None:
    found = list(lines(pieces(text.encode(), size)))
    assert "".join(line or "?" for line in found) == text
    assert all(line and "\n" not in line[:-1] for line in found)


def test_a_line_too_long_is_passed_over() -> None:
    long = b"x" * (LONGEST_ITEM + 1)
    assert list(lines(pieces(b"a\n" + long + b"\nb\n" + long, 70_000))) == [
        "a\n",
        None,
        "b\n",
        None,
    ]


def test_a_table_tells_its_delimiter() -> None:
    assert list(table([b"a;b,c;d\n1;2;3\n"], ",;\t")) == [["a", "b,c", "d"], ["1", "2", "3"]]
    assert list(table([b'a\t"b\tc\n'], ",;\t")) == [["a", '"b', "c"]]
    assert list(table([b'a,"b ""q""\nc"\n\n\nd,e'], ",;\t")) == [["a", 'b "q"\nc'], ["d", "e"]]


def test_a_table_goes_on_after_a_row_that_cannot_be_told() -> None:
    long = b"x" * (LONGEST_ITEM + 1)
    assert list(table([b"a,b\n", long, b"\nc,d\n"], ",")) == [["a", "b"], None, ["c", "d"]]
    assert list(table([long, b"\nc,d\n"], ",")) == [None, ["c", "d"]]
    unclosed = b'"' + b"y,\n" * 100_000
    assert None in list(table([b"a,b\n", unclosed], ","))
