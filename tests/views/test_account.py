"""The big switches: sign out everywhere, disconnect, delete."""

from tests.browsing import Browsing
from tests.pages import check_page
from webapp import db
from webapp.queries import accounts

OTHERS = "SELECT count(*) FROM {table} WHERE user_id <> %s"


def test_signing_out_everywhere_ends_other_sessions(browsing: Browsing) -> None:
    here, there = browsing.sign_in("tiny"), browsing.sign_in("tiny")
    assert here.post("/sessions/revoke").status_code == 303
    assert there.client.get("/dashboard").status_code == 401


def test_disconnecting_deletes_the_tokens_and_keeps_the_data(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    assert pages.post("/account/disconnect").status_code == 303
    with db.connection():
        assert db.query("SELECT count(*) FROM spotify_tokens") == [(0,)]
        assert db.query("SELECT count(*) > 0 FROM library_events") == [(True,)]
    assert "Reconnect with Spotify" in pages.page("/settings")
    pages.page("/dashboard")


def test_deleting_needs_the_username(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    reply = pages.post("/account/delete", confirmation="something")
    assert reply.status_code == 422
    check_page(reply.text)
    with db.connection():
        assert accounts.count() == 1


def test_deleting_leaves_nothing_of_a_listener(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    browsing.sign_in("empty")
    name = browsing.account("tiny").username
    assert pages.post("/account/delete", confirmation=name).status_code == 303
    assert pages.client.get("/dashboard").status_code == 401
    with db.connection():
        tables = db.query(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'user_id'"
            " AND table_schema = 'public'"
        )
        assert len(tables) > 8
        kept = db.query("SELECT id FROM users")
        assert len(kept) == 1
        for (table,) in tables:
            others = db.query(OTHERS.format(table=table), kept[0][0])
            assert others == [(0,)], table


def test_no_token_is_stored_in_the_clear(browsing: Browsing) -> None:
    browsing.sign_in("tiny")
    with db.connection():
        (access, refresh), *_ = db.query("SELECT access_token, refresh_token FROM spotify_tokens")
    assert b"standin" not in bytes(access) + bytes(refresh)
