"""Names as they can stand in a picture: without what has no form, cut to the room there is.

There is no browser to measure with, so widths are estimates, in em of the house's bold text; what
they miss is cut off by the picture's own edges.
"""

import unicodedata

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
MARKS = 2
"""So many accents a letter may carry."""
LONGEST = 400
"""Letters of a name that are looked at."""

NARROW = frozenset("iIlj.,:;'!|()[]ftr \N{MIDDLE DOT}")
BROAD = frozenset("mwMW@%\N{EM DASH}\N{HORIZONTAL ELLIPSIS}")
WIDTHS = {"narrow": 0.33, "broad": 0.92, "capital": 0.68, "plain": 0.58, "square": 1.0}
JOINER = "\N{ZERO WIDTH JOINER}"

SELECTORS = "\ufe0e\ufe0f"
SKINS = range(0x1F3FB, 0x1F400)
FLAGS = range(0x1F1E6, 0x1F200)
"""The letters that flags are spelt with, A to Z."""

HOUSE = "Figtree"
DISPLAY = "Bricolage Grotesque"
OTHERS = "Noto Sans, Noto Sans CJK JP, DejaVu Sans, sans-serif"
"""For what the house's letters lack; what these lack, the renderer looks for in any other."""
LATIN = (range(0x20, 0x250), range(0x2010, 0x2028), range(0x20A0, 0x20C1), range(0x1E00, 0x1F00))


def tidy(name: str) -> str:
    """Leave out what has no form or turns others around; never more than two accents a letter."""
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", name[:LONGEST]):
        kind = unicodedata.category(letter)
        if kind.startswith("M"):
            marks += 1
            if marks <= MARKS and kept:
                kept.append(letter)
            continue
        marks = 0
        if kind[0] == "Z" or letter in "\t\n\r":
            kept.append(" ")
        elif letter == JOINER or kind[0] != "C":
            kept.append(letter)
    return " ".join("".join(kept).split()).strip(JOINER)


def drawable(name: str) -> str:
    """Take pictures apart that several letters make together: the renderer knows single ones."""
    kept = ""
    for letter in name:
        if ord(letter) in FLAGS:
            kept += chr(ord("A") + ord(letter) - FLAGS.start)
        elif letter == JOINER:
            kept += "" if unicodedata.category(kept[-1:] or " ").startswith("S") else letter
        elif letter not in SELECTORS and ord(letter) not in SKINS:
            kept += letter
    return kept


def fit(name: str, ems: float) -> str:
    """Cut a tidy name to a width in em, with an ellipsis where something is missing."""
    if width_of(name) <= ems:
        return name
    room, kept = ems - width_of(ELLIPSIS), ""
    for letter in name:
        room -= width_of(letter)
        if room < 0:
            break
        kept += letter
    return f"{kept.rstrip(f' {JOINER}')}{ELLIPSIS}"


def width_of(text: str) -> float:
    """Estimate how wide a text is, in em."""
    return sum(WIDTHS[_kind(letter)] for letter in text if not _is_mark(letter))


def family_of(text: str, house: str = HOUSE) -> str:
    """Choose the typeface: the house's own where it has every letter."""
    plain = all(any(ord(letter) in letters for letters in LATIN) for letter in text)
    return f"{house}, sans-serif" if plain else OTHERS


def _kind(letter: str) -> str:
    if letter in NARROW:
        return "narrow"
    if letter in BROAD:
        return "broad"
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return "square"
    return "capital" if letter.isupper() else "plain"


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) in {"Mn", "Me", "Cf"}
