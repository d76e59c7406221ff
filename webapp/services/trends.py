"""Refreshing what is new and much played: each source on its own, one refresh at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from webapp import db
from webapp.domain.budget import Priority
from webapp.domain.catalog import Album
from webapp.domain.errors import (
    ForbiddenError,
    ForbiddenReason,
    NotFoundError,
    OutageError,
    PausedError,
    ProviderError,
    QueueDownError,
    RateLimitedError,
    TokenStaleError,
)
from webapp.domain.provider import Page
from webapp.domain.trend_documents import as_document, chart_document
from webapp.domain.trend_identity import settle
from webapp.domain.trends import (
    BROKEN_OFF,
    CHARTS,
    FRESH_FOR,
    TRENDING,
    Chart,
    ChartState,
    Entry,
    Place,
    Source,
    Trend,
    TrendSource,
)
from webapp.providers.deezer import DeezerCharts
from webapp.providers.listenbrainz_charts import ListenBrainzCharts
from webapp.providers.spotify.new_releases import SpotifyReleases
from webapp.providers.transport import Transport
from webapp.queries import (
    accounts,
    appearances,
    budget,
    collection,
    naming,
    trend_items,
    trends,
)
from webapp.services import tokens
from webapp.services.wiring import Wiring

NEW_RELEASES = "new_releases"
"""The app's capability to read Spotify's new releases."""
PROBE_AGAIN = timedelta(days=7)
UNAVAILABLE = "unavailable"
NOBODY = "nobody"
"""No listener is signed in whose token Spotify would take."""

CONCERNS_ALL = (OutageError, RateLimitedError, PausedError)
"""A service that failed so is left alone: its other charts are not asked for either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh came to, in charts; `ran` is False where another one is under way."""

    ran: bool
    good: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshStatus:
    """Whether a refresh is under way, the last one's times, and how each chart stands."""

    running: bool
    started_at: datetime | None
    ended_at: datetime | None
    fetched_at: datetime | None
    charts: tuple[ChartState, ...]


def refresh(wiring: Wiring, *, everything: bool = True) -> Refreshed:
    """Read the charts anew, or only those that are due, and publish what came.

    While another process is at it, who wants all waits for their turn; what was due is being read.
    """
    with trends.holding(wait=everything) as ours:
        if not ours:
            return Refreshed(ran=False)
        wanted = [
            state.chart for state in trends.states() if everything or state.is_due(wiring.clock())
        ]
        with _noted(wiring):
            good = sum(_read(wiring, source, wanted) for source in sources(wiring))
            publish(wiring)
    wiring.log.info("trends refreshed", charts=len(wanted), good=good)
    return Refreshed(ran=True, good=good, failed=len(wanted) - good)


def is_due(charts: Sequence[ChartState], now: datetime) -> bool:
    """Say whether a visitor's look should start a refresh."""
    return any(state.is_due(now) for state in charts if state.error not in (UNAVAILABLE, NOBODY))


def status(wiring: Wiring) -> RefreshStatus:
    """Tell how the refresh stands."""
    row, page, now = trends.find(trends.REFRESH), trends.find(TRENDING), wiring.clock()
    started, ended = (_moment(row, name) for name in ("started_at", "ended_at"))
    running = started is not None and ended is None and now - started < BROKEN_OFF
    return RefreshStatus(
        running=running,
        started_at=started,
        ended_at=ended,
        fetched_at=page.fetched_at if page else None,
        charts=tuple(trends.states()),
    )


def publish(wiring: Wiring) -> None:
    """Put together what pages show, from the last good answer of every chart."""
    naming.name_catalogue()
    with db.transaction():
        trend_items.lock()
        collection.join_charts()
        places, states = trends.places(), trends.states()
        found = standing(places, trend_items.shown({i for p in places.values() for i, _ in p}))
        good = [state.fetched_at for state in states if state.fetched_at]
        as_of = max(good, default=None)
        trends.store(
            TRENDING,
            {"items": [as_document(trend) for trend in found]},
            as_of or wiring.clock(),
            expires_at=min(good) + FRESH_FOR if good else wiring.clock(),
            metadata={
                "as_of": as_of.isoformat() if as_of else None,
                "charts": [chart_document(state) for state in states],
            },
        )


def standing(places: dict[str, list[tuple[int, int]]], things: dict[int, Trend]) -> list[Trend]:
    """Give each thing its places; two ids of one thing in a chart are its best place."""
    best: dict[int, dict[Chart, int]] = {}
    for chart in CHARTS:
        for item_id, position in places.get(chart.key, ()):
            if item_id in things:
                kept = best.setdefault(things[item_id].id, {})
                kept[chart] = min(position, kept.get(chart, position))
    return [
        replace(things[item_id], places=tuple(_place(chart, at) for chart, at in kept.items()))
        for item_id, kept in sorted(best.items())
    ]


