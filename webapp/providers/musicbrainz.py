"""MusicBrainz' web service: albums by Spotify's address, by barcode, by id and by name.

Facts about it (https://musicbrainz.org/doc/MusicBrainz_API, musicbrainz-server 2026-07): several
`inc` go into one parameter; of one address the answer is bare, or 404; of merged ids it is 301
with the new one in the body. Over its rate it answers 503. Agents that name nobody are refused.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from webapp.domain.errors import (
    ConfigurationError,
    MalformedError,
    NotFoundError,
    OutageError,
    ProviderError,
    RateLimitedError,
)
from webapp.domain.matching import bare_barcode
from webapp.domain.matching_names import Credit, Group, Release, any_of
from webapp.providers.spotify.parsing.values import Json, as_object, code, objects, text, whole
from webapp.providers.spotify.wire import Answer
from webapp.providers.transport import Transport, failure_of, seconds_to_wait

ALBUM_ADDRESS = "https://open.spotify.com/album/"
MOST_RESULTS, RESULTS_BY_NAME = 100, 25
MERGED, UNAVAILABLE = 301, 503
CONTACT = re.compile(r"\S+@\S+|\S+\.\S+")

REFUSALS: dict[int, type[ProviderError]] = {
    403: ConfigurationError,
    404: NotFoundError,
}
BAD_REQUESTS = frozenset({400, 414, 431})
"""Also said in HTML, by proxies to whom a request is too long: less must be asked."""
Query = Mapping[str, str | int | Sequence[str]]


def names_somebody(contact: str) -> bool:
    """Tell whether a contact is one: a mail or web address, in signs that a header carries."""
    told = "".join(sign for sign in contact if sign.isascii() and sign.isprintable())
    return CONTACT.search(told) is not None


class MusicBrainz:
    """A reader; `turn` is called before each call, and waits or raises.

    Raises ConfigurationError without a contact: it does not begin. What MusicBrainz answers badly
    raises ProviderError; of these, MalformedError may be the fault of what was asked.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        contact: str,
        turn: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        if not names_somebody(contact):
            raise ConfigurationError("OPERATOR_CONTACT names nobody")
        self._transport = transport
        self._turn = turn
        self._clock = clock

    def releases_by_url(self, spotify_ids: Sequence[str]) -> dict[str, list[Release]]:
        """Find the releases that Spotify's album ids, at most 100, are linked to."""
        addresses = [ALBUM_ADDRESS + one for one in spotify_ids]
        query: Query = {"resource": addresses, "inc": "release-rels artist-credits"}
        try:
            document = self._ask("/url", query)
        except NotFoundError:
            return {}
        found = objects(document.get("urls")) if "urls" in document else [document]
        wanted = dict(zip(addresses, spotify_ids, strict=True))
        links = {wanted.get(text(one.get("resource"))): _linked(one) for one in found}
        return {spotify_id: releases for spotify_id, releases in links.items() if spotify_id}

    def releases_by_barcode(self, barcodes: Iterable[str]) -> dict[str, list[Release]]:
        """Find the releases that have some barcodes, given without leading zeros."""
        found = defaultdict(list)
        for release in self._search("release", "releases", any_of("barcode", barcodes), _release):
            found[bare_barcode(release.barcode) or ""].append(release)
        return found

    def groups_by_release(self, releases: Iterable[UUID]) -> dict[UUID, UUID]:
        """Find the release groups of some releases; those the index does not know are missing."""
        found = self._search("release", "releases", any_of("reid", releases), _release)
        return {release.id: release.group for release in found if release.group}

    def known_groups(self, groups: Iterable[UUID]) -> set[UUID]:
        """Tell which of some release groups the index knows."""
        query = any_of("rgid", groups)
        return {
            group.id for group in self._search("release-group", "release-groups", query, _group)
        }

    def groups_by_name(self, query: str) -> list[Group]:
        """Search release groups; the best come first."""
        asked: Query = {"query": query, "limit": RESULTS_BY_NAME}
        return _parts(self._ask("/release-group", asked), "release-groups", _group)

    def group_of(self, release: UUID) -> tuple[UUID, UUID] | None:
        """Look up a release: its id, which may be another since, and its release group."""
        found = self._look_up(f"/release/{release}", {"inc": "release-groups"})
        read = _release(found) if found else None
        return (read.id, read.group) if read and read.group else None

    def group(self, group: UUID) -> UUID | None:
        """Look up a release group: its id, which may be another since; None: it is no more."""
        found = self._look_up(f"/release-group/{group}", {})
        return mbid(found.get("id")) if found else None

    def _look_up(self, path: str, query: Query) -> Json | None:
        """Look up one thing; where it was merged, the one that it became."""
        try:
            answer = self._send(path, query)
            document = self._judged(answer, path)
            if answer.status != MERGED or mbid(document.get("id")):
                return document
            target = mbid(urlsplit(answer.headers.get("Location", "")).path.rpartition("/")[2])
            if target is None:
                raise MalformedError(f"{path}: moved nowhere")
            return self._ask(f"{path.rpartition('/')[0]}/{target}", query)
        except NotFoundError:
            return None

    def _search(self, noun: str, nouns: str, query: str, read: Callable[[Json], Any]) -> list[Any]:
        """Search; raises MalformedError where an answer can't hold all that was found."""
        document = self._ask(f"/{noun}", {"query": query, "limit": MOST_RESULTS})
        if (whole(document.get("count")) or 0) > MOST_RESULTS:
            raise MalformedError(f"/{noun}: more than fit")
        return _parts(document, nouns, read)

    def _ask(self, path: str, query: Query) -> Json:
        return self._judged(self._send(path, query), path)

    def _send(self, path: str, query: Query) -> Answer:
        self._turn()
        return self._transport.get(path, {**query, "fmt": "json"}, what=path)

    def _judged(self, answer: Answer, path: str) -> Json:
        """Read the object in an answer; raises ProviderError."""
        now = self._clock()
        if answer.status == UNAVAILABLE:
            wait = seconds_to_wait(answer, now)
            raise RateLimitedError(retry_after=wait, quota=False, detail=f"{path}: 503")
        if answer.status in BAD_REQUESTS:
            raise MalformedError(f"{path}: {answer.status}")
        document = _document(answer)
        moved = answer.status == MERGED and not answer.is_markup()
        failure = failure_of(answer, path, now, lambda what: _refusal(answer, document, what))
        if failure is not None and not moved:
            raise failure
        if document is None and not moved:
            raise OutageError(f"{path}: {answer.status}, but the body is not an object")
        return document or {}


