"""Exports that people really had: every row is accounted for."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, pairwise

import pytest

from tests import recorded
from webapp.domain.reports import Row, Source, Told
from webapp.providers.exports import READERS, SOURCES, Kind, Limits, members, recognise

pytestmark = recorded.needs_recordings

EXPORTS = recorded.DATA / "exports"
SAMPLES = recorded.DATA / "samples"
ROWS = 41_418
YEARS = set(range(2013, 2025))


def rows_of(path: str) -> Iterator[Row]:
    """Read all that is listening in a package."""
    with (EXPORTS / path).open("rb") as file:
        for member in members(file, Limits()):
            kind = recognise(member.head())
            if kind in READERS and not member.ignored:
                yield from READERS[kind](member.chunks())


@pytest.fixture(scope="module")
def extended() -> list[Row]:
    return list(rows_of("extended_2013_2024.zip"))


def test_every_row_of_twelve_years_is_accounted_for(extended: list[Row]) -> None:
    assert len(extended) == ROWS
    assert Counter((row.told, row.reason) for row in extended) == {
        (Told.PLAY, ""): 41_193,
        (Told.PODCAST, "podcast"): 87,
        (Told.UNREADABLE, "no_track"): 138,
    }


def test_rows_are_numbered_as_in_their_files(extended: list[Row]) -> None:
    sizes = [16_581, 16_338, 8_357, 142]
    expected = chain.from_iterable(range(1, size + 1) for size in sizes)
    assert [row.number for row in extended] == list(expected)


def test_plays_of_twelve_years_are_whole(extended: list[Row]) -> None:
    plays = [row for row in extended if row.told is Told.PLAY]
    assert all(row.at and row.track_id and row.title and row.artist for row in plays)
    assert {row.at.year for row in plays if row.at} == YEARS
    assert Counter(row.skipped for row in extended) == {None: 27_643, False: 9_995, True: 3_780}
    assert sum(row.done for row in extended) == 22_211
    assert max(row.ms_played or 0 for row in extended) > 5 * 60 * 60 * 1_000


def test_plays_without_network_follow_each_other(extended: list[Row]) -> None:
    """What was uploaded in one second was not heard in one second."""
    offline = [row for row in extended if row.kept.get("offline") is True]
    together = Counter(row.kept["ts"] for row in offline)
    assert max(together.values()) > 20
    spans = sorted(
        (row.at.timestamp() - row.ms_played / 1_000, row.at.timestamp())
        for row in offline
        if row.at and row.ms_played and row.kept.get("offline_timestamp")
    )
    assert len(spans) > 200
    assert all(before[1] <= after[0] + 3 for before, after in pairwise(spans))


def test_nothing_personal_of_twelve_years_is_kept(extended: list[Row]) -> None:
    keys = Counter(chain.from_iterable(row.kept for row in extended))
    assert keys["ts"] == ROWS
    assert not [key for key in keys if key.startswith(("ip_", "user"))]


@pytest.mark.parametrize(
    ("path", "kind", "count", "artists"),
    [
        ("exports/gabehf__koito_export_test.json", Kind.KOITO, 13, 3),
        ("exports/gabehf__maloja_import_test.json", Kind.MALOJA, 38, 1),
        ("samples/exports/koito_Streaming_History_Audio.json", Kind.EXTENDED, 6, 3),
        ("samples/exports/lastfm_recenttracks_sample_koito.json", Kind.LASTFM_API, 10, 9),
        ("samples/exports/StreamingHistory_music_0_MADEUP.json", Kind.ACCOUNT, 2, 1),
        ("samples/listenbrainz/listens_MADEUP.json", Kind.LISTENBRAINZ, 1, 1),
        ("samples/listenbrainz/submit_single_request_MADEUP.json", Kind.LISTENBRAINZ, 1, 1),
    ],
)
def test_the_exports_of_others(path: str, kind: Kind, count: int, artists: int) -> None:
    data = (recorded.DATA / path).read_bytes()
    assert recognise(data) is kind
    rows = list(READERS[kind]([data]))
    assert [row.told for row in rows] == [Told.PLAY] * count
    assert len({row.artist for row in rows}) == artists


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("gabehf__listenbrainz_shoko1_123456789.zip", 19),
        ("gabehf__listenbrainz_shoko1_1749780844.zip", 5),
    ],
)
def test_packages_of_listenbrainz(path: str, count: int) -> None:
    rows = list(rows_of(path))
    assert [row.told for row in rows] == [Told.PLAY] * count
    assert all(row.is_start for row in rows)
    assert SOURCES[Kind.LISTENBRAINZ] is Source.LISTENBRAINZ
