"""Pictures made of gradients and simple shapes, always the same for the same id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin
from random import Random

PALETTES = (
    ("#0b132b", "#1c2541", "#5bc0be", "#f7f3e3", "#ff9f1c"),
    ("#2d1e2f", "#8c2f39", "#f26b4e", "#ffd9a0", "#f7f0e6"),
    ("#10261c", "#1f5c43", "#7fb685", "#f1e9c9", "#e4572e"),
    ("#fff4e0", "#f6bd60", "#f28482", "#84a59d", "#3d405b"),
    ("#14080e", "#49475b", "#799496", "#acc196", "#e9eb9e"),
    ("#f2efe9", "#d8cfc4", "#bf4e30", "#093824", "#0d1b1e"),
    ("#1b0e3d", "#4b2a9b", "#b15fd8", "#ff9ecd", "#ffe8b6"),
    ("#e8f1f2", "#b3d5dc", "#247ba0", "#13293d", "#ffb400"),
    ("#231123", "#82204a", "#e0457b", "#ffb8a3", "#fff6ec"),
    ("#0a0a0a", "#242424", "#e63946", "#f1faee", "#a8dadc"),
    ("#faf3dd", "#c8d5b9", "#8fc0a9", "#4a7c59", "#f08a4b"),
    ("#03071e", "#370617", "#9d0208", "#e85d04", "#faa307"),
    ("#012a4a", "#2a6f97", "#61a5c2", "#a9d6e5", "#fefae0"),
    ("#f8edeb", "#fcd5ce", "#e29578", "#006d77", "#83c5be"),
)


@dataclass(frozen=True, slots=True)
class Brush:
    """Chance and colours for one picture; `name` keeps its gradients apart from others'."""

    rng: Random
    name: str
    colours: tuple[str, ...]

    def number(self, low: float, high: float) -> float:
        """Draw a coordinate."""
        return round(self.rng.uniform(low, high), 1)

    def colour(self, *, beside: int = 0) -> str:
        """Draw a colour other than the first `beside` ones."""
        return self.rng.choice(self.colours[beside:])


@lru_cache(maxsize=2048)
def picture(kind: str, item_id: str, size: int, tiles: tuple[str, ...] = ()) -> str:
    """Draw a cover, portrait or mosaic as an SVG document of `size` pixels square."""
    shape = "" if kind not in {"artist", "user"} else "portrait"
    if len(tiles) >= 4:  # noqa: PLR2004 - a mosaic has four tiles
        body = _mosaic(tiles[:4])
    else:
        body = _inside(tiles[0] if tiles else item_id, portrait=bool(shape))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="{size}" '
        f'height="{size}" role="img" aria-hidden="true">{body}</svg>'
    )


def _mosaic(tiles: Sequence[str]) -> str:
    places = ((0, 0), (50, 0), (0, 50), (50, 50))
    return "".join(
        f'<svg x="{x}" y="{y}" width="50" height="50" viewBox="0 0 100 100">{_inside(tile)}</svg>'
        for (x, y), tile in zip(places, tiles, strict=True)
    )


def _inside(item_id: str, *, portrait: bool = False) -> str:
    rng = Random(f"picture/{item_id}")
    colours = list(rng.choice(PALETTES))
    if rng.random() < 0.5:  # noqa: PLR2004 - as often light as dark
        colours.reverse()
    brush = Brush(rng, f"g{item_id[:10]}", tuple(colours))
    drawing = _portrait if portrait else rng.choice(DRAWINGS)
    return _ground(brush) + drawing(brush)


def _ground(brush: Brush) -> str:
    turn = brush.rng.choice((0, 45, 90, 135))
    return (
        f'<defs><linearGradient id="{brush.name}" gradientTransform="rotate({turn} .5 .5)">'
        f'<stop stop-color="{brush.colours[0]}"/>'
        f'<stop offset="1" stop-color="{brush.colours[1]}"/></linearGradient></defs>'
        f'<rect width="100" height="100" fill="url(#{brush.name})"/>'
    )


def _circle(x: float, y: float, radius: float, fill: str, more: str = "") -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}"{more}/>'


def _sunset(brush: Brush) -> str:
    """Draw a sun, cut into slices, over bands of water."""
    sun, x = brush.colours[3], brush.number(35, 65)
    slices = "".join(
        f'<rect y="{52 + 7 * i}" width="100" height="{1.2 + i * 0.9:.1f}" '
        f'fill="{brush.colours[0]}"/>'
        for i in range(4)
    )
    sea = f'<rect y="74" width="100" height="26" fill="{brush.colours[2]}" opacity=".85"/>'
    return _circle(x, 50, brush.number(22, 31), sun) + slices + sea


def _arches(brush: Brush) -> str:
    """Draw a rainbow of thick half circles standing on the lower edge."""
    x, rings = brush.rng.choice((0, 50, 100)), ""
    for step, colour in enumerate((*brush.colours[2:], brush.colours[1], brush.colours[3])):
        rings += _circle(x, 100, 84 - 16 * step, colour)
    return rings


