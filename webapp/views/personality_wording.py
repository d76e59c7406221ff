"""Personality in words: what a listening is like, and each metric as a sentence."""

from collections.abc import Callable

from flask_babel import LazyString, gettext, lazy_gettext, ngettext

from webapp.domain.characters import Character
from webapp.domain.personality import Lack, Metric, Need, Trait, Unit
from webapp.views import formats

CHARACTERS: dict[Character, LazyString] = {
    Character.ROAMER: lazy_gettext("You roam far and wide"),
    Character.LOYALIST: lazy_gettext("You are loyal to your few"),
    Character.EXPLORER: lazy_gettext("You are out exploring"),
    Character.REPEATER: lazy_gettext("You play it again"),
    Character.TIME_TRAVELLER: lazy_gettext("You travel back in time"),
    Character.UP_TO_DATE: lazy_gettext("You live in the present"),
    Character.NIGHT_OWL: lazy_gettext("You belong to the night"),
    Character.WEEKENDER: lazy_gettext("You live for the weekend"),
    Character.HIT_LOVER: lazy_gettext("You love what everybody loves"),
    Character.DIGGER: lazy_gettext("You dig where nobody looks"),
    Character.CLOCKWORK: lazy_gettext("You run like clockwork"),
    Character.TIDAL: lazy_gettext("You come in tides"),
    Character.BALANCED: lazy_gettext("You are a bit of everything"),
    Character.UNKNOWN: lazy_gettext("Your personality is still on its way"),
}
SECONDS: dict[Character, LazyString] = {
    Character.ROAMER: lazy_gettext("roaming far and wide"),
    Character.LOYALIST: lazy_gettext("loyal to your few"),
    Character.EXPLORER: lazy_gettext("always exploring"),
    Character.REPEATER: lazy_gettext("always once more"),
    Character.TIME_TRAVELLER: lazy_gettext("back in time"),
    Character.UP_TO_DATE: lazy_gettext("always up to date"),
    Character.NIGHT_OWL: lazy_gettext("best at night"),
    Character.WEEKENDER: lazy_gettext("best at weekends"),
    Character.HIT_LOVER: lazy_gettext("along with everybody"),
    Character.DIGGER: lazy_gettext("where nobody looks"),
    Character.CLOCKWORK: lazy_gettext("week after week"),
    Character.TIDAL: lazy_gettext("in tides"),
}


LACKING: dict[Need, LazyString] = {
    Need.PLAYS: lazy_gettext("Not enough yet: %(have)s of %(needed)s plays."),
    Need.PLAYS_BEFORE: lazy_gettext(
        "Not enough is kept from before, so everything would be new: %(have)s of %(needed)s plays."
    ),
    Need.YEARS: lazy_gettext("Too few years are known: of %(have)s of %(needed)s plays."),
    Need.POPULARITY: lazy_gettext(
        "Spotify has told too few popularities: of %(have)s of %(needed)s plays."
    ),
    Need.DAYS: lazy_gettext("Not enough yet: %(have)s of %(needed)s days with plays."),
    Need.WEEKS: lazy_gettext("Not enough yet: %(have)s of %(needed)s whole weeks."),
    Need.LENGTHS: lazy_gettext("Not known: how long these plays were."),
}


def words_for(main: Character, second: Character | None) -> str:
    """Say what a listening is like."""
    if second is None:
        return str(CHARACTERS[main])
    return str(
        gettext("%(main)s, %(second)s", main=str(CHARACTERS[main]), second=str(SECONDS[second]))
    )


def sentence(metric: Metric) -> str:
    """Say what a metric says, or what it lacks."""
    if metric.value is None:
        return lacking(metric.lack) if metric.lack else ""
    return SENTENCES[metric.trait](metric, metric.value)


def lacking(lack: Lack) -> str:
    """Say what there is too little of: "12 of 50 plays"."""
    values = {"have": formats.number(lack.have), "needed": formats.number(lack.needed)}
    return str(LACKING[lack.need]) % values


def value_text(metric: Metric) -> str:
    """Write a value as it stands on its card."""
    if metric.value is None:
        return formats.UNKNOWN
    if metric.unit is Unit.SHARE:
        return formats.percent(metric.value)
    if metric.unit is Unit.YEAR:
        return f"{metric.value:.0f}"
    return formats.number(round(metric.value))


