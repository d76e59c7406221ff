"""A playlist as a file of account data tells it, brought into the history we have of it.

Such a file has no ids of playlists, only names, and lists the listener's own ones alone.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.library import Origin, Reading, next_reading

PREFIX = "file:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPlaylist:
    """A playlist of a file; entries are as the log has them: `[id | None, added_at, None]`."""

    name: str
    description: str
    entries: Sequence[Sequence[str | None]]

    @property
    def track_ids(self) -> tuple[str | None, ...]:
        """What is in it, in order."""
        return tuple(entry[0] for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVersion:
    """A version of an own playlist in the log; `track_ids` is None where it could not be read."""

    id: int
    playlist_id: str
    name: str
    seen_at: datetime
    gone: bool
    track_ids: tuple[str | None, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateVersion:
    """A version that the log lacks: what was told, or (None) what version `like` has."""

    playlist_id: str
    seen_at: datetime
    told: ToldPlaylist | None
    like: int | None
    gone: bool = False
    origin: Origin = Origin.FILE
    sync_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the log has of own playlists around a moment, by id.

    `then` are the versions that stood at that time, `later` the first ones after it.
    """

    then: Mapping[str, KnownVersion]
    later: Mapping[str, KnownVersion]
    readings: Sequence[Reading]


def recall_playlists(
    told: Sequence[ToldPlaylist], past: Past, *, at: datetime
) -> list[LateVersion]:
    """List the versions that the log lacks, now that a file shows the playlists of a past moment.

    One that differs from what stood then gets a version. Later readings stay as they were: the
    next one finds what stood before, or nothing. A playlist that only files know, and this one
    does not have, was gone; of others the file's silence says nothing.
    """
    found = dict(zip(_identify(told, past), told, strict=True))
    versions = []
    for playlist_id, playlist in found.items():
        versions += _recall(playlist_id, playlist, past, at)
    for playlist_id, version in past.then.items():
        if playlist_id.startswith(PREFIX) and playlist_id not in found and not version.gone:
            gone = LateVersion(
                playlist_id=playlist_id, seen_at=at, told=None, like=version.id, gone=True
            )
            versions += [gone, *_as_before(version, past, at)]
    return versions


def recall_undated_playlists(
    told: Sequence[ToldPlaylist], past: Past, *, now: datetime
) -> list[LateVersion]:
    """List the versions that the log lacks, where nobody knows when a file was written.

    Only playlists that the log never had are news, noted now, and closed at once where the
    playlists were read whole before.
    """
    found = zip(_identify(told, past), told, strict=True)
    new = [(id_, playlist) for id_, playlist in found if id_ not in past.then]
    ends = [False, True] if any(one.whole for one in past.readings) else [False]
    return [
        LateVersion(
            playlist_id=playlist_id,
            seen_at=now,
            told=playlist,
            like=None,
            gone=gone,
            origin=Origin.UNDATED,
        )
        for playlist_id, playlist in new
        for gone in ends
    ]


def file_id(name: str, nth: int) -> str:
    """Name a playlist that Spotify's id is not known of, by its name; `nth` of that name from 1."""
    text = name if nth == 1 else f"{name}\n{nth}"
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()[:22]


def _identify(told: Sequence[ToldPlaylist], past: Past) -> list[str]:
    """Find which playlist each one is: the only one of that name, else one known by files alone.

    What stood then is asked first, then what came later. One that files brought stays that one,
    so that the same file says the same again.
    """
    counts = Counter(playlist.name for playlist in told)
    seen: Counter[str] = Counter()
    ids = []
    for playlist in told:
        seen[playlist.name] += 1
        own_id = file_id(playlist.name, seen[playlist.name])
        known = own_id in past.then or own_id in past.later
        alone = counts[playlist.name] == 1 and playlist.name
        ids.append(own_id if known or not alone else _named(playlist.name, past) or own_id)
    return ids


def _named(name: str, past: Past) -> str | None:
    standing = [version for version in past.then.values() if not version.gone]
    coming = [version for id_, version in past.later.items() if id_ not in past.then]
    for versions in (standing, coming):
        ids = [
            version.playlist_id
            for version in versions
            if version.name.strip() == name and not version.playlist_id.startswith(PREFIX)
        ]
        if ids:
            return ids[0] if len(ids) == 1 else None
    return None


def _recall(playlist_id: str, told: ToldPlaylist, past: Past, at: datetime) -> list[LateVersion]:
    stood, coming = past.then.get(playlist_id), past.later.get(playlist_id)
    if stood and not stood.gone and stood.track_ids == told.track_ids:
        return []
    like = stood or coming
    version = LateVersion(
        playlist_id=playlist_id, seen_at=at, told=told, like=like.id if like else None
    )
    return [version, *(_as_before(stood, past, at) if stood else _ending(version, past, at))]


def _as_before(stood: KnownVersion, past: Past, at: datetime) -> list[LateVersion]:
    """Let the next reading find what stood; that it was gone, only a whole one finds."""
    reading = next_reading(past.readings, at, whole=stood.gone)
    if reading is None or _speaks(past.later.get(stood.playlist_id), reading):
        return []
    return [_of_reading(reading, stood.playlist_id, None, stood.id, gone=stood.gone)]


def _ending(version: LateVersion, past: Past, at: datetime) -> list[LateVersion]:
    """Let the next whole reading find nothing, where the log did not know the playlist yet."""
    reading = next_reading(past.readings, at, whole=True)
    if reading is None or _speaks(past.later.get(version.playlist_id), reading):
        return []
    return [_of_reading(reading, version.playlist_id, version.told, version.like, gone=True)]


def _speaks(coming: KnownVersion | None, reading: Reading) -> bool:
    return coming is not None and coming.seen_at <= reading.at


def _of_reading(
    reading: Reading, playlist_id: str, told: ToldPlaylist | None, like: int | None, *, gone: bool
) -> LateVersion:
    return LateVersion(
        playlist_id=playlist_id,
        seen_at=reading.at,
        told=told,
        like=like,
        gone=gone,
        origin=reading.origin,
        sync_id=reading.sync_id,
    )
