"""Tokens for scrobblers on the settings page: made, shown once, revoked."""

import re

import pytest
from flask import Flask

from tests.browsing import Browsing
from tests.pages import Pages, check_page
from tests.submitting import make_body, make_listen, submit
from webapp import db
from webapp.services.submission_tokens import MOST

MAKE = "/settings/scrobblers"
TOKEN = re.compile(r"<code>([0-9a-f]{8}-[0-9a-f-]{27})</code>")
NOW = 1_700_000_000


@pytest.fixture
def tiny(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


def make(pages: Pages, name: str = "my pocket") -> str:
    reply = pages.post(MAKE, name=name)
    assert reply.status_code == 201, reply.text[:300]
    check_page(reply.text)
    assert reply.headers["Cache-Control"] == "no-store"
    found = TOKEN.search(reply.text)
    assert found
    return found[1]


def forms(text: str) -> list[str]:
    return re.findall(r'action="(/settings/scrobblers/\d+/revoke)"', text)


def test_a_token_is_shown_once_and_works(tiny: Pages, app: Flask) -> None:
    assert "http://127.0.0.1:8000/apis/listenbrainz" in tiny.page("/settings")
    token = make(tiny)
    assert submit(app, token, make_body(make_listen(NOW))).status_code == 200
    text = tiny.page("/settings")
    assert token not in text
    assert "my pocket" in text
    assert "just now" in text
    assert "new-token" not in text


def test_a_listener_has_several(tiny: Pages, app: Flask) -> None:
    tokens = [make(tiny, name) for name in ("my pocket", "my desk")]
    assert len(set(tokens)) == 2
    text = tiny.page("/settings")
    assert text.index("my desk") < text.index("my pocket"), "the newest first"
    assert len(forms(text)) == 2


def test_a_revoked_one_is_shown_as_such_and_works_no_more(tiny: Pages, app: Flask) -> None:
    token = make(tiny)
    action = forms(tiny.page("/settings"))[0]
    assert tiny.post(action).headers["Location"] == "/settings#scrobblers"
    text = tiny.page("/settings")
    assert "Revoked. Whoever uses this token" in text
    assert forms(text) == []
    assert submit(app, token, make_body(make_listen(NOW))).status_code == 401
    assert tiny.post(action).status_code == 404, "it is revoked already"


def test_nobody_revokes_what_is_not_theirs(tiny: Pages, browsing: Browsing, app: Flask) -> None:
    token = make(tiny)
    action = forms(tiny.page("/settings"))[0]
    other = browsing.sign_in("empty")
    assert other.post(action).status_code == 404
    assert "my pocket" not in other.page("/settings")
    assert submit(app, token, make_body(make_listen(NOW))).status_code == 200


@pytest.mark.parametrize("name", ["", "  ", "\x00\n"])
def test_a_token_wants_a_name(tiny: Pages, name: str) -> None:
    reply = tiny.post(MAKE, name=name)
    assert reply.status_code == 422
    check_page(reply.text)
    assert "Give it a name" in reply.text
    assert not TOKEN.search(reply.text)
    assert "Nothing was saved" not in reply.text


def test_a_hostile_name_is_a_name(tiny: Pages) -> None:
    make(tiny, "<script>alert(1)</script>" + "x" * 500)
    text = tiny.page("/settings")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;x" in text
    assert "x" * 61 not in text


def test_there_is_an_end_to_tokens(tiny: Pages, browsing: Browsing) -> None:
    make(tiny)
    with db.connection():
        db.query(
            "INSERT INTO submission_tokens (user_id, name, hash, created_at)"
            " SELECT %s, 'n', int4send(n), now() FROM generate_series(2, %s) n",
            browsing.account("tiny").id,
            MOST,
        )
    reply = tiny.post(MAKE, name="one more")
    assert reply.status_code == 422
    assert "Revoke one" in reply.text
    assert tiny.post(forms(tiny.page("/settings"))[0]).status_code == 303
    make(tiny, "one more")


def test_making_one_takes_a_form_of_ours_and_a_listener(tiny: Pages, pages: Pages) -> None:
    assert tiny.post(MAKE, csrf=False, name="x").status_code == 422
    assert pages.post(MAKE, name="x").status_code == 401
    assert pages.post(f"{MAKE}/1/revoke").status_code == 401
    assert tiny.post(f"{MAKE}/99999999999999999999/revoke").status_code == 404
