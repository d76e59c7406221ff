"""JSON read through a window that slides over the text: one item is held at a time.

A syntax error breaks the file (ExportError); a sound item with impossible content is only odd.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Any

from webapp.domain.errors import ExportError, ExportFault
from webapp.domain.reports import Reason
from webapp.providers.exports.brackets import Brackets
from webapp.providers.exports.text import LONGEST_ITEM, decode, lines

WINDOW = 1 << 16
"""Characters to read at least, when more are needed."""

_sign = re.compile(r"[^ \t\n\r]").search
_LONGEST_NUMERAL = 20
_CUT_NUMBER = 2
"""How many signs of a number cut at the window's edge can be left out by the decoder: "1e+"."""
_BEGINS_JSON = frozenset('[{"-0123456789tfn')


@dataclass(frozen=True, slots=True)
class Odd:
    """An item that is no value of JSON, or none we hold: `reason` says why."""

    reason: str


def array(window: "Window") -> Iterator[Any]:
    """Iterate over the items of a file that is one list."""
    if window.top() != "[":
        raise ExportError(ExportFault.WRONG_TOP_LEVEL)
    yield from window.items()
    window.finish()


def below(window: "Window", *path: str) -> Iterator[Any]:
    """Iterate over the list that lies under these keys of a file that is one object.

    A single object in the list's place is a list of one (as Last.fm has it).
    """
    window.top()
    yield from descend(window, *path)
    window.finish()


def descend(window: "Window", *path: str) -> Iterator[Any]:
    """Iterate as `below`, where the window stands."""
    sign = window.peek()
    if not path and sign == "[":
        yield from window.items()
    elif not path and sign == "{":
        yield window.value()
    elif sign == "{":
        yield from _enter(window, *path)
    else:
        raise ExportError(ExportFault.WRONG_TOP_LEVEL if sign else ExportFault.TRUNCATED)


def _enter(window: "Window", first: str, *path: str) -> Iterator[Any]:
    missing = True
    for key in window.members():
        if key == first:
            missing = False
            yield from descend(window, *path)
        else:
            window.skip()
    if missing:
        raise ExportError(ExportFault.WRONG_TOP_LEVEL)


def json_lines(chunks: Iterable[bytes]) -> Iterator[Any]:
    """Iterate over the values of a file that has one per line; blank lines are none."""
    decoder = _Decoder()
    for line in lines(chunks):
        if line is None:
            yield Odd(Reason.TOO_LONG)
        elif not line.isspace():
            yield _value_of(line, decoder)


def _value_of(line: str, decoder: "_Decoder") -> Any:
    found, end = decoder.decode(line, len(line) - len(line.lstrip()))
    if end < 0 and not line.endswith("\n"):
        raise ExportError(ExportFault.TRUNCATED)
    return found if end >= 0 and not line[end:].strip() else Odd(Reason.BAD_JSON)


class _Decoder:
    """Python's JSON decoder, where NaN and endless numerals make an item odd.

    Control characters in texts are let through, as some exporters write them.
    """

    def __init__(self) -> None:
        self._flaw = ""
        self._quick = JSONDecoder(parse_constant=self._refuse, strict=False).raw_decode
        self._careful = JSONDecoder(
            parse_constant=self._refuse, parse_int=self._number, strict=False
        ).raw_decode

    def decode(self, text: str, at: int) -> tuple[Any, int]:
        """Decode the value that begins there; gives it and its end, -1 if there is none."""
        try:
            found, end = self._quick(text, at)
        except JSONDecodeError:  # let go at once: it holds the text, at every edge of the window
            found, end = None, -1
        except RecursionError:
            raise ExportError(ExportFault.TOO_DEEP) from None
        except ValueError:
            found, end = self._decode_with_care(text, at)
        if self._flaw:
            found, self._flaw = Odd(self._flaw), ""
        return found, end

    def _decode_with_care(self, text: str, at: int) -> tuple[Any, int]:
        """Decode where Python refused a number of thousands of digits."""
        try:
            return self._careful(text, at)
        except RecursionError:
            raise ExportError(ExportFault.TOO_DEEP) from None
        except JSONDecodeError:
            return None, -1

    def _refuse(self, _name: str) -> None:
        self._flaw = Reason.NOT_A_NUMBER

    def _number(self, digits: str) -> int:
        if len(digits) <= _LONGEST_NUMERAL:
            return int(digits)
        self._flaw = Reason.ABSURD_NUMBER
        return 0


