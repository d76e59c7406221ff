"""The words of the pages about trends."""

from collections.abc import Callable

from flask_babel import gettext, lazy_gettext

from webapp.domain.trends import KIND_OF, ChartState, Place, Shelf, Source
from webapp.services.trends import NOBODY, UNAVAILABLE
from webapp.views.formats import ago, number

NAMES = {Source.SPOTIFY: "Spotify", Source.LISTENBRAINZ: "ListenBrainz", Source.DEEZER: "Deezer"}

SHELVES = {
    Shelf.RELEASES: lazy_gettext("New releases"),
    Shelf.ALBUMS: lazy_gettext("Albums"),
    Shelf.ARTISTS: lazy_gettext("Artists"),
    Shelf.TRACKS: lazy_gettext("Tracks"),
}

SHELVES_OF = {KIND_OF[shelf]: shelf for shelf in Shelf}
"""The shelf on which a kind of thing stands; albums on that of their charts."""

HEADINGS = {
    Shelf.RELEASES: lazy_gettext("New releases"),
    Shelf.ALBUMS: lazy_gettext("Trending albums"),
    Shelf.ARTISTS: lazy_gettext("Trending artists"),
    Shelf.TRACKS: lazy_gettext("Trending tracks"),
}

CHARTS = {
    ("spotify", "new_releases"): lazy_gettext("New releases on Spotify"),
    ("listenbrainz", "fresh_releases"): lazy_gettext("New releases on ListenBrainz"),
    ("listenbrainz", "release_groups"): lazy_gettext("Albums of the week on ListenBrainz"),
    ("listenbrainz", "artists"): lazy_gettext("Artists of the week on ListenBrainz"),
    ("listenbrainz", "recordings"): lazy_gettext("Tracks of the week on ListenBrainz"),
    ("deezer", "releases"): lazy_gettext("New releases on Deezer"),
    ("deezer", "albums"): lazy_gettext("Albums on Deezer"),
    ("deezer", "artists"): lazy_gettext("Artists on Deezer"),
    ("deezer", "tracks"): lazy_gettext("Tracks on Deezer"),
}

FAILURES = {
    "outage": lazy_gettext("%(source)s did not answer %(when)s."),
    "rate_limited": lazy_gettext("%(source)s asked Backspin to wait %(when)s."),
    "quota_exceeded": lazy_gettext("%(source)s asked Backspin to wait %(when)s."),
    "paused": lazy_gettext("Calls to %(source)s were used up %(when)s."),
    "empty": lazy_gettext("%(source)s had nothing to tell %(when)s."),
    "malformed": lazy_gettext("%(source)s answered %(when)s in a way Backspin does not know."),
    UNAVAILABLE: lazy_gettext("%(source)s keeps this list from apps such as this one."),
    NOBODY: lazy_gettext("%(source)s tells this once a listener has signed in."),
}
OTHERWISE = lazy_gettext("%(source)s could not be read %(when)s.")


def chart_sentence(state: ChartState) -> str:
    """Say from when a chart is, and what went wrong with the last try."""
    source = NAMES[state.chart.source]
    told = []
    if state.fetched_at:
        told.append(
            gettext("%(source)s, read %(when)s.", source=source, when=ago(state.fetched_at))
        )
    if state.error:
        sentence = str(FAILURES.get(state.error, OTHERWISE))
        told.append(sentence % {"source": source, "when": ago(state.tried_at)})
    return " ".join(told) or gettext("%(source)s was not asked yet.", source=source)


def place_texts() -> Callable[[Place], str]:
    """Say who has it where; lists of new releases are in no order that says something.

    A page has some hundred of these, so their words are looked up once.
    """
    words = str(gettext("%(source)s No. %(n)s"))

    def text(place: Place) -> str:
        name = NAMES[place.source]
        if place.is_listed:
            return name
        return words % {"source": name, "n": number(place.position)}

    return text
