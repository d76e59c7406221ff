"""The exports page in a real browser: made, watched, taken, with scripts and without."""

import json
import re
from pathlib import Path
from typing import Literal
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import sign_in, violations
from tests.install import Install

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
EXPORT = """
INSERT INTO exports (user_id, status, lines_done, lines_total, bytes, error,
  created_at, updated_at, completed_at, expires_at)
SELECT id, '{status}', 41200, 98000, 3100000, 'crashed',
  now(), now() + interval '1 hour', now(), now() + interval '1 day'
FROM users WHERE spotify_id = 'tiny'
"""


def test_an_archive_is_made_and_downloaded(page: Page, install: Install, tmp_path: Path) -> None:
    sign_in(page, "tiny")
    page.goto("/exports")
    export = page.locator("#export")
    expect(export).to_contain_text("No archive is here")
    page.get_by_role("button", name="Make the archive").click()
    expect(export).to_contain_text("Your archive is ready", timeout=30_000)
    expect(export).not_to_have_attribute("hx-trigger", re.compile("every"))
    with page.expect_download() as started:
        export.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename.endswith(".zip")
    started.value.save_as(tmp_path / "archive.zip")
    with ZipFile(tmp_path / "archive.zip") as package:
        assert json.loads(package.read("backspin.json"))["format"] == "backspin"
    page.get_by_role("button", name="Delete it now").click()
    expect(export).to_contain_text("No archive is here")


def test_without_scripts_it_works_the_same(plain_page: Page, install: Install) -> None:
    sign_in(plain_page, "tiny")
    plain_page.goto("/exports")
    plain_page.get_by_role("button", name="Make the archive").click()
    ready = plain_page.get_by_text("Your archive is ready")
    expect(ready).to_be_visible(timeout=30_000)  # the page refreshes itself
    plain_page.get_by_role("button", name="Delete it now").click()
    expect(plain_page.get_by_text("No archive is here")).to_be_visible()


def test_every_state_is_accessible(page: Page, install: Install) -> None:
    sign_in(page, "tiny")
    for status in ("NONE", "PENDING", "PROCESSING", "COMPLETED", "FAILED"):
        install.change("DELETE FROM exports")
        if status != "NONE":
            install.change(EXPORT.format(status=status))
        page.goto("/exports")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                # A colour on its way to the other light has no contrast to be held to.
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                assert violations(page) == []
                wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, "nothing scrolls sideways"
