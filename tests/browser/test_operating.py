"""The operator's pages in a real browser: figures that stay fresh, lists that follow the typing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import sign_in
from tests.install import Install

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADMIN = "UPDATE users SET is_admin = true RETURNING id"


@pytest.fixture
def admin(page: Page, install: Install) -> Page:
    """Sign in as an operator, whoever came first."""
    sign_in(page, "tiny")
    assert install.query(ADMIN)
    return page


def test_the_figures_are_asked_for_again_and_what_is_unfolded_stays(admin: Page) -> None:
    admin.goto("/admin/budget")
    table = admin.locator("#calls-table")
    table.locator("summary").click()
    expect(table.get_by_role("table")).to_be_visible()
    with admin.expect_response("**/admin/budget/figures") as asked:
        admin.evaluate("htmx.trigger('#budget-figures', 'resume')")
    assert asked.value.ok
    expect(table.get_by_role("table")).to_be_visible()
    expect(admin.locator("#budget-figures")).to_have_attribute(
        "hx-trigger", re.compile("every 30s")
    )
    expect(admin.locator(".notice--error")).to_have_count(0)


def test_a_listener_is_found_while_typing(admin: Page) -> None:
    admin.goto("/admin/users")
    admin.get_by_label("Search names").press_sequentially("ida")
    expect(admin).to_have_url(re.compile(r"\?q=ida"))
    expect(admin.locator("#listeners tbody tr")).to_have_count(1)
    admin.get_by_role("link", name="Must reconnect").click()
    expect(admin.get_by_text("0 found for")).to_be_visible()
    expect(admin).to_have_url(re.compile("show=reconnect"))


def test_the_pages_fit_on_a_phone(admin: Page) -> None:
    admin.set_viewport_size({"width": 390, "height": 844})
    for path in ("/admin/users", "/admin/syncs", "/admin/budget", "/admin/schedule"):
        admin.goto(path)
        assert admin.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