def _may_go_on(found: Any) -> bool:
    """Tell whether a value may have more digits behind the window's edge."""
    return isinstance(found, int | float | Odd)


class Window:
    """A place in a JSON text: what comes next is taken as a value, walked into, or skipped."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._pieces = decode(chunks)
        self._text = ""
        self._at = 0
        self._late: ExportError | None = None
        self._decoder = _Decoder()

    def top(self) -> str:
        """Tell how the value here begins; raises ExportError where there is no JSON at all."""
        sign = self.peek()
        if not sign:
            raise ExportError(ExportFault.EMPTY)
        if sign not in _BEGINS_JSON:
            raise ExportError(ExportFault.NOT_JSON)
        return sign

    def peek(self) -> str:
        """Give the next character that is no space, or nothing at the end."""
        while True:
            found = _sign(self._text, self._at)
            if found:
                self._at = found.start()
                return found.group()
            self._at = len(self._text)
            if not self._read():
                return ""

    def items(self) -> Iterator[Any]:
        """Decode the items of the list that begins here."""
        for _ in self.elements():
            yield self.value()

    def elements(self) -> Iterator[None]:
        """Step over the list that begins here; the caller takes or skips what lies at each step."""
        self._take("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield
            if self._last_before("]"):
                return

    def members(self) -> Iterator[str]:
        """Step over the object that begins here, by key; the caller takes or skips each value."""
        self._take("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise ExportError(ExportFault.NOT_JSON)
            self._take(":")
            yield key
            if self._last_before("}"):
                return

    def value(self) -> Any:
        """Decode the value that begins here; an Odd where it cannot be held."""
        self.peek()
        while True:
            found, end = self._decoder.decode(self._text, self._at)
            if end >= 0 and not (end + _CUT_NUMBER >= len(self._text) and _may_go_on(found)):
                break
            if end < 0 and self._is_closed():
                raise ExportError(ExportFault.NOT_JSON)
            if len(self._text) - self._at > LONGEST_ITEM:
                self.skip()
                return Odd(Reason.TOO_LONG)
            if not self._read():
                break
        if end < 0:
            raise ExportError(ExportFault.TRUNCATED)
        if end - self._at > LONGEST_ITEM:
            found = Odd(Reason.TOO_LONG)
        self._at = end
        return found

    def _is_closed(self) -> bool:
        """Tell whether the value here is whole by its brackets, and no longer than may be."""
        closed = Brackets().end(self._text, self._at)
        return closed >= 0 and closed - self._at <= LONGEST_ITEM

    def skip(self) -> None:
        """Pass over the value that begins here, however long, without decoding it."""
        self.peek()
        brackets = Brackets()
        while (end := brackets.end(self._text, self._at)) < 0:
            self._at = len(self._text)
            if not self._read():
                raise ExportError(ExportFault.TRUNCATED)
        self._at = end

    def finish(self) -> None:
        """Make sure that nothing follows."""
        if self.peek():
            raise ExportError(ExportFault.NOT_JSON)

    def _last_before(self, closing: str) -> bool:
        sign = self.peek()
        self._at += 1
        if sign not in {",", closing}:
            raise ExportError(ExportFault.NOT_JSON if sign else ExportFault.TRUNCATED)
        return sign == closing

    def _take(self, sign: str) -> None:
        found = self.peek()
        if found != sign:
            raise ExportError(ExportFault.NOT_JSON if found else ExportFault.TRUNCATED)
        self._at += 1

    def _read(self) -> bool:
        """Let go of what was taken and read on, more each time, so that little is decoded twice.

        Where the file breaks, what came before is taken first.
        """
        if self._late:
            raise self._late
        kept = self._text[self._at :]
        fresh: list[str] = []
        wanted = max(WINDOW, len(kept))
        try:
            while wanted > 0 and (piece := next(self._pieces, None)) is not None:
                fresh.append(piece)
                wanted -= len(piece)
        except ExportError as error:
            self._late = error
        if fresh:
            self._text, self._at = "".join((kept, *fresh)), 0
        elif self._late:
            raise self._late
        return bool(fresh)
