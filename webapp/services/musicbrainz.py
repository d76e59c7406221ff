"""Albums find their MusicBrainz ids and covers, call by call, in the background.

What came of a call is kept before the next one, in `album_matches`: whoever takes over goes on
there. One process works at a time, the pace is everybody's (`pace`), and a run ends soon, so that
other jobs get their turn. Without a contact for MusicBrainz to turn to, nothing is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from config import Settings
from webapp import db
from webapp.domain import matching
from webapp.domain.errors import (
    MalformedError,
    OutageError,
    PausedError,
    ProviderError,
    RateLimitedError,
)
from webapp.domain.matching import Album, Plan, Step
from webapp.providers.musicbrainz import names_somebody
from webapp.queries import matches, trend_items
from webapp.queries.matches import Standing
from webapp.services import trends
from webapp.services.musicbrainz_asking import QUESTIONS, Sources, connected, pace
from webapp.services.pace import Pace
from webapp.services.wiring import Wiring

RUN = timedelta(seconds=10)
"""How long one job goes on; a sync that a listener waits for may be behind it."""
AT_HAND = 500
"""Albums looked at in one run: more than can be asked for."""
REFUSED_SECONDS = 3600.0
"""Who is refused altogether asks again after this long."""
ALL = max(matching.AT_ONCE.values())
FEW, PATIENCE = 10, 3
"""After so many troubles in a row, few albums are asked for at once: it may have been too much."""
MOST_GIVEN_UP = 3
"""Albums left aside in one run because of strange answers; more, and it is MusicBrainz' fault."""


class State(StrEnum):
    """Whether albums are looked up."""

    ON = "on"
    NO_CONTACT = "no_contact"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How the lookup stands; `until` is the end of a pause that MusicBrainz asked for."""

    state: State
    standing: Standing
    until: datetime | None = None


def overview(wiring: Wiring) -> Overview:
    """Tell how the lookup stands; raises QueueDownError where Redis is away."""
    standing = matches.standing(wiring.clock(), AT_HAND)
    if not is_on(wiring.settings):
        return Overview(state=State.NO_CONTACT, standing=standing)
    until = pace(wiring).paused_until()
    state = State.PAUSED if until else State.ON
    return Overview(state=state, standing=standing, until=until)


def is_on(settings: Settings) -> bool:
    """Tell whether MusicBrainz may be asked: only by those who say whom it can turn to."""
    return names_somebody(settings.operator_contact)


def run(wiring: Wiring) -> datetime | None:
    """Look albums up for a while; tell when to go on. None: all is done, or others are at it."""
    if not is_on(wiring.settings):
        return None
    with matches.holding() as ours:
        if not ours:
            return None
        with connected(wiring) as sources:
            work = _Run(wiring=wiring, sources=sources)
            until = work.go()
        if work.taught:
            trends.publish(wiring)
        return until


@dataclass(slots=True, kw_only=True)
class _Run:
    """One run: what is left to do, how many albums go into a call, whether pages have news."""

    wiring: Wiring
    sources: Sources
    todo: Sequence[Album] = ()
    most: int = ALL
    given_up: int = 0
    covers_at: datetime | None = None
    taught: bool = False

    def go(self) -> datetime | None:
        """Ask until nothing is due, or somebody else should have the worker."""
        clock = self.wiring.clock
        end = clock() + RUN
        if self.sources.pace.stumbles() >= PATIENCE:
            self.most = FEW
        self.todo = matches.due(clock(), AT_HAND)
        self._keep(matching.hopeless(self.todo, clock()))
        while plan := matching.plan(self.todo, self.most):
            if until := self._ask(plan):
                return until
            if clock() >= end:
                return clock()
        if self.covers_at:
            return self.covers_at
        return clock() if matches.due(clock(), 1) else None

    def _ask(self, plan: Plan) -> datetime | None:
        """Ask, and keep what becomes of the albums, as it comes; a time: go on then."""
        try:
            for part in QUESTIONS[plan.step](self.sources, plan.albums, self.wiring.clock()):
                self._keep(part)
            self.sources.pace_of(plan.step).went_well()
        except MalformedError as error:
            return self._ask_less(plan, error)
        except ProviderError as error:
            return self._pause(plan.step, error)
        return None

    def _keep(self, changed: Sequence[Album]) -> None:
        """Write what became of albums, and what things in charts learn from it."""
        now = self.wiring.clock()
        with db.transaction():
            matches.keep(changed, now)
            self._teach([album for album in changed if album.trending and album.release_group])
        self.todo = matching.left(self.todo, changed, now)

    def _teach(self, found: Sequence[Album]) -> None:
        """Let things in charts know what was found; two of one release group become one."""
        if not found:
            return
        trend_items.lock()
        for album in matches.teach(found):
            trend_items.learn(
                matches.trend_id(album.key),
                now=self.wiring.clock(),
                mbid=str(album.release_group),
                image_url=album.cover_url,
            )
        self.taught = True

    def _ask_less(self, plan: Plan, error: ProviderError) -> datetime | None:
        """Find the album that spoils an answer: ask for half of them; leave a single one aside."""
        self.most = max(1, len(plan.albums) // 2)
        if len(plan.albums) > 1:
            return None
        (album,), self.most = plan.albums, ALL
        told = {"step": plan.step.value, "album": album.key, "detail": error.detail}
        self.wiring.log.warning("album not asked for", **told)
        self._keep([matching.given_up(album, plan.step, self.wiring.clock())])
        self.given_up += 1
        too_many = self.given_up == MOST_GIVEN_UP
        return self.sources.pace_of(plan.step).stumble() if too_many else None

    def _pause(self, step: Step, error: ProviderError) -> datetime | None:
        """Let everybody stay away as long as it takes. Ids need not wait for covers."""
        self.wiring.log.info("musicbrainz paused", step=step.value, error=error.kind)
        until = _stay_away(self.sources.pace_of(step), error)
        if step is not Step.COVER:
            return until
        self.covers_at = until
        self.todo = [album for album in self.todo if matching.next_step(album) is not step]
        return None


def _stay_away(pace: Pace, error: ProviderError) -> datetime:
    """Let nobody call as long as an error asks for; tell until when."""
    match error:
        case PausedError():
            return error.until
        case RateLimitedError():
            return pace.stumble(error.retry_after)
        case OutageError():
            return pace.stumble()
        case _:
            return pace.stumble(REFUSED_SECONDS)
