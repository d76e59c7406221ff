"""Chromium and a running install."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from demo.embedded import postgres, valkey
from demo.standin.server import StandIn
from tests.chromium import PROGRAM, QUIET, watched
from tests.install import Install, running
from tests.servers import scratch_folder


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start the driver; without Chromium, browser tests are skipped."""
    if PROGRAM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium once."""
    browser = playwright.chromium.launch(executable_path=PROGRAM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def install(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """Run everything once for all browser tests: web, worker, servers, stand-in."""
    log = tmp_path_factory.mktemp("install") / "log"
    with (
        scratch_folder() as folder,
        postgres(folder / "pg", durable=False) as database,
        valkey(folder / "valkey", persist=False) as queue,
        StandIn() as standin,
        running(database, queue, standin, log, SYNC_MIN_INTERVAL_MINUTES="0") as started,
    ):
        started.start_worker()
        yield started


@pytest.fixture
def context(chromium: Browser, install: Install) -> Iterator[BrowserContext]:
    """Open a browser of its own: no cookies, no history."""
    install.standin.world.faults.latency = 0
    opened = chromium.new_context(base_url=install.url)
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Open a tab that fails the test when a script does, or a policy is broken."""
    return watched(context.new_page())


@pytest.fixture
def plain_page(chromium: Browser, install: Install) -> Iterator[Page]:
    """Open a tab without JavaScript."""
    install.standin.world.faults.latency = 0
    context = chromium.new_context(base_url=install.url, java_script_enabled=False)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
