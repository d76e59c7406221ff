"""Accounts at Last.fm: `user.getRecentTracks`, read from the oldest page to the newest.

Pages hold the newest scrobbles first, and count from the newest; with a fixed `to` only scrobbles
that come in late move them. The track that plays now leads every page and is no scrobble.
Transient errors come with any status, also 400 and 200, so it is the code in the body that counts
(listenbrainz-server's importer, 2026-08).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any

from webapp.domain.errors import (
    ConfigurationError,
    ExportError,
    MalformedError,
    NotFoundError,
    OutageError,
    PrivateError,
    ProviderError,
    RateLimitedError,
)
from webapp.domain.import_accounts import Leaf, Walk, turn_page
from webapp.providers.exports import lastfm_api
from webapp.providers.spotify.parsing.values import Json, as_object, whole
from webapp.providers.spotify.wire import Answer
from webapp.providers.transport import Transport, failure_of, seconds_to_wait

PER_PAGE = 200
METHOD = "user.getRecentTracks"

RATE_LIMITED = 29
REFUSALS: dict[int, type[ProviderError]] = {
    4: ConfigurationError,
    6: NotFoundError,
    7: NotFoundError,
    10: ConfigurationError,
    13: ConfigurationError,
    17: PrivateError,
    26: ConfigurationError,
}
"""What Last.fm's error codes mean; others pass by themselves."""


class LastFm:
    """An AccountReader."""

    def __init__(self, transport: Transport, api_key: str, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._api_key = api_key
        self._clock = clock

    def begin(self, account: str, walk: Walk) -> Walk:
        """Count the scrobbles, and begin with the page of the oldest."""
        total = _total(self._ask(account, walk, page=1, limit=1)[0])
        return replace(walk, total=total, place=ceil(total / PER_PAGE))

    def read(self, account: str, walk: Walk) -> Leaf:
        """Read a page, oldest first."""
        document, body = self._ask(account, walk, page=walk.place or 1, limit=PER_PAGE)
        onward = turn_page(walk, _total(document), PER_PAGE)
        try:
            rows = list(lastfm_api.read([body], now=self._clock()))
        except ExportError as error:
            raise MalformedError(f"{METHOD}: {error.kind}") from None
        return Leaf(rows=tuple(reversed(rows)), walk=onward)

    def _ask(self, account: str, walk: Walk, *, page: int, limit: int) -> tuple[Json, bytes]:
        since = {} if walk.since is None else {"from": int(walk.since.timestamp())}
        answer = self._transport.get(
            "/",
            {
                "method": METHOD,
                "user": account,
                "api_key": self._api_key,
                "format": "json",
                "limit": limit,
                "page": page,
                "to": int(walk.until.timestamp()),
                **since,
            },
            what=METHOD,
        )
        document = _document(answer)
        now = self._clock()
        failure = failure_of(
            answer, METHOD, now, lambda what: _refusal(answer, document, what, now)
        )
        if failure is not None:
            raise failure
        if document is None:
            raise OutageError(f"{METHOD}: {answer.status}, but the body is not JSON")
        return document, answer.body


def _document(answer: Answer) -> Json | None:
    try:
        found: Any = answer.json()
    except ValueError:
        return None
    return as_object(found)


def _refusal(
    answer: Answer, document: Json | None, what: str, now: datetime
) -> ProviderError | None:
    """Read an error object; nothing where there is none."""
    if not document or "error" not in document:
        return None
    code = whole(document["error"]) or 0
    detail = f"{what}, error {code}"
    if code == RATE_LIMITED:
        wait = seconds_to_wait(answer, now)
        return RateLimitedError(retry_after=wait, quota=False, detail=detail)
    return REFUSALS.get(code, OutageError)(detail)


def _total(document: Json) -> int:
    """Read how many scrobbles there are between the two moments; raises MalformedError."""
    total = whole(as_object(as_object(document.get("recenttracks")).get("@attr")).get("total"))
    if total is None:
        raise MalformedError(f"{METHOD}: no total")
    return total
