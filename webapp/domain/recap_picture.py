"""The picture of a recap: a record whose rays are the hours of the day, and a few words around.

Geometry and words only; `templates/recaps/_picture.html` draws it, for pages and for PNG alike, so
colours are the picture's own and stand beside the shapes. Nothing outside of it is referred to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, pi, sin

from webapp.domain.picture_text import DISPLAY, HOUSE, drawable, family_of, fit, tidy, width_of
from webapp.domain.recap_plans import PLANS, Format, Plan

INK, SOFT, AMBER, ON_AMBER = "#f5f0ee", "#bbafb2", "#ffb93d", "#241703"
VINYL, EDGE, GROOVE = "#080607", "#443a3e", "#2a2326"
MEDIUM, BOLD = 500, 700
HOURS = 24
NUMERALS = (0, 6, 12, 18)
GROOVES = 7
AIR = 2.2
"""Degrees between one hour and the next."""
LISTED = 5
NARROWEST = 0.5
"""Text that would have to be smaller than this part of its size is cut instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the picture says; `lists` are (heading, names), `facts` (value, what it is)."""

    alt: str
    kicker: str
    title: str
    under: str
    amount: str
    unit: str
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    facts: tuple[tuple[str, str], ...]
    foot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of text; `x` is where it begins, or its middle or end, as `anchor` says."""

    text: str
    x: float
    y: float
    size: float
    fill: str
    weight: int = MEDIUM
    family: str = f"{HOUSE}, sans-serif"
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A circle."""

    x: float
    y: float
    r: float
    fill: str
    stroke: str
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All of it, in pixels: rings below, rays above them, the label's ring, then words."""

    format: Format
    width: int
    height: int
    alt: str
    rings: tuple[Ring, ...]
    rays: str
    peak: str
    label: tuple[Ring, ...]
    rules: str
    texts: tuple[Text, ...]


def draw(words: Words, hours: Sequence[int], wanted: Format) -> Picture:
    """Draw a recap; `hours` are plays of the 24 hours of the day, or none: a bare record."""
    plan = PLANS[wanted]
    most = max(hours, default=0)
    return Picture(
        format=wanted,
        width=plan.width,
        height=plan.height,
        alt=words.alt,
        rings=_rings(plan),
        rays="".join(_ray(plan, at, n / most) for at, n in enumerate(hours) if 0 < n < most),
        peak="".join(_ray(plan, at, 1) for at, n in enumerate(hours) if n and n == most),
        label=_label(plan),
        rules=_rules(plan, words),
        texts=(
            *_head(plan, words),
            *_amount(plan, words),
            *(_numerals(plan) if hours else ()),
            *_lists(plan, words),
            *_rest(plan, words),
        ),
    )


def _rings(plan: Plan) -> tuple[Ring, ...]:
    x, y = plan.middle
    inner, outer = _reach(plan)
    disc = Ring(x=x, y=y, r=plan.radius, fill=VINYL, stroke=EDGE, width=2)
    radii = [inner + (outer - inner) * at / (GROOVES - 1) for at in range(GROOVES)]
    return (
        disc,
        *(Ring(x=x, y=y, r=round(r, 1), fill="none", stroke=GROOVE, width=1.5) for r in radii),
    )


def _label(plan: Plan) -> tuple[Ring, ...]:
    x, y = plan.middle
    return (Ring(x=x, y=y, r=round(_reach(plan)[0] - 10, 1), fill=AMBER, stroke="none", width=0),)


def _reach(plan: Plan) -> tuple[float, float]:
    """Tell between which radii rays grow."""
    return plan.radius * 0.44, plan.radius * 0.94


def _ray(plan: Plan, hour: int, part: float) -> str:
    """Draw an hour, midnight to one o'clock being the first to the right of the top."""
    inner, outer = _reach(plan)
    end = inner + (outer - inner) * part
    step = 360 / HOURS
    begin, stop = hour * step + AIR / 2, (hour + 1) * step - AIR / 2
    (ax, ay), (bx, by) = _at(plan, inner, begin), _at(plan, end, begin)
    (cx, cy), (dx, dy) = _at(plan, end, stop), _at(plan, inner, stop)
    far, near = round(end, 1), round(inner, 1)
    return (
        f"M{ax} {ay}L{bx} {by}A{far} {far} 0 0 1 {cx} {cy}L{dx} {dy}A{near} {near} 0 0 0 {ax} {ay}Z"
    )


