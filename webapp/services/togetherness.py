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
from webapp.queries import blend_songs, likeness
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
    """A song of the blend list."""

    line: TrackLine
    choice: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A track that a listener never heard; `alike` is how much whose word weighs most is."""

    line: TrackLine
    tip: Tip
    alike: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A track that a listener once played much."""

    line: TrackLine
    favourite: OldFavourite


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """All that the page of a blend shows. `missed_here` the left one never heard."""

    alike: Mapping[Aspect, Likeness]
    shared: tuple[SharedArtist, ...]
    missed_here: tuple[MissedArtist, ...]
    missed_there: tuple[MissedArtist, ...]
    songs: tuple[Song, ...]
    suggestions: tuple[Suggestion, ...]


def together(me: Listener, blend: Blend, period: Period, day: date) -> Together:
    """Look at a blend in a period; `day` draws the list."""
    other = Listener(id=blend.other.id, time_zone=blend.other.time_zone)
    return Together(
        alike={aspect: likeness.compare(me, other, period, aspect) for aspect in Aspect},
        shared=tuple(likeness.shared_artists(me, other, period, SHARED)),
        missed_here=tuple(likeness.missed_artists(me, other, period, MISSED)),
        missed_there=tuple(likeness.missed_artists(other, me, period, MISSED)),
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
    return tuple(Song(line=lines[choice.track_id], choice=choice) for choice in chosen)


def suggestions(me: int, partners: list[int], limit: int) -> tuple[Suggestion, ...]:
    """Recommend what blend partners play and a listener never did, the most alike heard most."""
    alike = {
        partner: found.value for partner, found in likeness.with_everybody(me, partners).items()
    }
    chosen = tips(blend_songs.offers(me, partners), alike, limit)
    lines = blend_songs.lines([tip.track_id for tip in chosen])
    return tuple(
        Suggestion(line=lines[tip.track_id], tip=tip, alike=alike[tip.offers[0].partner_id])
        for tip in chosen
    )


def reminders(me: int, now: datetime, day: date) -> tuple[Reminder, ...]:
    """Recommend own favourites that were left behind, others every day."""
    found = blend_songs.left_behind(me, PLAYED_MUCH, now - FORGOTTEN_AFTER, LEFT_BEHIND)
    chosen = forgotten(found, now, f"reminders {me} {day}", RECOMMENDED)
    lines = blend_songs.lines([one.track_id for one in chosen])
    return tuple(Reminder(line=lines[one.track_id], favourite=one) for one in chosen)
