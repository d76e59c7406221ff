"""What an answer of the Web API means. Pure; the table is in the docs of the Web API's clients.

Errors are `{"error": {"status", "message"[, "reason"]}}`, but a 403 may be plain text, and what a
proxy says is HTML (recorded answers, 2026).
"""

from datetime import datetime
from typing import Any

from webapp.domain.errors import (
    ForbiddenError,
    ForbiddenReason,
    MalformedError,
    NotFoundError,
    OutageError,
    ProviderError,
    RateLimitedError,
    TokenStaleError,
)
from webapp.providers.spotify.wire import Answer, retry_after

OK = range(200, 300)
CLIENT_FAULT = range(400, 500)
REQUEST_TIMEOUT = 408
TOO_EARLY = 425

_PHRASES = {
    "premium subscription required": ForbiddenReason.PREMIUM_LAPSED,
    "not be registered": ForbiddenReason.NOT_ALLOWLISTED,
    "user not registered": ForbiddenReason.NOT_ALLOWLISTED,
    "insufficient client scope": ForbiddenReason.MISSING_SCOPE,
}


def verdict(answer: Answer, detail: str, now: datetime) -> ProviderError | None:
    """Tell the failure that an answer is, or None; `detail` goes into it."""
    if answer.status in OK:
        return None
    if answer.status == 401:  # noqa: PLR2004 - the status is its own name
        return TokenStaleError(detail)
    if answer.status == 429:  # noqa: PLR2004
        quota = error_of(answer).get("reason") == "QUOTA_EXCEEDED"
        wait = retry_after(answer.headers, now)
        return RateLimitedError(retry_after=wait, quota=quota, detail=detail)
    if answer.status in CLIENT_FAULT and answer.status not in (REQUEST_TIMEOUT, TOO_EARLY):
        return _client_fault(answer, detail)
    return OutageError(detail)


def _client_fault(answer: Answer, detail: str) -> ProviderError:
    """Judge what is said about the request; only Spotify itself may say that a thing is gone."""
    if answer.is_markup():
        return OutageError(detail)
    if answer.status == 403:  # noqa: PLR2004
        return ForbiddenError(forbidden_reason(answer.text()), detail)
    if not error_of(answer):
        return OutageError(detail)
    return NotFoundError(detail) if answer.status in (404, 410) else MalformedError(detail)


def forbidden_reason(body_text: str) -> ForbiddenReason:
    """Classify a 403 by its words; the endpoint or playlist is closed when they name no cause."""
    words = body_text.lower()
    for phrase, reason in _PHRASES.items():
        if phrase in words:
            return reason
    return ForbiddenReason.ENDPOINT_GONE


def error_of(answer: Answer) -> dict[str, Any]:
    """Read the error object of an answer; empty where there is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}
