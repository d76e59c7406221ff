"""Which language a reader gets."""

from collections.abc import Iterable

LANGUAGES = ("en", "de")
"""Languages that are there whole; the first one is what the sentences are written in."""


def choose(setting: str | None, accepted: Iterable[tuple[str, float]]) -> str:
    """Choose a language: the listener's setting, else what their browser asks for, best first.

    `accepted` are language tags and their qualities, as `Accept-Language` has them. A tag counts
    by its language alone, so that Austria reads German; among equals the first one counts.
    """
    if setting in LANGUAGES:
        return setting
    for tag, quality in sorted(accepted, key=lambda one: -one[1]):
        language = LANGUAGES[0] if tag == "*" else tag.replace("_", "-").split("-")[0].lower()
        if quality > 0 and language in LANGUAGES:
            return language
    return LANGUAGES[0]
