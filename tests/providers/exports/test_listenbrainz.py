"""ListenBrainz in its four forms: lines, an old list, an answer of the API, a submission."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.exports.writing import LISTEN, TRACK_ID, lines_of, pieces, told
from webapp.domain.errors import ExportError
from webapp.domain.reports import Row, Told
from webapp.providers.exports.listenbrainz import read

BEGAN = datetime(2025, 11, 21, 4, 40, tzinfo=UTC)
METADATA: dict[str, Any] = LISTEN["track_metadata"]
ANSWER = {"payload": {"count": 1, "user_id": "private", "listens": [LISTEN], "latest_listen_ts": 1}}
SUBMISSION = {"listen_type": "import", "payload": [LISTEN]}


def one(listen: dict[str, Any]) -> Row:
    [row] = told(read, [listen])
    return row


def with_more(**more: Any) -> dict[str, Any]:
    return {**LISTEN, "track_metadata": {**METADATA, "additional_info": more}}


@pytest.mark.parametrize(
    "file",
    [
        lines_of([LISTEN]),
        json.dumps(LISTEN).encode(),
        json.dumps([LISTEN]).encode(),
        json.dumps(ANSWER, indent=1).encode(),
        json.dumps(SUBMISSION).encode(),
        b"\n " + json.dumps(SUBMISSION).encode(),
    ],
    ids=["lines", "line without end", "list", "answer", "submission", "submission with space"],
)
@pytest.mark.parametrize("size", [1, 50, 10_000])
def test_all_forms_tell_the_same(file: bytes, size: int) -> None:
    assert list(read(pieces(file, size))) == [
        Row(
            number=1,
            told=Told.PLAY,
            at=BEGAN,
            is_start=True,
            track_id=TRACK_ID,
            title="One",
            artist="Ana",
            album="First",
            duration_ms=201_000,
            isrc="GBAAA9900303",
            kept={
                "inserted_at": 1_763_700_003,
                "listened_at": 1_763_700_000,
                "track_metadata": {
                    "artist_name": "Ana",
                    "track_name": "One",
                    "release_name": "First",
                    "additional_info": {
                        "duration_ms": 201_000,
                        "isrc": "GBAAA9900303",
                        "spotify_id": f"https://open.spotify.com/track/{TRACK_ID}",
                    },
                    "mbid_mapping": {"recording_mbid": "66666666-6666-4666-8666-666666666666"},
                },
            },
        )
    ]


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ({"duration": 201}, "duration_ms", 201_000),
        ({"duration_ms": 0, "duration": "201"}, "duration_ms", 201_000),
        ({"duration_ms": "long"}, "duration_ms", None),
        ({"duration_ms": -1}, "duration_ms", None),
        ({"duration_played": 190}, "ms_played", 190_000),
        ({"duration_played": 0}, "ms_played", None),
        ({"spotify_id": TRACK_ID}, "track_id", TRACK_ID),
        ({"spotify_id": f"spotify:track:{TRACK_ID}"}, "track_id", TRACK_ID),
        ({"spotify_id": ["x"], "origin_url": "https://x.org/"}, "track_id", None),
        (
            {"origin_url": f"https://open.spotify.com/intl-de/track/{TRACK_ID}?si=x"},
            "track_id",
            TRACK_ID,
        ),
        ({"origin_url": f"https://evil.example/{TRACK_ID}"}, "track_id", None),
        ({"isrc": "gb-aaa-99-00303"}, "isrc", "GBAAA9900303"),
        ({"isrc": ["GBAAA9900303"]}, "isrc", "GBAAA9900303"),
        ({"isrc": "none"}, "isrc", None),
        ({"isrc": []}, "isrc", None),
    ],
)
def test_what_clients_add(more: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(one(with_more(**more)), field) == value


@pytest.mark.parametrize(
    ("listen", "reason"),
    [
        ({}, "no_time"),
        ({**LISTEN, "listened_at": None}, "no_time"),
        ({**LISTEN, "listened_at": "soon"}, "bad_time"),
        ({**LISTEN, "listened_at": True}, "bad_time"),
        ({**LISTEN, "listened_at": 0}, "before_2002"),
        ({**LISTEN, "listened_at": -(10**15)}, "bad_time"),
        ({**LISTEN, "track_metadata": None}, "no_track"),
        ({**LISTEN, "track_metadata": {**METADATA, "track_name": ""}}, "no_track"),
        ({**LISTEN, "track_metadata": {**METADATA, "artist_name": 7}}, "no_track"),
    ],
)
def test_what_cannot_be_read(listen: dict[str, Any], reason: str) -> None:
    row = one(listen)
    assert (row.told, row.reason) == (Told.UNREADABLE, reason)


@pytest.mark.parametrize(
    "at",
    [1_763_700_000, "1763700000", 1_763_700_000.9, 1_763_700_000_000],
    ids=["number", "text", "fraction", "milliseconds"],
)
def test_times_however_written(at: Any) -> None:
    assert one({**LISTEN, "listened_at": at}).at == BEGAN


def test_the_future_is_refused_where_now_is_known() -> None:
    [row] = read([lines_of([LISTEN])], now=datetime(2025, 11, 21, 4, 39, tzinfo=UTC))
    assert row.reason == "future"


def test_a_bad_line_is_a_row() -> None:
    rows = list(read([lines_of([LISTEN]) + b"{oops\n" + lines_of([7, LISTEN])]))
    found = [(row.number, row.reason) for row in rows]
    assert found == [(1, ""), (2, "bad_json"), (3, "not_an_object"), (4, "")]


def test_nested_beyond_measure_is_not_kept() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = {"tags": [deep]}
    assert "x" not in repr(one(with_more(tags=deep)).kept["track_metadata"]["additional_info"])


@pytest.mark.parametrize(
    ("file", "kind", "row"),
    [
        (b"", "empty", 0),
        (b'{"payload": {"count": 1}}', "wrong_top_level", 0),
        (b'{"payload": {"listens": 7}}', "wrong_top_level", 0),
        (lines_of([LISTEN])[:-20], "truncated", 0),
        (json.dumps(ANSWER).encode()[:-2], "truncated", 1),
        ("{}".encode("utf-32"), "encoding", 0),
    ],
)
def test_a_broken_file_is_refused(file: bytes, kind: str, row: int) -> None:
    with pytest.raises(ExportError) as caught:
        list(read([file]))
    assert (caught.value.kind, caught.value.row) == (kind, row)
