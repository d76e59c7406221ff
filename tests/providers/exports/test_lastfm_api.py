"""Answers of Last.fm's API: one, a list of them, or the tracks alone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.exports.writing import LASTFM, told
from webapp.domain.errors import ExportError
from webapp.domain.reports import Row, Told
from webapp.providers.exports.lastfm_api import read

BEGAN = datetime(2025, 6, 13, 0, 55, tzinfo=UTC)
NOW_PLAYING = {
    "name": "Now",
    "artist": {"#text": "Bo"},
    "@attr": {"nowplaying": "true"},
}
ATTR = {"user": "private", "page": "1", "perPage": "200", "totalPages": "1", "total": "1"}
TOLD = Row(
    number=1,
    told=Told.PLAY,
    at=BEGAN,
    is_start=True,
    title="One",
    artist="Ana",
    album="First",
    kept={
        "name": "One",
        "mbid": "",
        "artist": {"#text": "Ana", "mbid": ""},
        "album": {"#text": "First", "mbid": ""},
        "date": {"uts": "1749776100", "#text": "13 Jun 2025, 00:55"},
    },
)


@pytest.mark.parametrize(
    "file",
    [
        {"recenttracks": {"track": [LASTFM], "@attr": ATTR}},
        {"recenttracks": {"@attr": ATTR, "track": [NOW_PLAYING, LASTFM]}},
        {"recenttracks": {"track": LASTFM, "@attr": ATTR}},
        [{"track": [LASTFM], "@attr": ATTR}],
        [{"recenttracks": {"track": [LASTFM], "@attr": ATTR}}],
        [LASTFM],
        [NOW_PLAYING, LASTFM],
    ],
    ids=["answer", "now playing", "one track", "pages", "answers", "tracks", "tracks and now"],
)
def test_all_forms_tell_the_same(file: Any) -> None:
    assert told(read, file) == [TOLD]


def test_extended_answers_name_artists_otherwise() -> None:
    [row] = told(read, [{**LASTFM, "artist": {"name": "Ana", "url": "x"}, "album": "First"}])
    assert (row.artist, row.album) == ("Ana", "First")


def test_rows_are_numbered_through_the_pages() -> None:
    page = {"track": [NOW_PLAYING, LASTFM, LASTFM]}
    assert [row.number for row in told(read, [page, page])] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": None}, "no_time"),
        ({"date": {"uts": ""}}, "no_time"),
        ({"date": {"uts": "0"}}, "before_2002"),
        ({"date": {"uts": "soon"}}, "bad_time"),
        ({"name": None}, "no_track"),
        ({"artist": {"#text": ""}}, "no_track"),
        ({"artist": 7}, "no_track"),
    ],
)
def test_what_cannot_be_read(changes: dict[str, Any], reason: str) -> None:
    [row] = told(read, {"recenttracks": {"track": [{**LASTFM, **changes}]}})
    assert (row.told, row.reason) == (Told.UNREADABLE, reason)


def test_what_is_no_track_is_a_row() -> None:
    assert [row.reason for row in told(read, [None, [], LASTFM])] == [
        "not_an_object",
        "not_an_object",
        "",
    ]


@pytest.mark.parametrize(
    "file",
    [
        {"error": 17, "message": "private"},
        {"recenttracks": None},
        {"recenttracks": {"@attr": ATTR}},
    ],
)
def test_an_answer_without_tracks_is_refused(file: Any) -> None:
    with pytest.raises(ExportError) as caught:
        told(read, file)
    assert caught.value.kind == "wrong_top_level"
