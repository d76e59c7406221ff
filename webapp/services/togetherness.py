"""What a blend shows: how alike two are, what they share and miss, a list, and what to try.

Everything is seen from one of the two, who is the left one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from webapp.domain.blend_lists import Candidate, blend_list, merged
from webapp.domain.draws import lot
from webapp.domain.likeness import Aspect, Likeness
from webapp.domain.periods import Period
from webapp.domain.recommendations import (
    FORGOTTEN_AFTER,
    PLAYED_MUCH,
    OldFavourite,
    Tip,
    forgotten,
    tips,
)
from webapp.domain.stats import Item
from webapp.queries import blend_songs, likeness, things
from webapp.queries.blends import Blend
from webapp.queries.likeness import Listener, MissedArtist, SharedArtist
from webapp.queries.lines import TrackLine

SHARED = 20
MISSED = 9
TIPS = 10
RECOMMENDED = 24
LEFT_BEHIND = 300
"""Of so many favourites of once, the day's are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A song of the blend list; `own`: it has a page in this listener's own listening."""

    line: TrackLine
    choice: Candidate
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A track that a listener never heard; `alike` is how much whose word weighs most is.

    It is None where the two have played too little to say.
    `own`: it has a page of theirs all the same, because they saved it.
    """

    line: TrackLine
    tip: Tip
    alike: float | None
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A track that a listener once played much."""

    line: TrackLine
    favourite: OldFavourite


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """All that the page of a blend shows. `missed_here` the left one never heard.

    `own_artists` are those among them who have a page of the left one's all the same.
    """

    alike: Mapping[Aspect, Likeness]
    shared: tuple[SharedArtist, ...]
    missed_here: tuple[MissedArtist, ...]
    missed_there: tuple[MissedArtist, ...]
    own_artists: frozenset[str]
    songs: tuple[Song, ...]
    suggestions: tuple[Suggestion, ...]


def together(me: Listener, blend: Blend, period: Period, day: date) -> Together:
    """Look at a blend in a period; `day` draws the list."""
    other = Listener(id=blend.other.id, time_zone=blend.other.time_zone)
    missed_here = tuple(likeness.missed_artists(me, other, period, MISSED))
    return Together(
        alike={aspect: likeness.compare(me, other, period, aspect) for aspect in Aspect},
        shared=tuple(likeness.shared_artists(me, other, period, SHARED)),
        missed_here=missed_here,
        missed_there=tuple(likeness.missed_artists(other, me, period, MISSED)),
        own_artists=things.own(me.id, Item.ARTIST, [one.id for one in missed_here]),
        songs=songs(me, blend, period, day),
        suggestions=suggestions(me.id, [other.id], TIPS),
    )


def songs(me: Listener, blend: Blend, period: Period, day: date) -> tuple[Song, ...]:
    """Make the list of a blend: both see the same one, all day."""
    other = Listener(id=blend.other.id, time_zone=blend.other.time_zone)
    found = merged(blend_songs.candidates(me, other, period))
    seed = f"blend {blend.id} {day}"
    inviter_begins = lot(seed, "who begins") < 0.5  # noqa: PLR2004 - a coin
    chosen = blend_list(found, seed, left_begins=inviter_begins is blend.mine)
    lines = blend_songs.lines([choice.track_id for choice in chosen])
    own = things.own(me.id, Item.TRACK, list(lines))
    return tuple(
        Song(line=lines[choice.track_id], choice=choice, own=choice.track_id in own)
        for choice in chosen
    )


def suggestions(me: int, partners: list[int], limit: int) -> tuple[Suggestion, ...]:
    """Recommend what blend partners play and a listener never did, the most alike heard most."""
    found = likeness.with_everybody(me, partners)
    alike = {partner: one.value for partner, one in found.items()}
    chosen = tips(blend_songs.offers(me, partners), alike, limit)
    lines = blend_songs.lines([tip.track_id for tip in chosen])
    own = things.own(me, Item.TRACK, list(lines))
    return tuple(
        Suggestion(
            line=lines[tip.track_id],
            tip=tip,
            alike=_share(found[tip.offers[0].partner_id]),
            own=tip.track_id in own,
        )
        for tip in chosen
    )


def reminders(me: int, now: datetime, day: date) -> tuple[Reminder, ...]:
    """Recommend own favourites that were left behind, others every day."""
    found = blend_songs.left_behind(me, PLAYED_MUCH, now - FORGOTTEN_AFTER, LEFT_BEHIND)
    chosen = forgotten(found, now, f"reminders {me} {day}", RECOMMENDED)
    lines = blend_songs.lines([one.track_id for one in chosen])
    return tuple(Reminder(line=lines[one.track_id], favourite=one) for one in chosen)


def _share(found: Likeness) -> float | None:
    return found.value if found.enough else None
