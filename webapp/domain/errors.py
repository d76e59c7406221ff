"""Failures that are expected: each has a kind, and knows whose turn it is to act.

The words a person reads are chosen at the edge (`webapp.views.wording`), in their language, by
`kind`; `detail` is for the operator and the log, and never holds a token.
"""

from datetime import datetime
from enum import StrEnum


class ForbiddenReason(StrEnum):
    """What a 403 of the Spotify Web API meant, told by its body."""

    ENDPOINT_GONE = "endpoint_gone"
    NOT_ALLOWLISTED = "not_allowlisted"
    PREMIUM_LAPSED = "premium_lapsed"
    MISSING_SCOPE = "missing_scope"


class ExportFault(StrEnum):
    """Why a file cannot be imported."""

    EMPTY = "empty"
    ENCODING = "encoding"
    NOT_JSON = "not_json"
    TRUNCATED = "truncated"
    WRONG_TOP_LEVEL = "wrong_top_level"
    TOO_DEEP = "too_deep"
    UNKNOWN_COLUMNS = "unknown_columns"
    NOT_ZIP = "not_zip"
    BROKEN_ZIP = "broken_zip"
    ENCRYPTED = "encrypted"
    NESTED_ZIP = "nested_zip"
    UNKNOWN_COMPRESSION = "unknown_compression"
    TOO_LARGE = "too_large"
    TOO_DENSE = "too_dense"
    TOO_MANY_FILES = "too_many_files"
    TOO_MANY_THINGS = "too_many_things"
    NEWER_VERSION = "newer_version"
    INCOMPLETE = "incomplete"
    CHANGED = "changed"
    BAD_LINE = "bad_line"


class BackspinError(Exception):
    """Base of every expected failure."""

    kind = "unexpected"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.kind)
        self.detail = detail


class UnexpectedError(BackspinError):
    """A fault of ours in the work for one listener, kept from the others; the log has the rest."""


class ProviderError(BackspinError):
    """A call to a music service did not bring what it should."""

    kind = "provider"


class OutageError(ProviderError):
    """The service is down, slow, or answers with something that is not its API (try again)."""

    kind = "outage"


class MalformedError(ProviderError):
    """A well-formed answer whose shape is not the documented one (trying again won't help)."""

    kind = "malformed"


class EmptyError(ProviderError):
    """The service answers well, and has nothing to tell (yet)."""

    kind = "empty"


class TokenStaleError(ProviderError):
    """401: the access token is no longer accepted (refresh once, try once more)."""

    kind = "token_stale"


class ConsentOverError(ProviderError):
    """`invalid_grant`: consent was revoked or is older than six months (sign in again)."""

    kind = "consent_over"


class ConfigurationError(ProviderError):
    """The service refuses the app itself: client id, secret or redirect URI (operator's turn)."""

    kind = "misconfigured"


class NotFoundError(ProviderError):
    """404: deleted, or owned by Spotify and closed to apps; or there never was such an account."""

    kind = "not_found"


class ForbiddenError(ProviderError):
    """403, classified: who can do something about it depends on the reason."""

    kind = "forbidden"

    def __init__(self, reason: ForbiddenReason, detail: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.kind = reason.value


class PrivateError(ProviderError):
    """The account hides its listening from everybody else (its owner's turn)."""

    kind = "private"


class RateLimitedError(ProviderError):
    """429: nobody may call for `retry_after` seconds; `quota` tells the daily kind from a burst."""

    kind = "rate_limited"

    def __init__(self, *, retry_after: float, quota: bool, detail: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.quota = quota
        self.kind = "quota_exceeded" if quota else "rate_limited"


class PausedError(ProviderError):
    """The call budget refuses a call until `until` (aware, UTC); nothing was sent."""

    kind = "paused"

    def __init__(self, *, until: datetime, why: str) -> None:
        super().__init__(why)
        self.until = until
        self.why = why


class QueueDownError(BackspinError):
    """Redis cannot be reached: work is kept in the database and starts later."""

    kind = "queue_down"


class ExportError(BackspinError):
    """A file that is broken as a whole; single bad rows are told in the receipt instead.

    `file` is its name as shown, where one of a package; `row` the number of the last good row.
    """

    def __init__(self, fault: ExportFault, *, file: str = "", row: int | None = None) -> None:
        self.kind = fault.value
        super().__init__()
        self.fault = fault
        self.file = file
        self.row = row


class LostClaimError(BackspinError):
    """Somebody else works on this now, or it was ended: stop quietly."""

    kind = "lost_claim"
