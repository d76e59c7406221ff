"""A recap in words: neutral ones, because others may read them as well."""

from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import LazyString, gettext, lazy_gettext, ngettext

from webapp.domain.days import local_day
from webapp.domain.periods import ALL
from webapp.domain.picture_text import tidy
from webapp.domain.profiles import Section
from webapp.domain.recap_picture import Words
from webapp.domain.recaps import Edition, Peak
from webapp.domain.stats import Item
from webapp.domain.stats_buckets import Step
from webapp.services.recaps import Recap
from webapp.views import formats
from webapp.views.opening import isolated

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
NAMED = 3
ROLLING: dict[str, LazyString] = {
    "4w": lazy_gettext("The last 4 weeks"),
    "6m": lazy_gettext("The last 6 months"),
    "year": lazy_gettext("This year so far"),
    "all": lazy_gettext("All time"),
}
HEADINGS: dict[Item, LazyString] = {
    Item.ARTIST: lazy_gettext("Artists played most"),
    Item.TRACK: lazy_gettext("Tracks played most"),
    Item.ALBUM: lazy_gettext("Albums played most"),
}
PEAKS: dict[Step, LazyString] = {
    Step.DAY: lazy_gettext("strongest day"),
    Step.WEEK: lazy_gettext("strongest week"),
    Step.MONTH: lazy_gettext("strongest month"),
}


def title_of(edition: Edition) -> str:
    """Name a recap."""
    if edition.key in ROLLING:
        return str(ROLLING[edition.key])
    return formats.month(edition.period.first) if edition.is_month else edition.key


def name_of(display_name: str, username: str) -> str:
    """Name the listener, who may have no name at Spotify."""
    return tidy(display_name) or username


def words_for(recap: Recap, name: str, time_zone: str) -> Words:
    """Write what the picture says, and what is said in its place to who does not see it."""
    amount, unit = amount_of(recap.totals.ms)
    return Words(
        alt=alt_of(recap, name),
        kicker=f"{name} · {gettext('Recap')}",
        title=title_of(recap.edition),
        under=plays_of(recap),
        amount=amount,
        unit=unit,
        lists=tuple(
            (str(HEADINGS[item]), tuple(named(row.name) for row in recap.tops[item].rows))
            for item in (Item.ARTIST, Item.TRACK)
            if recap.tops[item].rows
        ),
        facts=tuple(_facts(recap)),
        foot=f"{as_of(recap, time_zone)} · Backspin",
    )


def amount_of(ms: int) -> tuple[str, str]:
    """Write how long was listened as a number and its unit: hours, or minutes of less than two."""
    hours, minutes = round(ms / HOUR_MS), round(ms / MINUTE_MS)
    if hours >= 2:  # noqa: PLR2004 - "90 minutes" says more than "2 hours"
        return formats.number(hours), str(ngettext("hour", "hours", hours))
    return formats.number(minutes), str(ngettext("minute", "minutes", minutes))


def plays_of(recap: Recap) -> str:
    """Say how many plays there were, and on how many days where days are told of."""
    plays = ngettext("%(n)s play", "%(n)s plays", recap.totals.plays, n=_n(recap.totals.plays))
    if recap.totals.days is None:
        at_least = recap.totals.at_least
        return str(gettext("At least %(plays)s", plays=plays) if at_least else plays)
    days = ngettext("%(n)s day", "%(n)s days", recap.totals.days, n=_n(recap.totals.days))
    if recap.totals.at_least:
        return str(gettext("At least %(plays)s on %(days)s", plays=plays, days=days))
    return str(gettext("%(plays)s on %(days)s", plays=plays, days=days))


def as_of(recap: Recap, time_zone: str) -> str:
    """Say as of when this is: of what is over, the period; of what is not, the last look."""
    span = _span(recap)
    if recap.as_of is None:
        return span
    looked = gettext("as of %(day)s", day=formats.day(local_day(recap.as_of, time_zone)))
    return f"{span} · {looked}"


def alt_of(recap: Recap, name: str) -> str:
    """Say in a few sentences what the picture shows."""
    amount, unit = amount_of(recap.totals.ms)
    parts = [
        gettext(
            "%(name)s, %(title)s: %(amount)s %(unit)s of music, %(plays)s.",
            name=isolated(name),
            title=title_of(recap.edition),
            amount=amount,
            unit=unit,
            plays=plays_of(recap),
        )
    ]
    for item in (Item.ARTIST, Item.TRACK):
        names = ", ".join(isolated(named(row.name)) for row in recap.tops[item].rows[:NAMED])
        if names:
            parts.append(f"{HEADINGS[item]}: {names}.")
    if recap.peak_hour is not None:
        parts.append(hour_sentence(recap.peak_hour))
    return " ".join(str(part) for part in parts)


