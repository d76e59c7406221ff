"""Importing in a real browser: dropped, sent, looked over, brought in; with scripts and without."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import sign_in, violations
from tests.exporting import extended, history, tally
from tests.install import Install

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = list(history(1500, seed=7))

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

DROP = """
([zone, bytes, name]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(bytes)], name));
  for (const kind of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, { bubbles: true, dataTransfer: carried }));
  }
}
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "my_spotify_data.zip"
    path.write_bytes(extended(ROWS).getvalue())
    return path


def checked(tab: Page) -> Page:
    """Look at a page in both lights, on a phone and a desktop."""
    for width in (390, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            # A colour on its way from one light to the other has no contrast to be held to.
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert violations(tab) == []
            wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{tab.url} scrolls sideways"
    return tab


def test_dropped_files_are_looked_over_and_brought_in(page: Page, package: Path) -> None:
    sign_in(page, "large")
    page.goto("/imports")
    zone = page.locator("[data-drop]")
    page.evaluate(DROP, [zone.element_handle(), list(package.read_bytes()), package.name])
    expect(page.locator("#files")).to_have_js_property("files.length", 1)
    page.get_by_role("button", name="Look inside").click()
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    expect(page.get_by_text("Nothing is stored yet")).to_be_visible()
    checked(page)
    page.evaluate("window.still_here = true")
    page.get_by_role("button", name="Bring it in").click()
    expect(page.locator(".verdict__text")).to_contain_text("Done. Your history", timeout=30_000)
    assert page.evaluate("window.still_here")
    expect(page.locator("#announcer")).to_contain_text("Done.")
    expect(page.locator(".receipt tbody tr").first).to_contain_text(f"{tally(ROWS).new:,}")
    expect(page.locator("#import-progress")).not_to_have_attribute(
        "hx-trigger", re.compile("every")
    )
    checked(page)
    page.get_by_role("link", name="See your history").click()
    page.locator(".play__why").first.click()
    expect(page.get_by_role("heading", name="Why this is here")).to_be_visible()
    checked(page)
    page.goto("/imports")
    checked(page)


def test_too_much_is_refused_before_it_travels(page: Page, package: Path) -> None:
    sign_in(page, "tiny")
    page.goto("/imports")
    page.locator("#files").evaluate("field => { field.dataset.max = 10; }")
    page.set_input_files("#files", package)
    expect(page.locator("#files-error")).to_contain_text("more than 300 MB")
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("button", name="Look inside").click()
    expect(page.locator("#files:invalid")).to_be_visible()
    assert "POST" not in sent
    page.locator("#files").evaluate("field => { field.dataset.max = 1e9; }")
    page.locator("#files").dispatch_event("change")
    expect(page.locator("#files-error")).to_be_hidden()


def test_it_all_works_without_javascript(plain_page: Page, package: Path, install: Install) -> None:
    page = plain_page
    page.goto("/")
    page.get_by_role("link", name="Continue with Spotify").first.click()
    page.locator("button[name=listener][value=tiny]").click()
    page.wait_for_url("**/dashboard")
    page.goto("/imports")
    page.get_by_role("button", name="Look inside").click()
    expect(page).to_have_url(re.compile("/imports$"))
    page.set_input_files("#files", package)
    page.get_by_role("button", name="Look inside").click()
    expect(page).to_have_url(re.compile(r"/imports/\d+$"))
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("Done. Your history")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="See your history").click()
    page.locator(".play__why").first.click()
    page.get_by_role("button", name="Don't count this").first.click()
    expect(page.get_by_text("it does not count any more")).to_be_visible()
    page.get_by_role("button", name="Back to the rules").first.click()
    expect(page.get_by_text("the rules decide about it again")).to_be_visible()
