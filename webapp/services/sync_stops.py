"""What makes a running sync stop before it is done, and what it then waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.accounts import Account
from webapp.domain.errors import (
    BackspinError,
    ConsentOverError,
    ForbiddenError,
    ForbiddenReason,
    PausedError,
    QueueDownError,
    RateLimitedError,
)
from webapp.domain.syncs import Waiting
from webapp.queries import accounts, budget

LISTENERS_TURN = frozenset({ForbiddenReason.NOT_ALLOWLISTED, ForbiddenReason.MISSING_SCOPE})


@dataclass(slots=True, kw_only=True)
class Stop(Exception):  # noqa: N818 - not an error
    """End this run. With nothing said, somebody else goes on at once (a worker, usually)."""

    waiting: Waiting | None = None
    until: datetime | None = None
    lost: bool = False
    """The sync is no longer ours: someone else took it, or it was ended."""


def stop_for(error: BackspinError, account: Account, now: datetime) -> Stop | None:
    """Translate an error that concerns more than one page; None for those that don't."""
    if isinstance(error, ForbiddenError):
        return _stop_for_forbidden(error.reason, account, now)
    match error:
        case PausedError():
            return Stop(waiting=Waiting.BUDGET, until=error.until)
        case RateLimitedError():
            return Stop(waiting=Waiting.BUDGET, until=now + timedelta(seconds=error.retry_after))
        case QueueDownError():
            return Stop(waiting=Waiting.QUEUE)
        case ConsentOverError():
            return Stop(waiting=Waiting.RECONNECT)
        case _:
            return None


def _stop_for_forbidden(reason: ForbiddenReason, account: Account, now: datetime) -> Stop | None:
    if reason is ForbiddenReason.PREMIUM_LAPSED:
        # The transport has blocked all calls until the next daily probe.
        found = budget.find_block(now)
        return Stop(waiting=Waiting.BUDGET, until=found[0] if found else now + timedelta(days=1))
    if reason in LISTENERS_TURN:
        accounts.needs_reconnect(account.id, reason)
        return Stop(waiting=Waiting.RECONNECT)
    return None
