"""Keeps processes running: a dead one is started again, a hopeless one ends the demo."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

LOOK_SECONDS = 0.1
FORGET_SECONDS = 60.0
MOST_CRASHES = 5


class Supervised(Protocol):
    """What can be watched: a process of the Procfile, or a server of ours."""

    @property
    def name(self) -> str:
        """What people call it."""

    def start(self) -> None:
        """Start it (again)."""

    def poll(self) -> int | None:
        """Return None while it runs, else its exit code."""


class HopelessError(Exception):
    """A process keeps dying; the text is for the person at the terminal."""


@dataclass(slots=True, kw_only=True)
class _Watched:
    subject: Supervised
    crashes: list[float] = field(default_factory=list)
    start_at: float | None = None


def restart_delay(crashes: Sequence[float], *, now: float) -> float | None:
    """Return the seconds to wait before the next start: 0.5, 1, 2, 4, 8; None: give up.

    `crashes` are moments on the same clock as `now`; only those of the last minute count.
    """
    recent = sum(1 for crash in crashes if now - crash < FORGET_SECONDS)
    return None if recent > MOST_CRASHES else 0.5 * 2 ** max(recent - 1, 0)


def supervise(
    subjects: Sequence[Supervised],
    *,
    stop: threading.Event,
    say: Callable[[str], None],
    each_look: Callable[[], None],
) -> None:
    """Watch running subjects until `stop` is set; `each_look` is called ten times a second.

    Raises HopelessError when one dies for the sixth time within a minute.
    """
    watched = [_Watched(subject=subject) for subject in subjects]
    while not stop.wait(LOOK_SECONDS):
        for one in watched:
            _look_after(one, now=time.monotonic(), say=say)
        each_look()


def _look_after(one: _Watched, *, now: float, say: Callable[[str], None]) -> None:
    if one.start_at is not None:
        if now >= one.start_at:
            one.start_at = None
            one.subject.start()
        return
    code = one.subject.poll()
    if code is None:
        return
    one.crashes.append(now)
    delay = restart_delay(one.crashes, now=now)
    if delay is None:
        raise HopelessError(
            f"{one.subject.name} keeps ending ({describe(code)}); its last lines above say why."
        )
    say(f"{one.subject.name} ended unexpectedly ({describe(code)}); again in {delay:g} s")
    one.start_at = now + delay


def describe(code: int) -> str:
    """Say an exit code as `subprocess` gives it: negative means a signal."""
    return f"signal {-code}" if code < 0 else f"exit code {code}"
