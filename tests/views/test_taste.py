"""Taste over time in the browser: the stream, its table, who came and went."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.shelving import counted
from tests.views.histories import History
from tests.views.importing import words_of
from webapp import db

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
YEAR = NOW.year


@pytest.fixture
def mine(browsing: Browsing) -> History:
    return History(browsing)


def test_only_listeners_come_in(pages: Pages) -> None:
    pages.page("/taste", status=401)


def test_a_stream_with_its_table_and_links(mine: History) -> None:
    mine.play(("t1", NOW), ("t1", NOW - DAY / 2), ("t2", NOW), ("t3", NOW - 400 * DAY))
    text = mine.pages.page("/taste")
    assert "3 artists make 100% of these plays." in words_of(text)
    assert text.count('class="chart__band') == 3
    assert f'href="/artist/{quote("artist-Nia Osei")}"' in text
    assert "<img src=x" not in text
    assert len(re.findall(r'<th scope="row">\w+ \d{4}</th>', text)) in {14, 15}
    assert mine.pages.page(f"/taste?period={YEAR}").count('class="chart__band') == 2
    words = words_of(text).split("Who came, who went")[1]
    assert re.search(rf"{YEAR} 0 stayed from {YEAR - 1} 2 came", words)
    assert "1 went" in words
    assert "The first list" in words


def test_it_is_new_at_once_after_a_play(mine: History) -> None:
    mine.play(("t1", NOW - DAY))
    assert "1 artist makes" in words_of(mine.pages.page("/taste"))
    with counted() as kept:
        mine.pages.page("/taste")
    mine.play(("t2", NOW))
    with db.connection():
        db.query("UPDATE users SET data_version = data_version + 1")
    with counted() as made:
        assert "2 artists make" in words_of(mine.pages.page("/taste"))
    assert len(kept.statements) < len(made.statements) <= 14, made.statements


def test_genres_as_far_as_they_are_known(mine: History) -> None:
    mine.play(("t1", NOW), ("t2", NOW))
    assert "0 genres known" in words_of(mine.pages.page("/taste?of=genres"))
    with db.connection():
        db.query("UPDATE artists SET genres = '{<b>jazz,folk}' WHERE name = 'Nia Osei'")
        db.query("UPDATE users SET data_version = data_version + 1")
    text = mine.pages.page("/taste?of=genres&period=4w")
    assert "known for 50% of their plays" in words_of(text)
    assert "&lt;b&gt;jazz" in text
    assert "<b>jazz" not in text
    assert re.search(r'href="/taste\?of=genres&amp;period=6m"', text), "the switch stays"


def test_periods_without_plays_and_without_sense(mine: History) -> None:
    assert "0 plays in these months" in words_of(mine.pages.page("/taste"))
    mine.play(("t1", NOW))
    text = mine.pages.page("/taste?from=2019-01-01&to=2019-03-01")
    assert "0 plays in these months" in words_of(text)
    assert "Who came" not in text
    for query in ("period=x", "from=2020-02-02&to=2020-01-01", "from=0001-01-01&to=9999-12-31"):
        mine.pages.page(f"/taste?{query}", status=400)
    mine.pages.page("/taste?of=albums", status=404)
