"""The stand-in's charts have the fields of Deezer's recorded answers, and ListenBrainz' own."""

import json
from typing import Any

import pytest
import requests

from demo.standin.server import StandIn
from tests.recorded import DATA, needs_recordings, objects
from webapp.domain.trends import CHARTS
from webapp.providers import deezer, listenbrainz_charts

PATHS = {
    "deezer/chart_0_albums.json": "deezer/chart/0/albums",
    "deezer/chart_0_tracks.json": "deezer/chart/0/tracks",
    "deezer/editorial_id_releases.json": "deezer/editorial/0/releases",
    "listenbrainz/fresh_releases_sitewide_MADEUP.json": "listenbrainz/1/explore/fresh-releases/",
    "listenbrainz/sitewide_release_groups_MADEUP.json": (
        "listenbrainz/1/stats/sitewide/release-groups"
    ),
}


@needs_recordings
@pytest.mark.parametrize("name", PATHS)
def test_every_field_is_one_that_the_service_sends(standin: StandIn, name: str) -> None:
    recorded = json.loads((DATA / "samples" / name).read_text())
    ours = ask(standin, PATHS[name])
    # A release without a type or with one; and what counts in the name of the list.
    free = {"release_group_primary_type", "total_release_group_count"}
    assert shapes(ours) - shapes(recorded) <= free


@needs_recordings
def test_a_recorded_chart_is_read_whole() -> None:
    charts = {chart.key: chart for chart in CHARTS}
    for name, key in (
        ("chart_0_albums", "deezer:albums"),
        ("chart_0_tracks", "deezer:tracks"),
        ("editorial_id_releases", "deezer:releases"),
    ):
        document = json.loads((DATA / "samples" / "deezer" / f"{name}.json").read_text())
        found = deezer.entries(document, charts[key])
        assert len(found) == len(document["data"])
        assert all(one.deezer_id and one.image_url and one.artist_names for one in found)
    folder = DATA / "samples" / "listenbrainz"
    for name, key in (
        ("fresh_releases_sitewide", "listenbrainz:fresh_releases"),
        ("sitewide_release_groups", "listenbrainz:release_groups"),
    ):
        document = json.loads((folder / f"{name}_MADEUP.json").read_text())
        (one,) = listenbrainz_charts.entries(document, charts[key], "https://covers.example")
        assert one.mbid
        assert str(one.image_url).startswith("https://covers.example/release/")
        assert str(one.image_url).endswith("-250.jpg")


def test_covers_are_where_a_chart_says_and_errors_come_with_200(standin: StandIn) -> None:
    path = "listenbrainz/1/stats/sitewide/release-groups?count=100"
    rows = ask(standin, path)["payload"]["release_groups"]
    assert len(rows) == 100
    covered = next(row for row in rows if row["caa_id"])
    cover = f"coverart/release/{covered['caa_release_mbid']}/{covered['caa_id']}-250.jpg"
    assert requests.get(f"{standin.url}/{cover}", timeout=5).ok
    assert ask(standin, "deezer/chart/0/nothing") == {
        "error": {"type": "DataException", "message": "no data", "code": 800}
    }


def ask(standin: StandIn, path: str) -> Any:
    answer = requests.get(f"{standin.url}/{path}", timeout=5)
    assert answer.status_code == 200
    return answer.json()


def shapes(value: Any) -> set[str]:
    return {key for one in objects(value) for key in one}
