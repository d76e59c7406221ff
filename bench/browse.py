"""Measures the browse page as visitors load it, and counts the calls that their visits cost."""

import json
import subprocess
import sys
from statistics import median

import requests

from bench.install import Install, Stage, make_install
from bench.processes import ROOT, until
from bench.table import Row, middle

ROUNDS = 3
WANTED = 30
CLIENTS = 1
ON_PAGE = 'class="tile '
READ = """
SELECT jsonb_array_length(data -> 'items') > 0 FROM cache_data WHERE key = 'trending'
"""

# The stand-in's two charts agree on much: each album once more makes a full page of 200.
DOUBLE = """
UPDATE cache_data SET metadata = metadata || '{"stamp": "doubled"}', data = jsonb_build_object(
  'items', data -> 'items' || (
    SELECT jsonb_agg(item || jsonb_build_object('id', (item ->> 'id')::bigint + 1000000))
    FROM jsonb_array_elements(data -> 'items') AS listed (item)))
WHERE key = 'trending'
"""


def measure_browse(stage: Stage) -> list[Row]:
    """Let a first visit fill the cache, then load the shelf of albums again and again."""
    install = make_install(stage)
    address = f"{install.url}/browse?list=albums"
    with install.web():
        with install.worker():
            install.await_workers()
            requests.get(address, timeout=30).raise_for_status()
            until(lambda: _is_read(install), "the charts are read", seconds=60)
        install.query(DOUBLE)
        before = stage.standin.calls()
        text = requests.get(address, timeout=30).text
        found = [_load(address) for _ in range(ROUNDS)]
        calls = stage.standin.calls() - before
    slowest = [one["p95"] for one in found]
    return [
        Row(
            what=f"browse page, {text.count(ON_PAGE)} albums, from cache",
            target=f"p95 at most {WANTED} ms, 0 outside calls",
            measured=f"p95 {middle(slowest, 'ms', digits=1)}, {calls} outside calls",
            met=median(slowest) <= WANTED and calls == 0,
        )
    ]


def _is_read(install: Install) -> bool:
    rows = install.query(READ)
    return bool(rows and rows[0][0])


def _load(address: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.load", address, "--clients", str(CLIENTS)]
    done = subprocess.run(  # noqa: S603 - our own command line
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
