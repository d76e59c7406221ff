"""The time machine: library and playlists on any day, what changed since, the story of a thing."""

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, abort, request

from webapp.domain.time_machine import changes, tally
from webapp.domain.time_machine_days import Shelf, Show
from webapp.domain.time_machine_moments import tell
from webapp.queries import time_machine, time_machine_playlists, time_machine_things
from webapp.queries import time_machine_turns as turns
from webapp.queries.lines import Slice, Wanted
from webapp.queries.time_machine_playlists import Fate
from webapp.queries.time_machine_things import Noun
from webapp.services import time_machine as machine
from webapp.services.time_machine import added_at
from webapp.views.fragments import page
from webapp.views.requests import login_required, me, page_number, printable, search_words
from webapp.views.time_machine_journeys import Journey, asked_journey, leap_name

blueprint = Blueprint("time_machine", __name__)
blueprint.add_app_template_global(leap_name, "leap_name")
blueprint.add_app_template_global(added_at, "entry_added_at")

AT_A_GLANCE = 9
PLAYLISTS_A_PAGE = 20

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Sides(StrEnum):
    """How two versions of a playlist are shown."""

    CHANGES = "changes"
    BOTH = "both"


@blueprint.get("/time-machine")
@login_required
def index() -> Response:
    """Show all shelves on a day, and what changed since."""
    journey = asked_journey()
    if journey is None:
        return page("time_machine/empty.html")
    sight = machine.look(me().id, journey.spans, AT_A_GLANCE)
    return page("time_machine/index.html", journey=journey, sight=sight)


@blueprint.get("/time-machine/<any('tracks', 'albums', 'artists'):shelf>")
@login_required
def shelf(shelf: str) -> Response:
    """Show what came to a shelf, what went, or what was there."""
    journey, show, chosen = _journey(), _choice("show", Show), Shelf(shelf)
    wanted = Wanted(page=page_number())
    counts, part = time_machine.page(me().id, chosen, journey.spans[chosen], show, wanted)
    return page(
        "time_machine/shelf.html",
        journey=journey,
        shelf=chosen,
        show=show,
        counts=counts,
        part=_checked(part),
    )


@blueprint.get("/time-machine/playlists")
@login_required
def playlists() -> Response:
    """Show which playlists came, went or changed."""
    journey = _journey()
    fate = _choice("show", Fate) if request.args.get("show") else None
    span, wanted = journey.spans[Shelf.PLAYLISTS], Wanted(page=page_number(), size=PLAYLISTS_A_PAGE)
    counts, part = time_machine_playlists.page(me().id, span, fate, wanted)
    return page(
        "time_machine/playlists.html",
        journey=journey,
        fate=fate,
        counts=counts,
        part=_checked(part),
        tallies=machine.tallies(me().id, part.rows, span),
    )


@blueprint.get("/time-machine/playlists/<playlist_id>")
@login_required
def playlist(playlist_id: str) -> Response:
    """Show a playlist's two versions: what changed between them, or both side by side."""
    journey, sides = _journey(), _choice("show", Sides)
    found = machine.compare_playlist(
        me().id, printable(playlist_id), journey.spans[Shelf.PLAYLISTS]
    )
    if found.newest is None:
        abort(404)
    steps = list(found.steps or ())
    shown = steps if sides is Sides.BOTH else changes(steps)
    wanted = Wanted(page=page_number())
    rows = tuple(shown[wanted.offset : wanted.offset + wanted.size])
    part = _checked(Slice(rows=rows, total=len(shown), page=wanted.page, size=wanted.size))
    ids = [step.item for step in part.rows if step.item]
    return page(
        "time_machine/playlist.html",
        journey=journey,
        found=found,
        tally=tally(steps),
        sides=sides,
        part=part,
        lines=time_machine_playlists.track_lines(ids),
    )


@blueprint.get("/time-machine/search")
@login_required
def search() -> Response:
    """Look for a thing in all that ever was in the library or a playlist."""
    words, wanted = search_words(), Wanted(words=search_words(), page=page_number())
    part = time_machine_things.search(me().id, wanted) if words else Slice(rows=(), total=0)
    return page("time_machine/search.html", words=words, part=_checked(part))


@blueprint.get("/time-machine/<any('track', 'album', 'artist'):noun>/<path:thing_id>")
@login_required
def thing(noun: str, thing_id: str) -> Response:
    """Tell when a thing was added and lost; 404 for what was never this listener's."""
    chosen, item_id = Noun(noun), printable(thing_id)
    found = turns.turns(me().id, chosen, item_id)
    if not found:
        abort(404)
    thing = time_machine_things.find(chosen, item_id)
    return page("time_machine/thing.html", thing=thing, story=tell(found))


def _journey() -> Journey:
    return asked_journey() or abort(404)


def _choice(name: str, choices: type[E]) -> E:
    """Read which of some words an address says; the first is the one nobody says."""
    text = request.args.get(name) or next(iter(choices))
    return choices(text) if text in set(choices) else abort(404)


def _checked(part: Slice[T]) -> Slice[T]:
    return abort(404) if part.beyond else part
