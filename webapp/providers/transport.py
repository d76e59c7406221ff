"""HTTP with services that need no sign-in: one GET, judged as far as all services are alike."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Self

import requests
from requests.auth import AuthBase

from webapp.domain.errors import OutageError, ProviderError, RateLimitedError
from webapp.providers.spotify.wire import USER_AGENT, Answer, Session, retry_after, send

TOO_MANY = 429
OK = range(200, 300)
CLIENT_FAULT = range(400, 500)


class Transport:
    """GET over one pooled connection. It never sleeps or retries, and follows no redirect.

    `contact` is how the services reach the operator: some refuse agents that name nobody.
    `timeout` is (connect, read) in seconds; an answer must be whole within three read timeouts.
    """

    def __init__(
        self,
        base_url: str,
        *,
        contact: str = "",
        authorization: str = "",
        timeout: tuple[float, float] = (3.05, 10.0),
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"User-Agent": user_agent(contact), "Accept": "application/json"}
        self._auth = _Authorization(authorization)
        self._timeout = timeout
        self._session = Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(
        self, path: str, params: Mapping[str, str | int | Sequence[str]], *, what: str
    ) -> Answer:
        """GET `path` below the base address; raises OutageError, which names `what` was asked.

        A parameter with several values is given once for each.
        """

        def request() -> requests.Response:
            return self._session.get(
                self._base_url + path,
                params=params,
                auth=self._auth,
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            )

        return send(request, what=what, seconds=3 * self._timeout[1])


def user_agent(contact: str) -> str:
    """Name the program, and whom to ask about it."""
    told = "".join(sign for sign in contact if sign.isascii() and sign.isprintable()).strip()
    return f"{USER_AGENT.partition(' ')[0]} ( {told} )" if told else USER_AGENT


def failure_of(
    answer: Answer, what: str, now: datetime, refused: Callable[[str], ProviderError | None]
) -> ProviderError | None:
    """Tell the failure that an answer is, or None; `refused` knows the service's own errors."""
    detail = f"{what}: {answer.status}"
    if answer.status == TOO_MANY:
        return RateLimitedError(
            retry_after=seconds_to_wait(answer, now), quota=False, detail=detail
        )
    if answer.is_markup():
        return OutageError(f"{detail} (HTML)")
    found = refused(detail)
    if found is not None or answer.status in OK:
        return found
    return OutageError(detail)


def seconds_to_wait(answer: Answer, now: datetime) -> float:
    """Read how long to wait: `Retry-After`, or what ListenBrainz says instead."""
    told = answer.headers.get("Retry-After") or answer.headers.get("X-RateLimit-Reset-In") or ""
    return retry_after({"Retry-After": told}, now)


class _Authorization(AuthBase):
    """Sets the header, if there is one. Given as `auth`, it also keeps a .netrc out."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value:
            request.headers["Authorization"] = self._value
        return request
