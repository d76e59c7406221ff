"""Bytes become text, lines and cells, as they come: no file is ever held as a whole."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from webapp.domain.errors import ExportError, ExportFault

LONGEST_ITEM = 1 << 20
"""Characters of one item or line; real ones have a thousand. Longer ones are passed over."""

OPENING = 1 << 16
"""Bytes at the beginning of a file that tell what it is."""

_SLICE = 1 << 18
_ENOUGH_TO_TELL = 4
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def opening(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Look at the beginning of a file; gives it, and the whole file."""
    rest = iter(chunks)
    head = b""
    while len(head) < OPENING and (chunk := next(rest, None)) is not None:
        head += chunk
    return head[:OPENING], chain([head], rest)


def glimpse(head: bytes) -> str:
    """Decode the beginning of a file, for recognising it: what is no text becomes U+FFFD."""
    return head.decode(encoding(head), "replace").removeprefix("\ufeff")


def decode(chunks: Iterable[bytes]) -> Iterator[str]:
    """Decode UTF-8 (with or without its mark) or UTF-16, in pieces; all that is sound comes first.

    Raises ExportError: `encoding` for any other, `truncated` where the last character is cut.
    """
    pieces = _slices(chunks)
    head = b""
    while len(head) < _ENOUGH_TO_TELL and (piece := next(pieces, b"")):
        head += piece
    decoder = codecs.getincrementaldecoder(encoding(head))("strict")
    try:
        if text := decoder.decode(head):
            yield text
        for piece in pieces:
            if text := decoder.decode(piece):
                yield text
    except UnicodeDecodeError as error:
        yield error.object[: error.start].decode(error.encoding)
        raise ExportError(ExportFault.ENCODING) from None
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise ExportError(ExportFault.TRUNCATED) from None


def _slices(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _SLICE):
            yield chunk[start : start + _SLICE]


def encoding(head: bytes) -> str:
    """Tell the encoding by its mark, or by the zero beside the first character, always ASCII."""
    if head.startswith(_UTF32):
        raise ExportError(ExportFault.ENCODING)
    if head.startswith(_UTF16):
        return "utf-16"
    if head[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if head[:1] == b"\0" else "utf-8-sig"


def lines(chunks: Iterable[bytes]) -> Iterator[str | None]:
    r"""Cut a text behind each `\n`, which stays; None stands for a line that is far too long."""
    held: list[str] = []
    length = 0
    for piece in decode(chunks):
        *ended, rest = piece.split("\n")
        for line in ended:
            length += len(line)
            yield "".join((*held, line, "\n")) if length <= LONGEST_ITEM else None
            held.clear()
            length = 0
        length += len(rest)
        if length > LONGEST_ITEM:
            held.clear()
        elif rest:
            held.append(rest)
    if length:
        yield "".join(held) if length <= LONGEST_ITEM else None


def table(chunks: Iterable[bytes], delimiters: str) -> Iterator[list[str] | None]:
    """Read a CSV: the cells of each row, or None where they cannot be told apart.

    Of `delimiters`, the one that the first line has most of counts. Tabs come without quotes.
    """
    found = lines(chunks)
    first = next(found, "")
    delimiter = max(delimiters, key=(first or "").count)
    dialect: type[csv.Dialect] = _Tabs if delimiter == "\t" else csv.excel
    rows = csv.reader(_fed(chain([first], found)), dialect, delimiter=delimiter)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield None
        else:
            if cells:
                yield cells


class _Tabs(csv.excel_tab):
    """Cells between tabs, where a quote is a letter like any other."""

    quoting = csv.QUOTE_NONE


def _fed(found: Iterable[str | None]) -> Iterator[str]:
    """Feed lines to the CSV reader; one that is too long becomes a cell that it refuses."""
    for line in found:
        yield "?" * (csv.field_size_limit() + 1) if line is None else line
