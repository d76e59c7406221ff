"""Formats of a recap's picture, and where things stand in each, in pixels."""

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """What a picture is for: a link's preview, or a phone held upright."""

    WIDE = "wide"
    STORY = "story"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where things stand in a format; sizes are of type."""

    width: int
    height: int
    left: float
    kicker: tuple[float, float]
    title: tuple[float, float]
    under: tuple[float, float]
    head_room: float
    middle: tuple[float, float]
    radius: float
    columns: tuple[float, ...]
    column_room: float
    lists: tuple[float, float, float]
    facts: tuple[tuple[float, float], ...]
    fact_size: float
    foot: tuple[float, float]


PLANS = {
    Format.WIDE: Plan(
        width=1200,
        height=630,
        left=64,
        kicker=(86, 27),
        title=(174, 88),
        under=(224, 27),
        head_room=620,
        middle=(944, 306),
        radius=204,
        columns=(64, 386),
        column_room=298,
        lists=(302, 25, 43),
        facts=(),
        fact_size=0,
        foot=(586, 21),
    ),
    Format.STORY: Plan(
        width=1080,
        height=1920,
        left=88,
        kicker=(150, 38),
        title=(280, 128),
        under=(348, 38),
        head_room=904,
        middle=(540, 744),
        radius=316,
        columns=(88, 566),
        column_room=426,
        lists=(1194, 36, 60),
        facts=((88, 1616), (566, 1616), (88, 1736), (566, 1736)),
        fact_size=58,
        foot=(1864, 28),
    ),
}
