"""What a submission may hold, as ListenBrainz has it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.submitting import make_body, make_listen
from webapp.domain.submissions import (
    EARLIEST,
    LONGEST_LISTEN,
    MOST_LISTENS,
    Fault,
    ListenType,
    SubmissionError,
    read,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = make_listen(NOW)
SECOND = timedelta(seconds=1)


def track(**changes: Any) -> dict[str, Any]:
    return {"listened_at": 1_700_000_000, "track_metadata": {**GOOD["track_metadata"], **changes}}


def fault(body: Any) -> tuple[Fault, int | None]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(SubmissionError) as caught:
        read(raw, NOW)
    assert caught.value.kind == "bad_submission"
    return caught.value.fault, caught.value.number


@pytest.mark.parametrize(
    ("kind", "listens"),
    [("single", [GOOD]), ("import", [GOOD]), ("import", [GOOD] * MOST_LISTENS)],
)
def test_what_is_sound_is_let_through(kind: str, listens: list[Any]) -> None:
    found = read(json.dumps(make_body(*listens, kind=kind)).encode(), NOW)
    assert found.kind is ListenType(kind)
    assert found.listens == tuple(listens)


@pytest.mark.parametrize("told", [{}, {"listened_at": None}, {"listened_at": 0}])
def test_what_plays_now_has_no_time(told: dict[str, Any]) -> None:
    listen = {**told, "track_metadata": GOOD["track_metadata"]}
    found = read(json.dumps(make_body(listen, kind="playing_now")).encode(), NOW)
    assert found.kind is ListenType.PLAYING_NOW


@pytest.mark.parametrize("empty", [None, "", [], {}, 0])
@pytest.mark.parametrize("key", ["duration", "duration_ms", "tags", "isrc", "release_mbid"])
def test_empty_fields_are_as_good_as_absent(key: str, empty: Any) -> None:
    more = {"duration_ms": 200_000, "duration": None, key: empty}
    listen = track(additional_info=more, release_name=empty)
    assert read(json.dumps(make_body(listen)).encode(), NOW).listens == (listen,)


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_there_may_be_nothing_more(empty: Any) -> None:
    listen = track(additional_info=empty)
    assert read(json.dumps(make_body(listen)).encode(), NOW).listens == (listen,)


@pytest.mark.parametrize("told", ["1700000000", 1_700_000_000.0, int(EARLIEST.timestamp())])
def test_times_may_be_written_in_several_ways(told: Any) -> None:
    listen = {**GOOD, "listened_at": told}
    assert read(json.dumps(make_body(listen)).encode(), NOW).listens == (listen,)


def test_a_clock_may_be_an_hour_ahead() -> None:
    soon = NOW + timedelta(hours=1)
    assert read(json.dumps(make_body(make_listen(soon - SECOND))).encode(), NOW).listens
    assert fault(make_body(make_listen(soon))) == (Fault.TOO_LATE, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"listen_type": "single", "payload": [',
        b'{"listen_type": "single", "payload": [{"listened_at": NaN}]}',
        b"\xff\xfe",
        '{"listen_type": "single"}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"payload": ' + b"1" * 5_000 + b"}",
    ],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    assert fault(body) == (Fault.NOT_JSON, None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], Fault.NO_LISTENS),
        ("text", Fault.NO_LISTENS),
        ({"listen_type": "single"}, Fault.NO_LISTENS),
        ({"listen_type": "single", "payload": []}, Fault.NO_LISTENS),
        ({"listen_type": "single", "payload": {}}, Fault.NO_LISTENS),
        ({"payload": [GOOD]}, Fault.BAD_TYPE),
        ({"listen_type": "loved", "payload": [GOOD]}, Fault.BAD_TYPE),
        ({"listen_type": ["single"], "payload": [GOOD]}, Fault.BAD_TYPE),
        (make_body(GOOD, GOOD, kind="single"), Fault.NOT_ONE),
        (make_body(GOOD, GOOD, kind="playing_now"), Fault.NOT_ONE),
        (make_body(*[GOOD] * (MOST_LISTENS + 1)), Fault.TOO_MANY),
    ],
)
def test_a_body_of_another_shape_is_refused(body: Any, expected: Fault) -> None:
    assert fault(body) == (expected, None)


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        (None, Fault.NO_METADATA),
        ("text", Fault.NO_METADATA),
        ({"listened_at": 1_700_000_000}, Fault.NO_METADATA),
        ({"listened_at": 1_700_000_000, "track_metadata": []}, Fault.NO_METADATA),
        ({**GOOD, "user_name": "me"}, Fault.MORE_KEYS),
        ({"track_metadata": GOOD["track_metadata"]}, Fault.NO_TIME),
        ({**GOOD, "listened_at": None}, Fault.NO_TIME),
        ({**GOOD, "listened_at": ""}, Fault.NO_TIME),
        ({**GOOD, "listened_at": "yesterday"}, Fault.BAD_TIME),
        ({**GOOD, "listened_at": True}, Fault.BAD_TIME),
        ({**GOOD, "listened_at": [1]}, Fault.BAD_TIME),
        ({**GOOD, "listened_at": 1e300}, Fault.TOO_LATE),
        ({**GOOD, "listened_at": 1_700_000_000_000}, Fault.TOO_LATE),
        (make_listen(EARLIEST - SECOND), Fault.TOO_EARLY),
        ({**GOOD, "listened_at": -1}, Fault.TOO_EARLY),
        (track(artist_name=None), Fault.NO_ARTIST),
        (track(artist_name=["Band"]), Fault.NO_ARTIST),
        (track(artist_name=" \n"), Fault.NO_ARTIST),
        (track(track_name=""), Fault.NO_TRACK),
        (track(track_name="\0 "), Fault.NO_TRACK),
        (track(track_name=7), Fault.NO_TRACK),
        (track(additional_info="text"), Fault.BAD_INFO),
        (track(additional_info={"duration": 200, "duration_ms": 200_000}), Fault.TWO_DURATIONS),
        (track(additional_info={"tags": ["x"] * 51}), Fault.BAD_TAGS),
        (track(additional_info={"tags": ["x" * 65]}), Fault.BAD_TAGS),
        (track(additional_info={"tags": "rock"}), Fault.BAD_TAGS),
        (track(additional_info={"note": "x" * LONGEST_LISTEN}), Fault.TOO_LARGE),
        (track(additional_info={"note": "\ud800" * LONGEST_LISTEN}), Fault.TOO_LARGE),
    ],
)
def test_one_bad_listen_refuses_all_and_is_named(listen: Any, expected: Fault) -> None:
    assert fault(make_body(GOOD, GOOD, listen)) == (expected, 3)


def test_a_listen_with_a_time_does_not_play_now() -> None:
    assert fault(make_body(GOOD, kind="playing_now")) == (Fault.HAS_TIME, 1)


def test_the_longest_listen_passes() -> None:
    bare = len(json.dumps(track(additional_info={"note": ""}), separators=(",", ":")))
    listen = track(additional_info={"note": "x" * (LONGEST_LISTEN - bare)})
    assert read(json.dumps(make_body(listen, GOOD)).encode(), NOW).listens
    listen["track_metadata"]["additional_info"]["note"] += "x"
    assert fault(make_body(listen, GOOD)) == (Fault.TOO_LARGE, 1)
