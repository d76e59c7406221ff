"""No other site makes a listener's browser change anything: a form needs the token of its page."""

import re

import pytest
from flask import Flask

from tests.views.profiling import Profiled
from webapp import db

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
OWN_SECRET = {"archive.cron": 404, "submissions.create": 401}
"""What programs call, who have no session: with a cookie alone they are refused, like this."""


@pytest.fixture
def mira(app: Flask) -> Profiled:
    return Profiled(app)


def test_nothing_is_changed_without_the_token_of_a_page(mira: Profiled) -> None:
    with db.connection():
        db.query("UPDATE users SET is_admin = true")
    client, seen = mira.herself().client, set()
    assert client.get("/admin/users").status_code == 200, "who may do everything"
    for rule in mira.app.url_map.iter_rules():
        for method in UNSAFE & (rule.methods or set()):
            seen.add(rule.endpoint)
            url = re.sub(r"<[^>]*>", "1", rule.rule)
            reply = client.open(url, method=method, data={"wish": "revoke"})
            told = f"{method} {url}: {reply.status}"
            if rule.endpoint in OWN_SECRET:
                assert reply.status_code == OWN_SECRET[rule.endpoint], told
            else:
                assert reply.status_code == 422, told
                assert "Nothing was changed." in reply.text, told
    assert seen > OWN_SECRET.keys()
    assert {"syncs.create", "account.delete", "blends.decide", "imports.create"} < seen
