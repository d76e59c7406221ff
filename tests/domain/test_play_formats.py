"""Plays in the formats of others."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from webapp.domain.play_formats import (
    COLUMNS,
    TakenPlay,
    write_listens,
    write_spotify,
    write_table,
)
from webapp.domain.reports import Told
from webapp.providers.exports import extended, listenbrainz
from webapp.providers.exports.recognise import Kind, recognise

ID = "4uLU6hMCjMI75M1A2tKUQC"
PLAY = TakenPlay(
    ended_at=datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC),
    track_id=ID,
    kind="track",
    title="Never",
    artists="Rick, Friend",
    album_artist="Rick",
    album="Whenever",
    ms_played=200_500,
    duration_ms=213_000,
    isrc="GBARL9300135",
    source="spotify",
    context_uri="spotify:playlist:x",
)
NAMED = PLAY._replace(track_id="name:0123", ms_played=None, duration_ms=None, isrc=None)
LOCAL = PLAY._replace(track_id="local:0123456789abcdef", kind="local", album="")
EPISODE = PLAY._replace(kind="episode", title="Talk", artists="Show", album_artist="Show", album="")
SHORT = PLAY._replace(ms_played=12_000)


def table(*plays: TakenPlay) -> list[list[str]]:
    return list(csv.reader(StringIO("".join(write_table([list(plays)])), newline="")))


def spotify(*plays: TakenPlay) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads("".join(write_spotify([list(plays)])))
    return found


def listens(*plays: TakenPlay) -> list[dict[str, Any]]:
    return [json.loads(line) for line in "".join(write_listens([list(plays)])).splitlines()]


def test_a_table_has_a_header_and_a_line_a_play() -> None:
    header, line = table(PLAY)
    assert header == list(COLUMNS)
    assert line == [
        *("2026-03-01T12:00:00.123+00:00", "Never", "Rick, Friend", "Whenever", "200500", "213000"),
        *(f"spotify:track:{ID}", "GBARL9300135", "spotify", "spotify:playlist:x"),
    ]


def test_what_nobody_knows_is_an_empty_cell() -> None:
    assert table(NAMED)[1][4:8] == ["", "", "", ""]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_title_is_never_a_formula(title: str) -> None:
    assert table(PLAY._replace(title=title))[1][1] == f"'{title}"


@pytest.mark.parametrize("title", ['say "so"', "a,b", "a\nb", "日本語 \U0001f3b5", "1=1", "a-b"])
def test_other_titles_come_through_as_they_are(title: str) -> None:
    assert table(PLAY._replace(title=title))[1][1] == title


def test_the_table_is_not_mistaken_for_somebody_elses() -> None:
    assert recognise("".join(write_table([[PLAY, NAMED]])).encode()) is Kind.UNKNOWN


def test_spotifys_form_is_read_back_as_it_was() -> None:
    text = "".join(write_spotify([[PLAY, NAMED], [LOCAL, SHORT]]))
    assert recognise(text.encode()) is Kind.EXTENDED
    rows = list(extended.read([text.encode()]))
    assert [row.told for row in rows] == [Told.PLAY] * 4
    assert [row.track_id for row in rows] == [ID, None, None, ID]
    first = rows[0]
    assert (first.title, first.artist, first.album) == ("Never", "Rick", "Whenever")
    assert (first.at, first.ms_played) == (PLAY.ended_at.replace(microsecond=0), 200_500)


def test_a_short_play_that_counts_is_told_so_that_it_counts() -> None:
    assert spotify(SHORT)[0]["reason_end"] == "trackdone"
    assert spotify(PLAY)[0]["reason_end"] == "unknown"


def test_a_play_of_unknown_length_has_the_tracks_or_the_least() -> None:
    assert spotify(PLAY._replace(ms_played=None))[0]["ms_played"] == 213_000
    assert spotify(NAMED)[0]["ms_played"] == 30_000


def test_an_episode_is_told_as_one() -> None:
    row = spotify(EPISODE)[0]
    assert row["master_metadata_track_name"] is None
    assert (row["episode_name"], row["spotify_episode_uri"]) == ("Talk", f"spotify:episode:{ID}")


def test_no_plays_are_an_empty_list() -> None:
    assert json.loads("".join(write_spotify([]))) == []
    assert "".join(write_listens([])) == ""
    assert table() == [list(COLUMNS)]


def test_listens_are_read_back_as_they_were() -> None:
    text = "".join(write_listens([[PLAY], [NAMED]]))
    assert recognise(text.encode()) is Kind.LISTENBRAINZ
    first, second = listenbrainz.read([text.encode()])
    assert (first.track_id, first.isrc, first.duration_ms) == (ID, PLAY.isrc, 213_000)
    assert first.is_start
    assert first.at == datetime(2026, 3, 1, 11, 56, 39, tzinfo=UTC)
    assert (second.track_id, second.title) == (None, "Never")


def test_a_listen_needs_both_names() -> None:
    assert listens(PLAY._replace(title=""), PLAY._replace(artists="")) == []


def test_a_listen_says_nothing_that_is_unknown() -> None:
    assert listens(NAMED._replace(album=""))[0]["track_metadata"] == {
        "artist_name": "Rick, Friend",
        "track_name": "Never",
        "additional_info": {"submission_client": "Backspin"},
    }
