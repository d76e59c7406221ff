"""Albums that are to find their ids in MusicBrainz: in charts, and saved by listeners."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from demo.standin.mbids import mbid
from demo.standin.musicbrainz import Entry, entries
from demo.standin.records import Album
from demo.standin.server import StandIn
from tests.services.listening import Clock
from webapp import db
from webapp.domain.trends import Kind, match_key
from webapp.services import musicbrainz
from webapp.services.wiring import Wiring

CONTACT = "mira@example.org"
PAUSED = "backspin:pace:musicbrainz:paused"
TREND = """
INSERT INTO trend_items (kind, name, artist_names, released, image_url, spotify_id, upc, mbid,
  match_key, first_seen_at, last_seen_at)
VALUES ('album', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
KNOW = """
INSERT INTO albums (id, name, artist_names, album_type, release_year, total_tracks, image_url, upc,
  is_full, raw, fetched_at) VALUES (%s, %s, %s, %s, %s, %s, '/x.jpg', %s, true, '{}', %s)
"""
SAVE = "INSERT INTO library_items VALUES (%s, 'saved_album', %s, NULL, now())"


@dataclass(repr=False)
class LookingUp:
    """Puts albums into the tables, looks them up, and tells what was asked and found."""

    wiring: Wiring
    standin: StandIn
    clock: Clock

    def albums(self) -> list[Album]:
        """List the stand-in's albums in the order in which MusicBrainz knows them."""
        albums = self.standin.world.music.albums
        return [albums[album_id] for album_id in sorted(albums)]

    def known(self) -> list[Entry]:
        return list(entries(self.standin.world.music.albums))

    def artists(self, album: Album) -> str:
        artists = self.standin.world.music.artists
        return ", ".join(artists[one].name for one in album.artist_ids)

    def trend(
        self,
        album: Album,
        *,
        by_id: bool = True,
        barcode: bool = True,
        given: str | None = None,
        picture: str | None = "/x.jpg",
    ) -> str:
        """Let an album be met in a chart; give its key."""
        at, artists = self.clock(), self.artists(album)
        ids = (album.id if by_id else None, album.upc if barcode else None, given)
        key = match_key(Kind.ALBUM, album.name, artists)
        released = date(int(album.release_date[:4]), 1, 1)
        rows = db.query(TREND, album.name, artists, released, picture, *ids, key, at, at)
        return f"trend:{rows[0][0]}"

    def save(self, user_id: int, album: Album) -> str:
        """Let a listener save an album; give its key."""
        year, tracks = int(album.release_date[:4]), len(album.track_ids)
        told = (album.kind, year, tracks, album.upc, self.clock())
        db.query(KNOW, album.id, album.name, self.artists(album), *told)
        db.query(SAVE, user_id, album.id)
        return f"spotify:{album.id}"

    def run(self, most: int = 50) -> None:
        """Run until there is nothing to do now."""
        for _ in range(most):
            until = musicbrainz.run(self.wiring)
            if until is None or until > self.clock():
                return
        raise AssertionError("it does not end")

    def asked(self) -> Counter[str]:
        """Count the calls so far by what they asked; forget them."""
        log = self.standin.world.log
        found = Counter(_question(call.path, call.query) for call in log if _is_ours(call.path))
        log.clear()
        return found

    def hows(self) -> Counter[tuple[str | None, bool]]:
        """Count albums by how they were looked for, and whether they were found."""
        rows = db.query("SELECT how, release_group IS NOT NULL FROM album_matches")
        return Counter((how, found) for how, found in rows)

    def groups(self) -> dict[str, UUID | None]:
        rows = db.query("SELECT album_key, release_group FROM album_matches")
        return {key: UUID(str(group)) if group else None for key, group in rows}


def group_of(album: Album) -> UUID:
    return UUID(mbid("release-group", album.id))


def beyond(asked: Counter[str], left_out: Sequence[str] = ("name", "cover")) -> int:
    """Count the calls to MusicBrainz that were not searches by name."""
    return sum(count for question, count in asked.items() if question not in left_out)


def _is_ours(path: str) -> bool:
    return path.startswith(("/musicbrainz", "/coverart"))


def _question(path: str, query: str) -> str:
    """Name a question: url, reid, rgid, barcode, name, look-up or cover."""
    if path.startswith("/coverart"):
        return "cover"
    if path.endswith("/url"):
        return "url"
    field = query.partition("query=")[2].replace("%28", "(").replace("%3A", ":").lstrip("(")
    name = field.partition(":")[0]
    return {"": "look-up", "releasegroup": "name"}.get(name, name)
