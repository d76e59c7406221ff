"""Headers that a browser should insist on, and limits on what is expensive."""

from collections.abc import Callable
from functools import wraps
from time import time
from typing import ParamSpec, TypeVar

from flask import Flask, Response, abort, g, request
from flask_login import current_user
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter, RateLimiter
from redis import RedisError

from config import Settings

P = ParamSpec("P")
R = TypeVar("R")


def install(app: Flask, settings: Settings) -> None:
    """Send the headers with every answer, and set up the limits."""
    policy = content_policy(settings)
    app.extensions["backspin_limits"] = Limits(settings.redis_url)

    def begin() -> None:
        g.limits = app.extensions["backspin_limits"]

    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        if settings.secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    app.before_request(begin)
    app.after_request(headers)


def content_policy(settings: Settings) -> str:
    """Write the Content-Security-Policy: nothing inline, nothing foreign but pictures."""
    images = " ".join(("'self'", "data:", *settings.image_sources))
    rules = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        f"img-src {images}",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules)


class Limits:
    """Moving windows in Redis, shared by all processes; in memory while Redis is away."""

    def __init__(self, redis_url: str) -> None:
        self._shared: RateLimiter = MovingWindowRateLimiter(
            RedisStorage(redis_url, socket_connect_timeout=1, socket_timeout=1)
        )
        self._own: RateLimiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, item: RateLimitItem, *names: str) -> float | None:
        """Count a request; give the seconds to wait if it is one too many."""
        try:
            return self._ask(self._shared, item, names)
        except RedisError:
            return self._ask(self._own, item, names)

    @staticmethod
    def _ask(limiter: RateLimiter, item: RateLimitItem, names: tuple[str, ...]) -> float | None:
        if limiter.hit(item, *names):
            return None
        reset_time, _ = limiter.get_window_stats(item, *names)
        return max(1.0, reset_time - time())


def limited(rate: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Limit a view per listener, or per address where nobody is signed in ("20/minute")."""
    item = parse(rate)

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def inner(*args: P.args, **kwargs: P.kwargs) -> R:
            who = current_user.get_id() if current_user.is_authenticated else request.remote_addr
            wait = g.limits.hit(item, request.endpoint or "", who or "")
            if wait is not None:
                g.retry_after = wait
                abort(429)
            return view(*args, **kwargs)

        inner.__dict__["rate"] = rate  # what wraps this carries it, too
        return inner

    return wrap
