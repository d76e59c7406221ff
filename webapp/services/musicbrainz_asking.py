"""The questions to MusicBrainz and the Cover Art Archive, each for some albums, and their answers.

A question may take more calls than one, so what became of albums is given as it comes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from webapp.domain import matching, matching_names
from webapp.domain.matching import Album, Step, Way
from webapp.providers.coverart import CoverArt
from webapp.providers.musicbrainz import MusicBrainz
from webapp.providers.transport import Transport
from webapp.services.pace import Pace
from webapp.services.wiring import Wiring

SLOWEST_PUBLIC_SECONDS = 1.1
"""musicbrainz.org allows a call a second, and was seen to refuse at just that pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Whom a run asks, and the paces that all processes keep."""

    musicbrainz: MusicBrainz
    covers: CoverArt
    pace: Pace
    cover_pace: Pace

    def pace_of(self, step: Step) -> Pace:
        """Tell which pace a question is asked at."""
        return self.cover_pace if step is Step.COVER else self.pace


@contextmanager
def connected(wiring: Wiring) -> Iterator[Sources]:
    """Connect to MusicBrainz and the Cover Art Archive as the settings say."""
    settings, clock, contact = wiring.settings, wiring.clock, wiring.settings.operator_contact
    ours, covers = pace(wiring), pace(wiring, "coverart")
    with (
        Transport(settings.musicbrainz_url, contact=contact) as asked,
        Transport(settings.coverart_url, contact=contact) as shown,
    ):
        yield Sources(
            musicbrainz=MusicBrainz(asked, contact=contact, turn=ours.acquire, clock=clock),
            covers=CoverArt(shown, settings.coverart_url, turn=covers.acquire, clock=clock),
            pace=ours,
            cover_pace=covers,
        )


def pace(wiring: Wiring, name: str = "musicbrainz") -> Pace:
    """Give the pace; nobody can set one that musicbrainz.org does not allow."""
    settings = wiring.settings
    seconds = settings.musicbrainz_seconds
    if (urlsplit(settings.musicbrainz_url).hostname or "").endswith("musicbrainz.org"):
        seconds = max(seconds, SLOWEST_PUBLIC_SECONDS)
    return Pace(wiring.redis, name, seconds=seconds, clock=wiring.clock)


def _by_id(sources: Sources, albums: Sequence[Album], now: datetime) -> Iterator[list[Album]]:
    """Confirm release groups that charts named. What the index lacks may have been merged."""
    groups = {album.key: album.given for album in albums if album.given}
    known = sources.musicbrainz.known_groups(set(groups.values()))
    here = [album for album in albums if groups.get(album.key) in known]
    yield [matching.grouped(album, Way.GIVEN, groups[album.key], now) for album in here]
    for album in albums:
        if album not in here:
            found = sources.musicbrainz.group(groups[album.key])
            yield [
                matching.grouped(album, Way.GIVEN, found, now)
                if found
                else matching.missed(album, Way.GIVEN, now)
            ]


def _by_url(sources: Sources, albums: Sequence[Album], now: datetime) -> Iterator[list[Album]]:
    """Look Spotify's addresses up."""
    ids = dict.fromkeys(album.spotify_id for album in albums if album.spotify_id)
    found = sources.musicbrainz.releases_by_url(list(ids))
    chosen = {
        album.key: matching_names.choose_linked(album, found.get(album.spotify_id or "", ()))
        for album in albums
    }
    yield [
        matching.linked(album, Way.URL, release.id, now)
        if (release := chosen[album.key])
        else matching.missed(album, Way.URL, now)
        for album in albums
    ]


def _by_release(sources: Sources, albums: Sequence[Album], now: datetime) -> Iterator[list[Album]]:
    """Find the release groups of releases. What the index lacks is new, or was merged."""
    releases = {album.key: album.mbid for album in albums if album.mbid}
    groups = sources.musicbrainz.groups_by_release(set(releases.values()))
    here = [album for album in albums if releases[album.key] in groups]
    yield [
        _with_group(album, releases[album.key], groups[releases[album.key]], now) for album in here
    ]
    for album in albums:
        if album not in here:
            found = sources.musicbrainz.group_of(releases[album.key])
            yield [
                _with_group(album, *found, now)
                if found
                else matching.given_up(album, Step.GROUP, now)
            ]


def _by_barcode(sources: Sources, albums: Sequence[Album], now: datetime) -> Iterator[list[Album]]:
    """Search barcodes; the releases found tell their release groups as well."""
    codes = {album.key: matching.bare_barcode(album.barcode) or "" for album in albums}
    found = sources.musicbrainz.releases_by_barcode(sorted(set(codes.values())))
    chosen = {
        album.key: matching_names.choose_by_barcode(album, found.get(codes[album.key], ()))
        for album in albums
    }
    yield [
        matching.grouped(album, Way.BARCODE, release.group, now, release=release.id)
        if (release := chosen[album.key]) and release.group
        else matching.missed(album, Way.BARCODE, now)
        for album in albums
    ]


def _by_name(sources: Sources, albums: Sequence[Album], now: datetime) -> Iterator[list[Album]]:
    """Search names, one album a call."""
    for album in albums:
        groups = sources.musicbrainz.groups_by_name(matching_names.text_query(album))
        found = matching_names.choose_by_name(album, groups)
        yield [
            matching.grouped(album, Way.TEXT, found.id, now, score=found.score)
            if found
            else matching.missed(album, Way.TEXT, now)
        ]


def _cover(sources: Sources, albums: Sequence[Album], now: datetime) -> Iterator[list[Album]]:
    """Ask whether there is a cover, one album a call."""
    for album in albums:
        if album.release_group:
            yield [matching.covered(album, sources.covers.find(album.release_group), now)]


def _with_group(album: Album, release: UUID, group: UUID, now: datetime) -> Album:
    return matching.grouped(album, album.how or Way.URL, group, now, release=release)


Asked = Callable[[Sources, Sequence[Album], datetime], Iterator[list[Album]]]
QUESTIONS: dict[Step, Asked] = {
    Step.GIVEN: _by_id,
    Step.URL: _by_url,
    Step.GROUP: _by_release,
    Step.BARCODE: _by_barcode,
    Step.TEXT: _by_name,
    Step.COVER: _cover,
}
