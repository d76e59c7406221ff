"""Trends and blends in a real browser: what a finger, a keyboard and the back button find."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import sign_in, violations, watched
from tests.install import Install, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    "/browse",
    "/browse?list=albums",
    "/browse?list=tracks",
    "/browse?list=artists&q=zzzzzz",
    "/browse/statistics",
    "/collection",
    "/blends",
    "/recommendations",
    "/time-machine",
)
SMALL = """
() => [...document.querySelectorAll(
  'main .button, main .tabs__link, main select, main .input, main .collect button'
)].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
  .map((one) => one.outerHTML.slice(0, 120))
"""


@pytest.fixture(scope="module")
def charts(install: Install) -> None:
    """Let the worker read the charts, as the first visitor makes it."""
    install.standin.world.faults.latency = 0
    install.visitor().get("/browse")
    until(
        lambda: "tile__title" in install.visitor().get("/browse").text,
        "the charts were read",
        seconds=60,
    )


@pytest.fixture
def phone(chromium: Browser, install: Install, charts: None) -> Iterator[Page]:
    """Open a tab on a phone of the narrowest kind, with a finger."""
    context = chromium.new_context(
        base_url=install.url,
        viewport={"width": 320, "height": 640},
        has_touch=True,
        is_mobile=True,
        locale="de-DE",
    )
    context.set_default_timeout(10_000)
    yield watched(context.new_page())
    context.close()


def test_a_finger_finds_all_and_nothing_scrolls_sideways(phone: Page) -> None:
    found = look_at(phone, PAGES[:1])
    phone.goto("/")
    phone.get_by_role("link", name="Weiter mit Spotify").first.click()
    phone.locator("button[name=listener][value=tiny]").click()
    phone.wait_for_url("**/dashboard")
    found |= look_at(phone, PAGES)
    phone.goto("/browse?list=albums")
    phone.locator(".tile__title").first.click()
    phone.wait_for_url(re.compile(r"/browse/albums/\d+"))
    found |= look_at(phone, [phone.url])
    assert found == {}


def test_filters_change_the_list_and_the_back_button_brings_them_back(
    page: Page, charts: None
) -> None:
    page.goto("/browse?list=albums")
    expect(page.locator(".tile__rank").first).to_have_text("1")
    page.evaluate("window.still_here = true")
    page.get_by_label("Source").select_option("deezer")
    expect(page).to_have_url(re.compile(r"list=albums&source=deezer$"))
    expect(page.locator(".told").first).to_contain_text("Deezer No. 1")
    page.get_by_role("searchbox").fill("qqqqqq")
    expect(page.get_by_role("heading", name="0 found")).to_be_visible()
    expect(page).to_have_url(re.compile("q=qqqqqq"))
    expect(page.locator("#announcer")).to_have_text("0 found")
    assert page.evaluate("window.still_here")
    page.go_back()
    expect(page).to_have_url(re.compile(r"source=deezer$"))
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.get_by_label("Source")).to_have_value("deezer")
    page.go_back()
    expect(page).to_have_url(re.compile(r"list=albums$"))
    expect(page.get_by_label("Source")).to_have_value("")
    expect(page.locator(".tile__rank").first).to_have_text("1")


def test_a_keyboard_collects_takes_back_and_keeps_its_place(page: Page, charts: None) -> None:
    sign_in(page, "tiny")
    page.goto("/browse?list=tracks")
    button = page.get_by_role("button", name=re.compile("^Add ")).first
    name = button.get_attribute("id")
    button.focus()
    page.keyboard.press("Enter")
    again = page.locator(f"#{name}")
    expect(again).to_have_accessible_name(re.compile("^Take "))
    expect(again).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("In your collection now.")
    page.keyboard.press("Enter")
    expect(again).to_have_accessible_name(re.compile("^Add "))
    expect(again).to_be_focused()
    page.keyboard.press("Shift+Tab")
    line = page.locator(".row").filter(has=again)
    expect(line.locator(".row__title a")).to_be_focused()
    expect(line).to_have_css("outline-style", "solid")  # the title would cut a ring off


def test_a_guest_comes_back_to_the_invitation(page: Page, install: Install) -> None:
    inviter = install.visitor()
    inviter.sign_in("nova")
    inviter.post("/blends/links")
    found = re.search(r'value="[^"]+(/blends/with/[^"]+)"', inviter.get("/blends").text)
    assert found
    page.goto(found[1])
    expect(page.get_by_role("heading", level=1)).to_have_text("An invitation to a blend")
    expect(page.locator("body")).not_to_contain_text("Nova")
    page.get_by_role("link", name="Continue with Spotify").click()
    page.locator("button[name=listener][value=tiny]").click()
    expect(page).to_have_url(re.compile(re.escape(found[1])))
    expect(page.get_by_role("heading", level=1)).to_have_text("Nova Lind invites you to a blend")


def test_browsing_needs_no_javascript(plain_page: Page, charts: None) -> None:
    page = plain_page
    page.goto("/browse?list=albums")
    name = page.locator(".tile__title").nth(2).inner_text()
    page.get_by_label("Source").select_option("listenbrainz")
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("source=listenbrainz"))
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("link", name="Trending albums").click()
    expect(page.locator(".tile__rank").first).to_have_text("1")


def test_a_part_that_does_not_come_is_said_so(page: Page, charts: None) -> None:
    page.goto("/browse?list=albums")
    page.route("**/browse/list*", lambda route: route.abort())
    page.get_by_label("Source").select_option("deezer")
    said = page.get_by_role("alert")
    expect(said).to_contain_text("could not be loaded")
    page.unroute("**/browse/list*")
    page.get_by_label("Source").select_option("listenbrainz")
    expect(said).to_be_hidden()
    page.route("**/browse/list*", lambda route: route.fulfill(status=500))
    page.get_by_label("Source").select_option("deezer")
    said.get_by_role("button").click()
    expect(page.locator(".tile__title").first).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()


def look_at(tab: Page, paths: list[str] | tuple[str, ...]) -> dict[str, list[str]]:
    """Look for what is hard to use; pages where all is well are left out."""
    found = {}
    for path in paths:
        tab.goto(path)
        problems = [*violations(tab), *tab.evaluate(SMALL)]
        wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            problems.append(f"scrolls sideways by {wide} px")
        if problems:
            found[path] = problems
    return found
