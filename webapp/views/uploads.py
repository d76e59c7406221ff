"""Files that a browser sends: how many bytes may come, where they wait, what they are called."""

from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

import flask
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.services.import_receiving import Sent
from webapp.views.requests import printable

MOST_FILES = 100
MOST_FIELDS = 10
LONGEST_NAME = 200
MEMORY = 64 * 1024


class Request(flask.Request):
    """A request whose files wait on disk: all of them together take little memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: list[IO[bytes]] = []

    def close(self) -> None:
        """Let go of all files, those of a form as well that broke off."""
        super().close()
        for file in self._waiting:
            file.close()

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - werkzeug's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        file = SpooledTemporaryFile(max_size=MEMORY, mode="rb+")  # noqa: SIM115 - `close` does it
        self._waiting.append(file)
        return file


def admit(most_bytes: int) -> None:
    """Let this request carry files; call it before anything reads the form.

    Raises RequestEntityTooLarge at once if it says to be larger, and while it is read if it lied.
    """
    request.max_content_length = most_bytes
    request.max_form_parts = MOST_FILES + MOST_FIELDS
    if (request.content_length or 0) > most_bytes:
        raise RequestEntityTooLarge


def sent_files(field: str) -> list[Sent]:
    """Give the files of a field; a field that was left empty has none."""
    return [
        Sent(name=_shown(file.filename), stream=cast("BinaryIO", file.stream))
        for file in request.files.getlist(field)
        if file.filename
    ]


def _shown(name: str) -> str:
    """Clean a name for showing: browsers send what they like, some the whole path."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return printable(last).strip()[-LONGEST_NAME:] or "?"
