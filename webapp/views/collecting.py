"""The buttons that take a thing into a listener's collection, and out again."""

from dataclasses import dataclass

from flask import request
from flask_login import current_user

from webapp.queries import collection
from webapp.queries.appearances import TrendItem
from webapp.services.collection import may_change_library, uri_of
from webapp.views.requests import me


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The buttons beside a thing: `undo` right after it was added, `spotify` where it may be asked.

    `saved` is what was just done on Spotify: True saved, False taken back, None nothing. A `small`
    one stands in a list, and is a picture alone.
    """

    item_id: int
    name: str
    held: bool
    small: bool = False
    undo: bool = False
    spotify: bool = False
    saved: bool | None = None
    note: str = ""
    kind: str = "success"


def shown_to_listener(item: TrendItem) -> Shown | None:
    """Prepare a thing's buttons as they stand; None for who is not signed in."""
    if not current_user.is_authenticated:
        return None
    return shown(item, held=bool(collection.held(me().id, [item.id])))


def small(item_id: int, name: str, *, held: bool) -> Shown:
    """Prepare the button of a list's line."""
    return Shown(item_id=item_id, name=name.strip(), held=held, small=True)


def shown(
    item: TrendItem,
    *,
    held: bool,
    undo: bool = False,
    saved: bool | None = None,
    note: str = "",
    kind: str = "success",
    may_change: bool | None = None,
) -> Shown:
    """Prepare a thing's buttons."""
    leave = may_change_library(me().id) if may_change is None else may_change
    return Shown(
        item_id=item.id,
        name=item.name.strip(),
        small=request.form.get("small") == "1",
        held=held,
        undo=undo,
        spotify=leave and uri_of(item) is not None,
        saved=saved,
        note=note,
        kind=kind,
    )
