"""What every page must say at its top: reconnect, a pause, a queue that is away."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from time import monotonic

from flask import url_for
from flask_babel import format_datetime, gettext, lazy_gettext, ngettext
from redis import RedisError

from webapp.domain.accounts import Account, State, consent_of
from webapp.queries import budget
from webapp.services.wiring import Wiring

QUEUE_CHECK_SECONDS = 5.0

REASONS = {
    "not_allowlisted": lazy_gettext(
        "Spotify does not know you as a user of this app. Ask the operator to add you on"
        " Spotify's developer dashboard (User Management), then reconnect."
    ),
    "missing_scope": lazy_gettext(
        "Spotify's permission lacks something Backspin needs. Please reconnect."
    ),
    "consent_over": lazy_gettext(
        "Spotify's permission has ended: it lasts six months, or was withdrawn. Collecting is"
        " paused, and everything kept so far stays."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice; `kind` is info, success, pause, warning or error."""

    kind: str
    text: str
    action_label: str | None = None
    action_url: str | None = None


class SiteNotices:
    """The notices of a page, found out when a page shows them; a fragment never asks."""

    def __init__(self, wiring: Wiring, account: Account | None) -> None:
        self._wiring = wiring
        self._account = account

    def __iter__(self) -> Iterator[Notice]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @cached_property
    def _found(self) -> list[Notice]:
        if self._account is None:
            return []
        notices = [self._connection(self._account), self._pause(), self._queue()]
        return [notice for notice in notices if notice]

    def _connection(self, account: Account) -> Notice | None:
        if account.state is not State.ACTIVE:
            return Notice(
                kind="warning",
                text=reconnect_text(account),
                action_label=gettext("Reconnect with Spotify"),
                action_url=url_for("auth.sign_in"),
            )
        if account.consented_at is None:
            return None
        consent = consent_of(account.consented_at, self._wiring.clock())
        if consent.notice is None:
            return None
        return Notice(
            kind="warning",
            text=ngettext(
                "Spotify's permission ends in %(num)s day. Renew it, so that nothing is missed.",
                "Spotify's permission ends in %(num)s days. Renew it, so that nothing is missed.",
                consent.days_left,
            ),
            action_label=gettext("Renew"),
            action_url=url_for("auth.sign_in"),
        )

    def _pause(self) -> Notice | None:
        found = budget.find_block(self._wiring.clock())
        if found is None:
            return None
        until, why = found
        if why == "premium_lapsed":
            text = gettext(
                "Spotify answers nothing: the Premium subscription of this app's owner has"
                " lapsed. The operator has to renew it; what is stored stays."
            )
        else:
            text = gettext(
                "Spotify asks us to pause until %(time)s. Work goes on by itself then.",
                time=format_datetime(until, "short"),
            )
        return Notice(kind="pause", text=text)

    def _queue(self) -> Notice | None:
        if queue_answers(self._wiring):
            return None
        return Notice(
            kind="warning",
            text=gettext(
                "The job queue cannot be reached. You can read everything; new syncs are kept and"
                " start by themselves when it is back."
            ),
        )


def reconnect_text(account: Account) -> str:
    """Say why we may not call Spotify for a listener, and what helps."""
    if account.state is State.DISCONNECTED:
        return str(gettext("Backspin is disconnected from Spotify. What was kept so far stays."))
    return str(REASONS.get(account.state_reason or "", REASONS["consent_over"]))


_queue_seen: dict[int, tuple[float, bool]] = {}


def queue_answers(wiring: Wiring) -> bool:
    """Tell whether Redis answers; asked at most every 5 s, because a dead host answers slowly."""
    asked_at, answer = _queue_seen.get(id(wiring.redis), (-QUEUE_CHECK_SECONDS, True))
    if monotonic() - asked_at < QUEUE_CHECK_SECONDS:
        return answer
    try:
        answer = bool(wiring.redis.ping())
    except RedisError:
        answer = False
    _queue_seen[id(wiring.redis)] = (monotonic(), answer)
    return answer
