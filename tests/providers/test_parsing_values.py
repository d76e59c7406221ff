"""Odd numbers, dates, pictures and texts inside Spotify's JSON, by hand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.spotify_json import ALBUM, ARTIST, TRACK, page, track
from webapp.providers.spotify import parsing
from webapp.providers.spotify.parsing import things


@pytest.mark.parametrize(
    ("told", "duration"),
    [
        (1, 1),
        ("201000", 201_000),
        (201_000.0, 201_000),
        (0, None),
        (-1, None),
        (49 * 3_600_000, None),
        (10**30, None),
        (True, None),
        ({}, None),
        ("long", None),
        (1.5, None),
    ],
)
def test_durations(told: Any, duration: int | None) -> None:
    assert track(duration_ms=told).duration_ms == duration


@pytest.mark.parametrize(
    ("told", "precision", "date"),
    [
        ("1999", "year", ("1999", "year")),
        ("1999-09", "month", ("1999-09", "month")),
        ("1999-09-09", "day", ("1999-09-09", "day")),
        ("1999-09-09", None, ("1999-09-09", "day")),
        ("1999-01-01", "year", ("1999", "year")),
        ("1999", "day", ("1999", "year")),
        ("1999-13-01", "day", ("1999", "year")),
        ("1999-02-30", "day", ("1999-02", "month")),
        ("2024-W01-1", "day", ("2024", "year")),
        ("0000", "year", (None, None)),
        ("soon", "day", (None, None)),
        ("", "day", (None, None)),
        (None, None, (None, None)),
        (1999, ["day"], (None, None)),
    ],
)
def test_release_dates(told: Any, precision: Any, date: tuple[str | None, str | None]) -> None:
    album = track(album={**ALBUM, "release_date": told, "release_date_precision": precision}).album
    assert (album.release_date, album.release_precision) == date


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2025-11-21T06:45:20.497Z", datetime(2025, 11, 21, 6, 45, 20, 497_000, tzinfo=UTC)),
        ("2025-11-21T06:45:20.497999Z", datetime(2025, 11, 21, 6, 45, 20, 497_000, tzinfo=UTC)),
        ("2025-11-21T07:45:20+01:00", datetime(2025, 11, 21, 6, 45, 20, tzinfo=UTC)),
        ("2025-11-21T06:45:20", datetime(2025, 11, 21, 6, 45, 20, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("2025-02-30T00:00:00Z", None),
        ("yesterday", None),
        (1_763_700_000, None),
        (None, None),
    ],
)
def test_moments(told: Any, expected: datetime | None) -> None:
    entry = {"track": TRACK, "added_at": told, "played_at": told}
    (saved,) = parsing.saved_tracks(page(entry)).items
    (played,) = parsing.recently_played(page(entry)).items
    assert saved
    assert saved.added_at == expected
    assert (played and played.ended_at) == expected  # a play without its time is none


@pytest.mark.parametrize(
    ("widths", "chosen"),
    [
        ((640, 300, 64), 1),
        ((640, 64), 1),
        ((640,), 0),
        ((None, None), 0),
        ((None, 640), 1),
        (("640", "300"), 1),
        ((0, 64), 1),
        ((), None),
    ],
)
def test_the_image_nearest_to_300_px(widths: tuple[Any, ...], chosen: int | None) -> None:
    images = [{"url": f"https://i/{n}", "width": width} for n, width in enumerate(widths)]
    found = things.artist({**ARTIST, "images": images})
    assert found
    assert found.full
    assert found.image_url == (None if chosen is None else f"https://i/{chosen}")


@pytest.mark.parametrize(
    "images",
    [
        None,
        {},
        "x",
        [None, 7],
        [{"width": 300}],
        [{"url": "javascript:alert(1)"}],
        [{"url": "https://" + "x" * 3_000}],
    ],
)
def test_no_image(images: Any) -> None:
    assert track(album={**ALBUM, "images": images}).album.image_url is None


def test_what_postgresql_refuses_is_gone_inside_raw_too() -> None:
    found = track(
        name="O\x00n\ud800e", extra={"\x00key": ["\udfff", float("nan"), float("inf"), "ok\n"]}
    )
    assert found.name == "On\ufffde"
    assert found.raw["name"] == "On\ufffde"
    assert found.raw["extra"] == {"key": ["\ufffd", None, None, "ok\n"]}


def test_long_texts_and_deep_nesting_are_cut() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    found = track(name="x" * 2_000, lyrics="y" * 50_000, deep=deep, artists=[ARTIST] * 1_000)
    assert len(found.name) == 1_000
    assert found.name.endswith("x…")
    assert len(found.raw["lyrics"]) == 10_000
    assert str(found.raw["deep"]).count("[") < 20
    assert len(found.artist_names) == 1_000
