"""Uploads that are refused, and files that cannot be read: each with a clear message."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED

import pytest
from flask import Flask

from config import Settings
from tests.browsing import Browsing
from tests.pages import HTMX, Pages, check_fragment, check_page
from tests.providers.exports.writing import EXTENDED, zipped
from tests.views.importing import Importing, words_of
from webapp import db
from webapp.app import create_app
from webapp.domain.errors import ExportFault
from webapp.domain.import_stages import Stage
from webapp.domain.imports import Outcome
from webapp.domain.reports import Reason
from webapp.providers.exports.recognise import Kind
from webapp.services.import_receiving import LIBRARIES, READERS
from webapp.services.wiring import Wiring
from webapp.views.import_wording import FAULTS, KINDS, REFUSALS, SENTENCES
from webapp.views.receipt_wording import OUTCOMES, REASONS

GOOD = json.dumps([EXTENDED]).encode()
MEGABYTE = 1 << 20


@pytest.fixture
def mine(browsing: Browsing) -> Importing:
    return Importing(browsing)


@pytest.fixture
def app(settings: Settings, wiring: Wiring) -> Flask:
    """Build an app that takes 2 MB at once."""
    small = replace(settings, import_max_mb=2)
    return create_app(small, replace(wiring, settings=small))


def raw(body: BytesIO, length: int | str) -> dict[str, Any]:
    """Send a body that says to be so long; with nothing said, the server knows where it ends."""
    told = {"CONTENT_LENGTH": str(length), "wsgi.input_terminated": length == ""}
    return {
        "input_stream": body,
        "content_type": "multipart/form-data; boundary=x",
        "environ_overrides": told,
    }


def test_everything_has_words() -> None:
    assert set(FAULTS) == set(ExportFault)
    assert set(KINDS) == set(Kind)
    assert set(REASONS) == set(Reason)
    assert set(OUTCOMES) == set(Outcome)
    assert set(SENTENCES) == set(Stage)
    refused = {kind for kind in Kind if kind not in READERS and kind not in LIBRARIES}
    assert refused <= {*REFUSALS, Kind.ZIP}


def test_more_than_fits_is_refused_by_its_length_alone(mine: Importing) -> None:
    body = BytesIO(b"never read")
    for htmx in (False, True):
        reply = mine.pages.client.post(
            "/imports",
            headers=HTMX if htmx else {},
            **raw(body, 2 * MEGABYTE + 1),
        )
        assert reply.status_code == 413
        (check_fragment if htmx else check_page)(reply.text)
        assert "at most 2 MB and 100 files at once" in reply.text
        assert body.tell() == 0


def test_a_length_that_lies_is_found_out(mine: Importing) -> None:
    """Without a length, or with more than it said: no more is read than may be."""
    body = BytesIO(b"--x\r\n" + b"a" * (4 * MEGABYTE))
    reply = mine.pages.client.post(
        "/imports",
        **raw(body, ""),
    )
    assert reply.status_code == 413
    assert "at most 2 MB" in reply.text
    assert body.tell() <= 3 * MEGABYTE
    short = mine.pages.client.post(
        "/imports",
        **raw(BytesIO(b"--x\r\n"), MEGABYTE),
    )
    assert short.status_code == 422


def test_up_to_the_limit_is_taken(mine: Importing) -> None:
    padding = b" " * (2 * MEGABYTE - 4096 - len(GOOD))
    assert mine.send((GOOD + padding, "a.json")).status_code == 303
    assert mine.send((GOOD + padding + b" " * 4096, "a.json")).status_code == 413


def test_other_pages_take_no_more_than_before(mine: Importing) -> None:
    reply = mine.pages.client.post(
        "/settings", data={"username": "x" * (MEGABYTE + 1), "csrf_token": mine.pages.token()}
    )
    assert reply.status_code == 413


def test_too_many_files_at_once(mine: Importing) -> None:
    assert mine.send(*((GOOD, f"{n}.json") for n in range(100))).status_code == 303
    reply = mine.send(*((GOOD, f"{n}.json") for n in range(200)))
    assert reply.status_code == 413
    assert "100 files at once" in reply.text


def test_nobody_sends_without_the_forms_token(mine: Importing) -> None:
    reply = mine.send((GOOD, "a.json"), csrf=False)
    assert reply.status_code == 422
    assert "This form has expired" in reply.text
    for url in ("/imports/1/start", "/imports/1/cancel"):
        assert mine.pages.post(url, csrf=False).status_code == 422
    with db.connection():
        assert db.query("SELECT count(*) FROM imports") == [(0,)]


def test_strangers_send_nothing(pages: Pages) -> None:
    body = BytesIO(b"x" * MEGABYTE)
    reply = pages.client.post(
        "/imports",
        **raw(body, MEGABYTE),
    )
    assert reply.status_code == 401
    assert body.tell() == 0


@pytest.mark.parametrize("htmx", [False, True])
def test_no_file_was_chosen(mine: Importing, htmx: bool) -> None:
    for files in ((), ((b"", ""),)):
        reply = mine.send(*files, htmx=htmx)
        assert reply.status_code == 422
        (check_fragment if htmx else check_page)(reply.text)
        assert "No file was chosen" in reply.text


def test_sending_too_often_is_refused(mine: Importing) -> None:
    for _ in range(20):
        assert mine.send(htmx=True).status_code == 422
    plain, live = mine.send(), mine.send(htmx=True)
    assert (plain.status_code, live.status_code) == (429, 429)
    assert "A little too fast" in plain.text
    check_fragment(live.text)
    assert "sent too often" in live.text
    assert int(live.headers["Retry-After"]) > 0


def test_uploads_that_nobody_decides_about_do_not_pile_up(mine: Importing) -> None:
    first, *_ = [mine.found((GOOD, "a.json")) for _ in range(5)]
    reply = mine.send((GOOD, "a.json"))
    assert reply.status_code == 422
    assert "5 uploads wait for your word" in reply.text
    mine.pages.post(f"{first}/cancel")
    assert mine.send((GOOD, "a.json")).status_code == 303


def encrypted() -> bytes:
    packed = bytearray(zipped({"a.json": GOOD}).getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(signature) + offset] |= 1
    return bytes(packed)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "TechnicalLog.json",
            json.dumps([{"timestamp_utc": 1, "context_time": 2}]).encode(),
            "technical log. It tells what the app did",
        ),
        ("Identity.json", b'{"displayName": "x", "firstName": "y"}', "not about listening"),
        ("nested.zip", zipped({"in.zip": zipped({}).getvalue()}).getvalue(), "send the inner one"),
        ("encrypted.zip", encrypted(), "asks for a password"),
        ("bomb.zip", zipped({"a.json": bytes(8 << 20)}, ZIP_DEFLATED).getvalue(), "far more than"),
        ("damaged.zip", b"PK\x03\x04" + b"x" * 99, "This zip is damaged"),
        ("empty.json", b"", "There is nothing in it."),
        ("list.json", b"[]", "There is nothing in it."),
        ("song.mp3", b"ID3\x04\xff\xfb" * 99, "Nothing we know begins like this."),
        ("utf32.json", GOOD.decode().encode("utf-32"), "Nothing we know begins like this."),
    ],
)
def test_what_holds_nothing_is_explained(
    mine: Importing, name: str, content: bytes, words: str
) -> None:
    url = mine.found((content, name))
    text = mine.seen(url)
    assert "None of the files tells of listening." in text
    assert words in text
    assert name in text
    assert "Send other files" in text
    with db.connection():
        assert db.query("SELECT count(*) FROM import_uploads") == [(0,)]
    assert mine.pages.post(f"{url}/start", htmx=True).text.count("could not be brought in") >= 1


def test_packages_with_too_many_files_together(mine: Importing) -> None:
    packed = zipped({f"{n}.json": b"[]" for n in range(2501)}).getvalue()
    text = mine.seen(mine.found((packed, "one.zip"), (packed, "two.zip")))
    assert "There are more files in it than in any export." in text


@pytest.mark.parametrize(
    ("content", "words", "where"),
    [
        (json.dumps([EXTENDED] * 3).encode()[:-20], "It ends in the middle", "behind row 2"),
        (json.dumps([EXTENDED]).encode() + b"]", "Its JSON is broken", "behind row 1"),
        (GOOD[:-1] + b", \xff\xfe]", "not written in UTF-8", "behind row 1"),
        (GOOD[:-1] + b"," + b"[" * 100_000, "deeper than any export's", "behind row 1"),
    ],
)
def test_a_broken_file_is_named_with_its_row(
    mine: Importing, content: bytes, words: str, where: str
) -> None:
    packed = zipped({"good.json": GOOD, "bad<b>.json": content})
    text = mine.seen(mine.brought((packed, "a.zip")))
    assert words in text
    assert "“bad<b>.json”" in text
    assert where in text
    assert "Nothing of it is stored" in text
    with db.connection():
        assert db.query("SELECT count(*) FROM plays WHERE user_id = %s", mine.id) == [(0,)]
        assert db.query("SELECT count(*) FROM play_reports WHERE user_id = %s", mine.id) == [(0,)]
    assert words in words_of(mine.pages.page("/imports"))
