"""Measures trends: how few calls albums take to find their ids, and how evenly they are spread."""

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import datetime

import psycopg2
import requests
from psycopg2.extras import execute_values

from bench.install import Install, Stage, make_install
from bench.processes import running
from bench.table import Row
from demo.standin import catalogue
from webapp.domain.trends import Kind, match_key

ALBUMS, PROCESSES = 500, 4
HAMMER_SECONDS, WINDOW_SECONDS = 30, 10
CONTACT = {"OPERATOR_CONTACT": "bench@example.org"}
TREND = """
INSERT INTO trend_items (kind, name, artist_names, released, image_url, spotify_id, upc, match_key,
  first_seen_at, last_seen_at) VALUES %s
"""
HOWS = "SELECT how, release_group IS NOT NULL, count(*) FROM album_matches GROUP BY 1, 2"


def measure_musicbrainz(stage: Stage) -> list[Row]:
    """Count calls for 500 albums, and calls in ten seconds of four processes."""
    return [_measure_calls(stage), _measure_pace(stage)]


def _measure_calls(stage: Stage) -> Row:
    """Look 500 albums up as a worker does, at a pace that nobody has to wait for."""
    install = make_install(stage, MUSICBRAINZ_SECONDS="0.001", **CONTACT)
    _chart(install)
    _run(install, [])
    hows = {(how, found): count for how, found, count in install.query(HOWS)}
    assert hows["url", True] == 0.73 * ALBUMS, hows
    assert sum(hows.values()) == ALBUMS
    asked = Counter("text" if "releasegroup" in call["query"] else "other" for call in _log(stage))
    found = sum(count for (_, good), count in hows.items() if good)
    return Row(
        what=f"{ALBUMS} albums enriched from the stand-in ({found} found)",
        target="at most 40 requests beyond one per text search",
        measured=f"{asked['other']} ({asked['text']} text searches)",
        met=asked["other"] <= 40 and asked["text"] <= ALBUMS - hows["url", True],
    )


def _measure_pace(stage: Stage) -> Row:
    """Let four processes call as often as they may, at the usual pace."""
    install = make_install(stage, **CONTACT)
    stage.standin.act("set_clock")
    _run(install, ["--hammer", str(HAMMER_SECONDS)], processes=PROCESSES)
    times = sorted(datetime.fromisoformat(call["at"]) for call in _log(stage))
    most = busiest([moment.timestamp() for moment in times], WINDOW_SECONDS)
    assert len(times) > HAMMER_SECONDS / 2, "they did call"
    return Row(
        what=f"MusicBrainz calls, {PROCESSES} processes, any {WINDOW_SECONDS} s window",
        target="at most 10",
        measured=f"{most} ({len(times)} in {HAMMER_SECONDS} s)",
        met=most <= 10,
    )


def busiest(times: Sequence[float], seconds: float) -> int:
    """Count the most moments in any span, its ends included; `times` ascend."""
    return max(
        (sum(first <= moment <= first + seconds for moment in times) for first in times), default=0
    )


def _chart(install: Install) -> None:
    """Let 500 albums of the stand-in be met in charts."""
    music = catalogue.generate()
    rows = []
    for album_id in sorted(music.albums)[:ALBUMS]:
        album = music.albums[album_id]
        artists = ", ".join(music.artists[one].name for one in album.artist_ids)
        key = match_key(Kind.ALBUM, album.name, artists)
        day = f"{album.release_date[:4]}-01-01"
        rows.append((*("album", album.name, artists, day, "/x"), album_id, album.upc, key))
    with (
        closing(psycopg2.connect(install.database_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        execute_values(cursor, TREND, rows, template="(%s,%s,%s,%s,%s,%s,%s,%s,now(),now())")


def _run(install: Install, options: Sequence[str], *, processes: int = 1) -> None:
    """Run `bench.lookup` to its end, side by side."""
    command = [sys.executable, "-m", "bench.lookup", *options]
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                running(command, environment=install.environment, log=install.stage.log)
            )
            for _ in range(processes)
        ]
        assert all(process.wait(300) == 0 for process in started)


def _log(stage: Stage) -> list[dict[str, str]]:
    """Read the calls to MusicBrainz."""
    answer = requests.get(
        f"{stage.standin.url}/_control/log", params={"part": "/musicbrainz/"}, timeout=30
    )
    calls: list[dict[str, str]] = answer.json()["calls"]
    return calls
