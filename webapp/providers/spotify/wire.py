"""HTTP as both of Spotify's doors use it: whole answers within limits, failures without secrets."""

import json
import math
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from webapp.domain.errors import OutageError
from webapp.providers.spotify.parsing.values import tidy_text

USER_AGENT = "Backspin/0.1.0 (self-hosted listening archive)"
BODY_LIMIT = 8 * 1024 * 1024
DEFAULT_RETRY_AFTER = 30.0
SHORTEST_RETRY_AFTER = 1.0
LONGEST_RETRY_AFTER = 24 * 60 * 60.0
LONGEST_DETAIL = 200

_CHUNK = 64 * 1024


class Session(requests.Session):
    """Pooled connections, no retries, no cookies; a redirect is an answer like any other."""

    def __init__(self, connections: int = 1) -> None:
        super().__init__()
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections, max_retries=0)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - theirs
        """Name no target: `requests` would read the body whole, without limit, to prepare it."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer that came whole. Header names are as `requests` keeps them: any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def text(self) -> str:
        """Give the body as text, whatever it holds."""
        return self.body.decode("utf-8", "replace")

    def is_markup(self) -> bool:
        """Tell a page of some proxy from an answer of the API."""
        return self.body.lstrip()[:1] == b"<"

    def json(self) -> Any:
        """Decode the body; raises `ValueError` when it isn't JSON. NaN and the like are null."""
        try:
            return json.loads(self.body, parse_constant=lambda _: None)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def send(request: Callable[[], requests.Response], *, what: str, seconds: float) -> Answer:
    """Send, and read the body to its end within `seconds` and 8 MiB.

    `OutageError` where that fails. It is raised outside of the handler: an exception of
    `requests` holds the request, and with it the token.
    """
    try:
        return _whole(request, seconds)
    except _IncompleteError as error:
        failure = str(error)
    except (requests.RequestException, HTTPError, HTTPException, OSError, UnicodeError) as error:
        failure = type(error).__name__
    raise OutageError(f"{what}: {failure}")


class _IncompleteError(Exception):
    """A body that was not read to its end."""


def _whole(request: Callable[[], requests.Response], seconds: float) -> Answer:
    deadline = time.monotonic() + seconds
    with closing(request()) as response:
        return Answer(
            status=response.status_code,
            headers=response.headers,
            body=read_body(response, deadline),
        )


def read_body(response: requests.Response, deadline: float) -> bytes:
    """Read as it comes, so that neither a flood nor a trickle lasts."""
    chunks, size = [], 0
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > BODY_LIMIT:
            raise _IncompleteError("body over 8 MiB")
        if time.monotonic() > deadline:
            raise _IncompleteError("body too slow")
    return b"".join(chunks)


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Read `Retry-After`: seconds or an HTTP date, 30 s where absent or odd, 1 s to 24 h."""
    told = headers.get("Retry-After", "").strip()
    seconds = _seconds(told)
    if seconds is None:
        seconds = _seconds_until(told, now)
    if seconds is None:
        return DEFAULT_RETRY_AFTER
    return min(max(seconds, SHORTEST_RETRY_AFTER), LONGEST_RETRY_AFTER)


def _seconds(told: str) -> float | None:
    try:
        seconds = float(told)
    except ValueError:
        return None
    return None if math.isnan(seconds) or seconds < 0 else seconds


def _seconds_until(told: str, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return (then - now) / timedelta(seconds=1)


def printable(detail: str, *secrets: str) -> str:
    """Shorten foreign words for a log: one line, no control characters, none of the secrets."""
    for secret in secrets:
        detail = detail.replace(secret, "…") if secret else detail
    words = " ".join(tidy_text(detail).split())
    return "".join(letter for letter in words if letter.isprintable())[:LONGEST_DETAIL]
