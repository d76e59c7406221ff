"""Measures submitting listens: a thousand a request, half of them told by Spotify already."""

import re
import time
from contextlib import closing
from statistics import median, quantiles
from typing import Any

import psycopg2
import requests

from bench.install import Install, Stage, make_install
from bench.listening import UNCOUNT
from bench.table import Row, middle

LISTENER = "tiny"
ROUNDS, REQUESTS, LISTENS = 3, 20, 1_000
PLAYS, TRACKS, ARTISTS = 200_000, 5_000, 500
SECONDS_APART, LENGTH_MS = 600, 200_000
PLAYS_A_DAY = 84
"""In a row, then nothing for ten hours: nobody listens all night, each night."""
CSRF = re.compile(r'name="csrf-token"\s+content="([^"]+)"')
TOKEN = re.compile(r"<code>([0-9a-f-]{36})</code>")

SEED = f"""
INSERT INTO artists (id, name, is_full, raw, fetched_at)
SELECT lpad(n::text, 22, '0'), 'The ' || n || ' Somebodies', false, '{{}}', now()
FROM generate_series(0, {ARTISTS - 1}) n;
INSERT INTO tracks (id, name, artist_names, kind, duration_ms, explicit, isrc, raw, fetched_at)
SELECT lpad(n::text, 22, '0'), 'Song ' || n, 'The ' || n %% {ARTISTS} || ' Somebodies', 'track',
  {LENGTH_MS}, false, 'XX' || n, '{{}}', now() FROM generate_series(0, {TRACKS - 1}) n;
INSERT INTO track_artists SELECT lpad(n::text, 22, '0'), 0, lpad((n %% {ARTISTS})::text, 22, '0')
FROM generate_series(0, {TRACKS - 1}) n;
INSERT INTO plays (user_id, ended_at, track_id, source, seen_at)
SELECT u.id, to_timestamp(%s - n / {PLAYS_A_DAY} * 86400 - n %% {PLAYS_A_DAY} * {SECONDS_APART})
    + interval '{LENGTH_MS} milliseconds',
  lpad((n %% {TRACKS})::text, 22, '0'), 'spotify', now()
FROM (SELECT min(id) AS id FROM users) u, generate_series(0, {PLAYS - 1}) n;
"""  # noqa: S608 - our own numbers


def measure_submissions(stage: Stage) -> list[Row]:
    """Submit to the web process, as one player does that was offline for long."""
    install = make_install(stage)
    with install.web():
        install.sign_in(LISTENER)
        newest = int(time.time()) - 7 * 86_400
        _seed(install, newest)
        _submit(install, _make_token(install), newest, ROUNDS * REQUESTS)
        rounds = [_round(install, newest, number) for number in range(ROUNDS)]
        again = [_round(install, newest, number) for number in range(ROUNDS)]
    _check(install)
    p95 = [quantiles(seconds, n=20)[-1] * 1000 for seconds in rounds]
    p50 = [median(seconds) * 1000 for seconds in rounds]
    repeated = [quantiles(seconds, n=20)[-1] * 1000 for seconds in again]
    return [
        Row(
            what=f"submit-listens, {LISTENS:,} listens a request, {PLAYS:,} plays in the archive",
            target="at most 300 ms",
            measured=f"p95 {middle(p95, 'ms')}; p50 {middle(p50, 'ms')};"
            f" the same again p95 {middle(repeated, 'ms')}",
            met=median(p95) <= 300 and median(repeated) <= 300,
        )
    ]


def _round(install: Install, newest: int, number: int) -> list[float]:
    token = _make_token(install)
    first = number * REQUESTS
    return [_submit(install, token, newest, first + n) for n in range(REQUESTS)]


def _seed(install: Install, newest: int) -> None:
    with closing(psycopg2.connect(install.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(SEED, [newest])
            cursor.execute(UNCOUNT)
            install.migrate()
            cursor.execute("VACUUM ANALYZE")


def _make_token(install: Install) -> str:
    found = CSRF.search(install.browser.get(f"{install.url}/settings", timeout=60).text)
    assert found
    form = {"name": "bench", "csrf_token": found[1]}
    made = install.browser.post(f"{install.url}/settings/scrobblers", data=form, timeout=60)
    token = TOKEN.search(made.text)
    assert token, made.text[:500]
    return token[1]


def _submit(install: Install, token: str, newest: int, number: int) -> float:
    """Submit one request; give the seconds that it took."""
    body = {
        "listen_type": "import",
        "payload": [_listen(newest, number, n) for n in range(LISTENS)],
    }
    began = time.perf_counter()
    answer = requests.post(
        f"{install.url}/apis/listenbrainz/1/submit-listens",
        json=body,
        headers={"Authorization": f"Token {token}"},
        timeout=60,
    )
    seconds = time.perf_counter() - began
    assert answer.json() == {"status": "ok"}, answer.text[:500]
    return seconds


def _listen(newest: int, request: int, place: int) -> dict[str, Any]:
    """Make a listen: every other one is a play that Spotify told of as well."""
    number = (request * LISTENS + place) // 2
    days, plays = divmod(number, PLAYS_A_DAY)
    told, song = place % 2 == 0, number % TRACKS
    return {
        "listened_at": newest
        - days * 86_400
        - plays * SECONDS_APART
        + (2 if told else SECONDS_APART // 2),
        "track_metadata": {
            "artist_name": f"The {song % ARTISTS} Somebodies",
            "track_name": f"Song {song}" if told else f"Another song {song}",
            "release_name": f"Album {song % 1000}",
            "additional_info": {
                "duration_ms": LENGTH_MS,
                "media_player": "a player",
                "submission_client": "a client of the benchmark",
                "submission_client_version": "1.0",
            },
        },
    }


def _check(install: Install) -> None:
    """Half of all listens must have met their play, the other half are new ones."""
    told = (ROUNDS * REQUESTS + 1) * LISTENS
    verdicts = (
        "SELECT verdict, count(*)::int FROM play_reports WHERE source = 'submitted' GROUP BY 1"
    )
    assert dict(install.query(verdicts)) == {"new": told // 2, "merged": told // 2}
