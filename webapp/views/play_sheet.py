"""A play's page: who told of it and why that counts once, and what near it does not count."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_timedelta, gettext, lazy_gettext

from webapp.domain.plays import COUNTS_FROM, STARTERS, tolerance
from webapp.domain.reports import Source
from webapp.queries import decisions, play_pages
from webapp.queries.decisions import ReportRow, Wish
from webapp.queries.lines import TrackLine
from webapp.queries.play_pages import Play
from webapp.views.formats import clock
from webapp.views.history_listing import mark_of, source_name

NEAR = timedelta(minutes=10)
MOST = 50
SECOND = timedelta(seconds=1)

LABELS: dict[tuple[Wish, bool], Any] = {
    (Wish.OWN, True): lazy_gettext("These are two plays"),
    (Wish.OWN, False): lazy_gettext("Count this"),
    (Wish.NONE, True): lazy_gettext("Don't count this"),
    (Wish.NONE, False): lazy_gettext("Don't count this"),
    (Wish.RULES, True): lazy_gettext("Back to the rules"),
    (Wish.RULES, False): lazy_gettext("Back to the rules"),
}
"""What a button says, for a report that supports a play and for one that does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A report, ready to print; `choices` are wishes and what their buttons say."""

    id: int
    source: str
    song: str
    when: str
    apart: str
    heard: int | None
    import_id: int | None
    file: str
    number: int | None
    why: str
    raw: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another play near it, and its address' name."""

    name: str
    play: Play


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaySheet:
    """The page; without a play, something was told of this song at this time that counts not."""

    name: str
    track: TrackLine | None
    ended_at: datetime
    play: Play | None
    reports: Sequence[ReportView]
    others: Sequence[ReportView]
    neighbours: Sequence[Neighbour]


def sheet(user_id: int, ended_at: datetime, track_id: str) -> PlaySheet | None:
    """Put the page together; None where nothing was told of this song at this time."""
    since, until = ended_at - NEAR, ended_at + NEAR
    around = play_pages.plays_between(user_id, since, until)
    here = next((p for p in around if (p.ended_at, p.track.id) == (ended_at, track_id)), None)
    reports = decisions.reports_of(user_id, ended_at, track_id) if here else []
    others = _nearest(decisions.not_counted(user_id, since, until), ended_at)
    if here is None and not any((r.ended_at, r.track_id) == (ended_at, track_id) for r in others):
        return None
    teller = _Teller(user_id, [*reports, *others])
    return PlaySheet(
        name=mark_of(ended_at, track_id),
        track=here.track if here else teller.tracks.get(track_id),
        ended_at=ended_at,
        play=here,
        reports=[teller.tell(report, ended_at, here, reports) for report in reports],
        others=[teller.tell(report, ended_at, None, []) for report in others],
        neighbours=[
            Neighbour(name=mark_of(play.ended_at, play.track.id), play=play)
            for play in around
            if play is not here
        ],
    )


def choices(wish: Wish, *, supports: bool, alone: bool) -> list[Wish]:
    """Tell what a listener may wish of a report; what stands already is none of it.

    `alone`: nobody else tells of its play, so that there are no two to be told apart.
    """
    possible = [Wish.OWN, Wish.NONE] if supports else [Wish.OWN]
    if wish is not Wish.RULES:
        possible = [*possible, Wish.RULES]
    return [one for one in possible if one is not wish and not (one is Wish.OWN and alone)]


def _nearest(reports: Sequence[ReportRow], moment: datetime) -> list[ReportRow]:
    near = sorted(reports, key=lambda report: abs(report.ended_at - moment))[:MOST]
    return sorted(near, key=lambda report: (report.ended_at, report.id))


