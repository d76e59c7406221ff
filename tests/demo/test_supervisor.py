"""The demo: what it makes up, what it starts again, and that it leaves nobody behind."""

import io
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from os import environ  # noqa: TID251 - the demo inherits it, but for the servers in it
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types
import pytest
from cryptography.fernet import Fernet

from config import Settings
from demo.embedded import free_port
from demo.environment import (
    Addresses,
    WrongPortError,
    build_environment,
    chosen_port,
    keep_secrets,
    uses_real_spotify,
)
from demo.procfile import Plan, plan
from demo.supervisor import describe, restart_delay
from demo.terminal import Terminal, wants_colour
from tests.servers import await_end

PROJECT = Path(__file__).parents[2]
SECRETS = {"SECRET_KEY": "s" * 40, "TOKEN_KEYS": Fernet.generate_key().decode()}
PROGRAMS = Path("/venv/bin")


def addresses(*, standin_port: int | None = 8001) -> Addresses:
    return Addresses(
        port=8000,
        database_url="postgresql://own",
        redis_url="redis://own",
        standin_port=standin_port,
    )


def environment(inherited: dict[str, str], *, standin_port: int | None = 8001) -> dict[str, str]:
    return build_environment(
        inherited,
        addresses=addresses(standin_port=standin_port),
        secret_values=SECRETS,
        programs=PROGRAMS,
    )


def test_the_demo_needs_no_settings() -> None:
    made = environment({"PATH": "/usr/bin", "HOME": "/home/me"})
    settings = Settings.from_env(made)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.spotify_api_url == "http://127.0.0.1:8001/v1"
    assert settings.spotify_accounts_url == "http://127.0.0.1:8001"
    assert settings.image_sources == ("http://127.0.0.1:8001",)
    assert settings.spotify_calls_per_day == 5000
    assert (made["PATH"], made["HOME"]) == ("/venv/bin:/usr/bin", "/home/me")


def test_what_is_set_stays_and_what_is_empty_is_filled_in() -> None:
    made = environment({"DATABASE_URL": "postgresql://mine", "REDIS_URL": "", "SIGN_UP": "closed"})
    assert made["DATABASE_URL"] == "postgresql://mine"
    assert made["REDIS_URL"] == "redis://own"
    assert made["SIGN_UP"] == "closed"


def test_an_app_of_ones_own_means_the_real_spotify() -> None:
    assert uses_real_spotify({"SPOTIFY_CLIENT_ID": "mine"})
    assert not uses_real_spotify({"SPOTIFY_CLIENT_ID": " "})
    made = environment({"SPOTIFY_CLIENT_ID": "mine"}, standin_port=None)
    assert not {"SPOTIFY_API_URL", "SPOTIFY_ACCOUNTS_URL", "IMAGE_SOURCES"} & made.keys()
    assert made["SPOTIFY_CLIENT_ID"] == "mine"
    assert "SPOTIFY_CLIENT_SECRET" not in made


