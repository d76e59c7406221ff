"""A listener who sends files through the page, and what they see of it."""

import re
from html import unescape
from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from tests.browsing import Browsing
from tests.pages import HTMX
from webapp import db

Sent = tuple[bytes | BytesIO, str]


class Importing:
    """A signed-in listener who imports."""

    def __init__(self, browsing: Browsing, listener: str = "empty") -> None:
        self.browsing = browsing
        self.pages = browsing.sign_in(listener)
        self.id = browsing.account(listener).id

    def send(self, *files: Sent, htmx: bool = False, csrf: bool = True) -> TestResponse:
        """Send files, as the form does."""
        form: dict[str, Any] = {"csrf_token": self.pages.token()} if csrf else {}
        form["files"] = [
            FileStorage(BytesIO(body) if isinstance(body, bytes) else body, filename=name)
            for body, name in files
        ]
        boundary, body = encode_multipart(MultiDict(form))
        return self.pages.client.post(
            "/imports",
            data=body,
            headers=HTMX if htmx else {},
            content_type=f"multipart/form-data; boundary={boundary}",
        )

    def found(self, *files: Sent) -> str:
        """Send files that are accepted; give their import's address."""
        reply = self.send(*files)
        assert reply.status_code == 303, f"{reply.status} {reply.text[:500]}"
        return reply.headers["Location"]

    def brought(self, *files: Sent) -> str:
        """Send files, let them in, and let a worker do it; give the address."""
        url = self.found(*files)
        assert self.pages.post(f"{url}/start").headers["Location"] == url
        self.browsing.work()
        return url

    def seen(self, url: str) -> str:
        """Read the words of an import's page; alone, its moving part says the same."""
        alone = words_of(self.pages.fragment(f"{url}/progress"))
        whole = words_of(self.pages.page(url))
        assert alone in whole
        return whole

    def put(self, url: str, **columns: Any) -> None:
        """Set how an import stands."""
        with db.connection():
            for name, value in columns.items():
                db.query(f"UPDATE imports SET {name} = %s WHERE id = %s", value, number_of(url))  # noqa: S608 - our own names


def number_of(url: str) -> int:
    return int(url.rpartition("/")[2])


def words_of(text: str) -> str:
    bare = re.sub(r"<head>.*?</head>|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(unescape(bare).split())
