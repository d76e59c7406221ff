"""The archive when processes die or do the same work twice: real ones, really killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types
import pytest

from demo.embedded import PostgresServer, ValkeyServer
from demo.standin.faults import Fault
from demo.standin.server import StandIn
from tests.install import ROOT, Install, end_group, running, until

pytestmark = pytest.mark.slow

RECENT = "/me/player/recently-played"
TICK = """
from webapp import db
from jobs import archive, runtime
with db.connection() if runtime.wiring() else None:
    print(archive.tick(runtime.wiring()).listeners)
"""
TAKE_PART = """
import sys
from webapp import db
from jobs import runtime
from webapp.services import archive
with db.connection() if runtime.wiring() else None:
    print(archive.archive_batch(runtime.wiring(), [int(sys.argv[1])])[0].new)
"""
FORGET = """
SELECT set_config('backspin.erasing_user', '1', false);
DELETE FROM play_reports; DELETE FROM plays; DELETE FROM daily_listening
"""


@pytest.fixture
def install(
    own_postgres: PostgresServer, own_valkey: ValkeyServer, standin: StandIn, tmp_path: Path
) -> Iterator[Install]:
    with running(own_postgres, own_valkey, standin, tmp_path / "log") as started:
        assert started.visitor().sign_in("tiny").ok
        yield started


def run(install: Install, code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=install.environment,
        stdout=subprocess.PIPE,
    )


def result(process: subprocess.Popen[bytes]) -> int:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return int(output.splitlines()[-1])


def make_due(install: Install) -> None:
    """Let an hour pass, as far as the archive knows; a play has ended meanwhile."""
    install.change("UPDATE archive_states SET due_at = now() - interval '1 minute'")
    install.change(FORGET)


def kept(install: Install) -> tuple[int, int]:
    """Count plays, and what the days say."""
    plays = install.query("SELECT count(*) FROM plays")[0][0]
    days = install.query("SELECT coalesce(sum(plays), 0) FROM daily_listening")[0][0]
    return int(plays), int(days)


def test_a_worker_killed_between_fetch_and_commit_loses_nothing(install: Install) -> None:
    make_due(install)
    # The commit has to wait for this, so that there is a between.
    with install.holding("LOCK TABLE plays IN SHARE MODE"):
        asked = len(install.standin.world.log.matching(RECENT))
        worker = install.start_worker()
        assert result(run(install, TICK)) == 1
        until(
            lambda: len(install.standin.world.log.matching(RECENT)) > asked,
            "the answer is there",
            seconds=60,
        )
        for child in psutil.Process(worker.pid).children(recursive=True):
            os.kill(child.pid, signal.SIGKILL)
        end_group(worker, signal.SIGKILL)
        worker.wait(10)
    assert kept(install)[0] == 0, "nothing was committed"
    install.start_worker()
    until(lambda: kept(install)[0] == 50, "another worker did it", seconds=150)
    until(lambda: kept(install)[1] == 50, "with its days", seconds=10)


def test_two_workers_with_the_same_listener_keep_each_play_once(install: Install) -> None:
    make_due(install)
    install.standin.world.faults.add(Fault(kind="latency", match=RECENT, seconds=1.5))
    before = len(install.standin.world.log.matching(RECENT))
    both = [run(install, TAKE_PART, "1") for _ in range(2)]
    new = sorted(result(process) for process in both)
    assert len(install.standin.world.log.matching(RECENT)) == before + 2, "both really asked"
    assert new == [0, 50]
    assert kept(install) == (50, 50)