def change_text(metric: Metric, change: float | None) -> str:
    """Say how a value compares with the period before."""
    if change is None:
        return str(gettext("There is nothing to compare with in the period before."))
    points = round(100 * change) if metric.unit is Unit.SHARE else round(change)
    if not points:
        return str(gettext("The same as in the period before."))
    if metric.unit is Unit.YEAR:
        later = ngettext(
            "%(num)s year newer than in the period before.",
            "%(num)s years newer than in the period before.",
            points,
        )
        earlier = ngettext(
            "%(num)s year older than in the period before.",
            "%(num)s years older than in the period before.",
            -points,
        )
        return str(later if points > 0 else earlier)
    more = ngettext(
        "%(num)s point more than in the period before.",
        "%(num)s points more than in the period before.",
        points,
    )
    fewer = ngettext(
        "%(num)s point less than in the period before.",
        "%(num)s points less than in the period before.",
        -points,
    )
    return str(more if points > 0 else fewer)


def basis(metric: Metric) -> str:
    """Say how much a metric is made from."""
    if metric.trait is Trait.CONSISTENCY:
        return str(ngettext("From %(n)s week.", "From %(n)s weeks.", metric.n, n=_count(metric.n)))
    return str(ngettext("From %(n)s play.", "From %(n)s plays.", metric.n, n=_count(metric.n)))


def input_text(name: str, value: float) -> str:
    """Write an input of a formula."""
    if name == "ms":
        return formats.hours(round(value))
    if name == "even":
        return formats.percent(value)
    if name in {"first", "third"}:
        return f"{value:.0f}"
    return formats.number(value if value == int(value) else round(value, 2))


def _diversity(metric: Metric, _value: float) -> str:
    return str(
        gettext(
            "You played %(artists)s artists, as varied as %(effective)s would be if you played each"
            " equally often.",
            artists=_count(metric.inputs["artists"]),
            effective=formats.number(round(metric.inputs["effective"])),
        )
    )


def _loyalty(_metric: Metric, value: float) -> str:
    return str(
        gettext("Your ten most played artists have %(share)s of your plays.", share=_share(value))
    )


def _discovery(metric: Metric, _value: float) -> str:
    return str(
        gettext(
            "%(new)s of the %(artists)s artists you played were new to you.",
            new=_count(metric.inputs["new"]),
            artists=_count(metric.inputs["artists"]),
        )
    )


def _repeats(metric: Metric, _value: float) -> str:
    times = metric.inputs["plays"] / metric.inputs["tracks"]
    return str(
        gettext(
            "You played %(tracks)s different tracks, each %(times)s times on average.",
            tracks=_count(metric.inputs["tracks"]),
            times=formats.number(round(times, 1)),
        )
    )


def _era(metric: Metric, value: float) -> str:
    return str(
        gettext(
            "Half of what you played came out in %(year)s or before, and half of it between"
            " %(first)s and %(third)s.",
            year=f"{value:.0f}",
            first=f"{metric.inputs['first']:.0f}",
            third=f"{metric.inputs['third']:.0f}",
        )
    )


def _night(metric: Metric, value: float) -> str:
    return str(
        gettext(
            "%(share)s of your plays are between midnight and five. Spread evenly over the day it"
            " would be %(even)s.",
            share=_share(value),
            even=_share(metric.inputs["even"]),
        )
    )


def _weekend(metric: Metric, value: float) -> str:
    return str(
        gettext(
            "%(share)s of your plays are on Saturdays and Sundays. Spread evenly over the week it"
            " would be %(even)s.",
            share=_share(value),
            even=_share(metric.inputs["even"]),
        )
    )


def _mainstream(metric: Metric, value: float) -> str:
    return str(
        gettext(
            "What you play has %(points)s of 100 points of popularity on average, where Spotify has"
            " told it: for %(known)s of %(plays)s plays.",
            points=formats.number(round(value)),
            known=_count(metric.inputs["known"]),
            plays=_count(metric.inputs["plays"]),
        )
    )


def _consistency(metric: Metric, _value: float) -> str:
    return str(
        gettext(
            "Your %(weeks)s weeks are as alike as if you had listened equally long in %(effective)s"
            " of them, and not at all in the others.",
            weeks=_count(metric.inputs["weeks"]),
            effective=formats.number(round(metric.inputs["effective"], 1)),
        )
    )


def _count(number: float) -> str:
    return formats.number(int(number))


def _share(value: float) -> str:
    return formats.percent(value)


SENTENCES: dict[Trait, Callable[[Metric, float], str]] = {
    Trait.DIVERSITY: _diversity,
    Trait.LOYALTY: _loyalty,
    Trait.DISCOVERY: _discovery,
    Trait.REPEATS: _repeats,
    Trait.ERA: _era,
    Trait.NIGHT: _night,
    Trait.WEEKEND: _weekend,
    Trait.MAINSTREAM: _mainstream,
    Trait.CONSISTENCY: _consistency,
}
