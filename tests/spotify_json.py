"""Small answers of Spotify, written by hand, for tests to spoil."""

from typing import Any

from webapp.providers.spotify import parsing

ARTIST: dict[str, Any] = {"id": "artist1", "name": "Ana", "type": "artist"}
ALBUM: dict[str, Any] = {
    "id": "album1",
    "name": "First",
    "album_type": "single",
    "release_date": "2021",
    "release_date_precision": "year",
    "images": [],
    "artists": [ARTIST],
}
TRACK: dict[str, Any] = {
    "id": "track1",
    "name": "One",
    "type": "track",
    "uri": "spotify:track:track1",
    "duration_ms": 201_000,
    "explicit": True,
    "disc_number": 1,
    "track_number": 4,
    "external_ids": {"isrc": "GBAAA9900303"},
    "artists": [ARTIST, {"id": "artist2", "name": "Boris"}],
    "album": ALBUM,
    "available_markets": ["NL"] * 180,
    "popularity": 50,
}


def page(*items: Any, **more: Any) -> dict[str, Any]:
    return {"items": list(items), "next": None, "total": len(items), **more}


def track(**changes: Any) -> Any:
    (found,) = parsing.saved_tracks(page({"track": {**TRACK, **changes}})).items
    assert found
    return found.track
