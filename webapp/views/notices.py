"""What every page must say at its top: reconnect, a pause, a queue that is away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from time import monotonic

from flask import request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from redis import RedisError

from webapp.domain.accounts import Account, State, consent_of
from webapp.queries import notices
from webapp.queries.notices import News
from webapp.services.wiring import Wiring
from webapp.views.formats import near_moment
from webapp.views.wording import pause_sentence

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
        account, now = self._account, self._wiring.clock()
        news = notices.news(account.id, now, operator=account.is_admin)
        found = [
            self._connection(account, now),
            _pause(news, account, now),
            _strangers(news),
            _invitations(news),
            self._queue(),
        ]
        return [notice for notice in found if notice]

    def _connection(self, account: Account, now: datetime) -> Notice | None:
        if account.state is not State.ACTIVE:
            return Notice(
                kind="warning",
                text=reconnect_text(account),
                action_label=gettext("Reconnect with Spotify"),
                action_url=url_for("auth.sign_in"),
            )
        if account.consented_at is None:
            return None
        consent = consent_of(account.consented_at, now)
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


def _pause(news: News, account: Account, now: datetime) -> Notice | None:
    if news.blocked_until is None:
        return None
    time = near_moment(news.blocked_until, now)
    if news.why == "premium_lapsed" and account.is_admin:
        text = gettext(
            "Spotify refuses this app, because the Premium subscription of its owner has lapsed."
            " Renew it; the next try is at %(time)s.",
            time=time,
        )
        return Notice(kind="error", text=text)
    return Notice(kind="pause", text=pause_sentence(news.why or "", time))


def _strangers(news: News) -> Notice | None:
    """Tell the operator of listeners whom only they can help."""
    if not news.strangers:
        return None
    return Notice(
        kind="warning",
        text=ngettext(
            "Spotify does not know %(num)s listener as a user of this app. Add them on Spotify's"
            " developer dashboard, under User Management; then they can reconnect.",
            "Spotify does not know %(num)s listeners as users of this app. Add them on Spotify's"
            " developer dashboard, under User Management; then they can reconnect.",
            news.strangers,
        ),
        action_label=gettext("Who it is"),
        action_url=url_for("admin.users", show="reconnect"),
    )


def _invitations(news: News) -> Notice | None:
    """Tell of invitations to blends, on every page but the one where they are answered."""
    if not news.invitations or request.endpoint == "blends.index":
        return None
    return Notice(
        kind="info",
        text=ngettext(
            "%(num)s invitation to a blend waits for your answer.",
            "%(num)s invitations to blends wait for your answer.",
            news.invitations,
        ),
        action_label=gettext("See who it is"),
        action_url=url_for("blends.index"),
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
