"""Last.fm's `user.getRecentTracks`, under /lastfm/2.0/: pages, numbers as texts, its errors.

The track that plays now leads every page, without a date. A list of one is no list. Listeners who
were added have nothing playing.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

from flask import Flask, Response, jsonify, request

from demo.standin.scrobbles import PRIVATE, Scrobble, Scrobbles
from demo.standin.world import World

API_KEY = "standin-lastfm-key"
METHOD = "user.getrecenttracks"
MOST = 1_000


def mount(app: Flask, world: World, scrobbles: Scrobbles) -> None:
    """Add the route, with and without its last slash."""
    view = _View(world, scrobbles)
    app.add_url_rule("/lastfm/2.0/", "lastfm", view, strict_slashes=False)


class RefusedError(Exception):
    """An answer in the shape of Last.fm's error object."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """Keep the parts of the answer."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class _View:
    def __init__(self, world: World, scrobbles: Scrobbles) -> None:
        self._world, self._scrobbles = world, scrobbles

    def __call__(self) -> Response:
        try:
            return jsonify(recenttracks=self._answer())
        except RefusedError as error:
            answer = jsonify(error=error.code, message=error.message)
            answer.status_code = error.status
            return answer

    def _answer(self) -> dict[str, Any]:
        query = request.args
        if query.get("method", "").lower() != METHOD:
            raise RefusedError(400, 3, "Invalid Method - No method with that name in this package")
        if query.get("api_key") != API_KEY:
            raise RefusedError(403, 10, "Invalid API key - You must be granted a valid key")
        account = query.get("user", "")
        found = self._scrobbles.find(account)
        if found is None:
            raise RefusedError(404, 6, "User not found")
        if account.lower() == PRIVATE:
            raise RefusedError(403, 17, "Login: User required to be logged in")
        first, last = _number("from", 0), _number("to", 2**40)
        within = [one for one in found if first <= one.seconds <= last]
        return self._page(account, within)

    def _page(self, account: str, found: Sequence[Scrobble]) -> dict[str, Any]:
        page, limit = _number("page", 1), _number("limit", 50)
        if not (page >= 1 and 1 <= limit <= MOST):
            raise RefusedError(400, 6, "Invalid parameters")
        part = found[(page - 1) * limit : page * limit]
        tracks = self._playing(account) + [_track(one) for one in part]
        return {
            "track": tracks[0] if len(tracks) == 1 else tracks,
            "@attr": {
                "user": account,
                "page": str(page),
                "perPage": str(limit),
                "totalPages": str(ceil(len(found) / limit)),
                "total": str(len(found)),
            },
        }

    def _playing(self, account: str) -> list[dict[str, Any]]:
        person = self._world.listeners.get(account.lower())
        if person is None or not person.start.timeline.tracks:
            return []
        track = person.start.timeline.tracks[0]
        names = [self._world.music.artists[id_].name for id_ in track.artist_ids]
        return [{**_names(track.name, names[0], ""), "@attr": {"nowplaying": "true"}}]


def _number(name: str, default: int) -> int:
    try:
        return int(request.args.get(name, default))
    except ValueError:
        raise RefusedError(400, 6, f"Invalid parameters: {name}") from None


def _track(one: Scrobble) -> dict[str, Any]:
    said = one.started_at.strftime("%d %b %Y, %H:%M")
    return {
        **_names(one.title, one.artist, one.album),
        "date": {"uts": str(one.seconds), "#text": said},
    }


def _names(title: str, artist: str, album: str) -> dict[str, Any]:
    return {
        "artist": {"mbid": "", "#text": artist},
        "streamable": "0",
        "image": [{"size": size, "#text": ""} for size in ("small", "large")],
        "mbid": "",
        "album": {"mbid": "", "#text": album},
        "name": title,
        "url": "https://www.last.fm/music/",
    }