def _at(plan: Plan, radius: float, degrees: float) -> tuple[float, float]:
    turn = degrees / 180 * pi
    x, y = plan.middle
    return round(x + radius * sin(turn), 1), round(y - radius * cos(turn), 1)


def _rules(plan: Plan, words: Words) -> str:
    """Draw a line above each list."""
    y = plan.lists[0] - 1.7 * plan.lists[1]
    columns = plan.columns[: len(words.lists)]
    return "".join(f"M{x} {round(y, 1)}h{plan.column_room}" for x in columns)


def _head(plan: Plan, words: Words) -> list[Text]:
    room = plan.head_room
    return [
        _line(words.kicker, plan.left, *plan.kicker, room, fill=AMBER, weight=BOLD),
        _title(words.title, plan.left, *plan.title, room),
        _line(words.under, plan.left, *plan.under, room, fill=SOFT),
    ]


def _amount(plan: Plan, words: Words) -> list[Text]:
    """Write the amount on the record's label."""
    x, y = plan.middle
    room = 1.62 * (_reach(plan)[0] - 10)
    size = round(min(plan.radius * 0.3, room / max(width_of(words.amount), 1)), 1)
    unit = plan.radius * 0.095
    return [
        Text(
            text=words.amount,
            x=x,
            y=round(y + size * 0.22, 1),
            size=size,
            fill=ON_AMBER,
            weight=BOLD,
            family=family_of(words.amount, DISPLAY),
            anchor="middle",
        ),
        _line(
            words.unit,
            x,
            round(y + size * 0.22 + unit * 1.5, 1),
            round(unit, 1),
            room,
            fill=ON_AMBER,
            weight=BOLD,
            anchor="middle",
        ),
    ]


def _numerals(plan: Plan) -> list[Text]:
    """Write numerals around the record's rim."""
    size = plan.foot[1]
    rim = plan.radius + size * 1.15
    places = [(hour, *_at(plan, rim, hour * 360 / HOURS)) for hour in NUMERALS]
    return [
        _line(
            str(hour), x, round(y + size * 0.36, 1), size, plan.radius, fill=SOFT, anchor="middle"
        )
        for hour, x, y in places
    ]


def _lists(plan: Plan, words: Words) -> list[Text]:
    top, size, step = plan.lists
    found = []
    for x, (heading, names) in zip(plan.columns, words.lists, strict=False):
        found.append(_line(heading, x, top, size * 0.86, plan.column_room, fill=SOFT))
        for place, name in enumerate(names[:LISTED], 1):
            y, inset = top + step * place, size * 1.25
            number = _line(str(place), x, y, size, inset, fill=AMBER, weight=BOLD)
            room = plan.column_room - inset
            found += [number, _line(name, x + inset, y, size, room, fill=INK, weight=BOLD)]
    return found


def _rest(plan: Plan, words: Words) -> list[Text]:
    found = [_line(words.foot, plan.left, *plan.foot, plan.width - 2 * plan.left, fill=SOFT)]
    for (x, y), (value, what) in zip(plan.facts, words.facts, strict=False):
        small = plan.fact_size * 0.52
        found.append(_title(value, x, y, plan.fact_size, plan.column_room))
        found.append(_line(what, x, y + small * 1.5, small, plan.column_room, fill=SOFT))
    return found


def _title(text: str, x: float, y: float, size: float, room: float) -> Text:
    """Write large, smaller where it is long, and cut it where it would be small."""
    clean = drawable(tidy(text))
    scale = max(NARROWEST, min(1.0, room / (size * max(width_of(clean), 1))))
    shrunk = floor(10 * size * scale) / 10
    return Text(
        text=fit(clean, room / shrunk),
        x=x,
        y=y,
        size=shrunk,
        fill=INK,
        weight=BOLD,
        family=family_of(clean, DISPLAY),
    )


def _line(
    text: str,
    x: float,
    y: float,
    size: float,
    room: float,
    *,
    fill: str,
    weight: int = MEDIUM,
    anchor: str = "start",
) -> Text:
    clean = drawable(tidy(text))
    return Text(
        text=fit(clean, room / size),
        x=round(x, 1),
        y=round(y, 1),
        size=round(size, 1),
        fill=fill,
        weight=weight,
        family=family_of(clean),
        anchor=anchor,
    )
