"""Listeners as the operator sees them: their connection, their archive, what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask_babel import lazy_gettext

from webapp.domain.accounts import Account, Consent, State, consent_of
from webapp.queries import archive, listeners, syncs
from webapp.queries.archive import ArchiveState
from webapp.queries.lines import Slice, Wanted
from webapp.queries.listeners import Which
from webapp.queries.syncs import SyncRow
from webapp.views.requests import page_number, search_words, wiring
from webapp.views.wording import error_sentence, sync_state

REASONS = {
    "not_allowlisted": lazy_gettext(
        "Not on the app's list. Add them on Spotify's developer dashboard, under User Management;"
        " then they can reconnect."
    ),
    "missing_scope": lazy_gettext("Their permission lacks something. They have to reconnect."),
    "consent_over": lazy_gettext("Their permission has ended. They have to reconnect."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the operator looks for, and the part of the list that was found."""

    which: Which
    words: str
    part: Slice[Account]

    def url(self, **changes: Any) -> str:
        """Give the address with something changed; the page goes back to the first."""
        query = {"show": self.which.value, "q": self.words, **changes}
        if query.get("show") == Which.ALL:
            del query["show"]
        if query.get("page") == 1:
            del query["page"]
        return url_for("admin.users", **{name: value for name, value in query.items() if value})

    @property
    def prev_url(self) -> str | None:
        """Give the address of the page before."""
        return self.url(page=self.part.page - 1) if self.part.page > 1 else None

    @property
    def next_url(self) -> str | None:
        """Give the address of the page after."""
        return self.url(page=self.part.page + 1) if self.part.page < self.part.pages else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerView:
    """One listener. `reason` says why they must reconnect, `trouble` why their archive fails."""

    account: Account
    consent: Consent | None
    reason: str
    archive: ArchiveState | None
    trouble: str
    sync: SyncRow | None
    sync_state: str


def find() -> Finding:
    """Read the address, and the part of the list it asks for; 404 where there is none."""
    show = request.args.get("show", Which.ALL.value)
    if show not in set(Which):
        abort(404)
    words = search_words()
    part = listeners.page(Which(show), Wanted(words=words, page=page_number()))
    if part.beyond:
        abort(404)
    return Finding(which=Which(show), words=words, part=part)


def listener_views(accounts: Iterable[Account]) -> list[ListenerView]:
    """Make the rows."""
    rows = list(accounts)
    ids = [account.id for account in rows]
    states, latest = archive.states(ids), syncs.latest_of(ids)
    return [_view(account, states.get(account.id), latest.get(account.id)) for account in rows]


def _view(account: Account, state: ArchiveState | None, sync: SyncRow | None) -> ListenerView:
    active, now = account.state is State.ACTIVE, wiring().clock()
    consented = account.consented_at if active else None
    lost = account.state is State.NEEDS_RECONNECT
    failing = active and state is not None and state.failures
    return ListenerView(
        account=account,
        consent=consent_of(consented, now) if consented else None,
        reason=str(REASONS.get(account.state_reason or "", REASONS["consent_over"]))
        if lost
        else "",
        archive=state,
        trouble=error_sentence(state.failure_message) if state and failing else "",
        sync=sync,
        sync_state=sync_state(sync) if sync else "",
    )
