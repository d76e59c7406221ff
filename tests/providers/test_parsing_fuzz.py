"""Whatever is done to a good answer, reading it gives a page or says where it is malformed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.errors import MalformedError
from webapp.providers.spotify import parsing

ARTIST = {"id": "artist1", "name": "Ana", "images": [{"url": "https://i/1", "width": 300}]}
ALBUM = {
    "id": "album1",
    "name": "First",
    "album_type": "album",
    "release_date": "2021-05-06",
    "release_date_precision": "day",
    "external_ids": {"upc": "1"},
    "images": [{"url": "https://i/1", "width": 300}],
    "artists": [ARTIST],
    "tracks": {"items": [{"id": "track1", "name": "One", "artists": [ARTIST]}]},
}
TRACK = {
    "id": "track1",
    "name": "One",
    "type": "track",
    "uri": "spotify:track:track1",
    "is_local": False,
    "duration_ms": 201_000,
    "external_ids": {"isrc": "GBAAA9900303"},
    "artists": [ARTIST],
    "album": ALBUM,
    "show": {"name": "Show"},
}
ENTRY = {
    "id": "p1",
    "name": "Mix",
    "owner": {"id": "me", "display_name": None},
    "items": {"total": 3},
    "tracks": {"total": 3},
    "added_at": "2025-07-29T21:11:55Z",
    "played_at": "2025-07-29T21:11:55.123Z",
    "added_by": {"id": "me"},
    "context": {"uri": "spotify:album:album1"},
    "item": TRACK,
    "track": TRACK,
    "album": ALBUM,
}
LIST = {
    "items": [ENTRY, TRACK, ARTIST],
    "total": 120,
    "next": "x",
    "limit": 50,
    "cursors": {"after": "1"},
}
ANSWER = {**LIST, "artists": LIST, "id": "me", "account_id": "a", "images": ALBUM["images"]}

READERS = [
    parsing.profile,
    parsing.top_tracks,
    parsing.top_artists,
    parsing.recently_played,
    parsing.playlists,
    parsing.playlist_items,
    parsing.saved_tracks,
    parsing.saved_albums,
    parsing.followed_artists,
    parsing.page_limit,
]

texts = st.text(st.characters(), max_size=8) | st.sampled_from(
    ["", "\x00", "\ud800", "9" * 30, "²", "0000", "2021-13-45", "spotify:local:::", "nan"]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """Replace, remove or add something at some places of a good answer."""
    answer = json.loads(json.dumps(ANSWER))
    for _ in range(draw(st.integers(1, 4))):
        parent, key = draw(st.sampled_from(places(answer)))
        action = draw(st.sampled_from(["replace", "remove", "type"]))
        if action == "remove" and isinstance(parent, dict):
            del parent[key]
        else:
            parent[key] = draw(anything)
        if not answer:
            break
    return answer


def places(value: Any) -> list[tuple[Any, Any]]:
    """List every key and index of an answer."""
    keys: list[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        found += places(value[key])
    return found


@settings(max_examples=400, deadline=None)
@given(answer=mutated())
def test_only_malformed_is_raised_and_all_can_be_stored(answer: Any) -> None:
    for read in READERS:
        try:
            found: Any = read(answer)
        except MalformedError as error:
            assert ": expected" in error.detail  # noqa: PT017 - some readers may well succeed
        else:
            stored = repr(getattr(found, "items", found))
            assert "\\x00" not in stored
            assert "\\ud800" not in stored


@settings(max_examples=100, deadline=None)
@given(answer=anything)
@pytest.mark.parametrize("read", READERS)
def test_an_answer_of_any_shape(read: Any, answer: Any) -> None:
    try:
        read(answer)
    except MalformedError as error:
        assert ": expected" in error.detail  # noqa: PT017 - as above
