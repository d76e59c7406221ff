"""The state of the stand-in, and every way a test or a demo may change it. Thread-safe."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock

from demo.standin import catalogue
from demo.standin.calls import CallLog
from demo.standin.crowd import Crowd
from demo.standin.faults import Faults
from demo.standin.listeners import Listener, newcomer
from demo.standin.plays import WINDOW
from demo.standin.profiles import PROFILES
from demo.standin.records import (
    Access,
    Catalogue,
    Entry,
    EntryKind,
    Library,
    Play,
    Playlist,
    Saved,
)
from demo.standin.shapes import Shape, Shapes
from demo.standin.tokens import ACCESS_SECONDS, Tokens
from demo.standin.words import base62

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Tell the real time."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Settings:
    """How to begin: shape, address under which clients reach us, where tokens are kept."""

    shape: Shape = "restricted"
    base_url: str = "http://127.0.0.1"
    state_file: Path | None = None
    redirect_uris: tuple[str, ...] = ()


class World:
    """Catalogue, listeners, tokens, faults and log in one place."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Begin with the first day of every listener."""
        settings = settings or Settings()
        self.music: Catalogue = catalogue.generate()
        self.faults = Faults()
        self.log = CallLog()
        self.redirect_uris = settings.redirect_uris
        self.lock = RLock()
        self._clock: Clock = utc_now
        self._shapes: dict[tuple[Shape, str], Shapes] = {}
        self._created = 0
        self.shape: Shape = settings.shape
        self._first_shape: Shape = settings.shape
        self.base_url = settings.base_url
        self.tokens = Tokens(clock=self.now, file=settings.state_file)
        self.listeners = {profile.key: newcomer(profile) for profile in PROFILES}
        self.crowd = Crowd(music=self.music)

    def now(self) -> datetime:
        """Tell the time by the world's clock."""
        return self._clock()

    @property
    def shapes(self) -> Shapes:
        """The serialiser for the present shape and address."""
        key = (self.shape, self.base_url)
        if key not in self._shapes:
            self._shapes[key] = Shapes(music=self.music, base_url=self.base_url, shape=self.shape)
        return self._shapes[key]

    def find_listener(self, key: str) -> Listener | None:
        """Look a listener up, members of the crowd included."""
        return self.listeners.get(key) or self.crowd.find(key)

    def recent_plays(self, listener: str) -> list[Play]:
        """Return the last fifty plays that have ended, newest first, added ones among them."""
        person, now = self.find_listener(listener), self.now()
        if person is None:
            raise KeyError(listener)
        with self.lock:
            added = [play for play in person.library.plays if play.ended_at <= now]
            plays = added + person.start.timeline.last(now)
        return sorted(plays, key=lambda play: play.ended_at, reverse=True)[:WINDOW]

    def find_playlist(self, playlist_id: str) -> Playlist | None:
        """Look a playlist up in everybody's library."""
        for person in self.listeners.values():
            for item in person.library.playlists:
                if item is not None and item.id == playlist_id:
                    return item
        return None

    # -- the world at large ------------------------------------------------------------------

    def reset(self) -> None:
        """Go back to the first day, shape and clock, without a crowd; other tokens stay."""
        with self.lock:
            self.listeners = {profile.key: newcomer(profile) for profile in PROFILES}
            self.add_crowd(0)
            self.faults.clear()
            self.log.clear()
            self.tokens.rotating.clear()
            self.tokens.access_seconds = ACCESS_SECONDS
            self.shape = self._first_shape
            self._clock = utc_now

    def set_clock(self, clock: Clock | None) -> None:
        """Tell time by `clock` (aware datetimes) from now on; None goes back to the real one."""
        self._clock = clock or utc_now

    def set_shape(self, shape: Shape) -> None:
        """Answer as a restricted (2026) or an extended app."""
        self.shape = shape

    def add_crowd(self, count: int, plays_per_hour: int = 20) -> None:
        """Let a crowd be there instead of the one before, whose tokens die with it."""
        with self.lock:
            arriving = Crowd(music=self.music, count=count, plays_per_hour=plays_per_hour)
            self.tokens.revoke(*self.crowd.members())
            self.crowd = arriving

    # -- accounts ----------------------------------------------------------------------------

    def revoke(self, listener: str) -> None:
        """Withdraw consent as on spotify.com/account/apps."""
        self.tokens.revoke(listener)

    def crowd_tokens(self, scope: str) -> dict[str, dict[str, str]]:
        """Give every member's consent at once: an access and a refresh token by listener."""
        return {
            key: {"access_token": issued.access_token, "refresh_token": issued.refresh_token or ""}
            for key, issued in self.tokens.grant(self.crowd.members(), scope).items()
        }

    def expire_access_tokens(self, listener: str) -> None:
        """Make access tokens stale now; the refresh token still works."""
        self.tokens.expire_access(listener)

    def rotate_refresh(self, listener: str, *, on: bool = True) -> None:
        """Give a new refresh token at each refresh, the old one dying at once."""
        (self.tokens.rotating.add if on else self.tokens.rotating.discard)(listener)

    def set_account_id(self, listener: str, account_id: str | None) -> None:
        """Change or hide what GET /me gives as account_id."""
        self.listeners[listener].account_id = account_id

    # -- library -----------------------------------------------------------------------------

    def save_track(self, listener: str, track_id: str, at: datetime | None = None) -> None:
        """Put a track into the library."""
        with self._library(listener) as library:
            _save(library.tracks, self.music.tracks[track_id].id, at or self.now())

    def unsave_track(self, listener: str, track_id: str) -> None:
        """Take a track out of the library."""
        with self._library(listener) as library:
            _unsave(library.tracks, track_id)

    def save_album(self, listener: str, album_id: str, at: datetime | None = None) -> None:
        """Put an album into the library."""
        with self._library(listener) as library:
            _save(library.albums, self.music.albums[album_id].id, at or self.now())

    def unsave_album(self, listener: str, album_id: str) -> None:
        """Take an album out of the library."""
        with self._library(listener) as library:
            _unsave(library.albums, album_id)

    def follow(self, listener: str, artist_id: str) -> None:
        """Follow an artist; following is listed by id."""
        with self._library(listener) as library:
            library.artists = sorted({*library.artists, self.music.artists[artist_id].id})

    def unfollow(self, listener: str, artist_id: str) -> None:
        """Stop following an artist."""
        with self._library(listener) as library:
            library.artists = [item for item in library.artists if item != artist_id]

    def add_play(self, listener: str, track_id: str, ended_at: datetime) -> None:
        """Add a play, also one that Spotify hears of late."""
        started_at = ended_at - timedelta(milliseconds=self.music.tracks[track_id].duration_ms)
        play = Play(track_id=track_id, started_at=started_at, ended_at=ended_at, context=None)
        with self._library(listener) as library:
            library.plays.append(play)

    # -- playlists ---------------------------------------------------------------------------

    def create_playlist(self, listener: str, name: str, track_ids: Sequence[str] = ()) -> str:
        """Make a playlist at the top of the list and return its id."""
        with self._library(listener) as library:
            self._created += 1
            made = Playlist(
                id=base62("created", listener, self._created),
                name=name,
                owner_id=listener,
                owner_name=self.listeners[listener].profile.name,
                entries=tuple(self._entry(listener, track_id) for track_id in track_ids),
            )
            library.playlists.insert(0, made)
        return made.id

    def delete_playlist(self, listener: str, playlist_id: str) -> None:
        """Remove a playlist from the listener's list."""
        with self._library(listener) as library:
            library.playlists.remove(self.playlist(listener, playlist_id))

    def rename_playlist(self, listener: str, playlist_id: str, name: str) -> None:
        """Give a playlist another name."""
        self._revise(listener, replace(self.playlist(listener, playlist_id), name=name))

    def add_playlist_items(
        self,
        listener: str,
        playlist_id: str,
        track_ids: Sequence[str],
        *,
        position: int | None = None,
    ) -> None:
        """Insert tracks, at the end unless a position is given."""
        with self.lock:
            found = self.playlist(listener, playlist_id)
            place = len(found.entries) if position is None else position
            new = tuple(self._entry(listener, track_id) for track_id in track_ids)
            entries = (*found.entries[:place], *new, *found.entries[place:])
            self._revise(listener, replace(found, entries=entries))

    def remove_playlist_items(
        self, listener: str, playlist_id: str, positions: Sequence[int]
    ) -> None:
        """Remove the entries at these positions."""
        with self.lock:
            found = self.playlist(listener, playlist_id)
            kept = (e for place, e in enumerate(found.entries) if place not in set(positions))
            self._revise(listener, replace(found, entries=tuple(kept)))

    def reorder_playlist_items(
        self, listener: str, playlist_id: str, *, start: int, before: int, length: int = 1
    ) -> None:
        """Move `length` entries from `start` to stand before the entry now at `before`."""
        with self.lock:
            found = self.playlist(listener, playlist_id)
            moved = found.entries[start : start + length]
            rest = [*found.entries[:start], *found.entries[start + length :]]
            target = before - length if before > start else before
            entries = (*rest[:target], *moved, *rest[target:])
            self._revise(listener, replace(found, entries=entries))

    def playlist(self, listener: str, playlist_id: str) -> Playlist:
        """Return a listener's playlist; raise KeyError if they have no such one."""
        for item in self.listeners[listener].library.playlists:
            if item is not None and item.id == playlist_id:
                return item
        raise KeyError(playlist_id)

    def own_playlists(self, listener: str) -> list[Playlist]:
        """Return the playlists that are the listener's own, in the order of the list."""
        items = self.listeners[listener].library.playlists
        return [item for item in items if item is not None and item.access is Access.OWN]

    def _revise(self, listener: str, changed: Playlist) -> None:
        with self._library(listener) as library:
            place = library.playlists.index(self.playlist(listener, changed.id))
            library.playlists[place] = replace(changed, revision=changed.revision + 1)

    def _entry(self, listener: str, track_id: str) -> Entry:
        return Entry(
            kind=EntryKind.TRACK,
            ref=self.music.tracks[track_id].id,
            added_at=self.now(),
            added_by=listener,
        )

    @contextmanager
    def _library(self, listener: str) -> Iterator[Library]:
        with self.lock:
            yield self.listeners[listener].library


def _save(saved: list[Saved], item_id: str, at: datetime) -> None:
    _unsave(saved, item_id)
    saved.append(Saved(id=item_id, at=at))
    saved.sort(key=lambda item: item.at, reverse=True)


def _unsave(saved: list[Saved], item_id: str) -> None:
    saved[:] = [item for item in saved if item.id != item_id]
