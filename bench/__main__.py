"""Measure Backspin on this machine and print the table of docs/performance.md.

Everything runs on 127.0.0.1 in a scratch folder and ends with the program, in about nine minutes.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from bench.archive import measure_archive
from bench.browse import measure_browse
from bench.exports import measure_exports
from bench.history import measure_history
from bench.imports import measure_imports
from bench.install import Stage, stage
from bench.machine import facts
from bench.profiles import measure_profiles
from bench.progress import measure_progress
from bench.stats import measure_stats
from bench.submissions import measure_submissions
from bench.syncs import measure_syncs, measure_worker
from bench.table import Row, as_markdown, as_text
from bench.trends import measure_musicbrainz
from bench.trends_history import measure_appearances

BENCHMARKS: dict[str, Callable[[Stage], list[Row]]] = {
    "syncs": measure_syncs,
    "worker": measure_worker,
    "progress": measure_progress,
    "archive": measure_archive,
    "history": measure_history,
    "imports": measure_imports,
    "submissions": measure_submissions,
    "exports": measure_exports,
    "profiles": measure_profiles,
    "stats": measure_stats,
    "musicbrainz": measure_musicbrainz,
    "appearances": measure_appearances,
    "browse": measure_browse,
}


def main() -> None:
    """Run what was asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    names = options.names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    with stage() as servers:
        machine = facts(servers.postgres_url, servers.redis_url)
        print("\n".join(machine), flush=True)
        rows = [row for name in names for row in BENCHMARKS[name](servers)]
    print(f"\n{as_text(rows)}\n\nMedian of three runs, lowest and highest in brackets.")
    if options.markdown:
        head = "\n".join(f"* {fact}" for fact in machine)
        options.markdown.write_text(f"{head}\n\n{as_markdown(rows)}\n")


if __name__ == "__main__":
    main()
