"""`python -m bench.lookup`: look albums up in MusicBrainz, in this process, until all are done.

With `--hammer SECONDS` it only calls, as often as it may, whatever other processes do.
"""

import argparse
import time

from jobs.runtime import job
from webapp.domain.errors import PausedError
from webapp.services import musicbrainz
from webapp.services.musicbrainz_asking import connected
from webapp.services.wiring import Wiring


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.lookup", description=__doc__)
    parser.add_argument("--hammer", type=float, metavar="SECONDS")
    options = parser.parse_args()
    with job() as wiring:
        if options.hammer:
            hammer(wiring, options.hammer)
        else:
            look_up(wiring)


def look_up(wiring: Wiring) -> None:
    """Run again and again until nothing is due."""
    while (until := musicbrainz.run(wiring)) is not None:
        time.sleep(max(0.0, (until - wiring.clock()).total_seconds()))


def hammer(wiring: Wiring, seconds: float) -> None:
    """Call without a pause of our own."""
    end = time.monotonic() + seconds
    with connected(wiring) as sources:
        while time.monotonic() < end:
            try:
                sources.musicbrainz.groups_by_name('releasegroup:"nothing"')
            except PausedError:
                continue  # it was the others' turn


if __name__ == "__main__":
    main()
