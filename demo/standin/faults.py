"""Faults on request: what the stand-in does wrong, for which calls, how often."""

import fnmatch
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

Kind = Literal[
    "latency",  # wait `seconds`, then answer well
    "rate_limit",  # 429, Retry-After
    "quota",  # 429 with reason QUOTA_EXCEEDED, Retry-After of hours
    "server_error",  # `status` 500, 502 or 503 with a JSON body, Retry-After if `seconds`
    "html",  # an HTML page, with `status` 503 or 200
    "premium",  # 403 plain text: the app owner's Premium has lapsed
    "allowlist",  # 403 plain text: the listener is not on the app's list
    "scope",  # 403: the grant lacks a scope
    "forbidden",  # 403
    "not_found",  # 404
    "unauthorized",  # 401
    "invalid_grant",  # 400 in OAuth shape, for the token endpoint
    "drop",  # the connection closes before a byte is sent
    "drop_midway",  # the connection closes in the middle of the body
    "truncated",  # a well-formed answer whose JSON stops in the middle
    "wrong_type",  # `items` is a string
    "body",  # `message` as the whole body, with `status` 200 or another
    "lastfm_error",  # Last.fm's error object with `code`, as a 400 or `status`
]
AFTERWARDS: frozenset[Kind] = frozenset({"drop_midway", "truncated", "wrong_type"})
QUOTA_SECONDS = 64_063.0  # a wait that was really reported
STATUSES: dict[Kind, int] = {
    "body": 200,
    "rate_limit": 429,
    "quota": 429,
    "server_error": 503,
    "html": 503,
}
MESSAGES: dict[Kind, str] = {
    "rate_limit": "API rate limit exceeded",
    "quota": "Too many requests",
    "server_error": "Service unavailable",
    "scope": "Insufficient client scope",
    "forbidden": "Forbidden",
    "not_found": "Resource not found",
    "unauthorized": "The access token expired",
    "invalid_grant": "Refresh token revoked",
    "lastfm_error": "Operation failed - Something else went wrong",
    "premium": "Active premium subscription required for the owner of the app.",
    "allowlist": "Check settings on developer.spotify.com/dashboard, "
    "the user may not be registered.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to do wrong.

    `match` is part of path and query (`/me/tracks`, `offset=100`) or a pattern with `*`;
    the first `after` matching calls pass, then `times` calls fail (None: all).
    `seconds` is the wait of `latency`, and the Retry-After of 429 and 503.
    """

    kind: Kind
    match: str = ""
    times: int | None = None
    after: int = 0
    listener: str | None = None
    method: str | None = None
    status: int | None = None
    seconds: float | None = None
    message: str | None = None
    code: int | None = None

    def concerns(self, method: str, target: str, listener: str | None) -> bool:
        """Say whether a call is one of those this fault is about."""
        if self.listener not in {None, listener} or self.method not in {None, method}:
            return False
        return fnmatch.fnmatch(target, self.match) if "*" in self.match else self.match in target

    @property
    def text(self) -> str:
        """The message, or the usual one for the kind."""
        return self.message or MESSAGES.get(self.kind, "")


@dataclass(slots=True)
class _Armed:
    fault: Fault
    seen: int = 0


@dataclass(slots=True)
class Faults:
    """The faults in force, and a latency for all calls. Thread-safe."""

    latency: float = 0.0
    _armed: dict[int, _Armed] = field(default_factory=dict)
    _last: int = 0
    _lock: Lock = field(default_factory=Lock)

    def add(self, fault: Fault) -> int:
        """Begin to do something wrong; the number returned ends it."""
        with self._lock:
            self._last += 1
            self._armed[self._last] = _Armed(fault)
            return self._last

    def remove(self, number: int) -> None:
        """End one fault, whether it still fires or not."""
        with self._lock:
            self._armed.pop(number, None)

    def clear(self) -> None:
        """End all faults and the general latency."""
        with self._lock:
            self._armed.clear()
            self.latency = 0.0

    def strike(self, method: str, target: str, listener: str | None) -> list[Fault]:
        """Count a call and return what must go wrong with it, oldest first."""
        with self._lock:
            return [
                armed.fault
                for armed in self._armed.values()
                if armed.fault.concerns(method, target, listener) and _due(armed)
            ]


def _due(armed: _Armed) -> bool:
    armed.seen += 1
    past = armed.seen - armed.fault.after
    return past > 0 and (armed.fault.times is None or past <= armed.fault.times)
