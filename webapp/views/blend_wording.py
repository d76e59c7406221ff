"""What is said about invitations and answers: never more than who reads it may know."""

from flask_babel import LazyString, gettext, lazy_gettext

from webapp.domain.accounts import is_username
from webapp.domain.blends import MOST_BLENDS, MOST_OPEN, Wish
from webapp.services.blends import Asked

NOT_ASKED: dict[Asked, LazyString] = {
    Asked.ALREADY: lazy_gettext("You have invited this name already. It is listed below."),
    Asked.YOURSELF: lazy_gettext("That is you. A blend takes two."),
    Asked.BLENDED: lazy_gettext("You have a blend with them already."),
    Asked.THEY_ASKED: lazy_gettext("They have invited you already: answer above."),
    Asked.TOO_MANY: lazy_gettext(
        "%(n)s invitations of yours wait already. Take one back that you no longer need.",
        n=MOST_OPEN,
    ),
}
DONE: dict[Wish, LazyString] = {
    Wish.ACCEPT: lazy_gettext("Agreed. Both of you see this blend from now on."),
    Wish.DECLINE: lazy_gettext(
        "Declined. They are not told, and you can agree after all, under “Declined”."
    ),
    Wish.REVOKE: lazy_gettext("Done: it is over at once, for both of you."),
}
FULL = lazy_gettext(
    "One of you is in %(n)s blends already, and no more fit. Leave one first.", n=MOST_BLENDS
)


def kept(name: str) -> str:
    """Say that an invitation is kept: the same whether or not there is anybody of that name."""
    return str(
        gettext(
            "Kept. If somebody here is called “%(name)s” and takes invitations, they see yours"
            " now.",
            name=name,
        )
    )


def wrong_name(name: str) -> str:
    """Say what is wrong with a name nobody can have; a reserved one is as good as unknown."""
    if is_username(name.lower(), frozenset()):
        return ""
    return str(gettext("A username has 1 to 30 small letters, digits and hyphens."))
