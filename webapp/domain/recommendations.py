"""What to play next, and why: from listeners who are alike, and from own forgotten favourites.

From others: each votes for what they play and the listener never did, by log(1 + plays) times how
alike the two are; votes add up. Neighbours weighted by likeness: P. Resnick and others,
"GroupLens: an open architecture for collaborative filtering of netnews", 1994.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.draws import drawn
from webapp.domain.likeness import weight

FORGOTTEN_AFTER = timedelta(days=180)
PLAYED_MUCH = 8
"""So many plays make a favourite that can be forgotten."""
MOST_BY_ARTIST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A song that one blend partner plays and the listener never did."""

    song: str
    track_id: str
    artist: str
    partner_id: int
    plays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A recommendation: `offers` are those who play it, whose word weighs most first."""

    track_id: str
    score: float
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFavourite:
    """A track that a listener played much, and how long that went."""

    track_id: str
    artist: str
    plays: int
    first_at: datetime
    last_at: datetime


def tips(offers: Iterable[Offer], alike: Mapping[int, float], limit: int) -> list[Tip]:
    """Rank what others play; `alike` tells how alike each of them is, from 0 to 1."""
    songs: dict[str, list[Offer]] = {}
    for offer in offers:
        if alike.get(offer.partner_id, 0.0) > 0:
            songs.setdefault(offer.song, []).append(offer)
    ranked = sorted(
        (_tip(of_song, alike) for of_song in songs.values()),
        key=lambda tip: (-tip.score, tip.track_id),
    )
    return _few_of_each(ranked, limit)


def forgotten(
    favourites: Iterable[OldFavourite], now: datetime, seed: str, limit: int
) -> list[OldFavourite]:
    """Draw some favourites of once for a day: played much, and not for half a year."""
    old = [one for one in favourites if is_forgotten(one, now)]
    order = drawn(old, seed, name=lambda one: one.track_id, weight=lambda one: weight(one.plays))
    by_artist: Counter[str] = Counter()
    kept = []
    for one in order:
        by_artist[one.artist] += 1
        if by_artist[one.artist] <= MOST_BY_ARTIST:
            kept.append(one)
    return kept[:limit]


def is_forgotten(favourite: OldFavourite, now: datetime) -> bool:
    """Tell a favourite that was left behind."""
    return favourite.plays >= PLAYED_MUCH and favourite.last_at < now - FORGOTTEN_AFTER


def _tip(offers: list[Offer], alike: Mapping[int, float]) -> Tip:
    def vote(offer: Offer) -> float:
        return alike[offer.partner_id] * weight(offer.plays)

    ordered = sorted(offers, key=lambda offer: (-vote(offer), offer.partner_id, offer.track_id))
    return Tip(track_id=ordered[0].track_id, score=sum(map(vote, ordered)), offers=tuple(ordered))


def _few_of_each(ranked: list[Tip], limit: int) -> list[Tip]:
    by_artist: Counter[str] = Counter()
    kept = []
    for tip in ranked:
        by_artist[tip.offers[0].artist] += 1
        if by_artist[tip.offers[0].artist] <= MOST_BY_ARTIST:
            kept.append(tip)
    return kept[:limit]
