"""The stand-in's answers against the published description of the Web API, in both shapes."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator

from demo.standin.server import StandIn
from demo.standin.shapes import Shape
from tests.demo.callers import App

DESCRIPTION = Path(__file__).parents[3] / "shared" / "data" / "spotify-openapi.yml"
pytestmark = pytest.mark.skipif(
    not DESCRIPTION.exists(), reason="the OpenAPI description is not part of a public clone"
)

# Where real answers hold null though the description does not say so, and who saw it.
NULL_SEEN = {
    "PrivateUserObject/display_name": "people without a name",
    "SimplifiedPlaylistObject/images": "recorded for playlists without a picture",
    "PlaylistObject/images": "recorded for playlists without a picture",
    "SimplifiedPlaylistObject/public": "documented in prose: null is not relevant",
    "PlaylistObject/public": "documented in prose: null is not relevant",
    "PlaylistTracksRefObject/total": "seen for lists that Spotify makes itself",
    "PlaylistTrackObject/added_at": "documented in prose for very old playlists",
    "PlaylistTrackObject/added_by": "documented in prose for very old playlists",
    "PlaylistTrackObject/item": "documented in prose: withdrawn tracks",
    "PlaylistTrackObject/track": "documented in prose: withdrawn tracks",
    "PlayHistoryObject/context": "plays from nowhere in particular",
    "CurrentlyPlayingObject/context": "plays from nowhere in particular",
    "CursorPagingObject/next": "the last page",
    "CursorPagingObject/cursors": "nothing new was played",
    "CursorObject/after": "the last page",
}
# Required by the description, but missing in recorded tracks of playlists.
MISSING_SEEN = ("images", "total_tracks")
# Called deprecated, but still in the answers that restricted apps get.
STILL_THERE = {"preview_url", "audio_preview_url", "AlbumObject/genres"}
LOCAL_FILE = {
    "type": "object",
    "required": ["id", "uri", "name", "is_local", "duration_ms", "album", "artists"],
    "properties": {
        "id": {"type": "null"},
        "uri": {"type": "string", "pattern": "^spotify:local:"},
        "is_local": {"const": True},
        "type": {"const": "track"},
        "duration_ms": {"type": "integer"},
    },
}
PATHS = (
    ("/me", "/me"),
    ("/me/top/artists", "/me/top/artists?limit=50"),
    ("/me/top/tracks", "/me/top/tracks?limit=50"),
    ("/me/player/recently-played", "/me/player/recently-played?limit=50"),
    ("/me/player/recently-played", "/me/player/recently-played?after=4102444800000"),
    ("/me/player/currently-playing", "/me/player/currently-playing"),
    ("/me/playlists", "/me/playlists?limit=50"),
    ("/me/playlists", "/me/playlists?limit=5&offset=3"),
    ("/me/tracks", "/me/tracks?limit=50"),
    ("/me/tracks", "/me/tracks?limit=50&offset=100000"),
    ("/me/albums", "/me/albums?limit=50"),
    ("/me/following", "/me/following?type=artist&limit=50"),
    ("/me/library/contains", "/me/library/contains?uris=spotify:track:a,spotify:album:b"),
    ("/playlists/{playlist_id}", "/playlists/{own}?additional_types=track,episode"),
    ("/playlists/{playlist_id}", "/playlists/{foreign}"),
    ("/playlists/{playlist_id}/items", "/playlists/{own}/items?limit=50"),
    ("/playlists/{playlist_id}/items", "/playlists/{odd}/items?limit=50"),
    (
        "/playlists/{playlist_id}/items",
        "/playlists/{odd}/items?limit=50&additional_types=track,episode",
    ),
    ("/playlists/{playlist_id}/images", "/playlists/{own}/images"),
    ("/albums/{id}", "/albums/{album}"),
    ("/albums/{id}/tracks", "/albums/{album}/tracks?limit=50"),
    ("/artists/{id}", "/artists/{artist}"),
    ("/artists/{id}/albums", "/artists/{artist}/albums?limit=10"),
    ("/tracks/{id}", "/tracks/{track}"),
    ("/search", "/search?q=the&type=track,album,artist&limit=10"),
    ("/search", "/search?q=tag:new&type=album&limit=10"),
)
EXTENDED_PATHS = (
    ("/browse/new-releases", "/browse/new-releases?limit=50"),
    ("/playlists/{playlist_id}/tracks", "/playlists/{odd}/tracks?limit=100"),
)


@cache
def described(shape: Shape) -> dict[str, Any]:
    """Read the description and turn it into JSON Schema for one shape."""
    raw = yaml.load(DESCRIPTION.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    schemas = raw["components"]["schemas"]
    for place in NULL_SEEN:
        name, field = place.split("/")
        schemas[name]["properties"][field] = or_null(schemas[name]["properties"][field])
    entries = schemas["PlaylistTrackObject"]["properties"]
    for key in ("item", "track"):
        entries[key]["anyOf"].append(LOCAL_FILE)
    listed = schemas["PagingPlaylistObject"]["allOf"][1]["properties"]["items"]
    listed["items"] = or_null(listed["items"])  # null entries in /me/playlists, reported 2024
    required = schemas["AlbumBase"]["required"]
    schemas["AlbumBase"]["required"] = [key for key in required if key not in MISSING_SEEN]
    if shape == "restricted":
        for name, schema in schemas.items():
            close_removed(name, schema)
    with_nulls(raw)
    return dict(raw)


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Allow null beside what the description allows."""
    return {"anyOf": [copy.deepcopy(schema), {"type": "null"}]}


