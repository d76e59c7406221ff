"""Ids that are found later: what rows only named becomes what Spotify knows, without doubling."""

from datetime import date

from webapp import db
from webapp.domain.plays import RANK
from webapp.domain.reports import Source
from webapp.queries import (
    accounts,
    adoption,
    catalog_adoption,
    decisions,
    merging,
    naming,
    plays,
)
from webapp.queries.decisions import Wish
from webapp.services import verdicts

SONGS_AT_A_TIME = 500
THINGS_AT_A_TIME = 500
MOST_LISTENERS = 200
"""So many have their turn in one run; the next ones in the next."""


def adopt_all() -> int:
    """Give all named artists, albums and songs their ids; return for how many listeners."""
    if not catalog_adoption.is_any_named():
        return 0
    naming.name_catalogue()
    adopt_albums()
    touched = adopt_artists()
    return len(touched | {user for user in adoption.listeners(MOST_LISTENERS) if adopt(user)})


def adopt_albums() -> None:
    """Let tracks stand on albums of Spotify's instead of named ones."""
    with db.transaction():
        if pairs := catalog_adoption.found("album", THINGS_AT_A_TIME):
            catalog_adoption.replace("album", pairs)


def adopt_artists() -> set[int]:
    """Credit artists of Spotify's instead of named ones; return whose days were counted anew."""
    brought = [source for source in Source if source is not Source.SPOTIFY]
    with db.transaction():
        pairs = catalog_adoption.found("artist", THINGS_AT_A_TIME)
        days = catalog_adoption.days_of(list(pairs), brought) if pairs else {}
        plays.lock(days)
        catalog_adoption.replace("artist", pairs)
        for user_id in sorted(days):
            plays.count_changed_days(user_id, days[user_id])
        accounts.bump_versions(list(days))
    return set(days)


def adopt(user_id: int) -> bool:
    """Give a listener's songs their tracks, each batch in a transaction of its own."""
    changed = False
    while True:
        with db.transaction():
            plays.lock([user_id])
            days = _adopt_some(user_id)
            if not days:
                return changed
            plays.count_changed_days(user_id, days)
            accounts.bump_version(user_id)
            changed = True


def adopt_plays(user_id: int) -> set[date]:
    """Give a listener's songs their tracks, inside the caller's transaction, which counts days."""
    days: set[date] = set()
    while further := _adopt_some(user_id):
        days |= further
    return days


def _adopt_some(user_id: int) -> set[date]:
    """Take a batch of songs; give the days that changed, none when there is nothing to do."""
    names = adoption.names(user_id, SONGS_AT_A_TIME)
    if not names:
        return set()
    adoption.choose(user_id, names)
    days = _judge_near_ones(user_id, names)
    doubled = adoption.move(user_id, names)
    decisions.restate(user_id, doubled)
    days |= adoption.days(user_id)
    for report_id in adoption.told_apart(user_id, doubled):
        report = decisions.find_report(user_id, report_id)
        if report is not None:
            days |= verdicts.apply(user_id, report, Wish.OWN)
    return days


def _judge_near_ones(user_id: int, names: list[str]) -> set[date]:
    """Judge anew what is near another play of the song, whose name was another one before."""
    found = adoption.let_go(user_id, names)
    days: set[date] = set()
    for source in sorted(found, key=RANK.index):
        days |= merging.judge_again(user_id, source, sorted(found[source])).days
    return days
