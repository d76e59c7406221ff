"""The first words of the dashboard: what a listener's music is like now, and the picture of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from flask_babel import gettext

from webapp.domain.syncs import Status
from webapp.queries.syncs import SyncRow
from webapp.queries.top_pages import Movement, TopRow

WALL = 9
"""How many covers the picture holds: one large, eight small."""

ISOLATE = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


class Stage(StrEnum):
    """How much of a library there is to show."""

    FULL = "full"
    NEW = "new"
    COMING = "coming"
    FAILED = "failed"
    BARE = "bare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A cover, and what it is of."""

    image_url: str
    alt: str


class Ranked(Protocol):
    """Something with a place in a list."""

    @property
    def name(self) -> str:
        """What it is called; empty where nobody knows."""

    @property
    def change(self) -> Movement:
        """How it moved since the list before."""


def stage_of(sync: SyncRow | None, things: int) -> Stage:
    """Choose what to show; a library that is there is shown whatever the sync does."""
    if things:
        return Stage.FULL
    if sync is None:
        return Stage.NEW
    if not sync.over:
        return Stage.COMING
    return Stage.FAILED if sync.status is Status.FAILED else Stage.BARE


def sentence(artists: Sequence[Ranked], tracks: Sequence[Ranked], name: str) -> str:
    """Say what the music is like, from what was heard most; greet a listener who has none."""
    heard = [isolated(row.name) for row in artists if row.name]
    if len(heard) >= 3:  # noqa: PLR2004 - three names make the sentence
        return _three(artists[0], heard)
    if heard:
        return str(gettext("Right now it is all %(artist)s.", artist=heard[0]))
    named = [row for row in tracks if row.name]
    if named:
        return str(gettext("Right now it is “%(track)s”.", track=isolated(named[0].name)))
    return str(gettext("This is your library, %(name)s.", name=isolated(name)))


def wall(tracks: tuple[TopRow, ...], others: list[Picture]) -> list[Picture]:
    """Choose the covers of the picture: top tracks' first, then what else there is, each once."""
    wanted = [Picture(image_url=r.image_url, alt=r.album) for r in tracks if r.image_url]
    once: dict[str, Picture] = {}
    for picture in wanted + others:
        once.setdefault(picture.image_url, picture)
    return list(once.values())[:WALL]


def isolated(name: str) -> str:
    """Keep a name's own direction of writing within a sentence (Unicode UAX 9)."""
    return ISOLATE.format(name)


def _three(first: Ranked, heard: list[str]) -> str:
    names = {"first": heard[0], "second": heard[1], "third": heard[2]}
    if first.change == "new":
        return str(
            gettext("%(first)s is new at the top, ahead of %(second)s and %(third)s.", **names)
        )
    if isinstance(first.change, int) and first.change > 0:
        return str(
            gettext("%(first)s has climbed to the top, past %(second)s and %(third)s.", **names)
        )
    return str(gettext("These weeks sound like %(first)s, %(second)s and %(third)s.", **names))
