"""Charts as pages draw them: valid, escaped, with the same numbers in the table behind."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import html5lib
import pytest
from flask import Flask, render_template_string

from tests.pages import check_page
from webapp.domain import charts
from webapp.domain.charts import Point, Series

HOSTILE = """</title></svg><script>alert(1)</script>"' onload=x &amp;"""
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Charts</title></head><body><h1>Charts</h1>
{%- import "macros/charts.html" as charts -%}
{%- for kind, chart in drawn %}
{{ charts[kind](chart, title=name, desc=name, unit=name, head=(name, name), id="c" ~ loop.index) }}
{%- endfor %}{{ charts.spark(spark, title=name) }}</body></html>"""
FIRST = date(2024, 1, 1)
POINTS = [
    Point(HOSTILE, 3, f"3 {HOSTILE}", url="/a?b=1&c=2"),
    Point("Björk", 1, "one play", running=True),
    Point("nothing", 0, "none"),
]
LABELS = ["May", HOSTILE, "July"]
SERIES = [
    Series(HOSTILE, [1, 2, 3], ["I", "II", "III"], url="/a?b=1&c=2"),
    Series("宇多田", [2, None, 1]),
]
DAYS = {FIRST + timedelta(days=at): at % 7 for at in range(365)}
CELLS = {(day, hour): day * hour for day in range(7) for hour in range(24)}
PAIRS = [
    [HOSTILE, f"3 {HOSTILE}"],
    ["Björk", "one play"],
    ["nothing", "none"],
]
OVER_TIME = [["May", "I", "2"], [HOSTILE, "II", "\N{EN DASH}"], ["July", "III", "1"]]

Draw = Callable[..., str]


@pytest.fixture
def draw(app: Flask) -> Draw:
    """Draw charts on a page that every page test would accept."""

    def drawn(*pictures: tuple[str, object]) -> str:
        with app.test_request_context():
            spark = charts.spark([1, 2])
            text = render_template_string(PAGE, drawn=pictures, name=HOSTILE, spark=spark)
        check_page(text)
        return text

    return drawn


def test_every_chart_is_valid_escaped_and_has_its_numbers_behind(draw: Draw) -> None:
    text = draw(
        ("bars", charts.bars(POINTS)),
        ("columns", charts.columns(POINTS)),
        ("line", charts.line(POINTS)),
        ("share", charts.share(POINTS)),
        ("stream", charts.stream(SERIES, LABELS)),
        ("ranks", charts.ranks(SERIES, LABELS)),
        ("calendar", charts.calendar(DAYS, FIRST, date(2024, 12, 31), {FIRST: "a day of rest"})),
        ("clock", charts.clock(CELLS, {(6, 23): "late"})),
    )
    assert "<script" not in text
    page = html5lib.parse(text, namespaceHTMLElements=False)
    figures = page.findall(".//figure")
    assert [figure.get("id") for figure in figures] == [f"c{at}" for at in range(1, 9)]
    for figure in figures:
        picture = figure.find(".//{*}svg[@role]")
        assert picture.findtext("{*}title") == HOSTILE, "a picture has a name"
        assert picture.findtext("{*}desc") == HOSTILE, "a picture has a description"
        linked = picture.findall(".//{*}a")
        assert picture.get("role") == ("group" if linked else "img")
        assert {link.get("href") for link in linked} <= {"/a?b=1&c=2"}
    tables = [rows_of(figure) for figure in figures]
    assert tables[:4] == [PAIRS] * 4
    assert tables[4:6] == [OVER_TIME] * 2
    weeks, hours = tables[6:]
    assert weeks[0] == ["Jan 1", "a day of rest", "1", "2", "3", "4", "5", "6"]
    assert [len(weeks), weeks[-1]] == [53, ["Dec 30", "0", "0", "", "", "", "", ""]]
    assert hours[2] == ["02:00", "0", "2", "4", "6", "8", "10", "12"]
    assert hours[23][7] == "late"


def test_a_chart_of_nothing_says_so(draw: Draw) -> None:
    text = draw(
        ("bars", charts.bars([])),
        ("columns", charts.columns([])),
        ("line", charts.line([])),
        ("share", charts.share([])),
        ("stream", charts.stream([], [])),
        ("ranks", charts.ranks([Series("a", [None])], ["May"])),
        ("calendar", charts.calendar({}, FIRST, FIRST - timedelta(days=9))),
        ("clock", charts.clock({})),
    )
    assert text.count("Nothing to show yet.") == 8
    assert len(re.findall("<svg", text)) == 2, "only the line in the text is drawn"


def test_a_year_of_days_is_a_light_picture(draw: Draw) -> None:
    busy = {FIRST + timedelta(days=at): 1 + at % 90 for at in range(365)}
    text = draw(("calendar", charts.calendar(busy, FIRST, date(2024, 12, 30))))
    pictures = re.findall(r'<svg class="chart__half".*?</svg>', text, re.DOTALL)
    assert sum(len(picture) for picture in pictures) < 26_000


def rows_of(figure: Any) -> list[list[str]]:
    rows = figure.findall(".//tbody/tr")
    return [["".join(cell.itertext()).strip() for cell in row] for row in rows]
