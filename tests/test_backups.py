"""The README's backup and drill do what it says: its commands are run as they stand there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import pytest

from demo.embedded import drop_database
from demo.embedded.databases import database_url as url_of
from demo.embedded.postgres_server import wheel_folder
from tests.queries.playing import played
from tests.servers import SessionServer
from webapp.drill import main, missing, table
from webapp.queries.backups import TABLES, Held

ROOT = Path(__file__).parent.parent
DRILL = "backspin_drill"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELD = Held(rows=dict.fromkeys(TABLES, 1200), newest=NOON)


def commands(name: str) -> str:
    """Read a block of the README; a line that fails ends it."""
    return "set -e\n" + (ROOT / "README.md").read_text().split(f"<!-- {name} -->")[1].strip("`\n")


@pytest.fixture
def environment(
    postgres_server: SessionServer, database_url: str, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """Give what an operator has set, with PostgreSQL's own programs first."""
    wheel = wheel_folder()
    programs = [str(wheel / "pginstall" / "bin")] if wheel else []
    path = os.pathsep.join([*programs, str(Path(sys.executable).parent), os.defpath])
    if not which("pg_dump", path=path):
        pytest.skip("PostgreSQL's programs are not here")
    yield {
        "PATH": path,
        "DATABASE_URL": database_url,
        "DRILL_URL": url_of(database_url, DRILL),
        "BACKUPS": str(tmp_path),
    }
    drop_database(postgres_server.url, DRILL)


def run(name: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["/bin/sh", "-c", commands(name)],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_backup_comes_back_into_a_fresh_database(
    environment: dict[str, str], newcomer: int
) -> None:
    folder = Path(environment["BACKUPS"])
    old = folder / "backspin-2020-01-01.dump"
    old.touch()
    os.utime(old, (0, 0))
    played(newcomer, [("t", NOON)])
    run("backup", environment)
    [dump] = folder.iterdir()
    assert dump.stat().st_mode & 0o077 == 0, "for the operator alone"
    told = run("drill", environment)
    assert told.endswith("restored\n")
    assert ["plays", "1", "1"] in [line.split() for line in told.splitlines()]
    [kept] = folder.iterdir()
    assert kept == dump


def test_a_backup_that_lacks_something_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    empty = replace(HELD, rows={**HELD.rows, "plays": 0}, newest=None)
    assert missing(HELD, HELD) == []
    assert missing(HELD, empty) == ["plays"]
    assert missing(empty, HELD) == []
    assert "1,200" in table(HELD, empty)
    assert table(HELD, empty).splitlines()[-1].split() == [
        "newest",
        "report",
        "2026-03-01",
        "12:00",
        "-",
    ]
    assert main(["postgresql://x/y", "postgresql://x/y"]) == 2, "never against itself"
    assert main(["postgresql://127.0.0.1:1/x", "postgresql://127.0.0.1:1/y"]) == 1
    assert "NOT RESTORED" in capsys.readouterr().err
