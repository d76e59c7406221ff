"""Parts of an archive and fields of their lines: what is sound in them, and that as JSON Schema."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

LONGEST_ID = 200
LONGEST_CODE = 100
LONGEST_NAME = 1_000
LONGEST_TEXT = 20_000
LARGEST = 2**31 - 1
LARGEST_BYTES = 2**53
YEARS = range(1970, 2200)
ENTRY = ("track_id", "added_at", "added_by")

Test = Callable[[Any], bool]

_is_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
ALPHANUMERIC = r"[0-9A-Za-z]{1,64}"
ADDRESS = r"https?://[\s\S]{1,2000}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a line; `test` is for values other than null."""

    doc: str
    test: Test
    schema: Mapping[str, Any]
    null: bool = False

    def accepts(self, value: Any) -> bool:
        """Tell whether a decoded value is sound."""
        return self.null if value is None else self.test(value)

    def described(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        schema = {"anyOf": [self.schema, {"type": "null"}]} if self.null else self.schema
        return {"description": self.doc, **schema}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One member of the archive; `fields` are in the order in which they are written.

    `since` is the version of the format from which on an archive has it.
    """

    name: str
    doc: str
    fields: Mapping[str, Field]
    since: int = 1

    @property
    def file(self) -> str:
        """Its name in the archive."""
        return f"{self.name}.jsonl"

    def accepts(self, line: Any) -> bool:
        """Tell whether a decoded line is sound."""
        return fits(line, self.fields)


def text(doc: str, most: int = LONGEST_NAME, *, least: int = 0, null: bool = False) -> Field:
    """Make a field that holds a text."""
    return Field(
        doc=doc,
        test=lambda value: isinstance(value, str) and least <= len(value) <= most,
        schema={"type": "string", "minLength": least, "maxLength": most},
        null=null,
    )


def identity(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds an id."""
    return text(doc, LONGEST_ID, least=1, null=null)


def identities(doc: str) -> Field:
    """Make a field that holds ids in order."""
    return items(doc, identity(doc))


def one_of(doc: str, *choices: str, null: bool = False) -> Field:
    """Make a field that holds one of some words."""
    allowed = frozenset(choices)
    return Field(
        doc=doc,
        test=lambda value: isinstance(value, str) and value in allowed,
        schema={"enum": list(choices)},
        null=null,
    )


def integer(doc: str, most: int = LARGEST, *, least: int = 0, null: bool = False) -> Field:
    """Make a field that holds a whole number."""
    return Field(
        doc=doc,
        test=lambda value: value.__class__ is int and least <= value <= most,
        schema={"type": "integer", "minimum": least, "maximum": most},
        null=null,
    )


def boolean(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds true or false."""
    return Field(
        doc=doc,
        test=lambda value: isinstance(value, bool),
        schema={"type": "boolean"},
        null=null,
    )


def moment(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds an instant: ISO 8601, with its offset."""
    return Field(
        doc=doc, test=_is_moment, schema={"type": "string", "format": "date-time"}, null=null
    )


def day(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds a day: YYYY-MM-DD."""
    return Field(doc=doc, test=_is_day, schema={"type": "string", "format": "date"}, null=null)


def digest(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds 128 bits, written as a UUID."""
    return Field(
        doc=doc,
        test=lambda value: isinstance(value, str) and _is_uuid(value) is not None,
        schema={"type": "string", "format": "uuid"},
        null=null,
    )


def alphanumeric(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds an id which may go into an address as it is."""
    return _like(doc, ALPHANUMERIC, null=null)


def address(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds the address of something on the web."""
    return _like(doc, ADDRESS, null=null)


def document(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds any JSON object."""
    return Field(
        doc=doc, test=lambda value: isinstance(value, dict), schema={"type": "object"}, null=null
    )


def record(fields: Mapping[str, Field]) -> Field:
    """Make a field that holds an object with exactly these fields."""
    return Field(
        doc="",
        test=lambda value: fits(value, fields),
        schema={
            "type": "object",
            "additionalProperties": False,
            "required": list(fields),
            "properties": {name: field.described() for name, field in fields.items()},
        },
    )


def counts(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds numbers by name."""
    number = integer(doc)
    return Field(
        doc=doc,
        test=lambda value: isinstance(value, dict) and all(map(number.test, value.values())),
        schema={"type": "object", "additionalProperties": dict(number.schema)},
        null=null,
    )


def items(doc: str, item: Field, *, null: bool = False) -> Field:
    """Make a field that holds a list of values of one kind."""
    return Field(
        doc=doc,
        test=lambda value: isinstance(value, list) and all(map(item.accepts, value)),
        schema={"type": "array", "items": dict(item.schema)},
        null=null,
    )


def entries(doc: str, *, null: bool = False) -> Field:
    """Make a field that holds a playlist's entries: id, when and by whom it was added."""
    part = {"type": ["string", "null"]}
    return Field(
        doc=doc,
        test=lambda value: isinstance(value, list) and all(map(_is_entry, value)),
        schema={
            "type": "array",
            "items": {"type": "array", "prefixItems": [part] * len(ENTRY), "items": False},
        },
        null=null,
    )


def fits(value: Any, fields: Mapping[str, Field]) -> bool:
    """Tell whether a value is an object with exactly these fields, each of them sound."""
    if not isinstance(value, dict) or value.keys() != fields.keys():
        return False
    return all(field.accepts(value[name]) for name, field in fields.items())


def _like(doc: str, pattern: str, *, null: bool) -> Field:
    matches = re.compile(pattern).fullmatch
    return Field(
        doc=doc,
        test=lambda value: isinstance(value, str) and matches(value) is not None,
        schema={"type": "string", "pattern": f"^{pattern}$"},
        null=null,
    )


def _is_day(value: Any) -> bool:
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return bool(found.isoformat() == value)


def _is_moment(value: Any) -> bool:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return found.tzinfo is not None and found.year in YEARS


def _is_entry(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == len(ENTRY)
        and all(part is None or isinstance(part, str) for part in value)
    )


SEEN = moment("When Backspin saw it.")
