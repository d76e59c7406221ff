"""As much of Lucene's language as searches at MusicBrainz need: fields, phrases, AND, OR, brackets.

A query becomes a test of documents. What it cannot read, it refuses, as the real one does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

Document = Mapping[str, Sequence[str]]
"""The texts of each field."""
Test = Callable[[Document], bool]

TOKEN = re.compile(
    r"""\s*(?:(?P<bracket>[()])|(?P<field>[a-z]+):|(?P<phrase>"(?:\\.|[^"\\])*")"""
    r"""|(?P<term>(?:\\.|[^\s()":\\])+))""",
    re.DOTALL,
)
WORDS = re.compile(r"\w+")


class QueryError(ValueError):
    """A query that is none."""


def parse(query: str) -> Test:
    """Read a query; raises QueryError."""
    reader = _Reader(_tokens(query))
    test = reader.either("")
    if reader.left:
        raise QueryError(f"unexpected {reader.left[0][1]!r}")
    return test


def _tokens(query: str) -> list[tuple[str, str]]:
    found, place = [], 0
    query = query.rstrip()
    while place < len(query):
        match = TOKEN.match(query, place)
        if match is None or match.lastgroup is None:
            raise QueryError(f"cannot read from {place}")
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


class _Reader:
    """Reads tokens from the left; OR binds less than AND."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.left = tokens

    def either(self, field: str) -> Test:
        tests = [self._all(field)]
        while self._take("term", "OR"):
            tests.append(self._all(field))
        return lambda document: any(test(document) for test in tests)

    def _all(self, field: str) -> Test:
        tests = [self._one(field)]
        while self._take("term", "AND"):
            tests.append(self._one(field))
        return lambda document: all(test(document) for test in tests)

    def _one(self, field: str) -> Test:
        if not self.left:
            raise QueryError("it ends too soon")
        kind, text = self.left.pop(0)
        if kind == "field":
            return self._one(text)
        if kind == "bracket" and text == "(":
            test = self.either(field)
            if not self._take("bracket", ")"):
                raise QueryError("a bracket is open")
            return test
        if kind == "bracket" or text in {"AND", "OR"} or not field:
            raise QueryError(f"unexpected {text!r}")
        wanted = re.sub(r"\\(.)", r"\1", text[1:-1] if kind == "phrase" else text, flags=re.DOTALL)
        return lambda document: any(_holds(one, wanted) for one in document.get(field, ()))

    def _take(self, kind: str, text: str) -> bool:
        if self.left and self.left[0] == (kind, text):
            self.left.pop(0)
            return True
        return False


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[str, ...]:
    return tuple(WORDS.findall(text.casefold()))


def _holds(text: str, wanted: str) -> bool:
    """Find words in a row; what has no words must be the whole text."""
    words, row = _words(text), _words(wanted)
    if not row:
        return text.strip() == wanted.strip()
    return any(words[place : place + len(row)] == row for place in range(len(words)))
