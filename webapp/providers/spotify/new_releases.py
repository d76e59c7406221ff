"""Spotify's new releases as a chart: the order is Spotify's own."""

from collections.abc import Callable

from webapp.domain.catalog import Album
from webapp.domain.errors import EmptyError
from webapp.domain.provider import Page
from webapp.domain.trends import Chart, Entry, Kind, Source, ranked
from webapp.providers.trend_values import day_of


class SpotifyReleases:
    """A TrendSource; `ask` makes the one call, with whosever token."""

    source = Source.SPOTIFY

    def __init__(self, ask: Callable[[], Page[Album]]) -> None:
        self._ask = ask

    def read(self, chart: Chart) -> tuple[Entry, ...]:
        """Read the newest fifty."""
        found = self._ask().items
        entries = ranked(_entry(album, place) for place, album in enumerate(found, 1) if album)
        if not entries:
            raise EmptyError(f"spotify {chart.name}: nothing in it")
        return entries


def _entry(album: Album, place: int) -> Entry:
    return Entry(
        position=place,
        kind=Kind.ALBUM,
        name=album.name.strip(),
        artist_names=", ".join(artist.name for artist in album.artists if artist.name),
        released=day_of(album.release_date),
        image_url=album.image_url,
        spotify_id=album.id,
        upc=album.upc,
    )
