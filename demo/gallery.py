"""Every part of the design on one page, photographed: `python -m demo.gallery --out DIR`.

Serves the real templates with made-up contexts under the application's content security policy,
takes pictures at phone and desktop width in light and dark, and reports what the browser, axe-core
and a 360 px screen find wrong.
"""

import argparse
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, Response, render_template
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from demo.gallery_contents import art, frame, kitchen_sink

ROOT = Path(__file__).parent.parent
AXE = ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
PAGES = ("gallery", "landing", "landing-by-hand", "error-404", "error-503")
WIDTHS = (390, 1280)
NARROWEST = 360
HEIGHT = 844
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
EAGER = "document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })"
ENDPOINTS = {
    "landing.index": "/",
    "dashboard.index": "/dashboard",
    "auth.sign_in": "/auth/spotify",
    "auth.paste": "/auth/spotify/paste",
    "auth.logout": "/logout",
    "library.index": "/library",
    "library.tracks": "/library/tracks",
    "library.playlists": "/library/playlists",
    "top.index": "/top/<kind>",
    "top_songs.index": "/top-songs",
    "syncs.create": "/syncs",
    "settings.index": "/settings",
    "account.disconnect": "/account/disconnect",
    "account.delete": "/account/delete",
    "admin.users": "/admin/users",
}


def main() -> None:
    """Take all pictures and print what is wrong; exit 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=PAGES, default=PAGES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    faults: list[str] = []
    with served(create_gallery()) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name in options.only:
            faults += photograph(browser, address, name, options.out)
        browser.close()
    print("\n".join(faults) or "No faults found.")
    raise SystemExit(1 if faults else 0)


def create_gallery() -> Flask:
    """Build a Flask app around the project's templates, as strict as the real one."""
    app = Flask(__name__, static_folder=str(ROOT / "static"), static_url_path="/static")
    app.secret_key = "gallery"  # noqa: S105 - signs nothing but this page's flash messages
    folders = (ROOT / "templates", ROOT / "demo" / "templates")
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    app.jinja_env.undefined = StrictUndefined
    add_language(app)
    for endpoint, rule in ENDPOINTS.items():
        app.add_url_rule(rule, endpoint, lambda **_: "")
    app.add_url_rule("/gallery/<name>", "gallery", show)
    app.add_url_rule("/art/<int:seed>.svg", "art", art)
    app.after_request(secure)
    return app


def add_language(app: Flask) -> None:
    """Register plain stand-ins for the application's gettext, globals and filters."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    # The extension adds its methods at run time, where the type checker cannot see them.
    vars(environment)["install_null_translations"](newstyle=True)
    environment.globals.update(csrf_token=lambda: "made-up", get_locale=lambda: Locale("en"))
    environment.filters.update(
        number=lambda value: format_decimal(value, locale="en"),
        date=lambda value: format_date(value, "medium", locale="en"),
        datetime=lambda value: format_datetime(value, "d MMM y, HH:mm", locale="en"),
        ago=lambda _: "3 minutes ago",
        duration=duration,
    )


def duration(milliseconds: int) -> str:
    """Say minutes and seconds, with hours in front when there are any."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def show(name: str) -> str:
    """Render one of PAGES."""
    if name.startswith("error-"):
        code = int(name.removeprefix("error-"))
        return render_template("errors/error.html", code=code, **frame(member=code < 500))  # noqa: PLR2004 - server errors are shown bare
    if name.startswith("landing"):
        return render_template(
            "landing/index.html",
            reachable=name == "landing",
            public_url="http://192.168.1.20:8000",
            callback_url="http://127.0.0.1:8000/auth/spotify/callback",
            **frame(member=False),
        )
    return render_template("gallery.html", **kitchen_sink(), **frame(member=True))


def secure(response: Response) -> Response:
    """Set the same policy as the application's."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the app on a free port of 127.0.0.1; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def photograph(browser: Browser, address: str, name: str, out: Path) -> Iterator[str]:
    """Take pictures of one page in every scheme and width; yields the faults found."""
    for scheme in SCHEMES:
        for width in WIDTHS:
            context = browser.new_context(
                color_scheme=scheme,
                viewport={"width": width, "height": HEIGHT},
                reduced_motion="reduce",
            )
            page = context.new_page()
            for fault in inspect(page, f"{address}/gallery/{name}", width):
                yield f"{name}-{width}-{scheme}: {fault}"
            page.evaluate(EAGER)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=out / f"{name}-{width}-{scheme}.png", full_page=True)
            context.close()


def inspect(page: Page, url: str, width: int) -> Iterator[str]:
    """Open a page; yields what the browser and axe-core say, and whether it is too wide."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(url, wait_until="networkidle")
    if answer is None or not answer.ok:
        yield "did not open"
        return
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    for rule in found["violations"]:
        for node in rule["nodes"]:
            yield f"{rule['id']}: {node['target']} {node['failureSummary']}"
    if width == WIDTHS[0]:
        page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROWEST:
            yield f"{wide} px wide on a {NARROWEST} px screen"
        page.set_viewport_size({"width": width, "height": HEIGHT})
    yield from (f"console: {text}" for text in said)


if __name__ == "__main__":
    main()
