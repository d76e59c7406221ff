"""Maloja's and Koito's exports."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.exports.writing import KOITO, MALOJA, told
from webapp.domain.errors import ExportError
from webapp.domain.reports import Row, Told
from webapp.providers.exports import koito, maloja


def of_maloja(**changes: Any) -> Row:
    [row] = told(maloja.read, {"maloja": {"export_time": 1}, "scrobbles": [{**MALOJA, **changes}]})
    return row


def of_koito(**changes: Any) -> Row:
    file = {"version": "1", "user": "private", "listens": [{**KOITO, **changes}]}
    [row] = told(koito.read, file)
    return row


def test_a_scrobble_of_maloja_is_told_whole() -> None:
    assert of_maloja(private="private") == Row(
        number=1,
        told=Told.PLAY,
        at=datetime(2025, 5, 5, 8, 40, 10, tzinfo=UTC),
        is_start=True,
        title="One",
        artist="Ana",
        album="First",
        ms_played=190_000,
        duration_ms=201_000,
        kept=MALOJA,
    )


@pytest.mark.parametrize(
    ("artists", "main"),
    [
        (["Ana"], "Ana"),
        (["Bo", "Ana • Bo"], "Ana"),
        (["", "Ana"], "Ana"),
        ("Ana", "Ana"),
        ([None, 7, "Ana"], "Ana"),
        ([" • Bo", "Ana"], "• Bo"),
    ],
)
def test_the_main_artist(artists: Any, main: str) -> None:
    assert of_maloja(track={"title": "One", "artists": artists}).artist == main


def test_older_scrobbles_of_maloja_are_flat() -> None:
    row = of_maloja(track=None, title="One", artists=["Ana"], album="First")
    assert (row.title, row.artist, row.album) == ("One", "Ana", "First")
    assert of_maloja(track={**MALOJA["track"], "album": {"name": "First"}}).album == "First"
    assert of_maloja(track={**MALOJA["track"], "album": None}).album == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"time": None}, "no_time"),
        ({"time": "x"}, "bad_time"),
        ({"time": -5}, "before_2002"),
        ({"track": {"title": "One"}}, "no_track"),
        ({"track": {"artists": ["Ana"]}}, "no_track"),
        ({"track": "One"}, "no_track"),
    ],
)
def test_what_cannot_be_read_of_maloja(changes: dict[str, Any], reason: str) -> None:
    row = of_maloja(**changes)
    assert (row.told, row.reason) == (Told.UNREADABLE, reason)


def test_a_listen_of_koito_is_told_whole() -> None:
    assert of_koito(private="private") == Row(
        number=1,
        told=Told.PLAY,
        at=datetime(2022, 1, 8, 22, 32, 8, tzinfo=UTC),
        is_start=True,
        title="One",
        artist="Ana",
        album="First",
        duration_ms=201_000,
        kept={
            "listened_at": "2022-01-08T22:32:08Z",
            "client": "a player",
            "track": {"duration": 201, "aliases": [{"alias": "One", "is_primary": True}]},
            "album": {"aliases": [{"alias": "First"}]},
            "artists": KOITO["artists"],
        },
    )


def test_koito_has_ends_from_spotify() -> None:
    assert not of_koito(client="spotify").is_start
    assert of_koito(client=None).is_start


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"listened_at": None}, "no_time"),
        ({"listened_at": 1_641_681_128}, "bad_time"),
        ({"track": None}, "no_track"),
        ({"track": {"aliases": []}}, "no_track"),
        ({"track": {"aliases": [{"is_primary": True}]}}, "no_track"),
        ({"artists": []}, "no_track"),
        ({"artists": [None, {"aliases": "Ana"}]}, "no_track"),
    ],
)
def test_what_cannot_be_read_of_koito(changes: dict[str, Any], reason: str) -> None:
    row = of_koito(**changes)
    assert (row.told, row.reason) == (Told.UNREADABLE, reason)


def test_a_length_of_zero_is_unknown() -> None:
    assert of_koito(track={**KOITO["track"], "duration": 0}).duration_ms is None


@pytest.mark.parametrize("read", [maloja.read, koito.read], ids=["maloja", "koito"])
@pytest.mark.parametrize("file", [[], {}, {"scrobbles": 1, "listens": 1}])
def test_another_file_is_refused(read: Any, file: Any) -> None:
    with pytest.raises(ExportError) as caught:
        told(read, file)
    assert caught.value.kind == "wrong_top_level"
