"""Bring an archive of everything back: into an empty account as it was, else what is missing.

It is part of the import's one transaction: all of it, or nothing.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from webapp.domain.accounts import Account, is_time_zone
from webapp.domain.imports import Outcome
from webapp.domain.library import Event, diff
from webapp.domain.restoring import Plan, plan_library, takes_settings
from webapp.domain.syncs import Collection
from webapp.queries import (
    accounts,
    library,
    playlists,
    plays,
    profiles,
    restored_account,
    restored_catalogue,
    restored_library,
    restored_lines,
    restored_listening,
    staging,
    syncs,
)
from webapp.queries import decisions as decision_queries
from webapp.queries.restored_lines import Staged
from webapp.services import decisions
from webapp.services.import_library import COLLECTIONS, LIBRARY_NEW, PLAYLISTS_NEW

LIBRARY_LEFT = "library_left"
"""Key of a receipt: how many entries of the library's past were left out, for ours tells of that
time too."""

SETTINGS_NEW, SETTINGS_LEFT = "settings_new", "settings_left"
PROFILE_ON, PROFILE_OFF, PROFILE_LEFT = "profile_on", "profile_off", "profile_left"
COLLECTION_NEW, BLENDS_TOLD = "collection_new", "blends_told"
"""Keys of a receipt: 1 where settings came along, or stayed as they are here; where the profile is
on or off now, as it was, or stayed too; how much was new in the collection; how many blends were
only told of."""

THEMES = frozenset({"system", "light", "dark"})


def restore(user_id: int, import_id: int, now: datetime) -> Counter[str]:
    """Bring every archive of an import back, inside the caller's transaction.

    Gives the receipt: what became of each report, and how much of everything else was new.
    """
    receipt: Counter[str] = Counter()
    for staged in restored_lines.archives(user_id, import_id):
        # Whoever writes a listener's library or plays locks in this order: syncs, the listener.
        syncs.lock_active(user_id)
        plays.lock([user_id])
        staging.make_room()
        receipt += _restore(staged, now)
        accounts.bump_version(user_id)
        restored_lines.drop(staged)
    return receipt


def _restore(staged: Staged, now: datetime) -> Counter[str]:
    user_id = staged.user_id
    no_plays = not restored_listening.has_reports(user_id)
    no_past = restored_library.first_here(user_id) is None
    restored_catalogue.add(staged)
    receipt = _restore_account(staged, now, empty=no_plays and no_past)
    receipt += _restore_library(staged)
    restored_listening.note_gaps(staged)
    restored_listening.add_imports(staged)
    reports = restored_listening.add_reports(staged)
    restored_listening.add_decisions(staged)
    restored_listening.add_gaps(staged, now)
    if no_plays:
        restored_listening.add_state(staged, now)
        decision_queries.restate_all(user_id)
        plays.count_all_days(user_id)
    elif reports.total() > reports[Outcome.HAD]:
        decisions.rebuild(user_id)
    elif receipt[SETTINGS_NEW]:
        plays.count_all_days(user_id)  # they may begin at another hour
    return receipt + _outcomes(reports)


def _restore_account(staged: Staged, now: datetime, *, empty: bool) -> Counter[str]:
    """Bring the collection, and what the listener had chosen where that may be taken over.

    What may open a profile comes only where nobody chose here. The name stays that of this
    account, and a blend is not made anew: the other one must agree.
    """
    receipt = Counter(
        {
            COLLECTION_NEW: restored_account.add_collection(staged),
            BLENDS_TOLD: restored_account.count_blends(staged),
        }
    )
    account = accounts.get(staged.user_id)
    taken = takes_settings(empty=empty, joined_at=account.created_at, now=now)
    if chosen := _chosen(account, restored_lines.listener(staged)):
        receipt[SETTINGS_NEW if taken else SETTINGS_LEFT] = 1
        if taken:
            accounts.change(account.id, **chosen)
    if told := restored_account.privacy(staged):
        if taken and not profiles.has_chosen(account.id):
            profiles.save_privacy(account.id, told.privacy, told.changed_at)
            receipt[PROFILE_ON if told.privacy.shown else PROFILE_OFF] = 1
        elif told.privacy != profiles.privacy_of(account.id):
            receipt[PROFILE_LEFT] = 1
    return +receipt


def _chosen(account: Account, told: dict[str, Any]) -> dict[str, Any]:
    """Give the settings in which an archive differs from the account, those that can be."""
    chosen: dict[str, Any] = {"language": told["language"]}
    if is_time_zone(told["time_zone"]) and accounts.knows_time_zone(told["time_zone"]):
        chosen["time_zone"] = told["time_zone"]
    if told["theme"] in THEMES:
        chosen["theme"] = told["theme"]
    return {name: value for name, value in chosen.items() if getattr(account, name) != value}


def _restore_library(staged: Staged) -> Counter[str]:
    user_id = staged.user_id
    restored_library.add(staged, "top_songs_marks")
    past, first_here = restored_library.compare(staged), restored_library.first_here(user_id)
    plan = plan_library(missing=past.missing, last_told=past.last_at, first_here=first_here)
    if plan is Plan.HAVE:
        if first_here is None:
            restored_library.add(staged, "collection_checks")  # looks that found nothing
        return Counter()
    if plan is Plan.LEAVE:
        return Counter({LIBRARY_LEFT: past.missing})
    before = _Before(user_id) if plan is Plan.GO_BEFORE else None
    receipt = Counter(
        {
            LIBRARY_NEW: restored_library.add(staged, "library_events"),
            PLAYLISTS_NEW: restored_library.add(staged, "playlist_versions"),
        }
    )
    restored_library.add(staged, "top_lists")
    restored_library.add(staged, "collection_checks")
    playlists.rebuild(user_id)
    if before is not None and past.last_at is not None:
        before.close(past.last_at)
    library.rebuild(user_id)
    return receipt


class _Before:
    """What was seen first here, where an archive's past goes before it.

    What the archive knew last, and the first whole look here did not show, was gone by then.
    """

    def __init__(self, user_id: int) -> None:
        self._user_id = user_id
        self._looks = restored_library.first_looks(user_id)
        self._playlists = restored_library.playlists_here(user_id)
        self._seen = {
            kind: library.state_at(user_id, kind, self._looks[collection])
            for kind, collection in COLLECTIONS.items()
            if collection in self._looks
        }

    def close(self, last_told: datetime) -> None:
        """Write the ends of what the archive left open."""
        for kind, seen in self._seen.items():
            told = library.state_at(self._user_id, kind, last_told)
            changes = diff(_dates(told), _dates(seen), whole=True)
            gone = [change for change in changes if change.event is Event.REMOVED]
            look = self._looks[COLLECTIONS[kind]]
            library.record(self._user_id, kind, gone, look, None)
        if Collection.PLAYLISTS in self._looks:
            told_of = set(playlists.playlists_at(self._user_id, last_told))
            look = self._looks[Collection.PLAYLISTS]
            playlists.record_gone(self._user_id, sorted(told_of - self._playlists), look, None)


def _dates(state: dict[str, datetime | None]) -> dict[str, str | None]:
    return {item: at.isoformat() if at else None for item, at in state.items()}


def _outcomes(reports: Counter[str]) -> Counter[str]:
    """Say by verdict what became of reports; one that was set aside was merged once."""
    outcomes = Counter(reports)
    outcomes[Outcome.MERGED] += outcomes.pop("set_aside", 0)
    return +outcomes
