"""Which release group of MusicBrainz an album is: what to ask next, and what to keep of it.

The cheapest question comes first. A release group known from a chart is confirmed, else Spotify's
address is looked up, then the barcode, both for many albums in one call; last the names, one call
an album. What came of it is kept with the album: `how` is the way by which it was found or, where
it was not, the last way tried, so that a worker that takes over goes on there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

MISSES_LAST = timedelta(days=7)
"""What MusicBrainz does not know is asked for again after this long."""


class Way(StrEnum):
    """How an album is found, cheapest first."""

    GIVEN = "given"
    URL = "url"
    BARCODE = "barcode"
    TEXT = "text"


class Step(StrEnum):
    """What can be asked, in the order in which it is."""

    GIVEN = "given"
    URL = "url"
    GROUP = "group"
    """The release is known, its release group is not yet."""
    BARCODE = "barcode"
    TEXT = "text"
    COVER = "cover"


AT_ONCE = {
    Step.GIVEN: 100,
    Step.URL: 100,
    Step.GROUP: 100,
    Step.BARCODE: 50,
    Step.TEXT: 1,
    Step.COVER: 1,
}
"""Albums in one call. MusicBrainz drops addresses beyond the hundredth without a word; a barcode
may be on several releases, and a search answers with a hundred at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """An album as we know it, and how far we are with it.

    `key` is `trend:<id>` or `spotify:<album id>`; `kind` is Spotify's album type, where known;
    `given` is a release group that a chart named. The rest is what is kept.
    """

    key: str
    trending: bool
    name: str
    artists: str
    year: int | None = None
    tracks: int | None = None
    kind: str = ""
    spotify_id: str | None = None
    barcode: str | None = None
    given: UUID | None = None
    pictured: bool = True
    how: Way | None = None
    mbid: UUID | None = None
    release_group: UUID | None = None
    score: int | None = None
    cover_url: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One call: what to ask, for which albums."""

    step: Step
    albums: tuple[Album, ...]


def ways(album: Album) -> tuple[Way, ...]:
    """List the ways in which an album can be looked for, by what is known of it."""
    known = {
        Way.GIVEN: album.given,
        Way.URL: album.spotify_id,
        Way.BARCODE: bare_barcode(album.barcode),
        Way.TEXT: album.name.strip() and album.artists.strip(),
    }
    return tuple(way for way, value in known.items() if value)


def next_step(album: Album) -> Step | None:
    """Tell what to ask for an album that is due; None where nothing can be asked.

    Behind the last way it begins anew: a week has passed.
    """
    if album.release_group:
        return None if album.pictured else Step.COVER
    if album.mbid:
        return Step.GROUP
    following = _after(album) or ways(album)
    return Step(following[0].value) if following else None


def plan(albums: Sequence[Album], most: int = max(AT_ONCE.values())) -> Plan | None:
    """Choose the next call: for what trends before what listeners saved, cheap before dear.

    Albums further down that need the same question go along, as many as fit, at most `most`.
    """
    steps = {album.key: next_step(album) for album in albums}
    first = any(album.trending and steps[album.key] for album in albums)
    waiting = {steps[album.key] for album in albums if album.trending or not first}
    step = next((step for step in Step if step in waiting), None)
    if step is None:
        return None
    alike = [album for album in albums if steps[album.key] is step]
    return Plan(step=step, albums=tuple(alike[: min(most, AT_ONCE[step])]))


def hopeless(albums: Iterable[Album], now: datetime) -> list[Album]:
    """Put off those of whom nothing is known that could be asked for."""
    return [
        replace(album, retry_at=now + MISSES_LAST) for album in albums if next_step(album) is None
    ]


def left(albums: Iterable[Album], kept: Iterable[Album], now: datetime) -> list[Album]:
    """List what is still to be done after some of it was: in the same order, as it is now."""
    newest = {album.key: album for album in kept}
    present = (newest.get(album.key, album) for album in albums)
    return [album for album in present if album.key not in newest or is_due(album, now)]


def is_due(album: Album, now: datetime) -> bool:
    """Tell whether there is something to ask now."""
    return album.retry_at is not None and album.retry_at <= now


def missed(album: Album, way: Way, now: datetime) -> Album:
    """Go on to the next way; behind the last one, wait a week."""
    gone = replace(album, how=way, mbid=None, release_group=None, score=None, cover_url=None)
    return replace(gone, retry_at=now if _after(gone) else now + MISSES_LAST)


def linked(album: Album, way: Way, release: UUID, now: datetime) -> Album:
    """Keep a release whose release group is to be asked for."""
    return replace(album, how=way, mbid=release, score=None, retry_at=now)


def grouped(
    album: Album,
    way: Way,
    group: UUID,
    now: datetime,
    *,
    release: UUID | None = None,
    score: int | None = None,
) -> Album:
    """Keep a release group; where there is no picture, a cover is to be asked for."""
    return replace(
        album,
        how=way,
        mbid=release,
        release_group=group,
        score=score,
        retry_at=None if album.pictured else now,
    )


def covered(album: Album, url: str | None, now: datetime) -> Album:
    """Keep a cover's address; where there is none yet, look again in a week."""
    return replace(album, cover_url=url, retry_at=None if url else now + MISSES_LAST)


def given_up(album: Album, step: Step, now: datetime) -> Album:
    """Leave a question that can't be answered for this album, and go on with the next one."""
    if step is Step.COVER:
        return covered(album, None, now)
    way = (album.how or Way.TEXT) if step is Step.GROUP else Way(step.value)
    return missed(album, way, now)


def bare_barcode(told: str | None) -> str | None:
    """Read a barcode as MusicBrainz compares them: its digits, without leading zeros."""
    digits = "".join(sign for sign in told or "" if sign in "0123456789").lstrip("0")
    return digits if 6 <= len(digits) <= 14 else None  # noqa: PLR2004 - EAN-8 to GTIN-14


def _after(album: Album) -> tuple[Way, ...]:
    """List the ways behind the one that was tried last."""
    if album.how is None:
        return ()
    order = list(Way)
    return tuple(way for way in ways(album) if order.index(way) > order.index(album.how))
