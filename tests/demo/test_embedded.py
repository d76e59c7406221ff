"""Servers of our own: they keep data, give way to nobody, and end with us."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types
import psycopg2
import pytest
import redis

from demo.embedded import (
    FolderError,
    PortTakenError,
    PostgresServer,
    ProgramMissingError,
    ServerFailedError,
    ValkeyServer,
    create_database,
    drop_database,
    free_port,
    is_taken,
    postgres,
    postgres_server,
    valkey,
    valkey_server,
)
from demo.embedded import account as accounts
from demo.embedded.databases import database_url
from tests.servers import SessionServer, await_end

PROJECT = Path(__file__).parents[2]
# Beside whatever else the session's server holds.
ORIGINAL, COPY = "embedded_test_original", "embedded_test_copy"
linux = pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change its user")

PARENT = """
import pathlib, signal, sys
from demo.embedded import postgres, valkey
folder = pathlib.Path(sys.argv[1])
with postgres(folder / "postgres", durable=False) as one, valkey(folder / "valkey") as two:
    print(one.pid, two.pid, flush=True)
    signal.pause()
"""


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()


def write(url: str, number: int) -> None:
    rows(url, f"CREATE TABLE kept AS SELECT {number} AS number; SELECT 1")


def client(server: ValkeyServer) -> redis.Redis:
    return redis.Redis.from_url(server.url, decode_responses=True)


def test_postgres_has_unicode_utc_and_only_known_guests(own_postgres: PostgresServer) -> None:
    query = "SELECT lower('ÄŁÉ'), current_setting('timezone'), current_setting('jit')"
    assert rows(own_postgres.url, query) == [("äłé", "UTC", "off")]
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(own_postgres.url.replace("@", "wrong@"))


def test_valkey_admits_only_known_guests(own_valkey: ValkeyServer) -> None:
    assert client(own_valkey).ping()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(own_valkey.url.replace("@", "wrong@")).ping()


def test_a_database_is_created_copied_and_dropped(postgres_server: SessionServer) -> None:
    original = create_database(postgres_server.url, ORIGINAL)
    write(original, 7)
    copy = create_database(postgres_server.url, COPY, template=ORIGINAL)
    assert rows(copy, "SELECT number FROM kept") == [(7,)]
    with pytest.raises(psycopg2.errors.DuplicateDatabase):
        create_database(postgres_server.url, COPY)
    assert create_database(postgres_server.url, COPY, exist_ok=True) == copy
    with closing(psycopg2.connect(copy)):  # a session does not keep it alive
        drop_database(postgres_server.url, COPY)
    drop_database(postgres_server.url, COPY)
    drop_database(postgres_server.url, ORIGINAL)
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(copy)


def test_a_database_url_keeps_the_rest() -> None:
    url = "postgresql://me:secret@db.example:5433/postgres?sslmode=require"
    assert database_url(url, "x") == "postgresql://me:secret@db.example:5433/x?sslmode=require"


def test_postgres_keeps_its_data_over_a_restart_and_a_crash(own_postgres: PostgresServer) -> None:
    url = own_postgres.url
    write(url, 42)
    own_postgres.restart()
    assert rows(url, "SELECT number FROM kept") == [(42,)]
    with closing(psycopg2.connect(url)):
        own_postgres.kill()
        assert own_postgres.poll() == -signal.SIGKILL
        own_postgres.start()
    assert own_postgres.url == url
    assert rows(url, "SELECT number FROM kept") == [(42,)]


def test_valkey_keeps_its_data_over_a_restart_and_a_crash(own_valkey: ValkeyServer) -> None:
    assert client(own_valkey).set("kept", "42")
    own_valkey.restart()
    assert client(own_valkey).incr("kept") == 43
    client(own_valkey).waitaof(1, 0, 5000)  # on disk now, not within a second
    own_valkey.kill()
    own_valkey.start()
    assert client(own_valkey).get("kept") == "43"


def test_a_stale_pid_file_with_a_living_number_is_no_hindrance(
    own_postgres: PostgresServer,
) -> None:
    own_postgres.stop()
    pid_file = own_postgres.data_dir / "cluster" / "postmaster.pid"
    assert not pid_file.exists()
    with subprocess.Popen(["sleep", "60"]) as other:  # noqa: S607
        pid_file.write_text(f"{other.pid}\n{pid_file.parent}\n1\n5432\n\n127.0.0.1\n")
        try:
            own_postgres.start()
        finally:
            other.kill()
    assert rows(own_postgres.url, "SELECT 1") == [(1,)]


def test_a_throw_away_valkey_forgets(scratch: Path) -> None:
    with valkey(scratch, persist=False) as server:
        assert client(server).set("key", "value")
        server.restart()
        assert client(server).get("key") is None


@pytest.mark.slow
def test_one_folder_serves_one_server(
    own_postgres: PostgresServer, own_valkey: ValkeyServer
) -> None:
    with pytest.raises(FolderError, match="PostgreSQL is already running on /"):
        postgres(own_postgres.data_dir).start()
    with pytest.raises(FolderError, match="Valkey is already running on /"):
        valkey(own_valkey.data_dir).start()
    assert rows(own_postgres.url, "SELECT 1") == [(1,)]
    assert client(own_valkey).ping()


def test_a_taken_port_is_named(scratch: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        assert is_taken(port)
        with pytest.raises(PortTakenError, match=rf"Port {port}, chosen for Valkey"):
            valkey(scratch, port=port).start()
        assert free_port(port) != port
    assert not is_taken(port)
    assert free_port(port) == port


def test_a_server_that_cannot_start_says_why(scratch: Path) -> None:
    server = postgres(scratch, options={"shared_buffers": "plenty"})
    with pytest.raises(ServerFailedError, match='invalid value for parameter "shared_buffers"'):
        server.start()
    assert server.poll()


def test_programs_on_path_serve_where_there_is_no_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres_server, "SYSTEM_FOLDERS", str(tmp_path / "*/bin"))
    with pytest.raises(ProgramMissingError, match="or set DATABASE_URL"):
        postgres_server.program_on_path("initdb")
    with pytest.raises(ProgramMissingError, match="or set REDIS_URL"):
        valkey_server.program_on_path()
    (tmp_path / "18" / "bin").mkdir(parents=True)
    (tmp_path / "18" / "bin" / "initdb").touch(mode=0o755)
    (tmp_path / "redis-server").touch(mode=0o755)
    assert postgres_server.program_on_path("initdb") == tmp_path / "18" / "bin" / "initdb"
    assert valkey_server.program_on_path() == tmp_path / "redis-server"


def test_a_half_made_cluster_is_made_again(scratch: Path) -> None:
    (scratch / "cluster.new").mkdir()
    (scratch / "cluster.new" / "PG_VERSION").write_text("18\n")
    with postgres(scratch, durable=False) as server:
        assert rows(server.url, "SELECT 1") == [(1,)]


@linux
@pytest.mark.slow
def test_no_server_outlives_a_killed_parent(scratch: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(scratch)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        servers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        servers += [child for server in servers for child in server.children(recursive=True)]
        parent.kill()
    assert len(servers) > 2
    assert await_end(servers) == []
    with postgres(scratch / "postgres") as server:  # and the next start has nothing to repair
        assert rows(server.url, "SELECT 1") == [(1,)]


@as_root
def test_root_finds_a_place_when_its_folder_is_closed_to_others(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "SHARED", scratch / "shared")
    closed = scratch / "closed"
    closed.mkdir(mode=0o700)
    with postgres(closed / "data", durable=False) as server:
        write(server.url, 1)
    place = (closed / "data" / "elsewhere").resolve()
    assert place.parent == scratch / "shared"
    with postgres(closed / "data", durable=False) as server:
        assert rows(server.url, "SELECT number FROM kept") == [(1,)]
    assert list((scratch / "shared").glob("postgres-*")) == [place]


def test_copied_programs_can_be_read_by_all(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "SHARED", scratch / "shared")
    package = scratch / "closed" / "package"
    package.mkdir(parents=True)
    (package / "program").touch(mode=0o700)
    (package / "data").touch(mode=0o600)
    package.chmod(0o700)
    assert not accounts.open_to_all(package / "program")
    copied = accounts.copy_for_all([package], name="programs-1")
    shutil.rmtree(package)
    assert accounts.copy_for_all([package], name="programs-1") == copied  # made once
    assert accounts.open_to_all(copied / "package" / "program")
    assert accounts.open_to_all(copied / "package" / "data")
    assert (copied / "package" / "program").stat().st_mode & 0o777 == 0o755
