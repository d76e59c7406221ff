"""The list of a blend: songs of both first, then one of each in turn, as many of one as of other.

Which of the favourites are on it is drawn by lot every day (`draws`), so that it lives, and is the
same for both, whenever they look.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from webapp.domain.draws import drawn
from webapp.domain.likeness import weight

SIZE = 50
MOST_SHARED = 20
"""So many songs of both, unless there are too few of each one's own to fill the list."""
MOST_BY_ARTIST = 3
"""In each of the three parts, so that one artist is not all of it."""


class Owner(StrEnum):
    """Whose favourite a song is."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A song among somebody's favourites, and how often each played it. `song` is one recording.

    `track_id` is one of its tracks: the same recording is sold on several albums.
    """

    song: str
    track_id: str
    artist: str
    left_plays: int
    right_plays: int

    @property
    def owner(self) -> Owner:
        """Whose it is."""
        if self.left_plays and self.right_plays:
            return Owner.BOTH
        return Owner.LEFT if self.left_plays else Owner.RIGHT


def merged(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Take tracks of the same recording together; the one played more stands for it."""
    songs: dict[str, Candidate] = {}
    for candidate in candidates:
        before = songs.get(candidate.song)
        songs[candidate.song] = _together(before, candidate) if before else candidate
    return list(songs.values())


def blend_list(candidates: Sequence[Candidate], seed: str, *, left_begins: bool) -> list[Candidate]:
    """Make the list: what both play first, then each one's own in turn, equally many of each.

    Where one of them has no more, it ends early: a list of one listener's songs is no blend.
    Seen from the other side it is the same list.
    """
    parts = {owner: _part(candidates, owner, seed) for owner in Owner}
    shared, left, right = parts[Owner.BOTH], parts[Owner.LEFT], parts[Owner.RIGHT]
    pairs = min((SIZE - min(len(shared), MOST_SHARED)) // 2, len(left), len(right))
    first, second = (left, right) if left_begins else (right, left)
    own = [song for turn in zip(first[:pairs], second[:pairs], strict=True) for song in turn]
    return shared[: SIZE - 2 * pairs] + own


def _part(candidates: Iterable[Candidate], owner: Owner, seed: str) -> list[Candidate]:
    mine = [candidate for candidate in candidates if candidate.owner is owner]
    order = drawn(mine, seed, name=lambda c: c.song, weight=_liking)
    by_artist: Counter[str] = Counter()
    kept = []
    for candidate in order:
        by_artist[candidate.artist] += 1
        if by_artist[candidate.artist] <= MOST_BY_ARTIST:
            kept.append(candidate)
    return kept


def _liking(candidate: Candidate) -> float:
    """Weigh a song by its plays; of both, as far as both like it."""
    left, right = weight(candidate.left_plays), weight(candidate.right_plays)
    return sqrt(left * right) if left and right else left + right


def _together(one: Candidate, other: Candidate) -> Candidate:
    first, second = sorted((one, other), key=lambda c: (-c.left_plays - c.right_plays, c.track_id))
    return Candidate(
        song=first.song,
        track_id=first.track_id,
        artist=first.artist,
        left_plays=first.left_plays + second.left_plays,
        right_plays=first.right_plays + second.right_plays,
    )
