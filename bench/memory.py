"""The memory of a tree of processes: the proportional set size (PSS), looked at again and again.

PSS counts a page that several processes share (the worker and the job it forks share most of
theirs) as a fraction for each, so that the sum is what the machine has to find.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.02
PROC = Path("/proc")


@dataclass(slots=True, kw_only=True)
class Peak:
    """The most that was seen, in MiB: the PSS of the tree, and the RSS of a child of the root."""

    tree: float = 0.0
    child: float = 0.0


def is_measurable() -> bool:
    """Tell whether this system counts memory so (Linux 4.14 and later)."""
    return (PROC / "self" / "smaps_rollup").exists()


@contextmanager
def watched(pid: int, every: float = EVERY_SECONDS) -> Iterator[Peak]:
    """Watch a process and all below it until the block ends; looking takes time from it."""
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(every):
            _look(pid, peak)

    thread = threading.Thread(target=watch, name="memory")
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _look(pid: int, peak: Peak) -> None:
    sizes = {one: _sizes(one) for one in _tree(pid)}
    peak.tree = max(peak.tree, sum(pss for pss, _ in sizes.values()))
    peak.child = max([peak.child, *(rss for one, (_, rss) in sizes.items() if one != pid)])


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for children in PROC.glob(f"{one}/task/*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                continue  # it has ended meanwhile
    return found


def _sizes(pid: int) -> tuple[float, float]:
    """Read PSS and RSS in MiB; a process that has ended has none."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    kib = {line.partition(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kib.get("Pss", 0) / 1024, kib.get("Rss", 0) / 1024
