"""What account data says of the library and the playlists, brought into their log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.providers.exports.recognise import Kind
from webapp.queries.imports import ImportRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPart:
    """A file about the library: its content, and its date where the package tells one."""

    kind: Kind
    dated: datetime | None
    body: bytes


def keep(row: ImportRow, parts: Sequence[LibraryPart], now: datetime) -> dict[str, int]:
    """Bring files into the library's log; count what was new, for the receipt."""
    return {}
