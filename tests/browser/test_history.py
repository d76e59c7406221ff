"""The history in a real browser: what changes without a reload, and what works without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import sign_in
from tests.install import Install

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OLD_PLAYS = """
INSERT INTO plays (user_id, ended_at, track_id, source, seen_at)
SELECT p.user_id, p.ended_at - n * interval '400 days', p.track_id, 'spotify_extended', now()
FROM plays p JOIN users u ON u.id = p.user_id AND u.spotify_id = '{listener}',
  generate_series(1, 3) n
ON CONFLICT DO NOTHING RETURNING 1
"""


def has_history(tab: Page, install: Install, listener: str) -> None:
    sign_in(tab, listener)
    expect(tab.locator("#sync-progress")).not_to_have_attribute(
        "hx-trigger", re.compile("every"), timeout=60_000
    )
    install.query(OLD_PLAYS.format(listener=listener))
    tab.goto("/history")


def test_words_days_and_pages_change_the_list_alone(page: Page, install: Install) -> None:
    has_history(page, install, "nova")
    page.evaluate("window.still_here = true")
    first = page.locator(".play").first.inner_text()
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**/history?before=*")
    expect(page.locator(".play").first).not_to_have_text(first, use_inner_text=True)
    page.get_by_role("link", name="Newer", exact=True).click()
    page.wait_for_url("**/history?after=*")
    expect(page.locator(".play").first).to_have_text(first, use_inner_text=True)
    page.get_by_role("searchbox").fill("qqqqqq")
    expect(page.get_by_text("0 plays found for “qqqqqq”")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/history\?q=qqqqqq$"))
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".play").first).to_be_visible()
    page.get_by_label("Go to day").fill("2001-02-03")
    expect(page.get_by_text("0 plays up to February 3, 2001")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/history\?day=2001-02-03$"))
    assert page.evaluate("window.still_here")
    page.go_back()
    expect(page.locator(".play").first).to_be_visible()


def test_archive_now_tells_what_came_and_shows_it(page: Page, install: Install) -> None:
    has_history(page, install, "tiny")
    world = install.standin.world
    track = next(iter(world.music.tracks))
    page.evaluate("window.still_here = true")
    world.add_play("tiny", track, world.now())
    page.get_by_role("button", name="Archive now").click()
    expect(page.locator("#archive-status")).to_contain_text(re.compile(r"\d+ new play"))
    expect(page.locator("#announcer")).not_to_be_empty()
    expect(page.locator(".play").first).to_contain_text(world.music.tracks[track].name)
    assert page.evaluate("window.still_here")


def test_it_all_works_without_javascript(plain_page: Page, install: Install) -> None:
    page = plain_page
    page.goto("/")
    page.get_by_role("link", name="Continue with Spotify").first.click()
    page.locator("button[name=listener][value=tiny]").click()
    page.wait_for_url("**/dashboard")
    install.query(OLD_PLAYS.format(listener="tiny"))
    page.goto("/history")
    page.get_by_role("link", name="Older").click()
    expect(page).to_have_url(re.compile(r"before="))
    page.locator(".play__by a").first.click()
    expect(page).to_have_url(re.compile(r"/history\?artist="))
    expect(page.locator(".chip")).to_be_visible()
    page.get_by_label("Go to day").fill("2001-02-03")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"day=2001-02-03"))
    expect(page).to_have_url(re.compile(r"artist="))
    page.get_by_role("button", name="Archive now").click()
    expect(page).to_have_url(re.compile(r"/history$"))
    expect(page.get_by_role("region", name="Notices")).to_be_visible()
