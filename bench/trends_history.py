"""Measures what was kept of charts for five years: pages of albums, and statistics."""

import time
from contextlib import closing
from random import Random
from statistics import median, quantiles
from urllib.parse import urlencode

import psycopg2
import redis

from bench import listening
from bench.install import Install, Stage, make_install
from bench.table import Row, middle

LISTENER = "tiny"
PLAYS = 100_000
CHARTS = (
    ("deezer", "albums"),
    ("deezer", "releases"),
    ("listenbrainz", "fresh_releases"),
    ("listenbrainz", "release_groups"),
    ("spotify", "new_releases"),
)
PLACES = 41
LOOKS = 5 * 365 * 4
"""Every six hours: with 5 charts of 41 places, 1.5 million appearances."""
ALBUMS = 100
"""So many albums there are for each place of each chart, one after the other."""
ROUNDS = 3
ASKED = 40
KEPT = "made:0:*"
"""Where the web keeps what is made of a chart until the next look."""

ITEMS = """
INSERT INTO trend_items (kind, name, artist_names, spotify_id, image_url, match_key,
  first_seen_at, last_seen_at)
SELECT 'album', 'Album ' || n, 'The ' || n || ' Somebodies',
  CASE WHEN n %% 3 = 0 THEN 'album' || n END, 'https://i.scdn.co/image/' || n,
  'the' || n || 'somebodies|album' || n, now(), now()
FROM generate_series(1, %(items)s) n
"""

# An album holds a slot for days to weeks, and slots go round: places rise and fall.
APPEARANCES = """
INSERT INTO trend_appearances (item_id, source, chart, position, seen_at)
SELECT 1 + (c.number - 1) * %(places)s * %(albums)s + slot * %(albums)s
    + (look + slot * 13) / (20 + slot * 5) %% %(albums)s,
  c.source, c.chart, 1 + (slot + look / 9) %% %(places)s,
  date_trunc('hour', now()) - (%(looks)s - look) * interval '6 hours'
FROM unnest(%(sources)s::text[], %(charts)s::text[]) WITH ORDINALITY AS c (source, chart, number),
  generate_series(1, %(looks)s) look, generate_series(0, %(places)s - 1) slot
"""
WEEKS = """
INSERT INTO trend_weeks (item_id, source, chart, week, best, appearances)
SELECT item_id, source, chart, date_trunc('week', seen_at AT TIME ZONE 'UTC')::date,
  min(position), count(*) FROM trend_appearances GROUP BY 1, 2, 3, 4
"""


def measure_appearances(stage: Stage) -> list[Row]:
    """Ask for albums and statistics at random, one at a time, as a listener who is signed in."""
    install = make_install(stage)
    with install.web():
        install.sign_in(LISTENER)
        listening.seed(install, PLAYS)
        appearances = _seed(install)
        rng = Random(LISTENER)
        _ask_around(install, rng)
        rounds = [_ask_around(install, rng) for _ in range(ROUNDS)]
    names = ("album history", "statistics page, right after a look", "statistics page, once more")
    what = f"{appearances:,} appearances in charts, {PLAYS:,} plays"
    return [
        _row(f"{name}, {what}", [round_[at] for round_ in rounds]) for at, name in enumerate(names)
    ]


def _row(what: str, rounds: list[list[float]]) -> Row:
    p95 = [quantiles(round_, n=20)[-1] * 1000 for round_ in rounds]
    p50 = [median(round_) * 1000 for round_ in rounds]
    return Row(
        what=what,
        target="p95 at most 60 ms",
        measured=f"p95 {middle(p95, 'ms')}; p50 {middle(p50, 'ms')}",
        met=median(p95) <= 60,
    )


def _seed(install: Install) -> int:
    with closing(psycopg2.connect(install.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(ITEMS, {"items": len(CHARTS) * PLACES * ALBUMS})
            values = {"places": PLACES, "albums": ALBUMS, "looks": LOOKS}
            names = {"sources": [c[0] for c in CHARTS], "charts": [c[1] for c in CHARTS]}
            cursor.execute(APPEARANCES, {**values, **names})
            written = cursor.rowcount
            cursor.execute(WEEKS)
            cursor.execute("VACUUM ANALYZE")
    return written


def _ask_around(install: Install, rng: Random) -> tuple[list[float], ...]:
    """Give the seconds of albums' pages, and of statistics: made anew, and once more."""
    albums, anew, again = [], [], []
    with redis.Redis.from_url(install.environment["REDIS_URL"]) as client:
        for number in range(ASKED):
            item_id = rng.randint(1, len(CHARTS) * PLACES * ALBUMS)
            albums.append(_ask(install, f"/browse/albums/{item_id}"))
            source, chart = CHARTS[number % len(CHARTS)]
            query = urlencode({"source": source, "chart": chart})
            for key in client.scan_iter(match=KEPT):
                client.delete(key)
            anew.append(_ask(install, f"/browse/statistics?{query}"))
            again.append(_ask(install, f"/browse/statistics?{query}"))
    return albums, anew, again


def _ask(install: Install, path: str) -> float:
    began = time.perf_counter()
    answer = install.browser.get(f"{install.url}{path}", allow_redirects=False, timeout=60)
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, (path, answer.status_code)
    return seconds
