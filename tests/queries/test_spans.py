"""What those who ask within a block have in common: tables that hold a period added up."""

from datetime import date, timedelta

import pytest

from tests.queries.listened import at, every, fill_catalogue, listen
from webapp import db
from webapp.domain.periods import Period
from webapp.domain.stats import Item
from webapp.queries import finds, listening, spans

DAY = timedelta(days=1)
PERIOD = Period(key="custom", first=date(2026, 2, 10), last=date(2026, 3, 20))
TABLES = "SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'"


@pytest.fixture
def listener(database: None) -> int:
    """Give somebody who heard two tracks from January to April."""
    fill_catalogue()
    plays = every(DAY, 90, since=at("2026-01-10 12:00"), track=1)
    return listen([*plays, *every(DAY, 90, since=at("2026-01-10 13:00"), track=2)], "UTC")


def test_all_who_ask_within_a_block_find_one_sheet(listener: int) -> None:
    with spans.shared(lately=True):
        now = listening.totals(listener, PERIOD, "UTC")
        made = tables()
        assert made > 0
        before = listening.totals(listener, PERIOD.before or PERIOD, "UTC")
        finds.discoveries(listener, PERIOD, Item.TRACK, "UTC", begins=[PERIOD.first], limit=5)
        finds.rediscoveries(listener, PERIOD, Item.TRACK, "UTC", limit=5)
        with spans.shared():
            assert listening.totals(listener, PERIOD, "UTC") == now
        assert tables() == made
    assert (now.tracks, before.tracks) == (2, 2)
    assert tables() == 0


def test_a_block_within_another_leaves_its_sheets_alone(listener: int) -> None:
    with spans.shared():
        now = listening.totals(listener, PERIOD, "UTC")
        back = finds.rediscoveries(listener, PERIOD, Item.TRACK, "UTC", limit=5)
        assert listening.totals(listener, PERIOD, "UTC") == now
    assert back.count == 0
    assert tables() == 0


def test_nothing_stays_when_something_goes_wrong(listener: int) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_within(listener)
    assert tables() == 0


def test_what_stands_added_up_takes_no_table(listener: int) -> None:
    march = Period(key="custom", first=date(2026, 3, 1), last=date(2026, 3, 31))
    with spans.shared(before=False):
        assert listening.totals(listener, march, "UTC").tracks == 2
        assert tables() == 0


def test_who_asks_what_is_fresh_says_so_before(listener: int) -> None:
    with spans.shared(), pytest.raises(RuntimeError, match="lately"):
        spans.fresh(listener, PERIOD, Item.TRACK, "UTC")


def fail_within(listener: int) -> None:
    with spans.shared():
        listening.totals(listener, PERIOD, "UTC")
        raise ZeroDivisionError


def tables() -> int:
    found: int = db.query(TABLES)[0][0]
    return found