def mbid(value: Any) -> UUID | None:
    """Read an id of MusicBrainz."""
    try:
        return UUID(code(value) or "")
    except ValueError:
        return None


def _document(answer: Answer) -> Json | None:
    try:
        found: Any = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _refusal(answer: Answer, document: Json | None, what: str) -> ProviderError | None:
    """Judge what MusicBrainz itself refuses: some proxy's word does not count."""
    if answer.status not in REFUSALS or not document or "error" not in document:
        return None
    return REFUSALS[answer.status](what)


def _parts(document: Json, nouns: str, read: Callable[[Json], Any]) -> list[Any]:
    """Read what a search found, leaving out what can't be read."""
    if not isinstance(document.get(nouns), list):
        raise MalformedError(f"no {nouns}")
    found = (read(one) for one in objects(document[nouns]))
    return [one for one in found if one is not None]


def _linked(address: Json) -> list[Release]:
    """Read the releases that an address is linked to."""
    found = []
    for relation in objects(address.get("relations")):
        release = _release(as_object(relation.get("release")), ended=relation.get("ended") is True)
        if release is not None:
            found.append(release)
    return found


def _release(told: Json, *, ended: bool = False) -> Release | None:
    release_id = mbid(told.get("id"))
    if release_id is None:
        return None
    return Release(
        id=release_id,
        title=text(told.get("title")),
        credit=_credit(told.get("artist-credit")),
        barcode=code(told.get("barcode")),
        group=mbid(as_object(told.get("release-group")).get("id")),
        tracks=whole(told.get("track-count")),
        country=code(told.get("country")),
        formats=tuple(text(medium.get("format")) for medium in objects(told.get("media"))),
        official=told.get("status") in {"Official", None},
        ended=ended,
    )


def _group(told: Json) -> Group | None:
    group_id = mbid(told.get("id"))
    if group_id is None:
        return None
    year = text(told.get("first-release-date"))[:4]
    return Group(
        id=group_id,
        title=text(told.get("title")),
        credit=_credit(told.get("artist-credit")),
        year=whole(year, least=1) if len(year) == len("2026") else None,
        kind=text(told.get("primary-type")),
        score=whole(told.get("score")) or 0,
    )


def _credit(told: Any) -> Credit:
    """Read who is credited; searches leave out `name` and `joinphrase` where they say nothing."""
    names, line = [], ""
    credited = objects(told)
    for number, one in enumerate(credited, 1):
        name = text(one.get("name")) or text(as_object(one.get("artist")).get("name"))
        join = one.get("joinphrase")
        names.append(name)
        line += name + (text(join) if join is not None else ", " if number < len(credited) else "")
    return Credit(names=tuple(names), line=line)
