"""Importing an account from its form: what may be typed, what is shown while it goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config import Settings
from demo.standin.faults import Fault
from demo.standin.scrobbles import Scrobbles
from tests.browsing import Browsing
from tests.pages import Pages
from tests.scrobbling import make_scrobbles
from webapp import db
from webapp.app import create_app
from webapp.services.wiring import Wiring

READ = "/imports/accounts"
MANY = 450


@pytest.fixture
def tiny(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


@pytest.fixture
def accounts(browsing: Browsing) -> Scrobbles:
    browsing.standin.scrobbles.add("ida", make_scrobbles(MANY))
    return browsing.standin.scrobbles


def begin(pages: Pages, service: str = "lastfm", account: str = "ida") -> str:
    """Send the form; give the address of the import's page."""
    reply = pages.post(READ, service=service, account=account)
    assert reply.status_code == 303
    return reply.headers["Location"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (("lastfm", "ida"), "Last.fm: ida"),
        (("listenbrainz", " ida "), "ListenBrainz: ida"),
        (("lastfm", "https://www.last.fm/user/Ida/library"), "Last.fm: Ida"),
    ],
)
def test_a_name_is_enough(
    tiny: Pages, browsing: Browsing, accounts: Scrobbles, typed: tuple[str, str], name: str
) -> None:
    page = begin(tiny, *typed)
    assert name in tiny.page(page)
    browsing.work()
    text = tiny.page(page)
    assert name in text
    assert "Done." in text
    assert f">{MANY}<" in text
    assert name in tiny.page("/imports")
    receipt = tiny.client.get(f"{page}/receipt.csv")
    assert len(receipt.text.strip().splitlines()) == MANY + 1


def test_the_form_offers_what_can_be_read(
    tiny: Pages, browsing: Browsing, settings: Settings, wiring: Wiring
) -> None:
    text = tiny.page("/imports")
    assert "Your name on Last.fm" in text
    assert "Your name on ListenBrainz" in text
    without = replace(settings, lastfm_api_key="")
    browsing.app = create_app(without, replace(wiring, settings=without))
    pages = browsing.sign_in("tiny")
    text = pages.page("/imports")
    assert "Your name on Last.fm" not in text
    assert "Your name on ListenBrainz" in text
    assert pages.post(READ, service="lastfm", account="ida").status_code == 404


@pytest.mark.parametrize("account", ["", " ", "a/b", "..", "x" * 65, "a\x00b"])
def test_what_is_no_name_starts_nothing(tiny: Pages, account: str) -> None:
    reply = tiny.post(READ, service="lastfm", account=account)
    assert reply.headers["Location"] == "/imports"
    assert "no name of an account" in tiny.page("/imports")
    with db.connection():
        assert db.query("SELECT count(*) FROM imports") == [(0,)]


@pytest.mark.parametrize("service", ["", "myspace", "upload"])
def test_what_is_no_service_is_not_there(tiny: Pages, service: str) -> None:
    assert tiny.post(READ, service=service, account="ida").status_code == 404


def test_a_hostile_name_is_a_name(tiny: Pages, browsing: Browsing) -> None:
    page = begin(tiny, "listenbrainz", "<img src=x onerror=alert(1)>&\"'")
    browsing.work()
    text = tiny.page(page)
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "There is no account of that name there." in text


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(kind="lastfm_error", code=17), "hides its listening"),
        (Fault(kind="lastfm_error", code=10), "does not accept the key"),
        (Fault(kind="lastfm_error", code=6), "no account of that name"),
    ],
    ids=["private", "key", "nobody"],
)
def test_what_went_wrong_is_said(
    tiny: Pages, browsing: Browsing, accounts: Scrobbles, fault: Fault, said: str
) -> None:
    page = begin(tiny)
    browsing.standin.world.faults.add(replace(fault, match="/lastfm"))
    browsing.work()
    assert said in tiny.page(page)
    assert said in tiny.page("/imports")
    tiny.fragment(f"{page}/progress")


def test_while_the_service_wants_its_peace_the_page_says_until_when(
    tiny: Pages, browsing: Browsing, accounts: Scrobbles
) -> None:
    fault = Fault(kind="rate_limit", match="/lastfm", after=2, seconds=3600)
    browsing.standin.world.faults.add(fault)
    page = begin(tiny)
    browsing.work()
    text = tiny.page(page)
    assert "Last.fm asks us to wait until" in text
    assert "hx-get" in tiny.fragment(f"{page}/progress"), "it looks again"
    assert "Last.fm asks us to wait until" in tiny.page("/imports")
    browsing.standin.world.faults.clear()
    with db.connection():
        db.query("UPDATE imports SET resume_at = %s", browsing.wiring.clock() - timedelta(hours=1))
    assert "asks us to wait" not in tiny.page(page)


def test_a_second_one_waits_for_the_first(
    tiny: Pages, browsing: Browsing, accounts: Scrobbles
) -> None:
    first = begin(tiny)
    second = begin(tiny, "listenbrainz")
    assert first != second
    assert "Another import" in tiny.page(second)
    browsing.work()
    assert tiny.post(f"{second}/start").status_code == 303
    browsing.work()
    assert "Merged" in tiny.page(second)
    with db.connection():
        rows = db.query("SELECT status, receipt FROM imports ORDER BY id")
        assert rows == [("COMPLETED", {"new": MANY}), ("COMPLETED", {"merged": MANY})]


def test_undecided_imports_do_not_pile_up(tiny: Pages, accounts: Scrobbles) -> None:
    for _ in range(6):
        begin(tiny)
    reply = tiny.post(READ, service="lastfm", account="ida")
    assert reply.headers["Location"] == "/imports"
    assert "Decide about them first" in tiny.page("/imports")


def test_it_takes_a_form_of_ours_and_a_listener(tiny: Pages, pages: Pages) -> None:
    assert tiny.post(READ, csrf=False, service="lastfm", account="ida").status_code == 422
    assert pages.post(READ, service="lastfm", account="ida").status_code == 401


def test_nobody_sees_another_listeners_import(
    tiny: Pages, browsing: Browsing, accounts: Scrobbles
) -> None:
    page = begin(tiny)
    other = browsing.sign_in("empty")
    other.page(page, status=404)
    assert "ida" not in other.page("/imports")
