"""Measures a public profile as eight strangers load it, with and without a copy of their own."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import requests

from bench.install import Install, Stage, make_install
from bench.processes import ROOT, until
from bench.table import Row, middle
from tests.exporting import history, write_extended

LISTENER = "empty"
PLAYS = 20_000
CLIENTS = 8
ROUNDS = 3
LENGTH = timedelta(days=490)
"""What so many plays take, so that the last of them are of these days."""
OPEN = """
INSERT INTO profiles (user_id, shown, levels, changed_at)
SELECT id, true, (SELECT jsonb_object_agg(name, 'public') FROM unnest(ARRAY['now', 'top',
  'calendar', 'history', 'library', 'personality', 'compare']) name), now() FROM users
"""
NAME = "SELECT username FROM users"


def measure_profiles(stage: Stage) -> list[Row]:
    """Ask two web processes for the page from the cache, then for what the clients have already."""
    package = stage.folder / "small.zip"
    write_extended(package, history(PLAYS, began=datetime.now(UTC) - LENGTH))
    install = make_install(stage)
    with install.web():
        with install.worker():
            install.await_workers()
            install.sign_in(LISTENER)
            _bring(install, package)
        install.query(OPEN)
        address = f"{install.url}/{install.query(NAME)[0][0]}"
        first = requests.get(address, timeout=30)
        assert first.status_code == 200, first.text[:500]
        assert first.text.count('class="row') >= 50, "the profile is full"
        pages = [_load(address) for _ in range(ROUNDS)]
        copies = [_load(address, first.headers["ETag"]) for _ in range(ROUNDS)]
    size, sent = len(first.content) >> 10, int(first.headers["Content-Length"]) >> 10
    return [
        _row(f"public profile from cache ({size} KiB, {sent} on the way)", pages, rate=400, p95=40),
        _row("the same, unchanged (304)", copies, rate=600, p95=None),
    ]


def _row(what: str, found: list[dict[str, float]], *, rate: float, p95: float | None) -> Row:
    rates, slowest = ([one[name] for one in found] for name in ("rate", "p95"))
    return Row(
        what=f"{what}, {CLIENTS} clients, 2 web processes",
        target=f"at least {rate:.0f} requests/s" + (f", p95 at most {p95:.0f} ms" if p95 else ""),
        measured=f"{middle(rates, 'requests/s')}, p95 {middle(slowest, 'ms')}",
        met=median(rates) >= rate and (p95 is None or median(slowest) <= p95),
    )


def _bring(install: Install, package: Path) -> None:
    with package.open("rb") as upload:
        address = install.send("/imports", files=(package.name, upload, "application/zip"))
    install.send(f"{address}/start")
    done = "SELECT status FROM imports"
    until(lambda: install.query(done)[0][0] == "COMPLETED", "the import", seconds=300)


def _load(address: str, etag: str = "") -> dict[str, float]:
    command = [sys.executable, "-m", "bench.load", address, "--clients", str(CLIENTS)]
    command += ["--etag", etag] if etag else []
    done = subprocess.run(  # noqa: S603 - our own command line
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