def close_removed(name: str, schema: dict[str, Any]) -> None:
    """Forbid the fields that restricted apps lost, instead of demanding them."""
    properties = schema.get("properties", {})
    gone = [
        key
        for key, value in properties.items()
        if value.get("deprecated") and not {key, f"{name}/{key}"} & STILL_THERE
    ]
    for key in gone:
        properties[key] = False
    schema["required"] = [key for key in schema.get("required", []) if key not in gone]
    for part in schema.get("allOf", []):
        close_removed(name, part)
        removed = {key for key, value in part.get("properties", {}).items() if value is False}
        schema["required"] = [key for key in schema["required"] if key not in removed]


def with_nulls(node: Any) -> None:
    """Translate OpenAPI 3.0's `nullable` into a type list, everywhere."""
    if isinstance(node, dict):
        if node.get("nullable") and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
        for value in node.values():
            with_nulls(value)
    elif isinstance(node, list):
        for value in node:
            with_nulls(value)


def validator(path: str, shape: Shape) -> Draft202012Validator:
    """Make the check for one endpoint's 200 answer."""
    document = described(shape)
    answer = document["paths"][path]["get"]["responses"]["200"]
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": document["components"]})


@pytest.fixture(scope="module")
def reader() -> Iterator[App]:
    """Sign medium in, whose library has all the odd items, on an evening with music on."""
    with StandIn() as running, requests.Session() as session:
        app = App(running, session).sign_in("medium")
        playing = running.world.listeners["medium"].start.timeline.last(datetime.now(UTC))[0]
        running.world.set_clock(lambda: playing.started_at)
        yield app


@pytest.mark.parametrize(
    ("shape", "described_path", "asked"),
    [
        *(("restricted", *path) for path in PATHS),
        *(("extended", *path) for path in (*PATHS, *EXTENDED_PATHS)),
    ],
)
def test_answer_fits_the_description(
    reader: App, shape: Shape, described_path: str, asked: str
) -> None:
    reader.standin.world.set_shape(shape)
    answer = reader.get(asked.format(**ids(reader)))
    assert answer.status_code == 200, answer.text
    errors = list(validator(described_path, shape).iter_errors(answer.json()))
    assert not errors, [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in errors]


def ids(reader: App) -> dict[str, str]:
    """Choose what the paths are about."""
    world = reader.standin.world
    listed = [item for item in world.listeners["medium"].library.playlists if item is not None]
    longest = max(world.music.albums.values(), key=lambda album: len(album.track_ids))
    return {
        "own": world.own_playlists("medium")[0].id,
        "odd": world.own_playlists("medium")[3].id,
        "foreign": next(item.id for item in listed if item.owner_id == "porchlight"),
        "album": longest.id,
        "artist": longest.artist_ids[0],
        "track": longest.track_ids[0],
    }


def test_check_can_fail(reader: App) -> None:
    reader.standin.world.set_shape("extended")
    body = reader.get("/me/tracks").json()
    check = validator("/me/tracks", "restricted")
    assert any("False schema" in error.message for error in check.iter_errors(body))
    body["items"][0]["track"]["duration_ms"] = "long"
    assert list(validator("/me/tracks", "extended").iter_errors(body))
    del body["items"]
    body["total"] = None
    assert list(validator("/me/tracks", "extended").iter_errors(body))
