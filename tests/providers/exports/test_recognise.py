"""A file is what it holds, whatever it is called, and however little of it is seen."""

import gzip
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.exports.writing import (
    ACCOUNT,
    EXTENDED,
    KOITO,
    LASTFM,
    LISTEN,
    MALOJA,
    lines_of,
    zipped,
)
from webapp.providers.exports import OPENING, READERS, SOURCES, Kind, recognise

SAVED = {"artist": "Ana", "album": "First", "track": "One", "uri": "spotify:track:x"}
LOG = {"timestamp_utc": "2020-10-29T06:08:27.652Z", "context_application_version": "8.5"}


def as_json(value: Any) -> bytes:
    return json.dumps(value, indent=2).encode()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (as_json([EXTENDED]), Kind.EXTENDED),
        (as_json([EXTENDED] * 500), Kind.EXTENDED),
        (as_json([EXTENDED]).decode().encode("utf-16"), Kind.EXTENDED),
        (b"\xef\xbb\xbf \n" + as_json([EXTENDED]), Kind.EXTENDED),
        (as_json([ACCOUNT]), Kind.ACCOUNT),
        (as_json([{"endTime": "x", "podcastName": "x", "msPlayed": 1}]), Kind.ACCOUNT),
        (lines_of([LISTEN] * 3), Kind.LISTENBRAINZ),
        (as_json([LISTEN]), Kind.LISTENBRAINZ),
        (as_json({"payload": {"count": 1, "listens": [LISTEN]}}), Kind.LISTENBRAINZ),
        (
            as_json({"payload": {"count": 0, "listens": [], "latest_listen_ts": 0}}),
            Kind.LISTENBRAINZ,
        ),
        (as_json({"listen_type": "single", "payload": [LISTEN]}), Kind.LISTENBRAINZ),
        (as_json({"recenttracks": {"track": [LASTFM]}}), Kind.LASTFM_API),
        (as_json([{"track": [LASTFM], "@attr": {"totalPages": "1"}}]), Kind.LASTFM_API),
        (as_json([LASTFM]), Kind.LASTFM_API),
        (as_json({"maloja": {}, "scrobbles": [MALOJA]}), Kind.MALOJA),
        (as_json({"version": "1", "listens": [KOITO]}), Kind.KOITO),
        (as_json({"version": "1", "exported_at": "x", "listens": []}), Kind.KOITO),
        (as_json({"tracks": [SAVED] * 5_000, "albums": [], "artists": []}), Kind.LIBRARY),
        (as_json({"tracks": [], "albums": [], "shows": [], "artists": []}), Kind.LIBRARY),
        (as_json({"playlists": [{"name": "Mix", "items": []}]}), Kind.PLAYLISTS),
        (as_json([{**LOG, "message_ms_played": 7, "ts": 1, "ms_played": 2}]), Kind.TECHNICAL_LOG),
        (b"Ana,First,One,31 Jan 2021 12:34\n", Kind.LASTFM_CSV),
        (b"uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n", Kind.LASTFM_CSV),
        ("Títle;Artist;Track;Time\n1;2;3;4\n".encode("latin-1"), Kind.LASTFM_CSV),
        (b"1612096496\tOne\tAna\tFirst\tm1\tm2\tm3\n" * 2_000, Kind.LASTFM_CSV),
        (as_json({"username": "x", "email": "x", "country": "SE"}), Kind.PERSONAL),
        (as_json({"displayName": "x", "firstName": "x"}), Kind.PERSONAL),
        (as_json({"payment_method": "x"}), Kind.PERSONAL),
        (as_json({"userIsFollowing": [], "userIsFollowedBy": []}), Kind.PERSONAL),
        (as_json({"inferences": ["x"]}), Kind.PERSONAL),
        (as_json([{"searchTime": "x", "searchQuery": "x"}]), Kind.PERSONAL),
        (as_json({"address": "x"}), Kind.PERSONAL),
        (lines_of([{"user_id": 1, "username": "x"}]), Kind.PERSONAL),
        (lines_of([{"recording_msid": "x", "score": 1}] * 2), Kind.PERSONAL),
        (zipped({"a": b"b"}).getvalue(), Kind.ZIP),
        (zipped({}).getvalue(), Kind.ZIP),
        (b"", Kind.EMPTY),
        (b" \n", Kind.EMPTY),
        (b"\xef\xbb\xbf", Kind.EMPTY),
        (b"[ ]", Kind.EMPTY),
        (b"{\n}\n", Kind.EMPTY),
        (b"[1, 2, 3]", Kind.UNKNOWN),
        (as_json({"tracks": {"items": [{"track": {"artists": [], "uri": "x"}}]}}), Kind.UNKNOWN),
        (b"hello,world\n1,2\n", Kind.UNKNOWN),
        (b"<html><body>", Kind.UNKNOWN),
        (b"%PDF-1.7\n\x00\x01\xff", Kind.UNKNOWN),
        (gzip.compress(b"x" * 99, mtime=0), Kind.UNKNOWN),
        ("[]".encode("utf-32"), Kind.UNKNOWN),
    ],
)
def test_a_file_is_told_by_its_content(data: bytes, kind: Kind) -> None:
    assert recognise(data[:OPENING]) is kind


def test_what_is_said_in_a_title_is_no_key() -> None:
    item = {"name": 'x", "ts": 1, "ms_played": 2, "y": "', "other": 1}
    assert recognise(as_json([item])) is Kind.UNKNOWN


@given(st.binary(max_size=300))
def test_anything_is_told(data: bytes) -> None:
    assert recognise(data) in Kind


def test_every_kind_of_listening_has_a_reader_and_a_source() -> None:
    assert READERS.keys() == SOURCES.keys()
    assert not READERS.keys() & {Kind.PERSONAL, Kind.TECHNICAL_LOG, Kind.UNKNOWN, Kind.ZIP}


def test_a_stream_is_recognised_by_its_head() -> None:
    data = as_json([EXTENDED] * 500)
    assert recognise(io.BytesIO(data).read(1_000)) is Kind.EXTENDED
