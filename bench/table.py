"""The table: what was asked for, what was measured, and whether that is enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

HEAD = ("what", "target", "measured", "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One promise; `met` is None where this machine can't measure it."""

    what: str
    target: str
    measured: str
    met: bool | None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The row as text, in the order of the head."""
        verdict = "not measured" if self.met is None else "met" if self.met else "MISSED"
        return (self.what, self.target, self.measured, verdict)


def as_text(rows: Iterable[Row]) -> str:
    """Write rows for a terminal, in columns."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (HEAD, rule, *lines[1:])
    )


def as_markdown(rows: Iterable[Row]) -> str:
    """Write rows as a table of a Markdown page."""
    lines = (HEAD, ("---",) * len(HEAD), *(row.cells for row in rows))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def middle(values: Sequence[float], unit: str, *, digits: int = 0) -> str:
    """Write the median, and in brackets the lowest and the highest where they differ from it."""
    shown = f"{median(values):.{digits}f}"
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    spread = "" if low == high else f" ({low} to {high})"
    return f"{shown}{spread} {unit}".rstrip()
