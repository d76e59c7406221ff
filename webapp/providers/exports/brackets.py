"""Where a JSON value ends, told by brackets and quotes alone: nothing is decoded or held."""

import re

_outside = re.compile(r'["\[\]{}]').search
_inside = re.compile(r'["\\]').search
_scalar_end = re.compile(r"[,\]}\s]").search


class Brackets:
    """A value followed over as many pieces of text as it has."""

    def __init__(self) -> None:
        self._depth = 0
        self._begun = False
        self._in_text = False
        self._scalar = False
        self._escaped = False

    def end(self, text: str, at: int) -> int:
        """Give the index behind the value in this piece of text, or -1 if it goes on."""
        if not self._begun and at < len(text):
            self._begun = True
            self._scalar = text[at] not in '"[{'
        if self._scalar:
            found = _scalar_end(text, at)
            return found.start() if found else -1
        while at < len(text):
            at = self._pass_text(text, at) if self._in_text else self._pass_bracket(text, at)
            if not self._depth and not self._in_text:
                return at
        return -1

    def _pass_text(self, text: str, at: int) -> int:
        """Go behind the quote that ends a text, or to the end of the piece."""
        if self._escaped:
            self._escaped = False
            return at + 1
        found = _inside(text, at)
        if not found:
            return len(text)
        self._in_text = found.group() != '"'
        self._escaped = self._in_text
        return found.end()

    def _pass_bracket(self, text: str, at: int) -> int:
        """Go behind the next bracket or quote, or to the end of the piece."""
        found = _outside(text, at)
        if not found:
            return len(text)
        sign = found.group()
        if sign == '"':
            self._in_text = True
        else:
            self._depth += 1 if sign in "[{" else -1
        return found.end()
