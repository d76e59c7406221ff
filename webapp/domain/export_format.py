"""What an archive of everything is made of: its members and what their lines hold.

An archive is a zip of JSON Lines (UTF-8, one object a line, every field there), a manifest
(`backspin.json`) and this description as JSON Schema (`schema.json`). Nothing in it depends on
the install it was made on: imports are numbered from 1, reports are named by their hash, and the
order of lines is the order of the log. So an archive that was brought home makes the same members
again, but for the blends, which take two. What is derived is not in it, and no token, no password,
no session is. `docs/exports.md` tells it to who reads an archive, table by table.
"""

from typing import Any

from webapp.domain.export_account import ACCOUNT
from webapp.domain.export_fields import Part, record
from webapp.domain.export_library import CATALOGUE, LIBRARY
from webapp.domain.export_listening import LISTENING

VERSION = 2
"""The newest version. Every earlier one is still read: a later one only adds members."""
MANIFEST = "backspin.json"
SCHEMA = "schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

PARTS: tuple[Part, ...] = (*CATALOGUE, *LIBRARY, *LISTENING, *ACCOUNT)
BY_FILE = {part.file: part for part in PARTS}


def parts_of(version: int) -> tuple[Part, ...]:
    """List the members that an archive of a version has."""
    return tuple(part for part in PARTS if part.since <= version)


def json_schema() -> dict[str, Any]:
    """Describe every member, for who reads an archive without Backspin."""
    return {
        "$schema": DIALECT,
        "title": "An archive of everything Backspin keeps for one listener",
        "description": "Each definition describes a line of the member with its name.",
        "version": VERSION,
        "$defs": {
            part.name: {"description": part.doc} | dict(record(part.fields).schema)
            for part in PARTS
        },
    }