@pytest.mark.parametrize(("text", "port"), [("", 8000), (" 5000 ", 5000), ("65535", 65535)])
def test_port(text: str, port: int) -> None:
    assert chosen_port({"PORT": text}) == port


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", "80.5"])
def test_a_wrong_port_is_refused(text: str) -> None:
    with pytest.raises(WrongPortError, match=re.escape(f"PORT={text} is not a port")):
        chosen_port({"PORT": text})


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "demo-secrets.json"
    made = keep_secrets(path)
    assert keep_secrets(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(made["SECRET_KEY"]) >= 32
    assert Fernet(made["TOKEN_KEYS"]).encrypt(b"token")
    assert list(tmp_path.iterdir()) == [path]
    path.unlink()
    assert keep_secrets(path) != made


def test_the_release_line_is_no_process() -> None:
    text = "release: migrate\n# a comment\nweb: serve --port $PORT\nscheduler: tick\n"
    assert plan(text) == Plan(
        release="migrate", processes={"web": "serve --port $PORT", "scheduler": "tick"}
    )
    assert plan("web: serve").release is None


def test_the_projects_procfile_has_what_the_demo_needs() -> None:
    ours = plan((PROJECT / "Procfile").read_text())
    assert ours.release == "python -m webapp.migrate"
    assert {"web", "worker", "scheduler"} <= ours.processes.keys()


def test_restarts_come_slower_and_slower_then_not_at_all() -> None:
    crashes: list[float] = []
    delays = []
    for now in range(1000, 1007):
        crashes.append(float(now))
        delays.append(restart_delay(crashes, now=now))
    assert delays == [0.5, 1, 2, 4, 8, None, None]


def test_crashes_of_long_ago_are_forgotten() -> None:
    assert restart_delay([1.0, 2.0, 3.0, 4.0, 5.0, 100.0], now=100.0) == 0.5


def test_ends_are_described() -> None:
    assert describe(-9) == "signal 9"
    assert describe(1) == "exit code 1"


def test_every_line_names_its_speaker() -> None:
    output = io.StringIO()
    terminal = Terminal(output)
    terminal.say("one\ntwo", "web")
    terminal.say("")
    assert output.getvalue() == "web        | one\nweb        | two\ndemo       | \n"


def test_colour_is_for_people_who_want_it() -> None:
    output = io.StringIO()
    assert not wants_colour(output, {})
    output.isatty = lambda: True  # type: ignore[method-assign]
    assert wants_colour(output, {})
    assert not wants_colour(output, {"NO_COLOR": "1"})
    Terminal(output, colour=True).say("hello", "web")
    assert output.getvalue() == "\x1b[32mweb        | \x1b[0mhello\n"


def test_a_terminal_that_is_gone_is_no_error() -> None:
    output = io.StringIO()
    output.close()
    Terminal(output).say("hello")


PROCFILE = """
release: python -c "open('released', 'a').write('x')"
web: python -m http.server --bind 127.0.0.1 $PORT
worker: python worker.py
"""
# Leaves a child in a process group of its own, like a job of RQ.
WORKER = """
import os, signal, subprocess, sys, time
child = subprocess.Popen(["sleep", "300"], process_group=0)
print("working as", os.getpid(), "with", child.pid, flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
time.sleep(300)
"""


@contextmanager
def running_demo(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run the demo on a Procfile of our own, without the stand-in."""
    (folder / "Procfile").write_text(PROCFILE)
    (folder / "worker.py").write_text(WORKER)
    command = [sys.executable, "-m", "demo", "--procfile", str(folder / "Procfile")]
    own = {name: value for name, value in environ.items() if not name.endswith("_URL")}
    with subprocess.Popen(
        [*command, "--data", str(folder / "var")],
        cwd=PROJECT,
        env={**own, "PORT": str(port), "SPOTIFY_CLIENT_ID": "mine"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        alarm = threading.Timer(60, demo.kill)  # a demo that hangs fails its test
        alarm.start()
        try:
            yield demo
        finally:
            alarm.cancel()
            demo.terminate()
            demo.communicate()


def read_until(demo: subprocess.Popen[str], *texts: str) -> str:
    """Return the output up to the line by which each text has been said."""
    assert demo.stdout is not None
    output = ""
    for line in demo.stdout:
        output += line
        if all(text in output for text in texts):
            return output
    raise AssertionError(f"{texts} were not all said, but:\n{output}")


def worker_and_job(output: str) -> list[psutil.Process]:
    found = re.findall(r"working as (\d+) with (\d+)", output)
    return [psutil.Process(int(pid)) for pid in found[-1]]


@pytest.mark.slow
def test_a_demo_starts_heals_and_stops_without_a_trace(scratch: Path) -> None:
    port = free_port()
    with running_demo(scratch, port) as demo:
        output = read_until(demo, "Ctrl-C stops everything", "working as")
        assert f"Backspin is ready:  http://127.0.0.1:{port}" in output
        worker, job = worker_and_job(output)
        worker.kill()
        output = read_until(demo, "working as")
        assert "worker ended unexpectedly (signal 9); again in 0.5 s" in output
        assert await_end([job]) == []
        family = psutil.Process(demo.pid).children(recursive=True)
        demo.send_signal(signal.SIGINT)
        demo.send_signal(signal.SIGINT)  # an impatient person
        output = read_until(demo, "Everything has stopped")
        assert demo.wait() == 0
    assert "ended unexpectedly" not in output
    assert "killed" not in output
    assert await_end(family, seconds=0) == []
    assert (scratch / "released").read_text() == "x"
    assert json.loads((scratch / "var" / "demo-secrets.json").read_text()).keys() == SECRETS.keys()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_killed_demo_leaves_nothing_running(scratch: Path) -> None:
    with running_demo(scratch, free_port()) as demo:
        output = read_until(demo, "Ctrl-C stops everything", "working as")
        family = psutil.Process(demo.pid).children()
        demo.kill()
    assert len(family) == 4
    assert await_end(family) == []
    _, job = worker_and_job(output)  # ours to bury: unlike a job of RQ it never looks around
    job.kill()


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with running_demo(tmp_path, port) as demo:
            output = read_until(demo, "Port")
            assert demo.wait() == 1
    assert output.startswith(f"Port {port} is used by another program: stop that one, or ")
    assert not (tmp_path / "var").exists()
