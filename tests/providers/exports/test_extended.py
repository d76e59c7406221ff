"""Every layout and every oddity of Spotify's extended history, told row by row."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.exports.writing import EXTENDED, NAMELESS, TRACK_ID, pieces, told
from webapp.domain.errors import ExportError
from webapp.domain.reports import Row, Told
from webapp.providers.exports import values
from webapp.providers.exports.extended import KEPT, read

ENDED = datetime(2023, 3, 19, 18, 31, 37, tzinfo=UTC)
EPISODE = {
    "spotify_episode_uri": "spotify:episode:x",
    "episode_name": "E",
    "episode_show_name": "S",
}
CHAPTER = {
    "audiobook_title": "B",
    "audiobook_uri": "spotify:show:x",
    "audiobook_chapter_uri": "spotify:episode:x",
    "audiobook_chapter_title": "C",
}


def one(**changes: Any) -> Row:
    [row] = told(read, [{**EXTENDED, **changes}])
    return row


def test_a_play_is_told_whole() -> None:
    row = one()
    kept = {key: value for key, value in EXTENDED.items() if key in KEPT and value is not None}
    assert row == Row(
        number=1,
        told=Told.PLAY,
        at=ENDED,
        track_id=TRACK_ID,
        title="One",
        artist="Ana",
        album="First",
        ms_played=201_000,
        done=True,
        skipped=False,
        kept={**kept, "ts": "2023-03-19T18:31:37Z"},
    )


def test_nothing_personal_is_kept() -> None:
    assert "private" not in repr(one(anything_new="private", nested={"ip": "private"}))


def test_nothing_but_time_and_track_is_needed() -> None:
    [row] = told(read, [{"ts": EXTENDED["ts"], "spotify_track_uri": f"spotify:track:{TRACK_ID}"}])
    assert (row.told, row.at, row.track_id, row.title) == (Told.PLAY, ENDED, TRACK_ID, "")
    assert (row.ms_played, row.done, row.skipped) == (None, False, None)


@pytest.mark.parametrize(
    ("value", "skipped"),
    [(True, True), (False, False), (1, True), (0, False), (None, None), ("yes", None), ([], None)],
)
def test_skipped_in_all_its_forms(value: Any, skipped: bool | None) -> None:
    assert one(skipped=value).skipped is skipped


def test_names_without_an_id_are_a_play() -> None:
    row = one(spotify_track_uri=None)
    assert (row.told, row.track_id, row.artist) == (Told.PLAY, None, "Ana")
    assert one(spotify_track_uri="spotify:track:short").track_id is None


@pytest.mark.parametrize(
    ("changes", "kind", "title", "album"),
    [
        (EPISODE, "podcast", "E", "S"),
        ({"episode_name": "E"}, "podcast", "E", ""),
        ({"spotify_episode_uri": "spotify:episode:x"}, "podcast", "", ""),
        (CHAPTER, "audiobook", "C", "B"),
        ({"audiobook_uri": "spotify:show:x"}, "audiobook", "", ""),
        ({"audiobook_chapter_uri": "spotify:episode:x"}, "audiobook", "", ""),
    ],
)
def test_speech_is_told_apart(changes: dict[str, str], kind: str, title: str, album: str) -> None:
    row = one(**NAMELESS, **changes)
    assert (row.told, row.reason, row.title, row.album) == (Told.PODCAST, kind, title, album)
    assert (row.at, row.ms_played) == (ENDED, 201_000)


def test_music_comes_before_speech() -> None:
    assert one(**EPISODE).told is Told.PLAY


@pytest.mark.parametrize(
    "changes",
    [
        NAMELESS,
        {**NAMELESS, "master_metadata_track_name": "One"},
        {**NAMELESS, "spotify_track_uri": "spotify:ad:0001"},
        {**NAMELESS, "spotify_track_uri": "spotify:local:::x"},
        {**NAMELESS, "spotify_track_uri": 7},
        {**NAMELESS, "episode_name": "", "spotify_episode_uri": ""},
    ],
)
def test_a_row_that_names_nothing_is_unreadable(changes: dict[str, Any]) -> None:
    row = one(**changes)
    assert (row.told, row.reason, row.at) == (Told.UNREADABLE, "no_track", ENDED)
    assert row.kept["platform"] == "android"


def test_a_file_on_the_disk_is_told_by_its_uri() -> None:
    uri = "spotify:local:Ana+%26+Bo:First%3A+Part:One+%C3%A9:258"
    row = one(**{**NAMELESS, "spotify_track_uri": uri})
    assert (row.told, row.track_id, row.duration_ms) == (Told.PLAY, None, 258_000)
    assert (row.artist, row.album, row.title) == ("Ana & Bo", "First: Part", "One é")


@pytest.mark.parametrize(
    ("ts", "reason"),
    [
        (None, "no_time"),
        ("", "no_time"),
        (1_679_250_500, "bad_time"),
        ("2023-03-19", "bad_time"),
        ("2023-13-19T18:31:37Z", "bad_time"),
        ("yesterday at noon or so", "bad_time"),
        ("0001-01-01T00:00:00+23:00", "bad_time"),
        ("1970-01-01T00:00:00Z", "before_2002"),
        ("2023-03-19T18:31:38Z", "future"),
        ("9999-12-31T23:59:59Z", "future"),
    ],
)
def test_a_time_that_cannot_be(ts: Any, reason: str) -> None:
    [row] = read([json.dumps([{**EXTENDED, "ts": ts}]).encode()], now=ENDED)
    assert (row.told, row.reason, row.at) == (Told.UNREADABLE, reason, None)


@pytest.mark.parametrize(
    "ts",
    [
        "2023-03-19T18:31:37Z",
        "2023-03-19 18:31:37",
        "2023-03-19 18:31:37 UTC",
        "2023-03-19T20:31:37+02:00",
        "2023-03-19T18:31:37.000Z[UTC]",
    ],
)
def test_times_are_utc_however_written(ts: str) -> None:
    assert repr(one(ts=ts).at) == repr(ENDED)


@pytest.mark.parametrize(
    ("ms_played", "reason"),
    [
        (-1, "negative_duration"),
        (86_400_001, "absurd_duration"),
        (10**18, "absurd_duration"),
        (10**30, "absurd_duration"),
        (1e300, "bad_duration"),
        (True, "bad_duration"),
        ("long", "bad_duration"),
        ({}, "bad_duration"),
        (1.5, "bad_duration"),
    ],
)
def test_a_duration_that_cannot_be(ms_played: Any, reason: str) -> None:
    row = one(ms_played=ms_played)
    assert (row.told, row.reason) == (Told.UNREADABLE, reason)


@pytest.mark.parametrize(("value", "ms"), [(0, 0), (86_400_000, 86_400_000), (3.0, 3), ("7", 7)])
def test_a_duration_that_can_be(value: Any, ms: int) -> None:
    assert one(ms_played=value).ms_played == ms


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        (1_679_240_000, datetime(2023, 3, 19, 15, 36, 41, tzinfo=UTC)),
        (1_679_240_000_000, datetime(2023, 3, 19, 15, 36, 41, tzinfo=UTC)),
        (1_679_240_000_999, datetime(2023, 3, 19, 15, 36, 41, tzinfo=UTC)),
        (0, ENDED),
        (None, ENDED),
        (1_679_250_697, ENDED),
        (1_500_000_000, ENDED),
        ("x", ENDED),
    ],
    ids=["s", "ms", "ms cut", "zero", "null", "ends after the upload", "years before", "text"],
)
def test_a_play_without_network_ends_after_its_start(began: Any, ended: datetime) -> None:
    assert one(offline=True, offline_timestamp=began).at == ended
    assert one(offline=False, offline_timestamp=began).at == ENDED
    assert one(offline=None, offline_timestamp=began).at == ENDED


def test_texts_are_cleaned() -> None:
    row = one(
        master_metadata_track_name=" One\x00 \ud800",
        master_metadata_album_artist_name="A" * 2_000,
        platform="\x00\udfff",
    )
    assert row.title == "One \ufffd"
    assert row.artist == "A" * 999 + "…"
    assert row.kept["master_metadata_track_name"] == "One \ufffd"
    assert row.kept["platform"] == "\ufffd"


def test_nothing_but_plain_values_is_kept() -> None:
    kept = one(shuffle={"a": 1}, platform=["x"], incognito_mode=1.5, conn_country=None).kept
    assert not kept.keys() & {"shuffle", "platform", "incognito_mode", "conn_country"}


def test_rows_are_numbered_and_bad_ones_are_rows() -> None:
    file: list[Any] = [EXTENDED, None, 7, "text", [], {}, {**EXTENDED, "ts": None}, EXTENDED]
    rows = told(read, file)
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [row.reason for row in rows] == [
        "",
        "not_an_object",
        "not_an_object",
        "not_an_object",
        "not_an_object",
        "no_time",
        "no_time",
        "",
    ]


def test_impossible_content_spoils_its_row_only() -> None:
    good = json.dumps(EXTENDED).encode()
    nan = good.replace(b"201000", b"NaN")
    digits = good.replace(b"201000", b"9" * 5_000)
    long = good.replace(b'"One"', b'"' + b"x" * 10_000_000 + b'"')
    file = b"[" + b",".join([good, nan, digits, long, good]) + b"]"
    rows = list(read(pieces(file, 100_000)))
    found = [row.reason for row in rows]
    assert found == ["", "not_a_number", "absurd_number", "too_long", ""]
    assert rows[0]._replace(number=5) == rows[4]


def test_a_file_that_breaks_tells_the_last_good_row() -> None:
    good = json.dumps([EXTENDED] * 3).encode()
    for data, kind, number in [
        (good[:-5], "truncated", 2),
        (good[:-1], "truncated", 3),
        (good[:-1] + b"}", "not_json", 3),
        (good + b"[]", "not_json", 3),
        (b"{}", "wrong_top_level", 0),
        (good[:-1] + b',"\xff"]', "encoding", 3),
    ]:
        rows = read(pieces(data, 64))
        with pytest.raises(ExportError) as caught:
            list(rows)
        assert (caught.value.kind, caught.value.row) == (kind, number)


def test_names_come_back_though_few_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MANY_TEXTS", 3)
    file = [{**EXTENDED, "master_metadata_track_name": f" {number % 7} "} for number in range(50)]
    assert [row.title for row in told(read, file)] == [str(number % 7) for number in range(50)]
    texts = values.Texts()
    assert [texts[f" {number}"] for number in range(50)] == [str(number) for number in range(50)]
    assert len(texts) <= 3


def test_long_texts_are_not_remembered() -> None:
    texts = values.Texts()
    assert texts["x" * 100_000] == "x" * 999 + "…"
    assert not texts
