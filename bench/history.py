"""Measures the history page of a listener with a million plays, at random positions."""

import html
import re
import time
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median, quantiles

from bench import listening
from bench.install import Install, Stage, make_install
from bench.table import Row, middle

LISTENER = "tiny"
PLAYS = 1_000_000
POSITIONS = 25
"""Each is three requests: a day, and from there one page back and one page on."""
ROUNDS = 3
LINK = re.compile(r'href="(/history\?(?:before|after)=[^"]+)"')
SHOWN = re.compile(r'class="row play"')


def measure_history(stage: Stage) -> list[Row]:
    """Ask the web process for days, and for pages before and after them, one at a time."""
    install = make_install(stage)
    with install.web():
        install.sign_in(LISTENER)
        listening.seed(install, PLAYS)
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


def _ask_around(install: Install, rng: Random) -> list[float]:
    """Ask at random positions; give the seconds that each page took."""
    latencies = []
    for _ in range(POSITIONS):
        day = datetime.now(UTC) - timedelta(days=3) - rng.random() * 0.99 * listening.SPAN
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
