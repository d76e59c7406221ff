"""Serve the pictures that answers point to."""

import re

from flask import Response, abort

from demo.standin.covers import picture
from demo.standin.records import EntryKind
from demo.standin.world import World

KINDS = {"album", "artist", "playlist", "user", "episode", "show"}
FILE = re.compile(r"([0-9A-Za-z._-]{1,40})-(640|300|64)\.svg")
YEAR = 31_536_000


class Pictures:
    """The route /images/<kind>/<id>-<size>.svg."""

    def __init__(self, world: World) -> None:
        """Draw for this world."""
        self._world = world

    def show(self, kind: str, file: str) -> Response:
        """Draw one picture; a playlist shows its first four albums."""
        found = FILE.fullmatch(file)
        if kind not in KINDS or found is None:
            abort(404)
        item_id, size = found[1], int(found[2])
        tiles = self._tiles(item_id) if kind == "playlist" else ()
        answer = Response(picture(kind, item_id, size, tiles), mimetype="image/svg+xml")
        answer.cache_control.public = True
        answer.cache_control.max_age = YEAR if kind != "playlist" else 300
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    def _tiles(self, playlist_id: str) -> tuple[str, ...]:
        found = self._world.find_playlist(playlist_id)
        if found is None:
            return ()
        tracks = self._world.music.tracks
        songs = (tracks[e.ref] for e in found.entries if e.kind is EntryKind.TRACK)
        return tuple(dict.fromkeys(song.album_id for song in songs))[:4]
