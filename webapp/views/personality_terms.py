"""The terms of personality: titles, definitions, formulas with their sources, and inputs."""

from flask_babel import LazyString, lazy_gettext

from webapp.domain.personality import Trait

TITLES: dict[Trait, LazyString] = {
    Trait.DIVERSITY: lazy_gettext("Diversity"),
    Trait.LOYALTY: lazy_gettext("Loyalty"),
    Trait.DISCOVERY: lazy_gettext("Discovery"),
    Trait.REPEATS: lazy_gettext("Repeats"),
    Trait.ERA: lazy_gettext("Era"),
    Trait.NIGHT: lazy_gettext("Nights"),
    Trait.WEEKEND: lazy_gettext("Weekends"),
    Trait.MAINSTREAM: lazy_gettext("Mainstream"),
    Trait.CONSISTENCY: lazy_gettext("Consistency"),
}
DEFINITIONS: dict[Trait, LazyString] = {
    Trait.DIVERSITY: lazy_gettext(
        "How evenly your plays are spread over artists: most if each is played equally often, none"
        " if there is only one. p is each artist's share of plays, S how many artists there are."
    ),
    Trait.LOYALTY: lazy_gettext("The share of plays that your ten most played artists have."),
    Trait.DISCOVERY: lazy_gettext(
        "The share of the period's artists that you had never played before, as far as Backspin"
        " knows."
    ),
    Trait.REPEATS: lazy_gettext(
        "The share of plays that were not the first of their track in this period. Longer periods"
        " have more of them, so only periods of the same length compare."
    ),
    Trait.ERA: lazy_gettext(
        "The year of release in the middle: half of your plays are of music from then or before."
        " The years are those of albums, so a new edition of something old counts as new."
    ),
    Trait.NIGHT: lazy_gettext(
        "The share of plays that ended between 0:00 and 4:59, by your clock."
    ),
    Trait.WEEKEND: lazy_gettext("The share of plays that ended on a Saturday or Sunday."),
    Trait.MAINSTREAM: lazy_gettext(
        "The mean popularity of what you played, in Spotify's points: 0 is hardly heard by anybody,"
        " 100 by most. It is as it was when Spotify last told of each track."
    ),
    Trait.CONSISTENCY: lazy_gettext(
        "How alike your weeks are: most if you listen equally long in each. x is the time of a"
        " week, k how many whole weeks there are, counted back from the last day."
    ),
}
FORMULAS = {
    Trait.DIVERSITY: "J = \N{MINUS SIGN}Σ p · ln p ÷ ln S",
    Trait.LOYALTY: "CR₁₀ = p₁ + … + p₁₀",
    Trait.DISCOVERY: "D = S(new) ÷ S",
    Trait.REPEATS: "R = 1 \N{MINUS SIGN} T ÷ N",
    Trait.ERA: "min { y : F(y) ≥ ½ }",
    Trait.NIGHT: "n(0:00 to 4:59) ÷ N",
    Trait.WEEKEND: "n(Sa, Su) ÷ N",
    Trait.MAINSTREAM: "Σ popularity ÷ n",
    Trait.CONSISTENCY: "(Σ x)² ÷ (k · Σ x²)",
}
SOURCES = {
    Trait.DIVERSITY: "Shannon 1948, Pielou 1966, Hill 1973",
    Trait.LOYALTY: "Hall & Tideman 1967",
    Trait.DISCOVERY: "Kapoor et al. 2015",
    Trait.REPEATS: "Anderson et al. 2014",
    Trait.ERA: "Hyndman & Fan 1996 (1)",
    Trait.NIGHT: "Backspin",
    Trait.WEEKEND: "Backspin",
    Trait.MAINSTREAM: "Schedl & Hauger 2015",
    Trait.CONSISTENCY: "Jain, Chiu & Hawe 1984",
}
INPUTS: dict[str, LazyString] = {
    "entropy": lazy_gettext("Entropy of the shares"),
    "artists": lazy_gettext("Artists"),
    "effective": lazy_gettext("Equally often played, it would be as if there were"),
    "closest": lazy_gettext("Plays of the ten most played"),
    "plays": lazy_gettext("Plays"),
    "new": lazy_gettext("New artists"),
    "new_plays": lazy_gettext("Plays of new artists"),
    "plays_before": lazy_gettext("Plays kept from before the period"),
    "tracks": lazy_gettext("Different tracks"),
    "known": lazy_gettext("Plays where it is known"),
    "first": lazy_gettext("A quarter of plays is from then or before"),
    "third": lazy_gettext("A quarter of plays is from then or later"),
    "night": lazy_gettext("Plays at night"),
    "weekend": lazy_gettext("Plays at weekends"),
    "even": lazy_gettext("Spread evenly it would be"),
    "weeks": lazy_gettext("Whole weeks"),
    "ms": lazy_gettext("Listened in them"),
}
