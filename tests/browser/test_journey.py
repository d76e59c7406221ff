"""A listener's way through the pages, in a real browser, with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import sign_in, violations
from tests.install import Install

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    "/dashboard",
    "/library",
    "/library/tracks",
    "/library/tracks?q=zzzzzz",
    "/library/albums",
    "/library/artists",
    "/library/playlists",
    "/history",
    "/history?q=zzzzzz",
    "/history?day=2010-01-01",
    "/imports",
    "/exports",
    "/top/tracks",
    "/top/artists?range=long_term",
    "/top-songs",
    "/syncs",
    "/settings",
    "/admin/users",
    "/admin/users?show=failing",
    "/admin/syncs",
    "/admin/budget",
    "/admin/schedule",
    "/nowhere",
)


def test_progress_moves_and_stops(page: Page, install: Install) -> None:
    install.standin.world.faults.latency = 0.2
    sign_in(page, "large")
    progress = page.locator("#sync-progress")
    expect(progress).to_have_attribute("hx-trigger", re.compile("every 2s"))
    whole = progress.get_by_role("progressbar").first
    expect(whole).to_be_visible()
    first = page.locator("#sync-progress").inner_text()
    expect(progress).not_to_have_text(first, use_inner_text=True, timeout=15_000)
    install.standin.world.faults.latency = 0
    expect(progress).not_to_have_attribute("hx-trigger", re.compile("every"), timeout=60_000)
    expect(page.locator(".stat__link", has_text="3,000")).to_be_visible()
    calls = []
    page.on("request", lambda request: calls.append(request.url))
    page.wait_for_timeout(2500)  # longer than a poll: nothing may be asked for any more
    assert not [url for url in calls if "progress" in url]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    assert violations(page) == []
    sign_in(page, "nova")
    expect(page.locator("#sync-progress")).not_to_have_attribute(
        "hx-trigger", re.compile("every"), timeout=60_000
    )
    found = {}
    for path in PAGES:
        page.goto(path)
        problems = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            problems.append(f"scrolls sideways by {wide} px")
        if problems:
            found[path] = problems
    assert found == {}


def test_search_and_paging_need_no_reload(page: Page) -> None:
    sign_in(page, "nova")
    expect(page.locator("#sync-progress")).not_to_have_attribute(
        "hx-trigger", re.compile("every"), timeout=60_000
    )
    page.goto("/library/tracks")
    page.evaluate("window.still_here = true")
    page.get_by_role("link", name="Next").first.click()
    page.wait_for_url("**/library/tracks*page=2*")
    assert page.evaluate("window.still_here")
    page.get_by_role("searchbox").first.fill("qqqqqq")
    expect(page.get_by_text("qqqqqq").first).to_be_visible()
    assert page.evaluate("window.still_here")


def test_everything_works_without_javascript(plain_page: Page, install: Install) -> None:
    page = plain_page
    page.goto("/")
    page.get_by_role("link", name="Continue with Spotify").first.click()
    page.locator("button[name=listener][value=tiny]").click()
    page.wait_for_url("**/dashboard")
    expect(page.locator(".stat__link", has_text="60")).to_be_visible()
    page.goto("/library/tracks")
    page.get_by_role("link", name="Next").first.click()
    expect(page).to_have_url(re.compile("page=2"))
    page.get_by_role("searchbox").first.fill("a")
    page.get_by_role("searchbox").first.press("Enter")
    expect(page).to_have_url(re.compile(r"q=a"))
    page.goto("/dashboard")
    page.get_by_role("button", name=re.compile("Sync")).first.click()
    expect(page).to_have_url(re.compile(r"/syncs/\d+"))
    page.goto("/settings")
    page.get_by_role("button", name=re.compile("Sign out everywhere")).click()
    expect(page.get_by_text("signed out everywhere")).to_be_visible()


def test_a_running_sync_refreshes_itself_without_javascript(
    plain_page: Page, install: Install
) -> None:
    install.standin.world.faults.latency = 0.2
    page = plain_page
    page.goto("/")
    page.get_by_role("link", name="Continue with Spotify").first.click()
    page.locator("button[name=listener][value=medium]").click()
    page.wait_for_url("**/dashboard")
    number = install.query("SELECT max(id) FROM syncs")[0][0]
    page.goto(f"/syncs/{number}")
    assert page.locator("noscript").count() or page.locator("meta[http-equiv=refresh]").count()
    install.standin.world.faults.latency = 0
    expect(page.get_by_text("Your library is up to date")).to_be_visible(timeout=60_000)
