"""The page of one thing that is or was in charts: open to everybody, and more to who knows it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_login import current_user

from webapp.domain.stats import Item
from webapp.domain.trends import Kind, Shelf, Trend
from webapp.queries import trend_listening
from webapp.queries.appearances import TrendItem
from webapp.services.trend_pages import Found
from webapp.views.browse_words import SHELVES_OF
from webapp.views.collecting import Shown, shown_to_listener
from webapp.views.requests import me, wiring
from webapp.views.spotify_links import spotify_url
from webapp.views.trend_history import TrendHistory, trend_history

MUSICBRAINZ = {Kind.ALBUM: "release-group", Kind.ARTIST: "artist", Kind.TRACK: "recording"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingSight:
    """A thing and what stands around it.

    `own_url` is its page in the listener's own listening, `maker_url` a page of who made it: the
    listener's own, else that of the charts. `shelf` is where it stands, `others` are further works
    in the charts.
    """

    item: Trend
    own_url: str | None
    maker_url: str | None
    shelf: Shelf
    links: tuple[tuple[str, str], ...]
    others: tuple[Trend, ...]
    history: TrendHistory | None
    collect: Shown | None
    address: str


def thing_sight(found: Found) -> ThingSight:
    """Put a thing's page together."""
    item, told = found.item, _told(found.item)
    known = _known(item)
    maker = found.maker
    return ThingSight(
        item=item,
        own_url=_own_url(Item(item.kind), known),
        maker_url=_own_url(Item.ARTIST, known) or (page_of(maker) if maker else None),
        shelf=_shelf(item),
        links=tuple(_links(item)),
        others=found.others,
        history=trend_history(told),
        collect=shown_to_listener(told),
        address=wiring().settings.public_url + page_of(item),
    )


def page_of(item: Trend | TrendItem) -> str:
    """Give the address of a thing's page among the charts."""
    return url_for(f"browse.{item.kind}", item_id=item.id)


def page_addresses() -> Callable[[Trend], str]:
    """Give what says where things have their pages.

    A list has some hundred of these, so their addresses are made once a kind.
    """
    before = {kind: url_for(f"browse.{kind}", item_id=0).removesuffix("0") for kind in Kind}
    return lambda item: f"{before[item.kind]}{item.id}"


def _known(item: Trend) -> dict[Item, str]:
    if not current_user.is_authenticated:
        return {}
    return trend_listening.known(me().id, Item(item.kind), item.id)


def _shelf(item: Trend) -> Shelf:
    """Say on which shelf to look for it: where it has a place rather than on a mere list."""
    places = sorted(item.places, key=lambda place: place.is_listed)
    return places[0].shelf if places else SHELVES_OF[item.kind]


def _own_url(kind: Item, known: dict[Item, str]) -> str | None:
    thing_id = known.get(kind)
    return url_for(f"things.{kind}", thing_id=thing_id) if thing_id else None


def _told(item: Trend) -> TrendItem:
    return TrendItem(
        id=item.id,
        kind=item.kind.value,
        name=item.name,
        artists=item.artist_names,
        released=item.released,
        image_url=item.image_url,
        spotify_id=item.spotify_id,
        mbid=item.mbid,
        deezer_id=item.deezer_id,
    )


def _links(item: Trend) -> list[tuple[str, str]]:
    """Give its pages elsewhere, each under the name of whose they are."""
    brainz = f"https://musicbrainz.org/{MUSICBRAINZ[item.kind]}/{item.mbid}" if item.mbid else None
    deezer = f"https://www.deezer.com/{item.kind}/{item.deezer_id}" if item.deezer_id else None
    pages = (
        ("Spotify", spotify_url(item.kind.value, item.spotify_id)),
        ("Deezer", deezer),
        ("MusicBrainz", brainz),
    )
    return [(name, url) for name, url in pages if url]
