"""What browser tests do over and over: sign in, check a page's accessibility."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"


def watched(tab: Page) -> Page:
    """Fail the test when a script of ours fails, or breaks the page's policy."""
    tab.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    tab.on(
        "console",
        lambda message: (
            pytest.fail(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    return tab


def sign_in(tab: Page, listener: str) -> None:
    """Go through the front page and the consent page."""
    tab.goto("/")
    tab.get_by_role("link", name="Continue with Spotify").first.click()
    tab.locator(f"button[name=listener][value={listener}]").click()
    tab.wait_for_url("**/dashboard")


def violations(tab: Page) -> list[str]:
    """Run axe on a page: WCAG 2.2 A and AA. The driver puts it in, past the page's policy."""
    tab.evaluate(AXE.read_text())
    found = tab.evaluate(f"async () => (await axe.run(document, {{runOnly: {RULES}}})).violations")
    return [
        f"{problem['id']}: {problem['help']} {[n['html'][:160] for n in problem['nodes'][:3]]}"
        for problem in found
    ]
