"""Pictures: PNG of the size asked for, and nothing drawn that refers to anything."""

from pathlib import Path

import pytest

from webapp.services.pictures import PictureError, png

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}">{body}</svg>'


def svg(body: str, w: int = 40, h: int = 30) -> str:
    return SVG.format(w=w, h=h, body=body)


def size_of(body: bytes) -> tuple[int, int]:
    """Read a PNG's first chunk, IHDR (RFC 2083, 4.1.1)."""
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert body[12:16] == b"IHDR"
    return int.from_bytes(body[16:20]), int.from_bytes(body[20:24])


def test_a_picture_is_as_large_as_it_says() -> None:
    assert size_of(png(svg('<rect width="40" height="30" fill="#fff" />'))) == (40, 30)


def test_words_are_drawn_in_the_houses_letters() -> None:
    words = '<text x="2" y="20" font-family="{}" font-size="16">Reel</text>'
    figtree, display = (
        png(svg(words.format(family))) for family in ("Figtree", "Bricolage Grotesque")
    )
    assert len({figtree, display, png(svg(""))}) == 3


@pytest.mark.parametrize(
    "body",
    [
        '<image href="{file}" width="9" height="9" />',
        '<rect width="9" height="9" href="{file}" />',
        '<g xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{file}" />',
        '<rect width="9" height="9" style="fill: url({file})" />',
        '<rect width="9" height="9" fill="url({file})" />',
        "<style>@import url({file});</style>",
        "<foreignObject />",
        "<!-- a comment -->",
        "<?xml-stylesheet href='{file}'?>",
    ],
)
def test_what_refers_to_something_is_refused(body: str, tmp_path: Path) -> None:
    """The renderer itself would read the file."""
    file = tmp_path / "secret.png"
    file.write_bytes(png(svg("")))
    with pytest.raises(PictureError):
        png(svg(body.replace("{file}", str(file))))


@pytest.mark.parametrize("size", [(0, 30), (100_000, 100_000)])
def test_sizes_that_would_end_the_process_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError):
        png(svg("", *size))


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("<text>&a;</text>")
    with pytest.raises(PictureError):
        png(bomb)
