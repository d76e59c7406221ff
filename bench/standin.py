"""The stand-in as a process of its own, steered over HTTP; and what its listener takes to read."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from bench.processes import running, until
from demo.embedded import free_port

LATENCY_MS = 50
PAGE = 50
RANGES = 3
SIGN_IN = ("/api/token", "/v1/me")
"""The two calls of a sign-in, which no sync makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standin:
    """A running stand-in that waits 50 ms before each answer."""

    url: str

    def act(self, name: str, **arguments: Any) -> Any:
        """Change its world, and give what came of it; see `demo.standin.control`."""
        answer = requests.post(f"{self.url}/_control/{name}", json=arguments, timeout=30)
        answer.raise_for_status()
        return answer.json()["result"]

    def freeze(self, at: datetime | None = None) -> None:
        """Stop its clock, now or at a time, so that nobody listens to anything meanwhile."""
        self.act("set_clock", at=(at or datetime.now(UTC)).isoformat())

    def calls(self) -> int:
        """Count the calls in its log, all but those of the sign-in."""
        return sum(n["calls"] for path, n in self.tally().items() if path not in SIGN_IN)

    def tally(self) -> dict[str, dict[str, int]]:
        """Count the calls in its log by path: calls, listeners, most and fewest of one."""
        counts: dict[str, dict[str, int]] = requests.get(
            f"{self.url}/_control/calls", timeout=30
        ).json()
        return counts

    def fewest_calls(self, listener: str) -> int:
        """Count the pages that a listener's seven collections have."""
        library = requests.get(f"{self.url}/_control/library/{listener}", timeout=10).json()
        return fewest_calls(library)


def fewest_calls(library: Mapping[str, Sequence[Any]]) -> int:
    """Count pages of 50: top lists and plays, each list, and the entries of each playlist."""
    lists = sum(max(1, pages(len(library[kind]))) for kind in ("tracks", "albums", "artists"))
    playlists = max(1, pages(len(library["playlists"])))
    entries = sum(pages(playlist["entries"]) for playlist in library["playlists"])
    return 2 * RANGES + 1 + lists + playlists + entries


def pages(count: int) -> int:
    """Count the pages of a list."""
    return -(-count // PAGE)


@contextmanager
def standin(log: Path, environment: Mapping[str, str]) -> Iterator[Standin]:
    """Run a stand-in until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "demo.standin", "--port", str(port)]
    command += ["--latency-ms", str(LATENCY_MS)]
    server = Standin(url=f"http://127.0.0.1:{port}")
    with running(command, environment=environment, log=log):
        until(lambda: answers(f"{server.url}/healthz"), "the stand-in answers", seconds=60)
        yield server


def answers(url: str) -> bool:
    """Tell whether a server says that it is well."""
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False
