"""ListenBrainz' listens of a user, under /listenbrainz/1: newest first, before a moment.

Each answer tells how many more are allowed, as there; but here nobody counts.
"""

from typing import Any

from flask import Flask, Response, jsonify, request

from demo.standin.scrobbles import PRIVATE, Scrobble, Scrobbles

USUAL, MOST = 25, 1_000
RATE = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "29", "X-RateLimit-Reset-In": "10"}


def mount(app: Flask, scrobbles: Scrobbles) -> None:
    """Add the routes."""
    view = _View(scrobbles)
    prefix = "/listenbrainz/1/user/<name>"
    app.add_url_rule(f"{prefix}/listens", "listens", view.listens)
    app.add_url_rule(f"{prefix}/listen-count", "listen_count", view.count)


class _View:
    def __init__(self, scrobbles: Scrobbles) -> None:
        self._scrobbles = scrobbles

    def count(self, name: str) -> Response:
        found = self._scrobbles.find(name)
        return _no_user(name) if found is None else _answer({"count": len(found)})

    def listens(self, name: str) -> Response:
        found = self._scrobbles.find(name)
        if found is None or name.lower() == PRIVATE:
            return _no_user(name)
        count = min(request.args.get("count", USUAL, int), MOST)
        before = request.args.get("max_ts", 2**40, int)
        part = [one for one in found if one.seconds < before][:count]
        payload = {
            "count": len(part),
            "user_id": name,
            "latest_listen_ts": found[0].seconds if found else 0,
            "oldest_listen_ts": found[-1].seconds if found else 0,
            "listens": [_listen(name, one) for one in part],
        }
        return _answer(payload)


def _answer(payload: dict[str, Any]) -> Response:
    response = jsonify(payload=payload)
    response.headers.update(RATE)
    return response


def _no_user(name: str) -> Response:
    response = jsonify(code=404, error=f"Cannot find user: {name}")
    response.status_code = 404
    return response


def _listen(name: str, one: Scrobble) -> dict[str, Any]:
    """Write a listen; some players know a track's address, others only its length, or nothing."""
    link = {"origin_url": f"https://open.spotify.com/track/{one.track_id}"} if one.track_id else {}
    known = {
        "isrc": one.isrc,
        "duration_ms": one.duration_ms,
        **(link if one.seconds % 2 else {}),
        "submission_client": "a stand-in's phone",
    }
    more = {key: value for key, value in known.items() if value is not None}
    track = {"artist_name": one.artist, "track_name": one.title, "additional_info": more}
    if one.album:
        track["release_name"] = one.album
    return {
        "inserted_at": one.seconds + 200,
        "listened_at": one.seconds,
        "recording_msid": "55555555-5555-4555-8555-555555555555",
        "user_name": name,
        "track_metadata": track,
    }
