"""The picture of a flow: one column a year, bands for what stays, arcs for what comes back.

Everything is in units of the picture's own view box; the template only draws.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.top_songs import Flow

COLUMN = 52.0
HEIGHT = 260.0
TOP = 44.0
MARGIN = 6.0
WIDTH = 880.0
NARROWEST, WIDEST = 104.0, 260.0
READABLE = 17.0
"""A part lower than this has no room for its number."""
DIP, DIP_STEP = 26.0, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a column; `kind` is stayed, arrived or returned."""

    kind: str
    y: float
    height: float
    count: int

    @property
    def label_y(self) -> float | None:
        """The base line of its number, where there is room for it."""
        return self.y + self.height / 2 + 5 if self.height >= READABLE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A year."""

    year: int
    x: float
    total: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A shape between columns; an arc (`returning`) is a line of this width, others are filled."""

    kind: str
    path: str
    width: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPicture:
    """All of it."""

    width: float
    height: float
    columns: tuple[Column, ...]
    bands: tuple[Band, ...]
    column_width: float = COLUMN


def draw(flows: Sequence[Flow]) -> FlowPicture:
    """Draw flows, oldest first."""
    most = max((_size(flow) for flow in flows), default=0) or 1
    pencil = _Pencil(flows=flows, unit=HEIGHT / most)
    links = _links(flows)
    arcs = [pencil.arc(early, late, links) for early, late in sorted(links)]
    deepest = max((late - early for early, late in links), default=1)
    below = DIP + DIP_STEP * deepest + 8 if links else 8
    bands = [band for at in range(1, len(flows)) for band in pencil.between(at, links)]
    return FlowPicture(
        width=2 * MARGIN + COLUMN + pencil.pitch * (len(flows) - 1),
        height=TOP + HEIGHT + below,
        columns=tuple(pencil.column(at) for at in range(len(flows))),
        bands=(*arcs, *bands),
    )


Links = dict[tuple[int, int], int]
"""How many come back, by the places of the list they were last in and the one they return to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pencil:
    flows: Sequence[Flow]
    unit: float

    @property
    def pitch(self) -> float:
        gaps = max(1, len(self.flows) - 1)
        return min(WIDEST, max(NARROWEST, (WIDTH - COLUMN) / gaps))

    def column(self, at: int) -> Column:
        """Stack a year's parts from the top."""
        flow, y, parts = self.flows[at], TOP, []
        kinds = (("stayed", flow.stayed), ("arrived", flow.arrived), ("returned", flow.returned))
        for kind, keys in kinds:
            height = len(keys) * self.unit
            if keys:
                parts.append(Part(kind=kind, y=_r(y), height=_r(height), count=len(keys)))
            y += height
        return Column(year=flow.year, x=_r(self.x(at)), total=_size(flow), parts=tuple(parts))

    def between(self, at: int, links: Links) -> list[Band]:
        """Draw what goes from the column before to this one: staying, leaving, arriving."""
        flow, right, left = self.flows[at], self.x(at - 1) + COLUMN, self.x(at)
        stay = TOP + len(flow.stayed) * self.unit
        gone = sum(count for (early, _), count in links.items() if early == at - 1)
        end = TOP + (_size(self.flows[at - 1]) - gone) * self.unit
        come = stay + len(flow.arrived) * self.unit
        reach = 0.42 * (left - right)
        bands = [("leaving", stay, end, right, reach), ("arriving", stay, come, left, -reach)]
        wedges = [
            Band(kind=kind, path=_wedge(x, y0, y1, reach))
            for kind, y0, y1, x, reach in bands
            if y1 - y0 > self.unit / 2
        ]
        band = f"M{_r(right)} {TOP}H{_r(left)}V{_r(stay)}H{_r(right)}Z"
        return [*([Band(kind="staying", path=band)] if flow.stayed else []), *wedges]

    def arc(self, early: int, late: int, links: Links) -> Band:
        """Draw what comes back after a while: down, under the years between, and up again."""
        count = links[early, late]
        # The longest arcs begin and end lowest, so that arcs of one column do not cross.
        lower_out = sum(n for (a, b), n in links.items() if a == early and b > late)
        lower_in = sum(n for (a, b), n in links.items() if b == late and a < early)
        y0 = self.bottom(early) - (lower_out + count / 2) * self.unit
        y1 = self.bottom(late) - (lower_in + count / 2) * self.unit
        x0, x1 = self.x(early) + COLUMN, self.x(late)
        low, middle, bend = TOP + HEIGHT + DIP + DIP_STEP * (late - early - 1), (x0 + x1) / 2, 42
        path = (
            f"M{_r(x0)} {_r(y0)}C{_r(x0 + bend)} {_r(y0)} {_r(x0 + 0.2 * (middle - x0))} {_r(low)}"
            f" {_r(middle)} {_r(low)}S{_r(x1 - bend)} {_r(y1)} {_r(x1)} {_r(y1)}"
        )
        return Band(kind="returning", path=path, width=_r(max(1.5, count * self.unit)))

    def x(self, at: int) -> float:
        return MARGIN + self.pitch * at

    def bottom(self, at: int) -> float:
        return TOP + _size(self.flows[at]) * self.unit


def _links(flows: Sequence[Flow]) -> Links:
    last_in: dict[str, int] = {}
    links: Counter[tuple[int, int]] = Counter()
    for at, flow in enumerate(flows):
        links.update((last_in[key], at) for key in flow.returned)
        last_in.update(dict.fromkeys(flow.stayed | flow.returned | flow.arrived, at))
    return dict(links)


def _wedge(x: float, y0: float, y1: float, reach: float) -> str:
    """Draw a shape that begins as high as a part and runs out to a point."""
    tip, half, low = _r(x + reach), _r(x + reach / 2), _r(y1 + 7)
    out = f"M{_r(x)} {_r(y0)}C{half} {_r(y0)} {half} {low} {tip} {low}"
    return f"{out}C{half} {low} {half} {_r(y1)} {_r(x)} {_r(y1)}Z"


def _size(flow: Flow) -> int:
    return len(flow.stayed) + len(flow.returned) + len(flow.arrived)


def _r(number: float) -> float:
    return round(number, 1)
