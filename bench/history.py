"""Measures the history page of a listener with a million plays, at random positions."""

import html
import re
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median, quantiles

import psycopg2

from bench.crowd import COUNT_DAYS
from bench.install import Install, Stage, make_install
from bench.table import Row, middle

LISTENER = "tiny"
PLAYS, TRACKS, ALBUMS, ARTISTS = 1_000_000, 20_000, 6_000, 3_000
SECONDS_APART = 400
POSITIONS = 25
"""Each is three requests: a day, and from there one page back and one page on."""
ROUNDS = 3
LINK = re.compile(r'href="(/history\?(?:before|after)=[^"]+)"')
SHOWN = re.compile(r'class="row play"')

# Favourites are played more than the rest, and the older part came by import.
SEED = f"""
SELECT setseed(0.5);
INSERT INTO artists (id, name, image_url, is_full, raw, fetched_at)
SELECT 'artist' || n, 'The ' || n || ' Somebodies', 'https://i.scdn.co/image/' || n, false, '{{}}',
  now() FROM generate_series(0, {ARTISTS - 1}) n;
INSERT INTO albums (id, name, artist_names, album_type, release_date, release_precision,
  release_year, total_tracks, image_url, is_full, raw, fetched_at)
SELECT 'album' || n, 'Album ' || n, 'The ' || n % {ARTISTS} || ' Somebodies', 'album',
  1960 + n % 65, 'year', 1960 + n % 65, 10, 'https://i.scdn.co/image/' || n, false, '{{}}', now()
FROM generate_series(0, {ALBUMS - 1}) n;
INSERT INTO tracks (id, name, artist_names, kind, album_id, duration_ms, explicit, isrc, raw,
  fetched_at)
SELECT 'track' || n, 'Song ' || n, 'The ' || n % {ALBUMS} % {ARTISTS} || ' Somebodies', 'track',
  'album' || n % {ALBUMS}, 120000 + n * 7919 % 180000, false, 'XX' || n, '{{}}', now()
FROM generate_series(0, {TRACKS - 1}) n;
INSERT INTO track_artists SELECT 'track' || n, 0, 'artist' || n % {ALBUMS} % {ARTISTS}
FROM generate_series(0, {TRACKS - 1}) n;
INSERT INTO track_artists SELECT 'track' || n, 1, 'artist' || (n * 31 + 7) % {ARTISTS}
FROM generate_series(0, {TRACKS - 1}, 9) n;
INSERT INTO album_artists SELECT 'album' || n, 0, 'artist' || n % {ARTISTS}
FROM generate_series(0, {ALBUMS - 1}) n;
INSERT INTO plays (user_id, ended_at, track_id, source, seen_at)
SELECT u.id, now() - interval '2 days' - n * interval '{SECONDS_APART} seconds'
    + random() * interval '{SECONDS_APART - 1} seconds',
  'track' || floor({TRACKS} * power(random(), 2))::int,
  CASE WHEN n < {PLAYS // 5} THEN 'spotify' ELSE 'spotify_extended' END, now()
FROM (SELECT min(id) AS id FROM users) u, generate_series(0, {PLAYS - 1}) n;
DELETE FROM daily_listening;
"""  # noqa: S608 - our own numbers


def measure_history(stage: Stage) -> list[Row]:
    """Ask the web process for days, and for pages before and after them, one at a time."""
    install = make_install(stage)
    with install.web():
        install.sign_in(LISTENER)
        _seed(install)
        rng = Random(LISTENER)
        _ask_around(install, rng)
        rounds = [_ask_around(install, rng) for _ in range(ROUNDS)]
    p95 = [quantiles(round_, n=20)[-1] * 1000 for round_ in rounds]
    p50 = [median(round_) * 1000 for round_ in rounds]
    return [
        Row(
            what=f"history page, any position, {PLAYS:,} plays, 1 client",
            target="p95 at most 40 ms",
            measured=f"p95 {middle(p95, 'ms')}; p50 {middle(p50, 'ms')}",
            met=median(p95) <= 40,
        )
    ]


def _seed(install: Install) -> None:
    with closing(psycopg2.connect(install.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(SEED)
            cursor.execute(COUNT_DAYS)
            cursor.execute("VACUUM ANALYZE")


def _ask_around(install: Install, rng: Random) -> list[float]:
    """Ask at random positions; give the seconds that each page took."""
    latencies, span = [], timedelta(seconds=PLAYS * SECONDS_APART)
    for _ in range(POSITIONS):
        day = datetime.now(UTC) - timedelta(days=3) - rng.random() * 0.99 * span
        seconds, links = _ask(install, f"/history?day={day:%Y-%m-%d}")
        latencies.append(seconds)
        assert len(links) == 2, links
        for link in links:
            seconds, _ = _ask(install, link)
            latencies.append(seconds)
    return latencies


def _ask(install: Install, path: str) -> tuple[float, set[str]]:
    """Ask for a page, which must be full; give what it took, and its links to the next ones."""
    began = time.perf_counter()
    answer = install.browser.get(f"{install.url}{path}", allow_redirects=False, timeout=60)
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, answer.text[:500]
    assert len(SHOWN.findall(answer.text)) >= 50, path
    return seconds, {html.unescape(link) for link in LINK.findall(answer.text)}