def sources(wiring: Wiring) -> tuple[TrendSource, ...]:
    """Give the sources in the order in which they are asked."""
    settings, clock = wiring.settings, wiring.clock
    token, contact = settings.listenbrainz_token, settings.operator_contact
    return (
        SpotifyReleases(lambda: _new_releases(wiring)),
        ListenBrainzCharts(
            Transport(
                settings.listenbrainz_url,
                contact=contact,
                authorization=f"Token {token}" if token else "",
            ),
            clock,
            covers_url=settings.coverart_url,
        ),
        DeezerCharts(Transport(settings.deezer_url, contact=contact), clock),
    )


def _read(wiring: Wiring, source: TrendSource, wanted: Sequence[Chart]) -> int:
    """Read a source's charts and keep what came, all in one transaction; count the good ones."""
    good: list[tuple[Chart, tuple[Entry, ...]]] = []
    bad: dict[str, list[Chart]] = {}
    charts = [chart for chart in wanted if chart.source is source.source]
    for number, chart in enumerate(charts):
        failure = _why_not(wiring, source)
        try:
            good += [] if failure else [(chart, source.read(chart))]
        except (ProviderError, QueueDownError) as error:
            wiring.log.warning("chart not read", chart=chart.key, error=error.detail)
            failure = _failure(wiring, source, error)
            if isinstance(error, CONCERNS_ALL):
                bad.setdefault(failure, []).extend(charts[number:])
                break
        if failure:
            bad.setdefault(failure, []).append(chart)
    _keep(wiring, good, bad)
    return len(good)


def _keep(
    wiring: Wiring,
    good: Sequence[tuple[Chart, tuple[Entry, ...]]],
    bad: dict[str, list[Chart]],
) -> None:
    now = wiring.clock()
    with db.transaction():
        trend_items.lock()
        for chart, entries in good:
            _keep_chart(chart, entries, now)
        for failure, charts in bad.items():
            trends.note_failures(charts, failure, now)


def _keep_chart(chart: Chart, entries: Sequence[Entry], now: datetime) -> None:
    known = trend_items.known(chart.kind, entries)
    plan = settle(entries, known, trend_items.free_ids(len(entries)))
    trend_items.write(plan, now)
    trend_items.appear(chart, entries, plan.roots, now)
    trends.store_chart(chart, entries, plan.roots, now)
    appearances.record_weeks(set(plan.roots), chart.source.value, chart.name, now)
    old = {known_thing.id for known_thing in known}
    if moved := {root for younger, root in plan.merged if younger in old}:
        appearances.recount_weeks(moved)


def _why_not(wiring: Wiring, source: TrendSource) -> str:
    """Say why a source is not asked at all; empty where it is."""
    if source.source is not Source.SPOTIFY:
        return ""
    may = budget.capability(NEW_RELEASES, wiring.clock() - PROBE_AGAIN)
    if may is False:
        return UNAVAILABLE
    return "" if accounts.active() else NOBODY


def _failure(wiring: Wiring, source: TrendSource, error: ProviderError | QueueDownError) -> str:
    """Name a failure; Spotify's word that the endpoint is closed is remembered."""
    gone = isinstance(error, NotFoundError) or (
        isinstance(error, ForbiddenError) and error.reason is ForbiddenReason.ENDPOINT_GONE
    )
    if source.source is not Source.SPOTIFY or not gone:
        return error.kind
    now = wiring.clock()
    budget.remember_capability(NEW_RELEASES, available=False, detail=error.detail[:100], now=now)
    return UNAVAILABLE


def _new_releases(wiring: Wiring) -> Page[Album]:
    """Ask with the first active listener's token: the answer is the same for all."""
    user_id = accounts.active()[0]
    token = tokens.access_token(wiring, user_id)
    try:
        return wiring.music(token, Priority.ENRICHMENT).new_releases()
    except TokenStaleError:
        fresh = tokens.refresh_after_401(wiring, user_id, token)
        return wiring.music(fresh, Priority.ENRICHMENT).new_releases()


@contextmanager
def _noted(wiring: Wiring) -> Iterator[None]:
    """Keep when a refresh began and ended."""
    began = wiring.clock()
    told = {"started_at": began.isoformat()}
    trends.store(trends.REFRESH, told, began)
    yield
    ended = wiring.clock()
    trends.store(trends.REFRESH, {**told, "ended_at": ended.isoformat()}, ended)


def _moment(row: trends.Cached | None, name: str) -> datetime | None:
    told = row.data.get(name) if row else None
    return datetime.fromisoformat(told) if told else None


def _place(chart: Chart, position: int) -> Place:
    return Place(source=chart.source, chart=chart.name, shelf=chart.shelf, position=position)
