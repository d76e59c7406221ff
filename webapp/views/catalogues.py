"""The sentences in other languages, read from the files that translators write.

Nothing is compiled beforehand: there is no step to forget, and no second file that may differ.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Babel, Domain, get_locale

from webapp.domain.languages import LANGUAGES

FOLDER = Path(__file__).parents[2] / "translations"


class Languages(Babel):  # type: ignore[misc]  # flask_babel is untyped
    """Flask-Babel, with these catalogues in place of compiled ones."""

    def __init__(self) -> None:
        super().__init__()
        self.domain_instance = Catalogues()


class Catalogues(Domain):  # type: ignore[misc]  # flask_babel is untyped
    """The catalogues of all languages, by language; a process has them from its start."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, NullTranslations] = {name: read(name) for name in LANGUAGES}

    def get_translations(self) -> NullTranslations:
        """Give the catalogue of this request's language; a page asks hundreds of times."""
        locale: Any = get_locale()
        return self.cache[locale.language] if locale else self.cache[LANGUAGES[0]]


@cache
def read(language: str) -> NullTranslations:
    """Read a catalogue; what is missing in it, or marked fuzzy, is read in English."""
    if language == LANGUAGES[0]:
        return NullTranslations()
    compiled = BytesIO()
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)