def sound_of(recap: Recap) -> str:
    """Say who it sounded like; empty where there are fewer than three."""
    names = [tidy(row.name) for row in recap.tops[Item.ARTIST].rows]
    heard = [isolated(name) for name in names if name]
    if len(heard) < NAMED:
        return ""
    first, second, third = heard[:NAMED]
    return str(
        gettext(
            "The sound of it: %(first)s, %(second)s and %(third)s.",
            first=first,
            second=second,
            third=third,
        )
    )


def hour_sentence(hour: int) -> str:
    """Say which hour of the day is heard most."""
    return str(
        gettext(
            "Most plays end between %(from)s:00 and %(to)s:00.",
            **{"from": str(hour), "to": str(hour + 1)},
        )
    )


def peak_name(step: Step, first: date, last: date) -> str:
    """Name a part of a period."""
    if step is Step.MONTH:
        return formats.month(first)
    if step is Step.DAY:
        return formats.day(first)
    return str(gettext("%(first)s to %(last)s", first=formats.day(first), last=formats.day(last)))


def peak_sentence(step: Step, peak: Peak) -> str:
    """Say which part of a period was heard most."""
    return str(
        gettext(
            "%(part)s was the most: %(hours)s, %(share)s of it all.",
            part=peak_name(step, peak.first, peak.last),
            hours=formats.hours(peak.ms),
            share=formats.percent(peak.share),
        )
    )


def change_sentence(now_ms: int, before_ms: int | None) -> str:
    """Compare with the period before."""
    if before_ms is None:
        return ""
    if not before_ms:
        return str(gettext("Nothing is kept of the period before."))
    change = now_ms / before_ms - 1
    values = {"share": formats.percent(abs(change)), "hours": formats.hours(before_ms)}
    if round(100 * change) == 0:
        return str(gettext("As much as in the period before (%(hours)s).", **values))
    if change > 0:
        return str(gettext("%(share)s more than in the period before (%(hours)s).", **values))
    return str(gettext("%(share)s less than in the period before (%(hours)s).", **values))


def named(name: str) -> str:
    """Write a name as it can be drawn, and something where there is none."""
    return tidy(name) or str(gettext("No name"))


def clock_of(recap: Recap, time_zone: str) -> str:
    """Write the time of the first play as the listener's clock showed it."""
    if recap.first_play is None:
        return formats.UNKNOWN
    return f"{recap.first_play.ended_at.astimezone(ZoneInfo(time_zone)):%H:%M}"


def _span(recap: Recap) -> str:
    """Say from when to when; all time begins with the first play, which may not be told of."""
    period = recap.edition.period
    if period.key == ALL and {Section.CALENDAR, Section.HISTORY}.isdisjoint(recap.sections):
        return title_of(recap.edition)
    return str(
        gettext(
            "%(first)s to %(last)s", first=formats.day(period.first), last=formats.day(period.last)
        )
    )


def _facts(recap: Recap) -> list[tuple[str, str]]:
    found = []
    if recap.peak_hour is not None:
        found.append((f"{recap.peak_hour}:00", str(gettext("strongest hour"))))
    if recap.streak is not None:
        days = ngettext("%(n)s day", "%(n)s days", recap.streak.days, n=_n(recap.streak.days))
        found.append((str(days), str(gettext("longest streak"))))
    if recap.peak is not None:
        short = _short(recap.step, recap.peak)
        found.append((short, str(PEAKS[recap.step])))
    if recap.has_past and recap.found.count:
        new = ngettext("%(n)s new", "%(n)s new", recap.found.count, n=_n(recap.found.count))
        found.append((str(new), str(gettext("artists never heard before"))))
    elif recap.back.count:
        back = ngettext("%(n)s back", "%(n)s back", recap.back.count, n=_n(recap.back.count))
        found.append((str(back), str(gettext("artists after half a year"))))
    return found


def _short(step: Step, peak: Peak) -> str:
    if step is Step.MONTH:
        return formats.month_name(peak.first)
    return formats.day_of_year(peak.first)


def _n(number: int) -> str:
    return formats.number(number)
