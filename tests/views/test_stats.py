"""The statistics page: one period, many cards, and what cannot be asked for."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.browsing import Browsing
from tests.pages import HTMX, Pages
from tests.queries.shelving import counted
from tests.views.histories import DAY, History
from webapp import db
from webapp.queries import accounts
from webapp.views.stats import CARDS

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - 3 * DAY


class Listener(History):
    """A listener whose pages notice what they play."""

    def play(self, *rows: tuple[str, datetime] | tuple[str, datetime, str]) -> None:
        super().play(*rows)
        with db.connection():
            accounts.bump_version(self.id)


@pytest.fixture
def mine(browsing: Browsing) -> Listener:
    return Listener(browsing)


def test_only_listeners_come_in(pages: Pages) -> None:
    for url in ("/stats", "/stats/totals", "/stats/no-such"):
        pages.page(url, status=401)


def test_a_page_holds_every_card_and_each_is_to_be_had_alone(mine: Listener) -> None:
    mine.play(*(("t1", NOON - n * timedelta(hours=7)) for n in range(40)), ("t3", NOON - 300 * DAY))
    mine.miss(NOON - 2 * DAY, NOON - DAY)
    for query in ("", "?period=all&by=ms", f"?from={NOON - 9 * DAY:%Y-%m-%d}&to={NOON:%Y-%m-%d}"):
        text = mine.pages.page(f"/stats{query}")
        for name in CARDS:
            alone = mine.pages.fragment(f"/stats/{name}{query}")
            assert alone.lstrip().startswith("<section"), name
            assert f'id="stats-{name}"' in alone
            assert alone.strip() in text, name
        assert "plays may be missing" in text
    text = mine.pages.page("/stats?period=all&by=ms")
    assert numbers_in(text)["plays"] == "≥41"
    assert numbers_in(text)["different artists"] == "≥2"
    assert "There is nothing before to compare with" in text
    assert '<input type="hidden" name="by" value="ms">' in text.replace("\n", " ")
    for hostile in ("<script>alert", "<img src=x", "<b>Zed"):
        assert hostile not in text
    assert "&lt;script&gt;alert(1)" in text


def test_numbers_are_compared_with_the_period_before(mine: Listener) -> None:
    old, now = NOON - 30 * DAY, NOON - 2 * DAY
    mine.play(("t1", old), ("t1", now), ("t2", now + DAY), ("t1", NOON - 90 * DAY))
    text = mine.pages.page("/stats")
    assert numbers_in(text)["plays"] == "2"
    assert re.search(r'aria-label="more:".*?</svg>\s*1\s*</span>', text, re.DOTALL)
    artists = mine.pages.fragment("/stats/artists")
    assert ">New</span>" in artists
    assert 'aria-label="unchanged"' in artists


def test_long_lists_are_turned_page_by_page(mine: Listener) -> None:
    mine.play(("t1", NOON), ("t2", NOON), ("t3", NOON))
    page = mine.pages.page("/stats?tracks=1")
    assert 'id="stats-tracks-older"' not in page
    for query in ("tracks=2", "tracks=999999", "artists=0", "albums=-1", "genres=x", "tracks=²"):
        mine.pages.page(f"/stats?{query}", status=404)
    for number in ("2", "999999", "9999999", "0", "x"):
        reply = mine.pages.client.get(f"/stats/artists?page={number}", headers=HTMX)
        assert reply.status_code == 404, number


def test_what_makes_no_sense_is_refused(mine: Listener) -> None:
    mine.play(("t1", NOON))
    for query in (
        "period=5w",
        "period=1066",
        "period=%00",
        "from=2024-02-01&to=2024-01-01",
        "from=0001-01-01&to=9999-12-31",
        "from=2024-02-30&to=2024-03-01",
        "from=2024-01-01",
    ):
        text = mine.pages.page(f"/stats?{query}", status=400)
        assert "This is no period" in text
        assert mine.pages.client.get(f"/stats/totals?{query}").status_code == 400
    mine.pages.page("/stats?by=likes", status=404)
    mine.pages.page("/stats/no-such-card", status=404)


def test_a_quiet_period_and_a_quiet_listener_are_told_what_to_do(mine: Listener) -> None:
    nothing = mine.pages.page("/stats?period=all")
    assert "0 plays so far" in nothing
    assert 'href="/imports"' in nothing
    for name in CARDS:
        mine.pages.fragment(f"/stats/{name}")
    mine.play(("t1", NOON))
    for query in ("?period=2001", "?from=1990-01-01&to=1990-01-01"):
        text = mine.pages.page(f"/stats{query}")
        assert "0 plays in this period" in text
        assert 'href="/stats?period=all"' in text
        for name in CARDS:
            mine.pages.fragment(f"/stats/{name}{query}")
    text = mine.pages.page("/stats?period=all")
    assert numbers_in(text)["plays"] == "1"
    assert numbers_in(text)["days with music"] == "1"
    mine.play(*(("t2", NOON + timedelta(minutes=n)) for n in range(9)))
    text = mine.pages.page("/stats?period=all")
    assert numbers_in(text)["plays"] == "10", "a change is shown at once"
    assert "1 day" in text


def test_a_page_takes_few_statements_however_many_plays(mine: Listener) -> None:
    taken = []
    for hours in (range(1, 3), range(3, 200)):
        mine.play(*(("t1", NOON - n * timedelta(hours=5)) for n in hours))
        for query in ("?period=all", "?period=6m"):
            with counted() as counter:
                mine.pages.page(f"/stats{query}")
            taken.append(len(counter.statements))
            with counted() as counter:
                mine.pages.page(f"/stats{query}")
            assert len(counter.statements) <= 9, "cards are kept until something changes"
    assert taken[:2] == taken[2:]
    assert max(taken) <= 36, "seven of them add a period up for all cards, and let go of it"


def numbers_in(text: str) -> dict[str, str]:
    """Read the numbers of the first card by their names."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", text, re.DOTALL)
    return {name: re.sub(r"<[^>]+>|\s", "", value) for name, value in found}
