"""The one way to Spotify's Web API: ask the gate, send, tell the gate, judge the answer."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import requests
from requests.auth import AuthBase

from webapp.domain.budget import Call, Gate
from webapp.domain.errors import (
    ForbiddenError,
    ForbiddenReason,
    OutageError,
    ProviderError,
    RateLimitedError,
    TokenStaleError,
)
from webapp.providers.spotify.verdicts import OK, error_of, verdict
from webapp.providers.spotify.wire import USER_AGENT, Answer, Session, printable, send

PREMIUM_LAPSED = ForbiddenReason.PREMIUM_LAPSED
PREMIUM_PROBE = timedelta(days=1)
NO_CONTENT = 204


def utc_now() -> datetime:
    """Tell the time, aware, in UTC."""
    return datetime.now(UTC)


class Transport:
    """Calls over pooled connections; safe to share between threads. It never sleeps or retries.

    `timeout` is (connect, read) in seconds; an answer must be whole within three read timeouts.
    A session passed in stays the caller's to close.
    """

    def __init__(
        self,
        base_url: str,
        gate: Gate,
        session: requests.Session | None = None,
        concurrency: int = 4,
        timeout: tuple[float, float] = (3.05, 10.0),
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._gate = gate
        self._own_session = None if session else Session(concurrency)
        self._session = session or self._own_session or Session(concurrency)
        self._timeout = timeout
        self._now = now

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session was the caller's."""
        if self._own_session:
            self._own_session.close()

    def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, token: str, call: Call
    ) -> Any:
        """GET `path` below the base URL and return its JSON (None for 204).

        Raises `PausedError` when the gate refuses, and every `ProviderError` that
        `verdicts.verdict` knows. No text of an error holds the token or the query.
        """
        what = f"GET {call.endpoint}"
        answer = self._exchange(what, path, params, token, call)
        if answer.status == NO_CONTENT:
            return None
        try:
            return answer.json()
        except ValueError:
            pass  # raised below, without the body as its context
        raise OutageError(f"{what}: {answer.status}, but the body is not JSON")

    def change(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int],
        *,
        token: str,
        call: Call,
    ) -> None:
        """PUT or DELETE without a body; whatever a good answer says is left unread.

        Raises as `get` does.
        """
        self._exchange(f"{method} {call.endpoint}", path, params, token, call)

    def _exchange(
        self,
        what: str,
        path: str,
        params: Mapping[str, str | int] | None,
        token: str,
        call: Call,
    ) -> Answer:
        """Ask the gate, send, and give an answer that is no failure."""
        if not (token.isascii() and token.isprintable() and token):
            raise TokenStaleError(f"{what}: the access token is not printable ASCII")
        self._gate.acquire(call)

        def request() -> requests.Response:
            return self._session.request(
                what.partition(" ")[0],
                self._base_url + path,
                params=params,
                auth=_Bearer(token),
                headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            )

        status = 0
        try:
            answer = send(request, what=what, seconds=3 * self._timeout[1])
            status = answer.status
        finally:
            self._gate.settle(call, status)
        self._refuse_failure(answer, f"{what}: {answer.status}", token)
        return answer

    def _refuse_failure(self, answer: Answer, what: str, token: str) -> None:
        if answer.status in OK:
            return
        now = self._now()
        failure = verdict(answer, f"{what} {_message(answer, token)}".rstrip(), now)
        if failure is not None:
            self._block(failure, now)
            raise failure

    def _block(self, failure: ProviderError, now: datetime) -> None:
        """Close the gate to everyone where the failure concerns the whole app."""
        if isinstance(failure, RateLimitedError):
            self._gate.block(now + timedelta(seconds=failure.retry_after), failure.kind)
        elif isinstance(failure, ForbiddenError) and failure.reason is PREMIUM_LAPSED:
            self._gate.block(now + PREMIUM_PROBE, failure.kind)


def _message(answer: Answer, token: str) -> str:
    """Quote the service for the operator."""
    if answer.is_markup():
        return "(HTML)"
    told = error_of(answer).get("message")
    return printable(told if isinstance(told, str) else answer.text(), token)


class _Bearer(AuthBase):
    """Sets the header. Given as `auth`, it also keeps a .netrc of the machine out."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request
