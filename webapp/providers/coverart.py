"""The Cover Art Archive: whether a release group has a front cover, and where. Nothing is loaded.

It answers 307 to where the picture lies, or 404 (https://musicbrainz.org/doc/Cover_Art_Archive/API).
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from webapp.domain.errors import RateLimitedError
from webapp.providers.transport import Transport, failure_of, seconds_to_wait

SIZE = 500
ELSEWHERE = frozenset({302, 307})
NOWHERE = frozenset({400, 404})
UNAVAILABLE = 503


class CoverArt:
    """A reader; `turn` is called before each call, and waits or raises."""

    def __init__(
        self,
        transport: Transport,
        base_url: str,
        *,
        turn: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._transport = transport
        self._base_url = base_url.rstrip("/")
        self._turn = turn
        self._clock = clock

    def find(self, group: UUID) -> str | None:
        """Give the address of a release group's front cover; raises ProviderError."""
        path = f"/release-group/{group}/front-{SIZE}"
        self._turn()
        answer = self._transport.get(path, {}, what="front")
        if answer.status in NOWHERE:
            return None  # told in HTML
        now = self._clock()
        if answer.status == UNAVAILABLE:
            wait = seconds_to_wait(answer, now)
            raise RateLimitedError(retry_after=wait, quota=False, detail="front: 503")
        failure = failure_of(answer, "front", now, lambda _: None)
        if failure is not None and answer.status not in ELSEWHERE:
            raise failure
        return self._base_url + path
