"""Numbers, dates and lengths of time, as each language writes them."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g

from webapp.services.wiring import Wiring
from webapp.views import formats

AT = datetime(2026, 3, 3, 16, 50, 9, tzinfo=UTC)
DAY = date(2026, 3, 3)
SPACE = "\N{NO-BREAK SPACE}"
MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
def reading(app: Flask, wiring: Wiring) -> Iterator[Callable[[str], None]]:
    """Let a reader come: `reading("de")` begins a request in that language."""
    open_contexts = []

    def begin(language: str) -> None:
        context = app.test_request_context(headers={"Accept-Language": language})
        context.push()
        g.wiring = wiring
        open_contexts.append(context)

    yield begin
    for context in reversed(open_contexts):
        context.pop()


def written(now: datetime) -> list[str]:
    ago = timedelta(minutes=5)
    return [
        formats.number(12345.6),
        formats.number(-1234),
        formats.number(999),
        formats.percent(0.123),
        formats.percent(0.1234, 1),
        formats.percent(None),
        formats.hours(3 * HOUR + 12 * MINUTE),
        formats.hours(59 * MINUTE + 29_999),
        formats.hours(59 * MINUTE + 30_000),
        formats.hours(1234 * HOUR + 40 * MINUTE),
        formats.hours(0),
        formats.duration(3 * HOUR + 12 * MINUTE + 7999),
        formats.day(DAY),
        formats.day(AT),
        formats.moment(AT),
        formats.clock(AT),
        formats.clock(AT, seconds=True),
        formats.day_clock(AT),
        formats.near_moment(AT, AT + timedelta(hours=7)),
        formats.near_moment(AT, AT + timedelta(hours=8)),
        formats.near_moment(AT, AT + timedelta(days=365)),
        formats.month(DAY),
        formats.month(DAY, "abbreviated"),
        formats.month_name(12),
        formats.weekday(DAY),
        formats.weekday(6, "abbreviated"),
        formats.ago(now - ago),
        formats.until(now + ago + timedelta(seconds=9)),
        formats.ago(now),
        formats.ago(None),
    ]


def test_english(reading: Callable[[str], None], wiring: Wiring) -> None:
    reading("en")
    assert written(wiring.clock()) == [
        "12,345.6",
        "-1,234",
        "999",
        "12%",
        "12.3%",
        formats.UNKNOWN,
        "3 h 12 min",
        "59 min",
        "1 h 0 min",
        "1,234 h",
        "0 min",
        "3:12:07",
        "Mar 3, 2026",
        "Mar 3, 2026",
        "Mar 3, 2026, 16:50",
        "16:50",
        "16:50:09",
        "Mar 3, 16:50",
        "16:50",
        "Mar 3, 16:50",
        "Mar 3, 2026, 16:50",
        "March 2026",
        "Mar 2026",
        "December",
        "Tuesday",
        "Sun",
        "5 minutes ago",
        "in 5 minutes",
        "just now",
        "never",
    ]


def test_german(reading: Callable[[str], None], wiring: Wiring) -> None:
    reading("de-AT")
    assert written(wiring.clock()) == [
        "12.345,6",
        "-1.234",
        "999",
        f"12{SPACE}%",
        f"12,3{SPACE}%",
        formats.UNKNOWN,
        "3 Std. 12 Min.",
        "59 Min.",
        "1 Std. 0 Min.",
        "1.234 Std.",
        "0 Min.",
        "3:12:07",
        "3. März 2026",
        "3. März 2026",
        "3. März 2026, 16:50",
        "16:50",
        "16:50:09",
        "3. März, 16:50",
        "16:50",
        "3. März, 16:50",
        "3. März 2026, 16:50",
        "März 2026",
        "März 2026",
        "Dezember",
        "Dienstag",
        "So",
        "vor 5 Minuten",
        "in 5 Minuten",
        "gerade eben",
        "nie",
    ]
