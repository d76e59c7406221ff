"""Signing in with Spotify, and every way in which it can go wrong."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from config import Settings
from demo.standin.faults import Fault
from demo.standin.server import StandIn
from tests.browsing import Browsing
from tests.pages import Pages, check_page
from webapp import db
from webapp.app import create_app
from webapp.queries import accounts
from webapp.services.wiring import Wiring


def test_the_front_page_offers_to_sign_in(pages: Pages) -> None:
    text = pages.page("/")
    assert 'href="/auth/spotify"' in text


def test_signing_in_leads_to_the_dashboard(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    account = browsing.account("tiny")
    assert account.is_admin, "the first account is the admin"
    assert account.username == "mika-sund" or account.username, account.username
    reply = pages.client.get("/")
    assert reply.headers["Location"] == "/dashboard"
    pages.page("/dashboard")


def test_only_reading_is_asked_for_with_pkce(pages: Pages) -> None:
    reply = pages.client.get("/auth/spotify")
    query = parse_qs(urlsplit(reply.headers["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    assert not re.search(r"modify|write|email|private-write", query["scope"][0])


def test_the_cookie_of_a_visitor_is_worthless_after_signing_in(
    browsing: Browsing, pages: Pages
) -> None:
    address = browsing.consent(pages, "tiny")
    before = pages.client.get_cookie("backspin")
    browsing.come_back(pages, address)
    after = pages.client.get_cookie("backspin")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert after.http_only
    assert after.same_site == "Lax"


def test_declining_stores_nothing(browsing: Browsing, pages: Pages) -> None:
    reply = browsing.come_back(pages, browsing.consent(pages, ""))
    assert reply.status_code == 303
    assert "did not agree" in pages.page("/")
    assert nobody_joined()


def test_a_state_that_is_not_ours_is_refused(browsing: Browsing, pages: Pages) -> None:
    address = re.sub(r"state=[^&]+", "state=forged", browsing.consent(pages, "tiny"))
    assert_expired(browsing, pages, address)


def test_a_callback_works_once(browsing: Browsing, pages: Pages) -> None:
    address = browsing.consent(pages, "tiny")
    assert browsing.come_back(pages, address).status_code == 303
    assert browsing.come_back(pages, address).status_code == 410


def test_a_callback_in_another_browser_is_refused(browsing: Browsing, app: Flask) -> None:
    address = browsing.consent(Pages(app.test_client()), "tiny")
    assert_expired(browsing, Pages(app.test_client()), address)


def test_a_sign_in_that_took_too_long_is_refused(
    browsing: Browsing, pages: Pages, clocked: Callable[[timedelta], Flask]
) -> None:
    address = browsing.consent(pages, "tiny")
    later = Pages(clocked(timedelta(minutes=11)).test_client())
    cookie = pages.client.get_cookie("backspin")
    assert cookie is not None
    later.client.set_cookie("backspin", cookie.value)
    assert_expired(browsing, later, address)


def test_a_code_that_spotify_no_longer_takes_is_refused(browsing: Browsing, pages: Pages) -> None:
    address = re.sub(r"code=[^&]+", "code=long-gone", browsing.consent(pages, "tiny"))
    assert_expired(browsing, pages, address)


def test_an_outage_of_the_sign_in_is_a_page(
    browsing: Browsing, pages: Pages, standin: StandIn
) -> None:
    address = browsing.consent(pages, "tiny")
    standin.world.faults.add(Fault(kind="html", match="/api/token"))
    reply = browsing.come_back(pages, address)
    assert reply.status_code == 503
    check_page(reply.text)


def test_somebody_not_on_the_allowlist_is_told_so(
    browsing: Browsing, pages: Pages, standin: StandIn
) -> None:
    address = browsing.consent(pages, "tiny")
    standin.world.faults.add(Fault(kind="allowlist", match="/me"))
    reply = browsing.come_back(pages, address)
    assert reply.status_code == 403
    assert "does not know you" in reply.text
    assert nobody_joined()


def test_a_tampered_cookie_is_a_visitor(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    cookie = pages.client.get_cookie("backspin")
    assert cookie is not None
    pages.client.set_cookie("backspin", cookie.value[:-4] + "AAAA")
    assert pages.client.get("/dashboard").status_code == 401


def test_the_same_person_comes_back_to_the_same_account(browsing: Browsing) -> None:
    browsing.sign_in("tiny")
    first = browsing.account("tiny")
    browsing.sign_in("tiny")
    assert browsing.account("tiny").id == first.id


def test_an_account_id_seen_later_is_filled_in(browsing: Browsing, standin: StandIn) -> None:
    standin.world.set_account_id("tiny", None)
    browsing.sign_in("tiny")
    assert browsing.account("tiny").account_id is None
    standin.world.set_account_id("tiny", "stable1")
    browsing.sign_in("tiny")
    assert browsing.account("tiny").account_id == "stable1"


def test_the_second_listener_is_no_admin(browsing: Browsing) -> None:
    browsing.sign_in("tiny")
    browsing.sign_in("empty")
    assert not browsing.account("empty").is_admin


@pytest.mark.parametrize(("mode", "listed"), [("closed", ""), ("list", "somebody-else")])
def test_sign_up_can_be_closed(
    browsing: Browsing, remade: Callable[..., Flask], mode: str, listed: str
) -> None:
    browsing.sign_in("tiny")
    pages = Pages(remade(sign_up=mode, sign_up_list=(listed,)).test_client())
    reply = browsing.come_back(pages, browsing.consent(pages, "empty"))
    assert reply.status_code == 403
    check_page(reply.text)
    with db.connection():
        assert accounts.count() == 1
    again = Pages(remade(sign_up=mode, sign_up_list=(listed,)).test_client())
    assert browsing.come_back(again, browsing.consent(again, "tiny")).status_code == 303


def test_the_time_zone_of_the_browser_is_kept(browsing: Browsing, pages: Pages) -> None:
    start = "/auth/spotify?time_zone=America/St_Johns"
    browsing.come_back(pages, browsing.consent(pages, "tiny", start))
    assert browsing.account("tiny").time_zone == "America/St_Johns"


def test_a_made_up_time_zone_is_ignored(browsing: Browsing, pages: Pages) -> None:
    browsing.come_back(pages, browsing.consent(pages, "tiny", "/auth/spotify?time_zone=Mars/X"))
    assert browsing.account("tiny").time_zone == "UTC"


def test_an_install_that_is_not_reachable_takes_the_pasted_address(
    browsing: Browsing, remade: Callable[..., Flask]
) -> None:
    pages = Pages(remade(public_url="http://192.168.1.5:8000").test_client())
    text = pages.page("/")
    assert "http://127.0.0.1:8000/auth/spotify/callback" in text
    address = browsing.consent(pages, "tiny")
    assert address.startswith("http://127.0.0.1:8000/auth/spotify/callback")
    reply = pages.post("/auth/spotify/paste", callback_url=f"  {address} ", time_zone="Asia/Tokyo")
    assert reply.status_code == 303
    assert browsing.account("tiny").time_zone == "Asia/Tokyo"


def test_a_pasted_address_without_an_answer_is_explained(remade: Callable[..., Flask]) -> None:
    pages = Pages(remade(public_url="http://192.168.1.5:8000").test_client())
    reply = pages.post("/auth/spotify/paste", callback_url="https://example.org/")
    assert reply.status_code == 422
    check_page(reply.text)
    assert "Copy the whole address" in reply.text


def test_going_on_where_one_was_asked_to_sign_in(browsing: Browsing, pages: Pages) -> None:
    assert pages.client.get("/library/tracks?page=2").status_code == 401
    reply = browsing.come_back(pages, browsing.consent(pages, "tiny"))
    assert reply.headers["Location"] == "/library/tracks?page=2"


def test_htmx_is_redirected_when_the_sign_in_is_over(pages: Pages) -> None:
    reply = pages.client.get("/dashboard", headers={"HX-Request": "true"})
    assert reply.headers["HX-Redirect"] == "/"


def test_signing_out_needs_the_token_of_the_page(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    assert pages.post("/logout", csrf=False).status_code == 422
    assert pages.client.get("/dashboard").status_code == 200
    assert pages.post("/logout").status_code == 303
    assert pages.client.get("/dashboard").status_code == 401


def test_starting_to_sign_in_is_limited(pages: Pages) -> None:
    codes = [pages.client.get("/auth/spotify").status_code for _ in range(21)]
    assert codes == [302] * 20 + [429]
    reply = pages.client.get("/auth/spotify")
    assert int(reply.headers["Retry-After"]) <= 61
    check_page(reply.text)


def assert_expired(browsing: Browsing, pages: Pages, address: str) -> None:
    reply = browsing.come_back(pages, address)
    assert reply.status_code == 410
    check_page(reply.text)
    assert nobody_joined()


def nobody_joined() -> bool:
    with db.connection():
        return accounts.count() == 0


@pytest.fixture
def remade(settings: Settings, wiring: Wiring) -> Callable[..., Flask]:
    """Build the app anew with other settings."""

    def make(**changes: object) -> Flask:
        changed = replace(settings, **changes)  # type: ignore[arg-type]
        return create_app(changed, replace(wiring, settings=changed))

    return make


@pytest.fixture
def clocked(settings: Settings, wiring: Wiring) -> Callable[[timedelta], Flask]:
    """Build the app with its clock ahead."""

    def make(ahead: timedelta) -> Flask:
        return create_app(settings, replace(wiring, clock=lambda: wiring.clock() + ahead))

    return make
