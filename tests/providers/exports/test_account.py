"""Account data: a year of listening by name, to the minute, with speech in files of its own."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.exports.writing import ACCOUNT, told
from webapp.domain.reports import Row, Told
from webapp.providers.exports.account import read

ENDED = datetime(2026, 5, 5, 12, 3, tzinfo=UTC)
SPOKEN = {"endTime": ACCOUNT["endTime"], "msPlayed": 7_000}


def test_a_play_is_told_whole() -> None:
    assert told(read, [{**ACCOUNT, "username": "private"}]) == [
        Row(
            number=1,
            told=Told.PLAY,
            at=ENDED,
            title="One",
            artist="Ana",
            ms_played=201_000,
            kept=ACCOUNT,
        )
    ]


@pytest.mark.parametrize(
    ("changes", "kind", "title", "album"),
    [
        ({"podcastName": "S", "episodeName": "E"}, "podcast", "E", "S"),
        ({"podcastName": "S", "episodeName": None}, "podcast", "", "S"),
        ({"audiobookName": "B", "chapterName": "C", "authorName": "X"}, "audiobook", "C", "B"),
    ],
)
def test_speech_is_told_apart(changes: dict[str, Any], kind: str, title: str, album: str) -> None:
    [row] = told(read, [{**SPOKEN, **changes}])
    assert (row.told, row.reason, row.title, row.album) == (Told.PODCAST, kind, title, album)
    assert (row.at, row.ms_played) == (ENDED, 7_000)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"artistName": "Unknown Artist", "trackName": "Unknown Track"}, "no_track"),
        ({"trackName": ""}, "no_track"),
        ({"artistName": None}, "no_track"),
        ({"endTime": None}, "no_time"),
        ({"endTime": "2026-05-05"}, "bad_time"),
        ({"endTime": "1970-01-01 00:00"}, "before_2002"),
        ({"msPlayed": -5}, "negative_duration"),
    ],
)
def test_what_cannot_be_read(changes: dict[str, Any], reason: str) -> None:
    [row] = told(read, [{**ACCOUNT, **changes}])
    assert (row.told, row.reason) == (Told.UNREADABLE, reason)


def test_an_unknown_artist_may_have_a_song() -> None:
    [row] = told(read, [{**ACCOUNT, "artistName": "Unknown Artist"}])
    assert row.told is Told.PLAY


def test_an_empty_list_has_no_rows() -> None:
    assert told(read, []) == []
