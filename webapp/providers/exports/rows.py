"""From the items of a file to its rows: each is numbered, and none is lost."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol

from webapp.domain.errors import ExportError
from webapp.domain.reports import Reason, Row, Told
from webapp.providers.exports.stream import Odd
from webapp.providers.exports.values import UnreadableError
from webapp.providers.spotify.parsing.values import Json


class Read(Protocol):
    """A reader of one kind of file.

    Rows later than `now` are unreadable (`future`), and nothing is where it is not given. Raises
    ExportError for a file that is broken as a whole, with the number of its last good row.
    """

    def __call__(self, chunks: Iterable[bytes], *, now: datetime | None = None) -> Iterator[Row]:
        """Read a file from its bytes, in pieces of any size."""


Keep = Callable[[Json], Json]
Tell = Callable[[int, Json, Json], Row]


def each(items: Iterable[Any], keep: Keep, tell: Tell) -> Iterator[Row]:
    """Tell each item by its number from 1, itself, and what is kept of it.

    `tell` may raise UnreadableError; what is no object is never shown to it.
    """
    number = 0
    try:
        for number, item in enumerate(items, start=1):
            yield _tell_one(number, item, keep, tell)
    except ExportError as error:
        error.row = number
        raise


def _tell_one(number: int, item: Any, keep: Keep, tell: Tell) -> Row:
    if not isinstance(item, dict):
        reason = item.reason if isinstance(item, Odd) else Reason.NOT_AN_OBJECT
        return Row(number, Told.UNREADABLE, reason)
    kept = keep(item)
    try:
        return tell(number, item, kept)
    except UnreadableError as error:
        return Row(number, Told.UNREADABLE, error.reason, kept=kept)