def _bauhaus(brush: Brush) -> str:
    """Draw a four by four grid of quarter circles and squares."""
    parts = []
    for cell in range(16):
        x, y = 25 * (cell % 4), 25 * (cell // 4)
        turn = 90 * brush.rng.randrange(4)
        ground, front = brush.colour(), brush.colour(beside=1)
        parts.append(
            f'<g transform="rotate({turn} {x + 12.5} {y + 12.5})">'
            f'<rect x="{x}" y="{y}" width="25.2" height="25.2" fill="{ground}"/>'
            f'<path d="M{x} {y}h25a25 25 0 0 1-25 25z" fill="{front}"/></g>'
        )
    return "".join(parts)


def _waves(brush: Brush) -> str:
    """Draw hills behind hills, each a smooth curve."""
    parts = [_circle(brush.number(20, 80), brush.number(16, 34), brush.number(6, 12), "#fff8e7")]
    for layer in range(4):
        top = 38 + 15 * layer
        a, b, c = (brush.number(top - 13, top + 9) for _ in range(3))
        parts.append(
            f'<path d="M0 {a}C25 {b} 35 {b} 50 {top}S80 {c} 100 {a}V100H0z" '
            f'fill="{brush.colours[1 + layer]}"/>'
        )
    return "".join(parts)


def _orbits(brush: Brush) -> str:
    """Draw thin rings around a point, with a few planets on them."""
    x, y = brush.number(30, 70), brush.number(30, 70)
    ink, parts = brush.colours[4], []
    for ring in range(1, 7):
        radius = 10 * ring
        parts.append(_circle(x, y, radius, "none", f' stroke="{ink}" stroke-width=".7"'))
        angle = brush.rng.random() * 2 * pi
        planet_x, planet_y = x + radius * cos(angle), y + radius * sin(angle)
        size = brush.number(1.5, 5)
        parts.append(_circle(round(planet_x, 1), round(planet_y, 1), size, brush.colour(beside=2)))
    return "".join([*parts, _circle(x, y, 6, brush.colours[3])])


def _overlap(brush: Brush) -> str:
    """Draw large translucent discs that mix where they meet."""
    return "".join(
        _circle(
            brush.number(20, 80),
            brush.number(20, 80),
            brush.number(18, 38),
            brush.colours[2 + index % 3],
            ' opacity=".72"',
        )
        for index in range(5)
    )


def _stripes(brush: Brush) -> str:
    """Draw slanted bars of uneven width and one disc before them."""
    parts, x = [], -40.0
    turn = brush.rng.choice((-35, -20, 20, 35))
    while x < 140:  # noqa: PLR2004 - beyond the edge, since the bars are turned
        width = brush.number(3, 16)
        parts.append(
            f'<rect x="{x:.1f}" y="-40" width="{width}" height="180" fill="{brush.colour()}"/>'
        )
        x += width
    disc = _circle(50, 50, brush.number(16, 26), brush.colours[3])
    return f'<g transform="rotate({turn} 50 50)">{"".join(parts)}</g>{disc}'


def _halftone(brush: Brush) -> str:
    """Draw a field of dots that swell towards one corner."""
    corner_x, corner_y = brush.rng.choice((0, 100)), brush.rng.choice((0, 100))
    dots = []
    for cell in range(100):
        x, y = 5 + 10 * (cell % 10), 5 + 10 * (cell // 10)
        near = 1 - ((x - corner_x) ** 2 + (y - corner_y) ** 2) ** 0.5 / 142
        dots.append(_circle(x, y, round(0.6 + 5.6 * near**1.4, 2), brush.colours[3]))
    return "".join(dots)


def _nested(brush: Brush) -> str:
    """Draw squares inside squares, each turned a little further."""
    step = brush.rng.choice((6, 9, 12, 15))
    return "".join(
        f'<rect x="{5 + 5 * i}" y="{5 + 5 * i}" width="{90 - 10 * i}" height="{90 - 10 * i}" '
        f'fill="{brush.colours[(i + 1) % 5]}" transform="rotate({step * i} 50 50)"/>'
        for i in range(8)
    )


def _portrait(brush: Brush) -> str:
    """Draw a head and shoulders before a halo: nobody in particular."""
    skin, coat, hair = brush.colours[3], brush.colours[2], brush.colours[4]
    x = brush.number(46, 54)
    halo = _circle(50, 46, brush.number(34, 42), brush.colours[1], ' opacity=".8"')
    tuft = brush.number(30, 38)
    return (
        f'{halo}<path d="M12 100a38 34 0 0 1 76 0z" fill="{coat}"/>'
        f'<rect x="{x - 6}" y="56" width="12" height="16" rx="6" fill="{skin}"/>'
        f'{_circle(x, tuft + 6, 19, hair)}<ellipse cx="{x}" cy="46" rx="15" ry="18" fill="{skin}"/>'
        f'<path d="M{x - 17} {tuft + 8}a17 17 0 0 1 34-2q-14-4-34 2z" fill="{hair}"/>'
    )


DRAWINGS: tuple[Callable[[Brush], str], ...] = (
    _sunset,
    _arches,
    _bauhaus,
    _waves,
    _orbits,
    _overlap,
    _stripes,
    _halftone,
    _nested,
)
