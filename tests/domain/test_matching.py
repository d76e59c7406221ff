"""What to ask MusicBrainz next, for which albums, and how long a miss is believed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from webapp.domain import matching
from webapp.domain.matching import Album, Step, Way, bare_barcode, next_step

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
RELEASE, GROUP = UUID(int=1), UUID(int=2)
WHOLE = Album(
    key="trend:1",
    trending=True,
    name="Reel",
    artists="Nia Osei",
    spotify_id="a" * 22,
    barcode="0602445790128",
    given=GROUP,
)
NAMED = replace(WHOLE, spotify_id=None, barcode=None, given=None)


def step_after(album: Album, way: Way) -> Step | None:
    return next_step(replace(album, how=way))


def test_the_cheapest_question_comes_first_and_each_once() -> None:
    steps, album = [], WHOLE
    while step := next_step(album):
        steps.append(step)
        album = matching.missed(album, Way(step.value), NOW)
        if album.retry_at != NOW:
            break
    assert steps == [Step.GIVEN, Step.URL, Step.BARCODE, Step.TEXT]
    assert album.retry_at == NOW + WEEK, "a miss is believed for a week"
    assert next_step(album) is Step.GIVEN, "then it begins anew"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, [Way.TEXT]),
        ({"name": "  "}, []),
        ({"artists": ""}, []),
        ({"spotify_id": "x"}, [Way.URL, Way.TEXT]),
        ({"barcode": "000"}, [Way.TEXT]),
        ({"barcode": "602445790128", "name": ""}, [Way.BARCODE]),
        ({"given": GROUP, "artists": ""}, [Way.GIVEN]),
    ],
)
def test_only_what_is_known_can_be_asked_for(known: Any, expected: list[Way]) -> None:
    album = replace(NAMED, **known)
    assert list(matching.ways(album)) == expected
    assert (next_step(album) is None) is (not expected)
    assert matching.hopeless([album], NOW) == (
        [] if expected else [replace(album, retry_at=NOW + WEEK)]
    )


def test_a_release_asks_for_its_group_and_a_group_for_a_cover() -> None:
    linked = matching.linked(WHOLE, Way.URL, RELEASE, NOW)
    assert next_step(linked) is Step.GROUP
    assert matching.is_due(linked, NOW)
    pictured = matching.grouped(linked, Way.URL, GROUP, NOW, release=RELEASE)
    assert next_step(pictured) is None
    assert pictured.retry_at is None, "all is known"
    bare = matching.grouped(replace(linked, pictured=False), Way.URL, GROUP, NOW)
    assert next_step(bare) is Step.COVER
    assert matching.covered(bare, "/front", NOW).retry_at is None
    assert matching.covered(bare, None, NOW).retry_at == NOW + WEEK


@pytest.mark.parametrize(
    ("step", "how", "following"),
    [
        (Step.URL, None, Step.BARCODE),
        (Step.GROUP, Way.URL, Step.BARCODE),
        (Step.GROUP, Way.BARCODE, Step.TEXT),
        (Step.BARCODE, Way.URL, Step.TEXT),
    ],
)
def test_what_cannot_be_asked_is_left_for_the_next_way(
    step: Step, how: Way | None, following: Step
) -> None:
    given_up = matching.given_up(replace(WHOLE, how=how, mbid=RELEASE), step, NOW)
    assert next_step(given_up) is following
    assert given_up.mbid is None


def albums(count: int, **known: Any) -> list[Album]:
    return [replace(NAMED, key=f"{known}{n}", **known) for n in range(count)]


def test_calls_are_filled_and_what_trends_comes_first() -> None:
    saved = albums(150, trending=False, spotify_id="x")
    by_name, by_url = albums(3), albums(2, spotify_id="x")
    planned = matching.plan([*saved, *by_name, *by_url])
    assert planned
    assert planned.step is Step.URL
    assert len(planned.albums) == 100
    assert planned.albums == tuple(saved[:100])
    after = matching.plan([*by_name, *saved])
    assert after
    assert (after.step, after.albums) == (Step.TEXT, (by_name[0],)), "trending before cheap"
    assert matching.plan([*by_name, *by_url], 1) == matching.Plan(
        step=Step.URL, albums=(by_url[0],)
    )
    assert matching.plan([]) is None
    barcodes = matching.plan(albums(60, barcode="602445790128"))
    assert barcodes
    assert len(barcodes.albums) == 50


def test_what_is_left_is_as_it_is_now() -> None:
    first, second, third = albums(3)
    missed = matching.missed(first, Way.TEXT, NOW)
    again = matching.linked(third, Way.URL, RELEASE, NOW)
    assert matching.left([first, second, third], [missed, again], NOW) == [second, again]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("0602445790128", "602445790128"),
        ("00602445790128", "602445790128"),
        (" 6 02445-790128", "602445790128"),
        ("", None),
        (None, None),
        ("0000000", None),
        ("١٢٣٤٥٦٧٨", None),
        ("12345) OR barcode:(*", None),
        ("1" * 15, None),
    ],
)
def test_barcodes_are_digits(told: str | None, expected: str | None) -> None:
    assert bare_barcode(told) == expected
