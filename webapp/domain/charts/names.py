"""Names that fit: how wide words are, and where to cut them."""

from unicodedata import combining, east_asian_width

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
JOINERS = "\u200d\ufe0e\ufe0f"


def width_of(text: str) -> int:
    """Estimate how wide a text is, in letters of usual width."""
    return sum(_width(letter) for letter in text)


def fitted(text: str, room: int) -> str:
    """Cut a text to so many letters, with an ellipsis; never between a letter and its marks."""
    if width_of(text) <= room:
        return text
    kept, used = "", 1
    for letter in text:
        used += _width(letter)
        if used > room:
            break
        kept += letter
    return kept.rstrip().rstrip(JOINERS).rstrip() + ELLIPSIS


def _width(letter: str) -> int:
    if combining(letter) or letter in JOINERS:
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
