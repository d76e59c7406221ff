"""Pictures for where no browser draws: SVG of our own making to PNG.

The renderer reads files that a picture refers to, and ends the process over a picture that is too
large for memory. So a picture is looked at first: shapes and words alone, of a size we know.
"""

from pathlib import Path
from xml.etree import ElementTree as ET

from resvg_py import svg_to_bytes

FONTS = sorted(
    str(path) for path in (Path(__file__).parents[2] / "static" / "vendor").glob("*/*.ttf")
)
SHAPES = frozenset({"svg", "g", "title", "desc", "rect", "circle", "path", "line", "text", "tspan"})
REFERRING = ("href", "src", "style", "filter", "mask", "clip-path")
SPOKEN = "aria-label"
"""It may hold any words; nothing is drawn by it."""
MOST_PIXELS = 4_000_000
NAMESPACE = "{http://www.w3.org/2000/svg}"


class PictureError(ValueError):
    """A picture that may not be drawn: it is no fault of a listener's, but of the template."""


def png(svg: str) -> bytes:
    """Draw a picture as PNG, as large as it says in pixels.

    Letters that the house's fonts lack come from those of the system, if it has any.
    """
    _check(svg)
    return svg_to_bytes(svg_string=svg, font_files=FONTS, font_family="Figtree")


def _check(svg: str) -> None:
    if "<!" in svg or "<?" in svg:
        raise PictureError("a picture has no declarations")
    root = ET.fromstring(svg)  # noqa: S314 - without declarations there are no entities
    size = [int(root.get(name, "0")) for name in ("width", "height")]
    if not 0 < size[0] * size[1] <= MOST_PIXELS:
        raise PictureError("a picture has a size, and not a large one")
    for shape in root.iter():
        if shape.tag.removeprefix(NAMESPACE) not in SHAPES:
            raise PictureError(f"a picture has no {shape.tag}")
        drawn = {name: value for name, value in shape.attrib.items() if name != SPOKEN}
        if any(name.endswith(REFERRING) or "url(" in value for name, value in drawn.items()):
            raise PictureError("a picture refers to nothing")
