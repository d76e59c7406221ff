"""Before and after the pages of a collection: plan its sweep; take the difference, write it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from webapp.domain.accounts import Account
from webapp.domain.archive import ask_after, believable
from webapp.domain.library import Event, Kind, content_hash, diff
from webapp.domain.playlists import PlaylistsSweep
from webapp.domain.saved_sweep import SavedSweep
from webapp.domain.sweeps import FollowedSweep, RecentSweep, Sweep, TopSweep
from webapp.domain.syncs import Checked, Collection, Freshness, needs_sweep
from webapp.queries import archive, budget, library, playlists, plays
from webapp.queries.playlists import Version
from webapp.queries.plays import Heard
from webapp.services import archive_keeping

CLOSED_FOR = timedelta(days=7)
"""A playlist, or an endpoint, that refused us is tried again after this long."""

OTHERS_PLAYLISTS = "others_playlists"
"""The app's capability to read playlists that its listeners do not own."""

KINDS = {
    Collection.SAVED_TRACKS: Kind.SAVED_TRACK,
    Collection.SAVED_ALBUMS: Kind.SAVED_ALBUM,
    Collection.FOLLOWED_ARTISTS: Kind.FOLLOWED_ARTIST,
}
TOPS = {Collection.TOP_TRACKS: "tracks", Collection.TOP_ARTISTS: "artists"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a collection brought.

    `total` is what the service counted; `swept`: it was read whole, so that removals were seen.
    """

    added: int = 0
    removed: int = 0
    skipped: int = 0
    total: int | None = None
    swept: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether nothing differed."""
        return not (self.added or self.removed or self.skipped)


def plan(
    collection: Collection, account: Account, checked: Checked, fresh: Freshness, now: datetime
) -> Sweep:
    """Make the sweep of a collection, knowing what we have."""
    if collection in TOPS:
        return TopSweep(collection=collection)
    if collection is Collection.RECENTLY_PLAYED:
        after = ask_after(plays.newest(account.id, believable(now)), now)
        return RecentSweep(since=after.isoformat() if after else None)
    if collection is Collection.PLAYLISTS:
        return PlaylistsSweep(
            me=account.spotify_id,
            known=playlists.known(account.id),
            closed=playlists.closed(account.id, now, CLOSED_FOR),
            others_closed=budget.capability(OTHERS_PLAYLISTS, now - CLOSED_FOR) is False,
        )
    known = library.known(account.id, KINDS[collection])
    full = needs_sweep(checked, fresh, now)
    if collection is Collection.FOLLOWED_ARTISTS:
        return FollowedSweep(known=known, known_total=checked.total, full=full)
    return SavedSweep(collection=collection, known=known, known_total=checked.total, full=full)


def settle(sweep: Sweep, account: Account, sync_id: int, now: datetime) -> Settled:
    """Write what a finished sweep found (inside the caller's transaction)."""
    return SETTLERS[type(sweep)](sweep, account, sync_id, now)


def _settle_top(sweep: TopSweep, account: Account, sync_id: int, now: datetime) -> Settled:
    kind = TOPS[sweep.collection]
    before = library.last_top_lists(account.id, kind, now)
    changed = {r: ids for r, ids in sweep.lists.items() if before.get(r) != ids}
    library.record_top_lists(account.id, kind, changed, now, sync_id)
    new = sum(len(set(ids) - set(before.get(r, ()))) for r, ids in changed.items())
    gone = sum(len(set(before.get(r, ())) - set(ids)) for r, ids in changed.items())
    longest = max(len(ids) for ids in sweep.lists.values())
    return Settled(added=new, removed=gone, total=longest, swept=True)


def _settle_recent(sweep: RecentSweep, account: Account, sync_id: int, now: datetime) -> Settled:
    told = [
        Heard(
            user_id=account.id,
            track_id=track_id,
            ended_at=datetime.fromisoformat(ended),
            context_uri=context,
        )
        for track_id, ended, context in sweep.plays or ()
    ]
    plays.lock([account.id])
    standings = archive.standings([account.id], believable(now))
    contested = plays.contested(told)
    new = [] if contested else plays.record(told, now, sync_id)
    plays.count_days(new)
    counts = archive_keeping.tell_contested(told, contested, now) or {account.id: len(new)}
    # A sync is as good as the archive's own asking.
    ends = [play.ended_at for play in told]
    archive_keeping.settle([(standing, ends, len(ends)) for standing in standings], counts, now)
    return Settled(added=counts[account.id], total=len(told), swept=True)


def _settle_saved(
    sweep: SavedSweep | FollowedSweep, account: Account, sync_id: int, now: datetime
) -> Settled:
    kind = KINDS[sweep.collection]
    plays.lock([account.id])
    # What we know may have changed since the sweep was planned: a file was brought in.
    changes = diff(library.known(account.id, kind), {**sweep.rows}, whole=sweep.whole)
    library.record(account.id, kind, changes, now, sync_id)
    added = sum(1 for change in changes if change.event is Event.ADDED)
    return Settled(
        added=added, removed=len(changes) - added, total=sweep.counted, swept=sweep.whole
    )


def _settle_playlists(
    sweep: PlaylistsSweep, account: Account, sync_id: int, now: datetime
) -> Settled:
    user_id, listed = account.id, sweep.listed
    plays.lock([user_id])
    # A playlist that could not be read this time keeps its last version as it is.
    seen = {id_: row for id_, row in listed.items() if id_ not in sweep.failed}
    before = playlists.hashes(user_id)
    unread = [id_ for id_ in seen if id_ not in sweep.readings]
    entries: dict[str, list[Any]] = playlists.entries(user_id, unread)
    entries |= {id_: reading.rows for id_, reading in sweep.readings.items()}
    versions = [_version(row, entries.get(id_), _snapshot(sweep, id_)) for id_, row in seen.items()]
    changed = [v for v in versions if before.get(v.playlist_id) != v.content_hash]
    gone = [id_ for id_ in before if id_ not in listed] if sweep.whole else []
    playlists.record(user_id, changed, now, sync_id)
    playlists.record_gone(user_id, gone, now, sync_id)
    playlists.record_access(user_id, sweep.refused, list(sweep.readings), now)
    _learn_about_others(sweep, now)
    return Settled(
        added=len(changed),
        removed=len(gone),
        skipped=len(sweep.failed),
        total=sweep.total,
        swept=sweep.whole and not sweep.failed,
    )


def _snapshot(sweep: PlaylistsSweep, playlist_id: str) -> str:
    """Name the version that our entries are of.

    A playlist that moved while it was read gets no token, so the next sync reads it again; one
    we can't read keeps the token of what we have, because a new one is no news of its content.
    """
    reading = sweep.readings.get(playlist_id)
    if reading:
        return str(sweep.listed[playlist_id]["snapshot_id"]) if reading.steady else ""
    known = sweep.known.get(playlist_id)
    return known.snapshot_id if known else ""


def _version(row: Mapping[str, Any], entries: list[Any] | None, snapshot: str) -> Version:
    content = {
        "snapshot_id": snapshot,
        "name": row["name"],
        "description": row["description"],
        "owner": [row["owner_id"], row["owner_name"]],
        "flags": [row["public"], row["collaborative"]],
        # Spotify calls the address of a cover temporary: another query or host is no other cover.
        "image": urlsplit(row["image_url"] or "").path,
        "entries": entries,
    }
    return Version(
        playlist_id=row["id"],
        snapshot_id=snapshot,
        name=row["name"],
        description=row["description"],
        owner_id=row["owner_id"],
        owner_name=row["owner_name"],
        public=row["public"],
        collaborative=row["collaborative"],
        image_url=row["image_url"],
        total=row["total"],
        entries=entries,
        content_hash=content_hash(content),
    )


def _learn_about_others(sweep: PlaylistsSweep, now: datetime) -> None:
    """Remember whether this app may read playlists of others: one refusal speaks for all."""
    others = {id_ for id_, row in sweep.listed.items() if row["owner_id"] != sweep.me}
    others -= {id_ for id_ in others if sweep.listed[id_]["collaborative"]}
    # An empty one is known without a call, and proves nothing.
    if any(id_ in others and reading.rows for id_, reading in sweep.readings.items()):
        budget.remember_capability(OTHERS_PLAYLISTS, available=True, detail="200", now=now)
    elif any(sweep.refused.get(id_) == "endpoint_gone" for id_ in others):
        budget.remember_capability(OTHERS_PLAYLISTS, available=False, detail="403", now=now)


SETTLERS: Mapping[type[Sweep], Callable[[Any, Account, int, datetime], Settled]] = {
    TopSweep: _settle_top,
    RecentSweep: _settle_recent,
    SavedSweep: _settle_saved,
    FollowedSweep: _settle_saved,
    PlaylistsSweep: _settle_playlists,
}
