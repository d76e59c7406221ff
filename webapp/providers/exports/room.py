"""How much files about the library may hold: unlike rows, all of it is held in memory at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from webapp.domain.errors import ExportError, ExportFault

MOST_PLAYLISTS = 20_000
MOST_PLACES = 50_000
"""In one playlist; Spotify allows 10,000."""

MOST_THINGS = 500_000
MOST_BYTES = 100 << 20


@dataclass(slots=True, kw_only=True)
class Room:
    """How much there still may be in the files of one import: all of it is held in memory."""

    playlists: int = MOST_PLAYLISTS
    places: int = MOST_PLACES
    """In each playlist."""

    things: int = MOST_THINGS
    bytes_: int = MOST_BYTES

    def over(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Give bytes while there is room for them."""
        for chunk in chunks:
            self.bytes_ -= len(chunk)
            _require(self.bytes_)
            yield chunk

    def take_playlist(self) -> None:
        """Make room for one more; raises ExportError."""
        self.playlists -= 1
        _require(self.playlists)

    def take_thing(self, number: int) -> None:
        """Make room for what is saved, followed, or in a playlist, behind so many others."""
        self.things -= 1
        _require(self.things, number)

    def take_place(self, number: int) -> None:
        """Make room in a playlist that has so many already; raises ExportError."""
        _require(self.places - number - 1, number)
        self.take_thing(number)


def _require(left: int, row: int | None = None) -> None:
    if left < 0:
        raise ExportError(ExportFault.TOO_MANY_THINGS, row=row)
