"""What the pages of blends show: people, circles, bars, and links."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import url_for
from markupsafe import Markup

from webapp.domain import venn
from webapp.domain.blends import MOST_BLENDS, MOST_OPEN, State
from webapp.domain.likeness import FEWEST_PLAYS, Aspect, Likeness
from webapp.domain.periods import Period
from webapp.domain.profiles import Section, Viewer, may_see
from webapp.queries import blends as queries
from webapp.queries import likeness, profiles
from webapp.queries.blends import Blend, Received, Sent
from webapp.queries.likeness import Listener, SharedArtist
from webapp.services import blends, togetherness
from webapp.views.cards import card
from webapp.views.periods import PeriodControl, control
from webapp.views.requests import me, wiring

RADIUS = 70.0
"""Of the two circles, in a picture 2 * WIDTH wide."""
WIDTH = 160.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An invitation of the listener's own; `link` is what to give away, where it goes by link."""

    id: int
    name: str | None
    link: str | None
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The list of blends; `name` and `wrong` are what was typed, and what was wrong with it."""

    blends: Markup | None
    received: list[Received]
    declined: list[Received]
    sent: list[Waiting]
    takes_names: bool
    name: str
    wrong: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circles:
    """Two circles that overlap by as much as two listeners are alike."""

    left: float
    right: float
    radius: float = RADIUS
    width: float = 2 * WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A shared artist: bars in percent of each one's longest, and their part of the likeness."""

    artist: SharedArtist
    left_bar: float
    right_bar: float
    part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A blend's page: what is kept of it, around it what is of this moment."""

    blend: Blend
    control: PeriodControl
    together: Markup


def board(name: str = "", wrong: str = "") -> Board:
    """Make the list of blends and invitations."""
    account, now = me(), wiring().clock()
    received = queries.received(account.id, MOST_OPEN)
    levels = profiles.privacy_of(account.id).levels
    return Board(
        blends=_blends(queries.agreed(account.id, MOST_BLENDS)),
        received=[row for row in received if row.state is State.INVITED],
        declined=[row for row in received if row.state is State.DECLINED],
        sent=[_waiting(row) for row in queries.sent(account.id, now, MOST_OPEN)],
        takes_names=may_see(Section.COMPARE, levels, Viewer.SIGNED_IN),
        name=name,
        wrong=wrong,
    )


def sight(blend: Blend, period: Period) -> Sight:
    """Make a blend's page; what takes time is kept until either of the two has something new."""
    day = list_day()

    def build() -> Mapping[str, Any]:
        found = togetherness.together(listener(), blend, period, day)
        artists = found.alike[Aspect.ARTISTS]
        return {
            "blend": blend,
            "period": period,
            "day": day,
            "found": found,
            "artists": artists,
            "circles_of": circles(artists),
            "pairs": _pairs(found.shared, artists),
            "fewest": FEWEST_PLAYS,
        }

    kept = {"blend": blend.id, "other": blend.other.data_version, "drawn": day}
    return Sight(
        blend=blend,
        control=control(period, "blends.show", {"blend_id": blend.id}),
        together=card("blends/_together.html", period, build, **kept),
    )


def listener() -> Listener:
    """Give whoever is signed in, as comparisons take them."""
    return Listener(id=me().id, time_zone=me().time_zone)


def list_day() -> date:
    """Tell which day's list it is: the same day for both, wherever they live."""
    return wiring().clock().astimezone(UTC).date()


def circles(found: Likeness) -> Circles:
    """Draw a likeness."""
    half = venn.apart(found.value if found.enough else 0.0) * RADIUS / 2
    return Circles(left=WIDTH - half, right=WIDTH + half)


def _blends(rows: list[Blend]) -> Markup | None:
    if not rows:
        return None

    def build() -> Mapping[str, Any]:
        alike = likeness.with_everybody(me().id, [row.other.id for row in rows])
        return {"rows": [(row, alike[row.other.id], circles(alike[row.other.id])) for row in rows]}

    versions = " ".join(f"{row.id}:{row.other.data_version}" for row in rows)
    return card("blends/_list.html", None, build, blends=versions)


def _waiting(row: Sent) -> Waiting:
    link = None
    if row.expires_at is not None:
        token = blends.link_token(wiring(), row.id)
        link = wiring().settings.public_url + url_for("blends.offer", token=token)
    return Waiting(
        id=row.id,
        name=row.name,
        link=link,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _pairs(shared: tuple[SharedArtist, ...], found: Likeness) -> list[Pair]:
    longest_left = max((row.left_plays for row in shared), default=1)
    longest_right = max((row.right_plays for row in shared), default=1)
    return [
        Pair(
            artist=row,
            left_bar=round(100 * row.left_plays / longest_left, 1),
            right_bar=round(100 * row.right_plays / longest_right, 1),
            part=found.part(row.left_plays, row.right_plays),
        )
        for row in shared
    ]
