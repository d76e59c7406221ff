"""A client that checks every page it opens."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTMX = {"HX-Request": "true"}


@dataclass
class Pages:
    """Open pages and fragments, never without looking at them."""

    client: FlaskClient
    _token: str | None = field(default=None, repr=False)

    def page(self, url: str, *, status: int = 200) -> str:
        """Open a page, check what every page must have, and return its text."""
        reply = self.client.get(url)
        assert reply.status_code == status, f"{url}: {reply.status} {reply.text[:300]}"
        check_page(reply.text)
        check_headers(reply)
        return reply.text

    def fragment(self, url: str, *, status: int = 200) -> str:
        """Open a fragment as htmx does: one root with an id, no page around it."""
        reply = self.client.get(url, headers=HTMX)
        assert reply.status_code == status, f"{url}: {reply.status} {reply.text[:300]}"
        check_fragment(reply.text)
        return reply.text

    def json(self, url: str, *, status: int = 200) -> Any:
        """Open an address of the API."""
        reply = self.client.get(url)
        assert reply.status_code == status, f"{url}: {reply.status} {reply.text[:300]}"
        return reply.get_json()

    def post(self, url: str, *, htmx: bool = False, csrf: bool = True, **form: Any) -> TestResponse:
        """Send a form, with the token of the page unless told otherwise."""
        headers = dict(HTMX) if htmx else {}
        if csrf:
            headers["X-CSRFToken"] = self.token()
        return self.client.post(url, data=form, headers=headers)

    def token(self) -> str:
        """Read the CSRF token, as a browser has it, from a page's head."""
        found = re.search(r'name="csrf-token"\s+content="([^"]+)"', self.client.get("/").text)
        if found is None:  # signed in: the front page redirects
            found = re.search(
                r'name="csrf-token"\s+content="([^"]+)"', self.client.get("/settings").text
            )
        assert found, "every page carries a CSRF token"
        return found[1]


def check_page(text: str) -> None:
    """Check valid HTML, one h1, a title, unique ids, labelled inputs, nothing inline."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root = parser.parse(text)
    assert text.lstrip().lower().startswith("<!doctype html>"), "a page has a doctype"
    assert (root.findtext(".//title") or "").strip(), "a page has a title"
    assert len(root.findall(".//h1")) == 1, "a page has one h1"
    _check_ids(root)
    _check_labels(root)
    _check_nothing_inline(root)


def check_fragment(text: str) -> None:
    """Check that a fragment has one root, whose id is its name."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parseFragment(text)
    roots = list(root)
    assert len(roots) == 1, f"a fragment has one root: {text[:200]}"
    assert roots[0].get("id"), "the root of a fragment has an id"
    assert "<html" not in text
    _check_ids(root)
    _check_nothing_inline(root)


def check_headers(reply: TestResponse) -> None:
    """Check the headers that every answer carries."""
    policy = reply.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def _check_ids(root: Any) -> None:
    ids = Counter(node.get("id") for node in root.iter() if node.get("id"))
    assert all(times == 1 for times in ids.values()), f"ids are unique: {ids.most_common(3)}"


def _check_labels(root: Any) -> None:
    labelled = {label.get("for") for label in root.iter("label")}
    wrapped = {id(node) for label in root.iter("label") for node in label.iter()}
    for tag in ("input", "select", "textarea"):
        for node in root.iter(tag):
            if node.get("type") in {"hidden", "submit", "button"}:
                continue
            named = node.get("aria-label") or node.get("id") in labelled or id(node) in wrapped
            assert named, f"an input has a label: {node.attrib}"


def _check_nothing_inline(root: Any) -> None:
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        handlers = [name for name in node.attrib if str(name).startswith("on")]
        assert not handlers, f"no inline handlers: {handlers}"
        assert not node.get("style"), f"no inline style: {node.attrib}"
        assert node.tag != "style", "no inline style sheet"
        assert node.tag != "script" or node.get("src"), "no inline script"
