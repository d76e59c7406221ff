"""The receipt of an import: as totals on its page, and row by row as a table to keep."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from io import StringIO
from itertools import islice

from flask import Response
from flask_babel import gettext

from webapp import db
from webapp.domain.imports import Outcome
from webapp.queries import receipts
from webapp.queries.receipts import Line
from webapp.views.receipt_wording import OUTCOMES, REASONS

BAR = 1000
THINNEST = 4
AT_ONCE = 500
COLUMNS = ("file", "row", "outcome", "reason", "time", "artist", "title", "ms")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would work out instead of showing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """How many rows ended one way, what that means, and their part of a bar of 1,000."""

    outcome: str
    name: str
    meaning: str
    rows: int
    start: int
    width: int


def receipt_lines(counts: Mapping[str, int]) -> list[ReceiptLine]:
    """Lay a receipt out, one line an outcome; a few of very many stay visible in the bar."""
    total = sum(counts.get(outcome, 0) for outcome in Outcome)
    lines, start = [], 0
    for outcome, (name, meaning) in OUTCOMES.items():
        rows = counts.get(outcome, 0)
        width = max(THINNEST, BAR * rows // total) if rows else 0
        lines.append(
            ReceiptLine(
                outcome=outcome.value,
                name=str(name),
                meaning=str(meaning),
                rows=rows,
                start=start,
                width=width,
            )
        )
        start += width
    return lines


def table(user_id: int, import_id: int) -> Response:
    """Answer what became of every row, as a table that is written while it is read."""
    reasons = {code.value: str(text) for code, text in REASONS.items()}
    reasons["set_aside"] = str(gettext("set aside by you"))
    response = Response(_table(user_id, import_id, reasons), mimetype="text/csv")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="backspin-receipt-{import_id}.csv"'
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _table(user_id: int, import_id: int, reasons: Mapping[str, str]) -> Iterator[str]:
    # The request is over by now, and its connection given back.
    with db.connection():
        lines = receipts.iter_lines(user_id, import_id)
        yield _written([COLUMNS])
        while some := list(islice(lines, AT_ONCE)):
            yield _written(_cells(line, reasons) for line in some)


def _cells(line: Line, reasons: Mapping[str, str]) -> tuple[str | int, ...]:
    code = line.outcome if line.outcome == "set_aside" else line.reason
    return (
        _plain(line.name),
        line.number,
        line.outcome,
        reasons.get(code, code),
        line.ended_at.astimezone(UTC).isoformat() if line.ended_at else "",
        _plain(line.artist or ""),
        _plain(line.title or ""),
        "" if line.ms_played is None else line.ms_played,
    )


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _written(rows: Iterable[Iterable[str | int]]) -> str:
    page = StringIO()
    csv.writer(page, lineterminator="\r\n").writerows(rows)
    return page.getvalue()
