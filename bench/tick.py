"""`python -m bench.tick`: one tick of the archive, as the schedule would do it; prints JSON.

`began` is a Unix time, `seconds` how long the tick alone took.
"""

import json
import time
from dataclasses import asdict, dataclass

from jobs.archive import tick
from jobs.runtime import job


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What a tick queued, when it began, and how long it took."""

    began: float
    seconds: float
    listeners: int
    batches: int


def main() -> None:
    """Queue every listener whose turn it is."""
    with job() as wiring:
        wiring.redis.ping()
        began = time.time()
        ticked = tick(wiring)
        seconds = time.time() - began
    told = Tick(began=began, seconds=seconds, listeners=ticked.listeners, batches=ticked.batches)
    print(json.dumps(asdict(told)))


if __name__ == "__main__":
    main()
