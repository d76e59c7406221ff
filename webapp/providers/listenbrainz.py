"""Accounts at ListenBrainz: listens, read from the newest back to the oldest.

`max_ts` is exclusive, and a page may be shorter than asked for though there is more: only an empty
one is the end (listenbrainz-server's API, 2026-08).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from webapp.domain.errors import (
    ConfigurationError,
    ExportError,
    MalformedError,
    NotFoundError,
    OutageError,
    ProviderError,
)
from webapp.domain.import_accounts import END, Leaf, Walk, step_back
from webapp.domain.reports import Row
from webapp.providers.exports import listenbrainz
from webapp.providers.spotify.parsing.values import Json, as_object, whole
from webapp.providers.spotify.wire import Answer
from webapp.providers.transport import Transport, failure_of, seconds_to_wait

PER_PAGE = 500
"""A listen may have 10 kB, and what was found about it comes beside it: these fit into 8 MiB."""
LATEST = 10**12

REFUSALS: dict[int, type[ProviderError]] = {
    400: MalformedError,
    401: ConfigurationError,
    403: ConfigurationError,
    404: NotFoundError,
}


class ListenBrainz:
    """An AccountReader."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._clock = clock

    def begin(self, account: str, walk: Walk) -> Walk:
        """Count the listens where all are wanted, and begin with the newest."""
        payload, _ = self._ask(account, "listen-count", {})
        count = whole(payload.get("count"))
        if count is None:
            raise MalformedError("listen-count: no count")
        place = int(walk.until.timestamp()) + 1 if count else END
        return replace(walk, total=count if walk.since is None else None, place=place)

    def read(self, account: str, walk: Walk) -> Leaf:
        """Read a page, newest first."""
        before = walk.place or END
        payload, answer = self._ask(account, "listens", {"count": PER_PAGE, "max_ts": before})
        times = _times(payload.get("listens"), before)
        onward, wanted = step_back(walk, times)
        rows = zip(self._rows(answer), wanted, strict=True)
        return Leaf(
            rows=tuple(row for row, take in rows if take),
            walk=onward,
            wait=self._wait(answer),
        )

    def _rows(self, answer: Answer) -> list[Row]:
        try:
            return list(listenbrainz.read([answer.body], now=self._clock()))
        except ExportError as error:
            raise MalformedError(f"listens: {error.kind}") from None

    def _wait(self, answer: Answer) -> float:
        """Read how long to wait, where this call was the last one allowed for now."""
        if answer.headers.get("X-RateLimit-Remaining", "").strip() != "0":
            return 0.0
        return seconds_to_wait(answer, self._clock())

    def _ask(self, account: str, path: str, params: Mapping[str, str | int]) -> tuple[Json, Answer]:
        answer = self._transport.get(f"/1/user/{quote(account, safe='')}/{path}", params, what=path)
        document = _document(answer)
        failure = failure_of(
            answer, path, self._clock(), lambda what: _refusal(answer, document, what)
        )
        if failure is not None:
            raise failure
        if document is None:
            raise OutageError(f"{path}: {answer.status}, but the body is not JSON")
        return as_object(document.get("payload")), answer


def _document(answer: Answer) -> Json | None:
    try:
        found: Any = answer.json()
    except ValueError:
        return None
    return as_object(found)


def _refusal(answer: Answer, document: Json | None, what: str) -> ProviderError | None:
    """Judge what ListenBrainz itself refuses: some proxy's word does not count."""
    if not document or "error" not in document or answer.status not in REFUSALS:
        return None
    return REFUSALS[answer.status](what)


def _times(listens: Any, before: int) -> list[int]:
    """Read when each listen began, in Unix seconds; raises MalformedError."""
    if not isinstance(listens, list):
        raise MalformedError("listens: not a list")
    times = [whole(as_object(listen).get("listened_at"), LATEST) for listen in listens]
    sound = [time for time in times if time is not None and time < before]
    if len(sound) != len(times):
        raise MalformedError("listens: a time that was not asked for")
    return sound