class _Teller:
    """Says what reports tell, with what they need for it read at once."""

    def __init__(self, user_id: int, reports: Sequence[ReportRow]) -> None:
        self.tracks = play_pages.tracks({report.track_id for report in reports})
        self._raw = play_pages.raw_of(user_id, reports)
        imports = {report.import_id for report in reports if report.import_id is not None}
        self._files = play_pages.file_names(imports)

    def tell(
        self, report: ReportRow, moment: datetime, play: Play | None, told: Sequence[ReportRow]
    ) -> ReportView:
        """Say what a report tells: `told` are all that tell of its play, `moment` is the page's."""
        supports = play is not None
        possible = choices(report.wish, supports=supports, alone=len(told) == 1)
        raw = self._raw.get(report.id)
        return ReportView(
            id=report.id,
            source=source_name(report.source),
            song=self._song(report.track_id),
            when=_when(report),
            apart=_apart(report.ended_at - moment),
            heard=report.ms_played,
            import_id=report.import_id,
            file=self._files.get((report.import_id or 0, report.file or 0), ""),
            number=report.number,
            why=_why_counted(report, play, told) if play else _why_not(report),
            raw=json.dumps(raw, ensure_ascii=False, indent=2) if raw else "",
            choices=[(wish.value, str(LABELS[wish, supports])) for wish in possible],
        )

    def _song(self, track_id: str) -> str:
        track = self.tracks.get(track_id)
        if track is None:
            return ""
        return " · ".join(part for part in (track.name.strip(), track.artists.strip()) if part)


def _when(report: ReportRow) -> str:
    ended = clock(report.ended_at, seconds=True)
    if report.source not in STARTERS:
        return str(gettext("ended at %(time)s", time=ended))
    return str(
        gettext(
            "began at %(start)s, so ended at %(end)s",
            start=clock(report.at, seconds=True),
            end=ended,
        )
    )


def _apart(apart: timedelta) -> str:
    """Say how far a report lies from the time of the page."""
    if abs(apart) < SECOND:
        return str(gettext("at the same second"))
    written = _written(apart)
    if apart < timedelta(0):
        return str(gettext("%(time)s earlier", time=written))
    return str(gettext("%(time)s later", time=written))


def _written(apart: timedelta) -> str:
    seconds = round(abs(apart) / SECOND) * SECOND
    return str(format_timedelta(seconds, threshold=2))


def _why_counted(report: ReportRow, play: Play, told: Sequence[ReportRow]) -> str:
    if report.wish is Wish.OWN:
        return str(gettext("It counts because you said so."))
    if len(told) == 1:
        return str(gettext("It is the only one that tells of this play."))
    if report.source == play.source:
        if [one.source for one in told].count(report.source) > 1:
            return str(gettext("This source tells of this song at this time more than once."))
        return str(gettext("It knows this play best, so its time and its track stand."))
    return _why_joined(report, play, told)


def _why_joined(report: ReportRow, play: Play, told: Sequence[ReportRow]) -> str:
    most = tolerance(report.source, Source(play.source))
    if _starts_agree(report, play, told, most):
        return str(
            gettext(
                "It tells of the same song, and the two starts are no more than %(seconds)s seconds"
                " apart, which is how far these sources may differ: one play.",
                seconds=most // SECOND,
            )
        )
    if abs(report.ended_at - play.ended_at) > most:
        return str(gettext("It met this play by way of another source that lies between them."))
    return str(
        gettext(
            "It tells of the same song, and the two ends are no more than %(seconds)s seconds"
            " apart, which is how far these sources may differ: one play.",
            seconds=most // SECOND,
        )
    )


def _starts_agree(
    report: ReportRow, play: Play, told: Sequence[ReportRow], most: timedelta
) -> bool:
    """Tell whether starts were compared: where this source tells them, and the play's best too."""
    if not {report.source, Source(play.source)} <= STARTERS:
        return False
    began = min(one.at for one in told if one.source == play.source)
    return abs(report.at - began) <= most


def _why_not(report: ReportRow) -> str:
    if report.wish is Wish.NONE:
        return str(gettext("It does not count because you said so."))
    return str(
        gettext(
            "Too short to count: less than %(seconds)s seconds were heard, and not its end.",
            seconds=COUNTS_FROM // SECOND,
        )
    )
