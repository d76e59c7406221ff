"""What a view asks of the request: the wiring, the listener, numbers from the address."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import abort, g, request
from flask_login import current_user
from flask_login import login_required as flask_login_required

from webapp.domain.accounts import Account
from webapp.services.wiring import Wiring

P = ParamSpec("P")
R = TypeVar("R")

MAX_PAGE_DIGITS = 6


def login_required(view: Callable[P, R]) -> Callable[P, R]:
    """Ask whoever is not signed in to do so first (flask_login's own, typed)."""
    return cast("Callable[P, R]", flask_login_required(view))


def admin_only(view: Callable[P, R]) -> Callable[P, R]:
    """Let admins in; ask others to sign in, or refuse."""

    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        if not me().is_admin:
            abort(403)
        return view(*args, **kwargs)

    return login_required(inner)


def wiring() -> Wiring:
    """Give the parts of this process."""
    return cast("Wiring", g.wiring)


def me() -> Account:
    """Give the signed-in listener; use it behind `login_required` alone."""
    return cast("Account", current_user.account)


def page_number() -> int:
    """Read `?page=`: 1 where it is absent, 404 where it makes no sense."""
    text = request.args.get("page", "1")
    number = (
        int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_PAGE_DIGITS else 0
    )
    if number < 1:
        abort(404)
    return number


def search_words() -> str:
    """Read `?q=`, shortened to what can be meant."""
    return printable(request.args.get("q", "")).strip()[:100]


def printable(text: str) -> str:
    """Replace what has no picture (control characters and their like) by spaces."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
