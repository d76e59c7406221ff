"""The catalogues are whole: each sentence of the source has its translation, and no other."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from webapp.domain.languages import LANGUAGES
from webapp.views.catalogues import FOLDER

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
TRANSLATED = LANGUAGES[1:]

Sentence = str | tuple[str, ...]


@cache
def source() -> dict[Sentence, str]:
    """Collect the sentences of views and templates, each with a place where it stands.

    One that is also the singular of another is translated with it.
    """
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=DEFAULT_KEYWORDS)
    places = {sentence: f"{file}:{line}" for file, line, sentence, _, _ in found}
    counted = {sentence[0] for sentence in places if isinstance(sentence, tuple)}
    return {sentence: place for sentence, place in places.items() if sentence not in counted}


@cache
def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def translations(language: str) -> Iterator[tuple[Sentence, Message]]:
    for message in catalogue(language):
        if message.id:
            known = message.id if isinstance(message.id, str) else tuple(message.id)
            yield known, message


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def places(texts: Sequence[str]) -> set[str]:
    return {place for text in texts for place in PLACEHOLDER.findall(text)}


def wrong(message: Message, plurals: int) -> str:
    """Tell what is wrong with a translation, or nothing."""
    written = forms(message.string)
    if message.fuzzy or not all(written):
        return "not translated"
    if len(written) != (1 if isinstance(message.id, str) else plurals):
        return "too many or too few forms"
    # One form may leave the number out: "the last try", "the last 3 tries".
    return "" if places(written) == places(forms(message.id)) else "other placeholders"


def test_sentences_are_found_where_they_are() -> None:
    """Hold that templates, views, and sentences of constants are all looked through."""
    assert source()["Skip to the content"].startswith("templates/base.html:")
    assert source()["Something unexpected happened."].startswith("webapp/views/wording.py:")
    assert source()["Spotify says this does not exist."].startswith("webapp/views/wording.py:")
    assert source()[("%(n)s play", "%(n)s plays")]


def test_no_call_hides_its_sentence() -> None:
    """Hold that every call has a literal, and is seen: within an f-string it would not be."""
    said = {one if isinstance(one, str) else one[0] for one in source()}
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "webapp").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in DEFAULT_KEYWORDS.keys() | {"lazy_gettext"}
        and not (isinstance(call.args[0], ast.Constant) and call.args[0].value in said)
    ]
    assert not hidden


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    there = dict(translations(language))
    missing = [f"{source()[one]}: {one}" for one in source() if one not in there]
    assert not missing, "run `make messages`, then translate\n" + "\n".join(missing)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_no_sentence_that_nobody_says(language: str) -> None:
    left = [str(one) for one, _ in translations(language) if one not in source()]
    assert not left, "run `make messages`, which drops\n" + "\n".join(left)
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_fit_their_sentences(language: str) -> None:
    plurals = catalogue(language).num_plurals
    found = [(one, wrong(message, plurals)) for one, message in translations(language)]
    faults = [f"{fault}: {one}" for one, fault in found if fault]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_are_those_of_the_language(language: str) -> None:
    assert catalogue(language).plural_forms == Catalog(locale=language).plural_forms
