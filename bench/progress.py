"""Measures the progress fragment of a running sync, as eight impatient browsers poll it."""

import json
import subprocess
import sys
from statistics import median

from bench.install import Install, Stage, make_install
from bench.processes import ROOT
from bench.syncs import LISTENER
from bench.table import Row, middle

CLIENTS = 8
ROUNDS = 3
RUNNING = """
UPDATE syncs SET status = 'PROCESSING', progress = 42, started_at = now(), updated_at = now();
UPDATE sync_collections SET status = 'PROCESSING', done = 550, total = 3000, current = 'Evenings';
UPDATE sync_collections SET status = 'COMPLETED', done = 50, total = 50, current = NULL, added = 50
 WHERE position < 3;
"""


def measure_progress(stage: Stage) -> list[Row]:
    """Ask two web processes for the fragment, eight clients at once."""
    install = make_install(stage)
    with install.web():
        install.sign_in(LISTENER)
        install.query(RUNNING)
        found = [_load(install) for _ in range(ROUNDS)]
    p50, p95, rate = ([one[name] for one in found] for name in ("p50", "p95", "rate"))
    figures = (middle(p95, "ms"), middle(rate, "requests/s"), middle(p50, "ms"))
    return [
        Row(
            what="progress fragment, 8 clients, 2 web processes",
            target="p95 at most 25 ms, at least 300 requests/s",
            measured="p95 {}, {}; p50 {}".format(*figures),
            met=median(p95) <= 25 and median(rate) >= 300,
        )
    ]


def _load(install: Install) -> dict[str, float]:
    sync_id = install.query("SELECT max(id) FROM syncs")[0][0]
    cookie = "; ".join(f"{one.name}={one.value}" for one in install.browser.cookies)
    address = f"{install.url}/syncs/{sync_id}/progress"
    command = [sys.executable, "-m", "bench.load", address, "--cookie", cookie]
    command += ["--clients", str(CLIENTS)]
    done = subprocess.run(  # noqa: S603 - our own command line
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
