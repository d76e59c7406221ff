"""What an endpoint of the Web API is: a path, what it needs, and a function that answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from demo.standin.list_shapes import Span, offset_page
from demo.standin.listeners import Listener
from demo.standin.shapes import Shapes
from demo.standin.world import World

_Item = TypeVar("_Item")


class RefusedError(Exception):
    """An answer in the shape of the Web API's error object."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the parts of the answer."""
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One checked request: who asks for what, in which part of it."""

    world: World
    caller: Listener | None
    path: str
    query: Mapping[str, str]
    ids: Mapping[str, str]
    span: Span

    @property
    def shapes(self) -> Shapes:
        """The serialiser in force."""
        return self.world.shapes

    @property
    def listener(self) -> Listener:
        """The person whose token it is; app tokens are refused here."""
        if self.caller is None:
            raise RefusedError(401, "Valid user authentication required")
        return self.caller

    @property
    def url(self) -> str:
        """The endpoint's own address, without a query."""
        return f"{self.world.shapes.api_url}{self.path}"

    def page(self, items: Sequence[_Item], write: Callable[[_Item], str], *, url: str = "") -> str:
        """Write the asked part of a list."""
        part = items[self.span.offset : self.span.offset + self.span.limit]
        return offset_page(url or self.url, [write(item) for item in part], len(items), self.span)


Answer = Callable[[Ask], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A path with its scopes (one of them is enough), limits, and where it still exists."""

    path: str
    answer: Answer
    scopes: tuple[str, ...] = ()
    default: int = 20
    most: int = 50
    most_restricted: int | None = None
    extended_only: bool = False
    method: str = "GET"

    def span(self, query: Mapping[str, str], *, extended: bool) -> Span:
        """Read limit and offset; raise RefusedError when they are out of bounds."""
        tight = None if extended else self.most_restricted
        most, default = (tight, 5) if tight is not None else (self.most, self.default)
        limit = _number(query, "limit", default)
        offset = _number(query, "offset", 0)
        if not 1 <= limit <= most:
            raise RefusedError(400, "Invalid limit")
        if not 0 <= offset <= 100_000:  # noqa: PLR2004 - documented for /me/playlists
            raise RefusedError(400, "Invalid offset")
        passed = ("additional_types", "fields", "include_groups", "market", "time_range")
        extra = tuple((key, query[key]) for key in passed if key in query)
        return Span(offset=offset, limit=limit, extra=extra)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(query.get(name, default))
    except ValueError:
        raise RefusedError(400, f"Invalid {name}") from None
